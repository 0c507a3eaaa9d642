"""LocSeg: an encoder that learns to find the optic disc, then carries a decoder that outlines it.

Hu et al., "Deep feature transfer between localization and segmentation tasks" (MIDL 2019), figure 1: a U-Net
whose contracting arm is trained first, as a localiser, and then frozen.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Literal

import torch
from torch import Tensor, nn

from retina_studio.networks.cam import grad_cam
from retina_studio.networks.efficientnet import EfficientNetLite0
from retina_studio.networks.frozen import Freezes
from retina_studio.networks.preprocessing import LARGEST_SIDE

_VOTE = 0.1  # size of the localiser's first weights: small beside the middle of the picture
_RARE = (
    -3.0
)  # first logit of a pixel: few belong to a disc, and soft Dice is slow to learn that from one half
_LARGEST_FILTERS = 4096  # far beyond use, but a weights file may say anything


class LocSegError(ValueError):
    """The network cannot be built or used like this, in one sentence."""


class ConvBlock(nn.Sequential):
    """Two of 3x3 convolution, batch normalisation and ReLU, with dropout between: (N, i, H, W) -> (N, o, H, W)."""

    def __init__(self, inputs: int, outputs: int, dropout: float) -> None:
        super().__init__(
            nn.Conv2d(inputs, outputs, 3, padding=1),
            nn.BatchNorm2d(outputs),
            nn.ReLU(inplace=True),
            nn.Dropout(dropout),
            nn.Conv2d(outputs, outputs, 3, padding=1),
            nn.BatchNorm2d(outputs),
            nn.ReLU(inplace=True),
        )


class Encoder(nn.Module):
    """The contracting arm: one block a level, 2x2 max-pooling between levels; the first level at stride 1."""

    def __init__(self, inputs: int, filters: Sequence[int], dropout: float) -> None:
        super().__init__()
        self.channels = tuple(filters)
        self.levels = nn.ModuleList(ConvBlock(i, o, dropout) for i, o in pairwise((inputs, *filters)))
        self.pool = nn.MaxPool2d(2)

    def forward(self, image: Tensor) -> list[Tensor]:
        """Features of every level: the first at the resolution of the image, the last is the bottleneck."""
        features = [self.levels[0](image)]
        for level in self.levels[1:]:
            features.append(level(self.pool(features[-1])))
        return features


class Decoder(nn.Module):
    """The expanding arm: transposed convolution, concatenation with the encoder's level, block; then 1x1.

    Args:
        channels: of the encoder's levels, from the first to the bottleneck; 0 for a level at stride 1 that the encoder
            does not have.
        filters: of this arm's levels, as long as `channels`; the last is not used: the bottleneck is the encoder's.
        dropout: probability, inside a block.
    """

    def __init__(self, channels: Sequence[int], filters: Sequence[int], dropout: float) -> None:
        super().__init__()
        widths = [channels[-1], *reversed(filters[:-1])]
        skips = list(reversed(channels[:-1]))
        self.ups = nn.ModuleList(nn.ConvTranspose2d(i, o, 2, stride=2) for i, o in pairwise(widths))
        self.levels = nn.ModuleList(
            ConvBlock(o + skip, o, dropout) for o, skip in zip(widths[1:], skips, strict=True)
        )
        self.out = nn.Conv2d(widths[-1], 1, 1)
        nn.init.constant_(self.out.bias, _RARE)  # type: ignore[arg-type]

    def forward(self, features: Sequence[Tensor]) -> Tensor:
        """Logits (N, 1, H, W) from the encoder's features."""
        x = features[-1]
        skips: list[Tensor | None] = list(reversed(features[:-1]))
        skips += [None] * (len(self.ups) - len(skips))
        for up, level, skip in zip(self.ups, self.levels, skips, strict=True):
            x = up(x)
            x = level(x if skip is None else torch.cat([skip, x], dim=1))
        logits: Tensor = self.out(x)
        return logits


class Localiser(nn.Linear):
    """The head of the first phase: flatten, then one linear layer to (x, y), no activation.

    Not global pooling: that would lose the position. The unit is the longer side of the input, so both coordinates
    lie in 0..1. It starts as a vote, each position of the bottleneck for its own coordinates and all together for
    the middle: a random start would take many epochs to find that out, and few images allow few epochs.

    Args:
        channels, height, width: of the bottleneck.
    """

    def __init__(self, channels: int, height: int, width: int) -> None:
        super().__init__(channels * height * width, 2)
        self._shape = (channels, height, width)
        unit = max(height, width)
        x, y = (torch.arange(width) + 0.5) / unit, (torch.arange(height) + 0.5) / unit
        middle = torch.tensor([width, height]) / (2 * unit)
        across = (x - middle[0]).expand(height, width)
        place = torch.stack([across, (y - middle[1])[:, None].expand(height, width)])
        with torch.no_grad():
            votes = self.weight.view(2, channels, height, width)
            votes.mul_(_VOTE).add_(place[:, None] * (_VOTE / channels))
            self.bias.copy_(middle)

    def forward(self, bottleneck: Tensor) -> Tensor:
        """Disc centres (N, 2) from the bottleneck (N, C, h, w)."""
        return super().forward(bottleneck.flatten(1))

    def cam(self, bottleneck: Tensor) -> Tensor:
        """Where the answer comes from (N, 1, h, w) in 0..1: Grad-CAM of a regression to a position.

        A coordinate is no class score: its plain gradient prefers what lies to the right and below. What speaks for a
        position p is how far activity there pulls the centre c towards p, seen from the middle of the input. So the
        gradient taken is

            G_k(p) = sum over d in {x, y} of (p_d - middle_d) * d c_d / d A_k(p),

        alpha_k is its mean over positions, as ever, and the map is ReLU(sum_k alpha_k A_k). Of a linear layer the
        derivative is the weight itself.
        """
        _, height, width = self._shape
        x, y = self.weight.view(2, 1, *self._shape)
        across = torch.arange(width, device=x.device, dtype=x.dtype) - (width - 1) / 2
        down = torch.arange(height, device=x.device, dtype=x.dtype)[:, None] - (height - 1) / 2
        return grad_cam(bottleneck, x * across + y * down)[:, None]


