"""The table of comparison systems: what the papers compare their networks with, and where ours comes from."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from torch import nn

from retina_studio.domain.errors import RetinaError
from training.compare import abn, classifiers, fcn, segmenters, unet
from training.compare.wanted import Wanted

Kind = Literal["segmentation", "classification", "multitask"]
OURS = "own"


@dataclass(frozen=True)
class System:
    """One comparison system.

    Attributes:
        kind: what it answers: masks, a grade, or both.
        package: where it comes from.
        note: what differs from the system that the paper compared with, and what the size `compact` is.
        stems: the models whose paper compares with it (or which we compare with it), in its table.
        build: makes the module, answering with logits {"masks": (N, maps, H, W), "classes": (N, classes)}; None where
            it is not a network of its own.
        strategy: of the model's own training, where it is no network of its own.
        backbone: its encoder that can start from ImageNet in the sizes paper and compact; "" for none.
        multiple: both sides of the input must be multiples of this.
        least: the shortest side that it takes.
    """

    kind: Kind
    package: str
    note: str
    stems: tuple[str, ...]
    build: Callable[[Wanted], nn.Module] | None = None
    strategy: str = ""
    backbone: tuple[str, str] = ("", "")
    multiple: int = 1
    least: int = 1

    def network(self, wanted: Wanted) -> nn.Module:
        """A freshly initialised network.

        Raises:
            RetinaError: the input does not fit it, its package is missing, or it is no network of its own.
        """
        if self.build is None:
            raise RetinaError(
                f"This comparison is a way of training, not a network: set strategy = {self.strategy!r} in the recipe."
            )
        sides = (wanted.height, wanted.width)
        if any(side % self.multiple or side < self.least for side in sides):
            raise RetinaError(
                f"This comparison system takes sides from {self.least} pixels in multiples of {self.multiple},"
                f" not {wanted.height} x {wanted.width}."
            )
        return self.build(wanted)


_ALL = ("ppa", "lesion", "glaucoma", "disc", "oct")
_GRADED = ("ppa", "lesion", "glaucoma", "oct")
_SMP = "segmentation_models_pytorch"
_LITE0 = "compact: EfficientNet-lite0"
_LITE = "efficientnet_lite0"

SYSTEMS: dict[str, System] = {
    "plain-unet": System(
        "segmentation",
        OURS,
        "U-Net on EfficientNet-lite0, which can start from ImageNet as the models do; one size",
        _ALL,
        unet.plain_unet,
        backbone=(_LITE, _LITE),
        multiple=32,
        least=64,
    ),
    "u-net": System(
        "segmentation",
        OURS,
        "4 pools, 32 to 512 filters (29.62 MiB, as 004 prints); compact: 16 to 128",
        ("ppa", "lesion", "disc", "oct"),
        unet.unet,
        multiple=16,
    ),
    "r50-unet": System(
        "segmentation",
        _SMP,
        f"U-Net on ResNet50; {_LITE0}",
        ("ppa",),
        segmenters.r50_unet,
        backbone=("resnet50", _LITE),
        multiple=32,
    ),
    "attention-unet": System(
        "segmentation",
        "monai",
        "64 to 1024 filters; compact: 16 to 256",
        ("ppa", "oct"),
        segmenters.attention_unet,
        multiple=16,
    ),
    "swin-unetr": System(
        "segmentation",
        "monai",
        "a stand-in for Swin-UNet, which no package has; 24 features, compact: 12",
        ("ppa",),
        segmenters.swin_unetr,
        multiple=32,
        least=64,
    ),
    "pspnet": System(
        "segmentation",
        _SMP,
        f"on ResNet50; {_LITE0}",
        ("oct",),
        segmenters.pspnet,
        backbone=("resnet50", _LITE),
        multiple=8,
        least=48,
    ),
    "deeplabv3plus": System(
        "segmentation",
        _SMP,
        f"on ResNet50, where 001 has Inception-v3, which the package refuses; {_LITE0}",
        ("lesion",),
        segmenters.deeplabv3plus,
        backbone=("resnet50", _LITE),
        multiple=16,
    ),
    "fcn-32s": System(
        "segmentation",
        OURS,
        f"on Lesion-Net's padded Inception-v3; {_LITE0}",
        ("lesion",),
        fcn.fcn_32s,
        backbone=("inception_v3", _LITE),
    ),
    "fcn-16s": System(
        "segmentation",
        OURS,
        f"on Lesion-Net's padded Inception-v3; {_LITE0}",
        ("lesion",),
        fcn.fcn_16s,
        backbone=("inception_v3", _LITE),
    ),
    "fcn-8s": System(
        "segmentation",
        OURS,
        f"on Lesion-Net's padded Inception-v3; {_LITE0}",
        ("lesion",),
        fcn.fcn_8s,
        backbone=("inception_v3", _LITE),
    ),
    "plain": System(
        "classification",
        OURS,
        "EfficientNet-lite0, global mean, one linear layer; can start from ImageNet as the models do; one size",
        _GRADED,
        classifiers.plain,
        backbone=(_LITE, _LITE),
    ),
    "vgg16": System(
        "classification",
        OURS,
        "convolutions with batch normalisation, global mean, one linear layer; compact: a quarter of the filters",
        ("oct",),
        classifiers.vgg16,
        least=32,
    ),
    "mobilenet": System(
        "classification",
        "timm",
        "MobileNet v1, full width in both sizes",
        ("oct",),
        classifiers.mobilenet,
    ),
    "se-resnet": System(
        "classification",
        "timm",
        "SE-ResNet50; compact: 18 layers of half the width. 004's 115.21 MiB fits no SE-ResNet of the package",
        ("oct",),
        classifiers.se_resnet,
    ),
    "inception-v3": System(
        "classification",
        "torchvision",
        "without its auxiliary head; compact: a quarter of the width",
        ("lesion", "oct"),
        classifiers.inception_v3,
        backbone=("inception_v3", ""),
        least=75,
    ),
    "abn": System(
        "classification",
        OURS,
        f"attention branch network on ResNet50, as its authors'; {_LITE0}",
        ("lesion",),
        abn.abn,
        backbone=("resnet50", _LITE),
    ),
    "y-net": System(
        "multitask",
        OURS,
        "the U-Net with a classifying branch below its bottleneck; compact: 16 to 128 filters",
        ("oct",),
        unet.y_net,
        multiple=16,
        least=32,
    ),
    "cross-stitch": System(
        "multitask",
        OURS,
        "two of the U-Net's encoders, mixed after every level; compact: 16 to 128 filters",
        ("oct",),
        unet.cross_stitch,
        multiple=16,
    ),
    "stl": System("multitask", OURS, "four networks, one a task", ("glaucoma",), strategy="stl"),
    "sum": System(
        "multitask", OURS, "one network, the sum of the losses, one Adam", ("glaucoma",), strategy="sum"
    ),
    "gradnorm": System(
        "multitask",
        OURS,
        "Chen et al., ICML 2018; one network, learnt weights of the losses",
        ("glaucoma",),
        strategy="gradnorm",
    ),
    "pcgrad": System(
        "multitask",
        "torchjd",
        "Yu et al., NeurIPS 2020; one network, projected gradients",
        ("glaucoma",),
        strategy="pcgrad",
    ),
}


def system(name: str) -> System:
    """The comparison system of a name.

    Raises:
        RetinaError: naming what there is.
    """
    if name not in SYSTEMS:
        raise RetinaError(f"There is no comparison system {name!r}; there is: {', '.join(SYSTEMS)}.")
    return SYSTEMS[name]


def systems_of(stem: str) -> tuple[str, ...]:
    """The names of the systems that a model is compared with."""
    return tuple(name for name, row in SYSTEMS.items() if stem in row.stems)
