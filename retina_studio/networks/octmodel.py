"""The model `oct`: CM-CNN says what a B-scan shows and where it looked, CAM-UNet outlines the lesion there.

Diao et al., "Classification and segmentation of OCT images for age-related macular degeneration based on dual guidance
networks" (2023); models.md 5.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import cast

import torch
from torch import Tensor

from retina_studio.networks.camunet import CAMUNet
from retina_studio.networks.cmcnn import CMCNN, MaskGuidance
from retina_studio.networks.efficientnet import EfficientNetLite0
from retina_studio.networks.frozen import Freezes
from retina_studio.networks.preprocessing import LARGEST_SIDE
from retina_studio.networks.resnet import ResNet18

NORMAL = "normal"
LESIONS = {"drusen": "drusen", "cnv": "CNV", "dme": "fluid"}  # class of a B-scan -> label of its lesion
CLASSES = (NORMAL, *LESIONS)

Encoder = ResNet18 | EfficientNetLite0

_LARGEST_WIDTH = 4096  # channels: far beyond use, but a weights file may say anything
_ENCODERS: dict[str, Callable[[int, int], Encoder]] = {
    "resnet18": ResNet18,
    "efficientnet_lite0": EfficientNetLite0,
}


class OctModelError(ValueError):
    """The network cannot be built or used like this, in one sentence."""


class OctModel(Freezes):
    """Both networks, trained one after the other. Input (N, channels, height, width); the answers of `forward`.

    Args:
        height, width: of the input, multiples of the stride of the deepest level; other such sizes run too.
        channels: 1 for grey, 3 for RGB.
        classes: of a B-scan, some of normal, drusen, cnv and dme, in the order of the answers.
        encoder: of both networks, each its own: "resnet18" is the paper's; "efficientnet_lite0" is small.
        classifier_depth: levels of CM-CNN's encoder; at 5 the class activation map has stride 32, at 4 stride 16.
        features: channels of CM-CNN's guided features.
        decoder: channels behind each of CAM-UNet's four layers, deep to shallow.
        mask_guidance: of CM-CNN: "complementary" is the paper's, "mask" and "none" its ablations.
        cam_guidance: of CAM-UNet; without it, the ablation Res18-UNet.
        segmenter: without it there is CM-CNN alone, for images of which the class is known and no outline.

    Raises:
        OctModelError: the numbers fit no network.
    """

    forward_methods = ("classify", "look", "segment")

    def __init__(
        self,
        height: int,
        width: int,
        channels: int = 1,
        *,
        classes: Sequence[str] = CLASSES[:3],
        encoder: str = "resnet18",
        classifier_depth: int = 5,
        features: int = 512,
        decoder: Sequence[int] = (512, 256, 128, 64),
        mask_guidance: MaskGuidance = "complementary",
        cam_guidance: bool = True,
        segmenter: bool = True,
    ) -> None:
        super().__init__()
        _check_classes(classes)
        _check_numbers(height, width, features, decoder, classifier_depth)
        if encoder not in _ENCODERS:
            raise OctModelError(
                f"The oct model has no encoder {encoder!r}; use one of: {', '.join(_ENCODERS)}."
            )
        if mask_guidance not in ("complementary", "mask", "none"):
            raise OctModelError(
                f"The oct model has no mask guidance {mask_guidance!r}; use complementary, mask or none."
            )
        self.classes = tuple(classes)
        self.backbone = encoder
        trunk = _ENCODERS[encoder](channels, classifier_depth)
        self.classifier = CMCNN(trunk, trunk.channels[-1], len(classes), features, mask_guidance)
        self.segmenter: CAMUNet | None = None
        if segmenter:
            trunk = _ENCODERS[encoder](channels, len(decoder) + 1)
            self.segmenter = CAMUNet(trunk, trunk.channels, decoder, cam_guidance)

    def forward(self, image: Tensor) -> dict[str, Tensor]:
        """The answers: what the B-scan shows, where the classifier looked, and where the lesion is.

        "oct" (N, K) the probabilities of `classes`, "cam" (N, K, h, w) the class activation map of each, "masks"
        (N, 1, height, width) the probability of the lesion, as CAM-UNet sees it with the map of the most probable
        class; it is not there without a segmenter. All float32.
        """
        features, _ = self.classifier.features(image)
        logits, cams = self.classifier.score(features), self.classifier.cams(features)
        answers = {"oct": logits.float().softmax(dim=1), "cam": cams.float()}
        if self.segmenter is not None:
            answers["masks"] = self.segmenter(image, _of_best(cams, logits)).float().sigmoid()
        return answers

    def classify(self, image: Tensor) -> tuple[Tensor, Tensor | None]:
        """Stage 1: logits (N, K), and the coarse lesion mask S (N, 1, h, w) in 0..1, None without mask guidance."""
        logits, mask = self.classifier(image)
        return logits, mask

    @torch.no_grad()
    def look(self, image: Tensor) -> Tensor:
        """Between the stages: the class activation map (N, 1, h, w) of each image's most probable class."""
        features, _ = self.classifier.features(image)
        return _of_best(self.classifier.cams(features), self.classifier.score(features)).float()

    def segment(self, image: Tensor, cam: Tensor) -> Tensor:
        """Stage 2: logits (N, 1, height, width) from the images and their class activation maps (N, 1, h, w)."""
        if self.segmenter is None:
            raise OctModelError(
                "This oct model was built without a segmenter: it says what it sees, not where."
            )
        logits: Tensor = self.segmenter(image, cam)
        return logits

    def load_backbone(self, state: Mapping[str, Tensor]) -> None:
        """Start the encoders of both networks from ImageNet's weights.

        Raises:
            BackboneError: these are not the weights of this encoder.
        """
        for network in (self.classifier, self.segmenter):
            if network is not None:
                cast(Encoder, network.encoder).load_backbone(state)


def _of_best(cams: Tensor, logits: Tensor) -> Tensor:
    """(N, K, h, w) and (N, K) -> (N, 1, h, w): the map of the most probable class."""
    best = logits.argmax(dim=1).view(-1, 1, 1, 1)
    return cams.gather(1, best.expand(-1, 1, *cams.shape[2:]))


def _check_classes(classes: Sequence[str]) -> None:
    if len(classes) < 2 or len({*classes}) != len(classes) or not {*classes} <= {*CLASSES}:
        raise OctModelError(
            f"The classes of an oct model are two or more of {', '.join(CLASSES)}, each once; not {list(classes)}."
        )


def _check_numbers(height: int, width: int, features: int, decoder: Sequence[int], depth: int) -> None:
    if not 2 <= depth <= 5 or not 1 <= len(decoder) <= 4:
        raise OctModelError(
            f"The oct model's classifier has 2 to 5 levels and its decoder 1 to 4 layers, not {depth} and"
            f" {len(decoder)}."
        )
    if not all(2 <= channels <= _LARGEST_WIDTH for channels in (features, *decoder)):
        raise OctModelError(
            f"The layers of an oct model have 2 to {_LARGEST_WIDTH} channels, not {[features, *decoder]}."
        )
    stride = 2 ** max(depth, len(decoder) + 1)
    if not all(stride <= side <= LARGEST_SIDE and side % stride == 0 for side in (height, width)):
        raise OctModelError(
            f"The input's sides must be multiples of {stride} up to {LARGEST_SIDE}, not {height} x {width}."
        )