class LocSeg(Freezes):
    """Input (N, channels, height, width); the answers of `forward`.

    Args:
        height, width: the one input size, multiples of the stride of the bottleneck; the localiser is tied to it.
        channels: 1 for grey, 3 for RGB.
        filters: of each level, e.g. (32, 64, 128, 256, 512) in the size `paper`; with another encoder, of the
            decoder's levels at stride 1, 2, 4, 8 and 16.
        dropout: probability, between the two convolutions of a block.
        encoder: "plain" is the paper's own; "efficientnet_lite0" can start from ImageNet.

    Raises:
        LocSegError: the numbers fit no network.
    """

    forward_methods = ("localise", "segment")

    def __init__(
        self,
        height: int,
        width: int,
        channels: int = 1,
        *,
        filters: Sequence[int],
        dropout: float = 0.2,
        encoder: Literal["plain", "efficientnet_lite0"] = "plain",
    ) -> None:
        super().__init__()
        stride = 2 ** (len(filters) - 1) if encoder == "plain" else 32
        _check(height, width, filters, stride, encoder)
        self.unit = float(max(height, width))
        self.backbone = "" if encoder == "plain" else encoder
        self.encoder: Encoder | EfficientNetLite0
        if encoder == "plain":
            self.encoder = Encoder(channels, filters, dropout)
            self.decoder = Decoder(filters, filters, dropout)
        else:
            self.encoder = EfficientNetLite0(channels)
            self.decoder = Decoder((0, *self.encoder.channels), (*filters, 0), dropout)
        bottleneck = self.encoder.channels[-1]
        self.localiser = Localiser(bottleneck, height // stride, width // stride)
        # Whether the localiser was trained: without, its answer means nothing.
        self.register_buffer("localises", torch.tensor(False))

    def forward(self, image: Tensor) -> dict[str, Tensor]:
        """Disc "centre" (N, 2) in units of the longer side, "masks" (N, 1, height, width) the probability of the disc,
        "cam" (N, 1, h, w) where the localiser looked.
        """
        features = self.encoder(image)
        return {
            "centre": self.localiser(features[-1]).float(),  # half precision is too coarse for a position
            "masks": self.decoder(features).float().sigmoid(),
            "cam": self.localiser.cam(features[-1]).float(),
        }

    def localise(self, image: Tensor) -> Tensor:
        """Phase 1: disc centres (N, 2) in units of the longer side."""
        centres: Tensor = self.localiser(self.encoder(image)[-1])
        return centres

    def segment(self, image: Tensor) -> Tensor:
        """Phase 2: logits (N, 1, height, width); their sigmoid is the disc's probability."""
        logits: Tensor = self.decoder(self.encoder(image))
        return logits

    def load_backbone(self, state: Mapping[str, Tensor]) -> None:
        """Start the encoder from ImageNet's weights.

        Raises:
            LocSegError: the paper's encoder has none.
        """
        if not isinstance(self.encoder, EfficientNetLite0):
            raise LocSegError(
                "The paper's own encoder of the disc model has no pretrained weights: train it from scratch."
            )
        self.encoder.load_backbone(state)


def _check(height: int, width: int, filters: Sequence[int], stride: int, encoder: str) -> None:
    if encoder not in ("plain", "efficientnet_lite0"):
        raise LocSegError(f"A LocSeg network has no encoder {encoder!r}; use plain or efficientnet_lite0.")
    levels = range(2, 9) if encoder == "plain" else range(5, 6)
    if len(filters) not in levels or not all(1 <= f <= _LARGEST_FILTERS for f in filters):
        raise LocSegError(
            f"A LocSeg network needs {levels[0]} to {levels[-1]} levels of 1 to {_LARGEST_FILTERS} filters, not"
            f" {list(filters)}."
        )
    if not all(stride <= side <= LARGEST_SIDE and side % stride == 0 for side in (height, width)):
        raise LocSegError(
            f"The input's sides must be multiples of {stride} up to {LARGEST_SIDE}, not {height} x {width}."
        )
