"""LocSeg: an encoder that learns to find the optic disc, then carries a decoder that outlines it.

Hu et al., "Deep feature transfer between localization and segmentation tasks" (MIDL 2019), figure 1: a U-Net
whose contracting arm is trained first, as a localiser, and then frozen.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

_VOTE = 0.1  # size of the localiser's first weights: small beside the middle of the picture
_RARE = (
    -3.0
)  # first logit of every pixel: few belong to a disc, and soft Dice is slow to learn that from one half
LIMIT = 4096  # pixels of a side, and filters of a level: far beyond use, but a weights file may say anything


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
    """The contracting arm: one block a level, 2x2 max-pooling between levels."""

    def __init__(self, filters: Sequence[int], dropout: float) -> None:
        super().__init__()
        widths = (1, *filters)
        self.levels = nn.ModuleList(ConvBlock(i, o, dropout) for i, o in pairwise(widths))
        self.pool = nn.MaxPool2d(2)

    def forward(self, image: Tensor) -> list[Tensor]:
        """Features of every level: the first at the resolution of the image, the last is the bottleneck."""
        features = [self.levels[0](image)]
        for level in self.levels[1:]:
            features.append(level(self.pool(features[-1])))
        return features


class Decoder(nn.Module):
    """The expanding arm: transposed convolution, concatenation with the encoder's level, block; then 1x1."""

    def __init__(self, filters: Sequence[int], dropout: float) -> None:
        super().__init__()
        steps = list(pairwise(reversed(filters)))
        self.ups = nn.ModuleList(nn.ConvTranspose2d(i, o, 2, stride=2) for i, o in steps)
        self.levels = nn.ModuleList(ConvBlock(2 * o, o, dropout) for _, o in steps)
        self.out = nn.Conv2d(filters[0], 1, 1)
        nn.init.constant_(self.out.bias, _RARE)  # type: ignore[arg-type]

    def forward(self, features: Sequence[Tensor]) -> Tensor:
        """Logits (N, 1, H, W) from the encoder's features."""
        x = features[-1]
        for up, level, skip in zip(self.ups, self.levels, reversed(features[:-1]), strict=True):
            x = level(torch.cat([skip, up(x)], dim=1))
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


class LocSeg(nn.Module):
    """Input (N, 1, height, width) in 0..1; output disc centres (N, 2) and logits (N, 1, height, width).

    Args:
        height, width: the one input size, multiples of 2 ** (levels - 1); the localiser is tied to it.
        filters: of each level, e.g. (32, 64, 128, 256, 512) in the size `paper`.
        dropout: probability, between the two convolutions of a block.

    Raises:
        LocSegError: the numbers fit no network.
    """

    def __init__(self, height: int, width: int, filters: Sequence[int], dropout: float = 0.2) -> None:
        super().__init__()
        stride = 2 ** (len(filters) - 1)
        if not 2 <= len(filters) <= 8 or not all(1 <= f <= LIMIT for f in filters):
            raise LocSegError(f"A LocSeg network needs 2 to 8 levels of 1 to {LIMIT} filters, not {filters}.")
        if not all(stride <= side <= LIMIT and side % stride == 0 for side in (height, width)):
            raise LocSegError(
                f"With {len(filters)} levels the input's sides must be multiples of {stride} up to {LIMIT},"
                f" not {height} x {width}."
            )
        self.size = (height, width)
        self.unit = float(max(height, width))
        self.encoder = Encoder(filters, dropout)
        self.localiser = Localiser(filters[-1], height // stride, width // stride)
        self.decoder = Decoder(filters, dropout)
        self.frozen = False

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """Disc centres (N, 2) in units of the longer side, and logits (N, 1, height, width)."""
        features = self.encoder(image)
        return self.localiser(features[-1]), self.decoder(features)

    def localise(self, image: Tensor) -> Tensor:
        """Phase 1: disc centres (N, 2) in units of the longer side."""
        centres: Tensor = self.localiser(self.encoder(image)[-1])
        return centres

    def segment(self, image: Tensor) -> Tensor:
        """Phase 2: logits (N, 1, height, width); their sigmoid is the disc's probability."""
        logits: Tensor = self.decoder(self.encoder(image))
        return logits

    def freeze_encoder(self) -> None:
        """From now on nothing in the encoder moves: no gradients, and fixed batch statistics and dropout."""
        self.frozen = True
        self.encoder.requires_grad_(False).eval()

    def train(self, mode: bool = True) -> "LocSeg":
        """Switch to training, all but a frozen encoder."""
        super().train(mode)
        if self.frozen:
            self.encoder.eval()
        return self
