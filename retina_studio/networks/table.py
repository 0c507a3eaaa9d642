"""The table of models: every stem and size, what builds its network, and how its images are prepared."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor, nn

from retina_studio.networks.finding import Finding
from retina_studio.networks.findings.disc import focused_disc, read_disc
from retina_studio.networks.findings.glaucoma import focused_glaucoma, read_glaucoma
from retina_studio.networks.findings.lesion import read_lesion
from retina_studio.networks.findings.oct import read_oct
from retina_studio.networks.findings.ppa import read_ppa
from retina_studio.networks.frozen import Freezes
from retina_studio.networks.lesion import LesionMultiTask
from retina_studio.networks.locseg import LocSeg
from retina_studio.networks.mtlio import MTLIO
from retina_studio.networks.octmodel import CLASSES, OctModel
from retina_studio.networks.ppanet import PPANet
from retina_studio.networks.preprocessing import Frame, Preprocessing


class UnknownModelError(ValueError):
    """No such model in the table, in one sentence."""


@dataclass(frozen=True)
class ModelSpec:
    """One row of the table.

    Attributes:
        stem, size: what a model is asked for by.
        title: what people read.
        network: the module's class; it takes height, width and channels of the input, and `options`.
        options: keyword arguments that make the size, as JSON values; a recipe may change them and weights carry them.
        preprocessing: the default, which a recipe may change and weights carry too.
        read: from the answers of one image (N = 1, float32 on the CPU), its frame and the network to a finding.
        answers: what each entry of the network's output means.
        variants: name -> options that differ: forms of the method that a paper compares.
        focused: from the findings of a whole image and of the second look about its disc (`Preprocessing.focus`) to the
            one that counts; None for models that look once.
    """

    stem: str
    size: str
    title: str
    network: Callable[..., Freezes]
    options: Mapping[str, Any]
    preprocessing: Preprocessing
    read: Callable[[Mapping[str, Tensor], Frame, nn.Module], Finding]
    answers: Mapping[str, str]
    variants: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    focused: Callable[[Finding, Finding], Finding] | None = None

    def build(
        self, preprocessing: Preprocessing | None = None, options: Mapping[str, Any] | None = None
    ) -> Freezes:
        """A freshly initialised network, of this row or with what a recipe or a weights file changed.

        Raises:
            ValueError: the numbers fit no network.
        """
        spec = preprocessing or self.preprocessing
        chosen = self.options if options is None else options
        try:
            return self.network(spec.height, spec.width, spec.channels, **chosen)
        except TypeError as error:
            raise UnknownModelError(
                f"The {self.stem} network does not take these options: {error}."
            ) from error


# What ImageNet weights of torchvision expect, of RGB in 0..1.
IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_SD = (0.229, 0.224, 0.225)

# Grey, min-max, CLAHE and gamma as in the group's own code (models.md 4.1, after Brown et al. 2018).
_DISC = {"channels": 1, "minmax": True, "clahe": "grey", "gamma": 1.2}
_DISC_ANSWERS = {
    "centre": "disc centre (x, y) in units of the input's longer side",
    "masks": "probability of the disc (OD)",
    "cam": "where the localiser's answer comes from (Grad-CAM)",
}
_GLAUCOMA_ANSWERS = {
    "masks": "probabilities of disc (OD) and cup (OC)",
    "fovea": "saliency of the fovea, 1 at its place",
    "glaucoma": "probability of glaucoma, by the classifier alone",
    "cam": "where the classifier's answer comes from (Grad-CAM)",
}

FOCUS = 2.0  # disc diameters: RIM-ONE frames its discs with 1.6, and the first look may be off by some
# EfficientNet-lite0 learnt from (v - 127) / 128, the same for every channel.
_LITE_MEAN, _LITE_SD = (127 / 255,) * 3, (128 / 255,) * 3
_OCT_ANSWERS = {
    "oct": "probability of each of the network's classes of a B-scan",
    "cam": "where each class is seen (Grad-CAM)",
    "masks": "probability of the lesion that belongs to the most probable class: drusen, CNV or fluid",
}
_OCT_VARIANTS: dict[str, dict[str, Any]] = {
    "edema": {"classes": ["normal", "dme"]},
    "mask-alone": {"mask_guidance": "mask"},
    "no-mask": {"mask_guidance": "none"},
    "no-cam": {"cam_guidance": False},
    "classifier": {"segmenter": False},
}

_PPA_ANSWERS = {
    "masks": "probabilities of background, disc (OD) and peripapillary atrophy (PPA), which sum to 1",
    "ppa": "probability that there is PPA, by the classifier",
    "cam": "where the classifier's answer comes from (Grad-CAM)",
}
_PPA_VARIANTS: dict[str, dict[str, Any]] = {
    "hba-unet": {"residual": False, "od": False, "classifier": False},
    "two-class": {"od": False},
    "no-classifier": {"classifier": False},
    "layer4": {"keep_layer4": True},
}
_LESION_ANSWERS = {
    "lesions": "probabilities of MA, iHE, HaEx, CWS, vHE, pHE, NV and FiP, overlapping allowed",
    "presence": "probability that the image shows each of them: the highest of its map",
    "dr": "probabilities of DR0 to DR4",
    "cam": "where each DR grade is seen (Grad-CAM)",
}
# Path lengths (figure 3), attention of the grader (table III), and Lesion-Net by overlapping windows.
_LESION_VARIANTS: dict[str, dict[str, Any]] = {
    **{f"{length}s": {"path_length": length} for length in (32, 16, 8, 4, 2)},
    "cw-maxpool": {"attention": "maxpool"},
    "lesion-concat": {"attention": "concat"},
    "no-attention": {"attention": "none"},
    "patch-32s": {"path_length": 32, "window": 224},
}

MODELS: tuple[ModelSpec, ...] = (
    ModelSpec(
        stem="ppa",
        size="paper",
        title="Peripapillary atrophy and disc (PPANet)",
        network=PPANet,
        options={
            "encoder": "resnet50",
            "hba_width": 1024,
            "decoder_widths": [256, 192, 128, 64, 32],
            "dropout": 0.4,
            "spatial_dropout": 0.2,
        },
        preprocessing=Preprocessing(512, 512, clahe="lab", mean=IMAGENET_MEAN, sd=IMAGENET_SD),
        read=read_ppa,
        answers=_PPA_ANSWERS,
        variants=_PPA_VARIANTS,
    ),
    ModelSpec(
        stem="ppa",
        size="compact",
        title="Peripapillary atrophy and disc (PPANet), small",
        network=PPANet,
        options={
            "encoder": "efficientnet_lite0",
            "hba_width": 512,
            "decoder_widths": [96, 64, 40, 24, 16],
            "dropout": 0.0,  # to draw it for every pixel takes a tenth of the time of a step on a CPU
            "spatial_dropout": 0.2,
        },
        preprocessing=Preprocessing(256, 256, clahe="lab", mean=_LITE_MEAN, sd=_LITE_SD),
        read=read_ppa,
        answers=_PPA_ANSWERS,
        variants=_PPA_VARIANTS,
    ),
    ModelSpec(
        stem="disc",
        size="paper",
        title="Optic disc (localiser, then outline)",
        network=LocSeg,
        options={"filters": [32, 64, 128, 256, 512], "dropout": 0.2},
        preprocessing=Preprocessing(height=480, width=640, **_DISC),  # type: ignore[arg-type]  # a plain dict
        read=read_disc,
        focused=focused_disc,
        answers=_DISC_ANSWERS,
    ),
    ModelSpec(
        stem="disc",
        size="compact",
        title="Optic disc (localiser, then outline), small",
        network=LocSeg,
        options={"filters": [16, 24, 32, 64, 128], "dropout": 0.0},
        preprocessing=Preprocessing(height=160, width=192, focus=FOCUS, **_DISC),  # type: ignore[arg-type]  # a plain dict
        read=read_disc,
        focused=focused_disc,
        answers=_DISC_ANSWERS,
        variants={"efficientnet": {"encoder": "efficientnet_lite0", "filters": [16, 24, 48, 64, 96]}},
    ),
    ModelSpec(
        stem="glaucoma",
        size="paper",
        title="Glaucoma, disc, cup and fovea (MTL-IO)",
        network=MTLIO,
        options={"encoder": "vgg13_bn", "decoder": [[512, 256], [256, 128], [128, 64], [64, 64]]},
        preprocessing=Preprocessing(height=256, width=256, crop=False, fit="stretch"),
        read=read_glaucoma,
        focused=focused_glaucoma,
        answers=_GLAUCOMA_ANSWERS,
        variants={"stl": {"separate": True}, "running": {"statistics": "running"}},
    ),
    ModelSpec(
        stem="glaucoma",
        size="compact",
        title="Glaucoma, disc, cup and fovea (MTL-IO), small",
        network=MTLIO,
        options={
            "encoder": "efficientnet_lite0",
            "decoder": [[96, 64], [64, 48], [48, 32], [24, 16], [8, 8]],
            "statistics": "running",
            "prior": 0.05,
            "dropout": 0.5,
            "peaked_fovea": True,
        },
        preprocessing=Preprocessing(height=256, width=256, mean=_LITE_MEAN, sd=_LITE_SD, focus=FOCUS),
        read=read_glaucoma,
        focused=focused_glaucoma,
        answers=_GLAUCOMA_ANSWERS,
        variants={"stl": {"separate": True}},
    ),
    ModelSpec(
        stem="lesion",
        size="paper",
        title="Eight lesions and DR grade (Lesion-Net, multi-task network)",
        network=LesionMultiTask,
        options={"encoder": "inception_v3", "path_length": 16, "widths": [256, 128, 64, 32]},
        # Inception-v3 learnt from -1..1.
        preprocessing=Preprocessing(height=896, width=896, mean=(0.5, 0.5, 0.5), sd=(0.5, 0.5, 0.5)),
        read=read_lesion,
        answers=_LESION_ANSWERS,
        variants=_LESION_VARIANTS,
    ),
    ModelSpec(
        stem="lesion",
        size="compact",
        title="Eight lesions and DR grade (Lesion-Net, multi-task network), small",
        network=LesionMultiTask,
        # A microaneurysm is a few pixels wide: a large input and a path that ends at stride 4. The grader sees a third
        # of the size, and of each lesion the strongest pixel of a place, not its share of it.
        options={
            "encoder": "efficientnet_lite0",
            "path_length": 4,
            "widths": [96, 48, 32, 16],
            "resize": "max",
            "grader_size": 320,
            "dropout": 0.2,
        },
        preprocessing=Preprocessing(height=960, width=960, mean=_LITE_MEAN, sd=_LITE_SD),
        read=read_lesion,
        answers=_LESION_ANSWERS,
        variants=_LESION_VARIANTS,
    ),
    ModelSpec(
        stem="oct",
        size="paper",
        title="OCT class and lesion (CM-CNN, CAM-UNet)",
        network=OctModel,
        options={"classes": list(CLASSES[:3])},
        preprocessing=Preprocessing(
            height=512, width=512, channels=1, crop=False, fit="stretch", fill_white=True
        ),
        read=read_oct,
        answers=_OCT_ANSWERS,
        variants=_OCT_VARIANTS,
    ),
    ModelSpec(
        stem="oct",
        size="compact",
        title="OCT class and lesion (CM-CNN, CAM-UNet), small",
        network=OctModel,
        options={
            "classes": list(CLASSES),
            "encoder": "efficientnet_lite0",
            "features": 128,
            "decoder": [128, 64, 32, 16],
        },
        preprocessing=Preprocessing(
            height=256,
            width=256,
            channels=1,
            crop=False,
            fit="stretch",
            fill_white=True,
            mean=_LITE_MEAN,
            sd=_LITE_SD,
        ),
        read=read_oct,
        answers=_OCT_ANSWERS,
        variants=_OCT_VARIANTS,
    ),
)


def stems() -> tuple[str, ...]:
    """The stems in the table, each once."""
    return tuple(dict.fromkeys(spec.stem for spec in MODELS))


def model_spec(stem: str, size: str) -> ModelSpec:
    """The row of a stem and size.

    Raises:
        UnknownModelError: naming what there is.
    """
    for spec in MODELS:
        if (spec.stem, spec.size) == (stem, size):
            return spec
    if stem not in stems():
        raise UnknownModelError(f"There is no model {stem!r}; there is: {', '.join(stems())}.")
    sizes = ", ".join(spec.size for spec in MODELS if spec.stem == stem)
    raise UnknownModelError(f"The model {stem} has no size {size!r}; it has: {sizes}.")
