"""FCN-32s, 16s and 8s: Long et al., "Fully convolutional networks for semantic segmentation" (CVPR 2015)."""

from collections.abc import Mapping
from functools import partial

from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 (torch's own custom)

from retina_studio.networks.efficientnet import EfficientNetLite0
from retina_studio.networks.inception import PaddedInception
from training.compare.wanted import Wanted

_STRIDES = (32, 16, 8)
_RGB = 3


class FCN(nn.Module):
    """Scores of the encoder's last maps, each enlarged bilinearly and added to the next finer one.

    The trunk is Lesion-Net's own, so that only the way up differs (001, section IV.B); the upsampling has no
    parameters there, and none here.

    Args:
        encoder: image of three channels -> maps at strides 2, 4, 8, 16 and 32, with their `channels`.
        maps: how many masks.
        stride: of the finest scored map: 32, 16 or 8.
    """

    def __init__(self, encoder: PaddedInception | EfficientNetLite0, maps: int, stride: int) -> None:
        super().__init__()
        self.encoder = encoder
        self.backbone = encoder.backbone
        scored = list(reversed(encoder.channels))[: _STRIDES.index(stride) + 1]
        self.scores = nn.ModuleList(nn.Conv2d(channels, maps, 1) for channels in scored)

    def forward(self, image: Tensor) -> dict[str, Tensor]:
        """(N, C, H, W) -> logits "masks" (N, maps, H, W)."""
        features = self.encoder(image.expand(-1, _RGB, -1, -1))
        scores = None
        for score, feature in zip(self.scores, reversed(features), strict=False):
            fine = score(feature)
            scores = fine if scores is None else fine + _enlarge(scores, fine)
        return {"masks": _enlarge(scores, image)}

    def load_backbone(self, state: Mapping[str, Tensor]) -> None:
        """Start the encoder from ImageNet's weights."""
        self.encoder.load_backbone(state)

    def pretrainable(self) -> list[nn.Module]:
        """The encoder."""
        return [self.encoder]


def _enlarge(scores: Tensor | None, like: Tensor) -> Tensor:
    assert scores is not None  # noqa: S101 (there is at least one scored map)
    return F.interpolate(scores, size=like.shape[2:], mode="bilinear", align_corners=False)


def _fcn(stride: int, wanted: Wanted) -> nn.Module:
    encoder = EfficientNetLite0() if wanted.compact else PaddedInception()
    return FCN(encoder, wanted.maps, stride)


fcn_32s, fcn_16s, fcn_8s = (partial(_fcn, stride) for stride in _STRIDES)
