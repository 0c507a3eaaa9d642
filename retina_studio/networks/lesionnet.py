"""Lesion-Net: an encoder with an expansive path of adjustable length, eight lesion maps.

Wei et al., "Learn to Segment Retinal Lesions and Beyond" (ICPR 2020), section III.A; models.md 2.2 and 2.3.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 (torch's own custom)

from retina_studio.networks.efficientnet import EfficientNetLite0
from retina_studio.networks.inception import PaddedInception
from retina_studio.networks.windows import averaged

LESIONS = ("MA", "iHE", "HaEx", "CWS", "vHE", "pHE", "NV", "FiP")
Encoder = PaddedInception | EfficientNetLite0
ENCODERS: Mapping[str, Callable[[int], Encoder]] = {
    PaddedInception.backbone: PaddedInception,
    EfficientNetLite0.backbone: EfficientNetLite0,
}
STRIDE = 32  # of an encoder's last map
_STEPS = {32: 0, 16: 1, 8: 2, 4: 3, 2: 4}  # path length -> merge steps
_RARE = (
    -3.0
)  # first logit of every pixel: few belong to a lesion, and the pooled Dice is slow to learn that from 0.5
_LARGEST_WIDTH = 2048  # far beyond use, but a weights file may say anything


class LesionNetError(ValueError):
    """The network cannot be built like this, in one sentence."""


def make_encoder(name: str, channels: int) -> Encoder:
    """A fresh encoder: five maps at strides 2 to 32, whose widths are its `channels`.

    Raises:
        LesionNetError: no such encoder.
        ValueError: it takes no images of so many channels.
    """
    if name not in ENCODERS:
        raise LesionNetError(f"There is no encoder {name!r}; there is: {', '.join(ENCODERS)}.")
    return ENCODERS[name](channels)


class Merge(nn.Module):
    """One step up: 1x1 convolution to the width, bilinear x2, concatenation with the encoder's map, two 3x3.

    Args:
        deeper, skip: channels of the map from below and of the encoder's map beside.
        width: channels out.
    """

    def __init__(self, deeper: int, skip: int, width: int) -> None:
        super().__init__()
        self.narrow = nn.Conv2d(deeper, width, 1)
        layers: list[nn.Module] = []
        for inputs in (width + skip, width):
            conv = nn.Conv2d(inputs, width, 3, padding=1, bias=False)
            layers += [conv, nn.BatchNorm2d(width), nn.ReLU(inplace=True)]
        self.convs = nn.Sequential(*layers)

    def forward(self, deeper: Tensor, skip: Tensor) -> Tensor:
        """(N, deeper, h, w) and (N, skip, 2h, 2w) -> (N, width, 2h, 2w)."""
        larger = F.interpolate(self.narrow(deeper), size=skip.shape[2:], mode="bilinear", align_corners=False)
        merged: Tensor = self.convs(torch.cat([skip, larger], dim=1))
        return merged


class LesionNet(nn.Module):
    """Images (N, C, H, W), sides multiples of 32, to lesion probabilities (N, 8, H, W) in the order `LESIONS`.

    Args:
        encoder: a name in `ENCODERS`.
        channels: of the image.
        path_length: 32, 16, 8, 4 or 2, the s of Lesion-Net-16s: maps are made at this stride and enlarged from there.
        widths: channels after each merge step, from stride 16 on; as many as there are steps, or more.
        sigmoid_first: the paper's order, sigmoid and then enlargement; False the other way round.
        window: above 0, evaluation sees a larger image by overlapping windows of this side, half a window apart (the
            paper's patch baseline).

    Attributes:
        taught: (8,), 1 where training knew the lesion; what nobody taught is answered 0, not by chance.

    Raises:
        LesionNetError: the numbers fit no network.
    """

    taught: Tensor

    def __init__(
        self,
        encoder: str,
        channels: int,
        *,
        path_length: int = 16,
        widths: Sequence[int] = (256, 128, 64, 32),
        sigmoid_first: bool = True,
        window: int = 0,
    ) -> None:
        super().__init__()
        if path_length not in _STEPS:
            raise LesionNetError(f"A Lesion-Net's path length is 32, 16, 8, 4 or 2, not {path_length}.")
        steps = _STEPS[path_length]
        if len(widths) < steps or not all(1 <= width <= _LARGEST_WIDTH for width in widths):
            raise LesionNetError(
                f"Lesion-Net-{path_length}s needs {steps} widths of 1 to {_LARGEST_WIDTH}, not {list(widths)}."
            )
        if window < 0 or window % STRIDE:
            raise LesionNetError(f"A Lesion-Net's window is a multiple of {STRIDE}, not {window}.")
        self.encoder = make_encoder(encoder, channels)
        skips = list(reversed(self.encoder.channels))
        path = [skips[0], *widths[:steps]]
        self.merges = nn.ModuleList(
            Merge(deeper, skip, width)
            for (deeper, width), skip in zip(pairwise(path), skips[1:], strict=False)
        )
        self.head = nn.Conv2d(path[-1], len(LESIONS), 1)
        nn.init.constant_(self.head.bias, _RARE)  # type: ignore[arg-type]  # this one has a bias
        self.sigmoid_first = sigmoid_first
        self.window = window
        self.register_buffer("taught", torch.ones(len(LESIONS)))

    def forward(self, image: Tensor) -> Tensor:
        """Lesion probabilities (N, 8, H, W)."""
        if self.window and not self.training and min(image.shape[2:]) > self.window:
            return averaged(self.whole, image, self.window, self.window // 2)
        return self.whole(image)

    def whole(self, image: Tensor) -> Tensor:
        """Lesion probabilities (N, 8, H, W), in one go."""
        maps = self.low(image)
        maps = maps.sigmoid() if self.sigmoid_first else maps
        large = F.interpolate(maps, size=image.shape[2:], mode="bilinear", align_corners=False)
        large = large if self.sigmoid_first else large.sigmoid()
        return large * self.taught.view(1, -1, 1, 1).to(large)

    def low(self, image: Tensor) -> Tensor:
        """The head's logits (N, 8, H / path length, W / path length)."""
        features = self.encoder(image)
        x = features[-1]
        for merge, skip in zip(self.merges, reversed(features[:-1]), strict=False):
            x = merge(x, skip)
        logits: Tensor = self.head(x)
        return logits


def presence(lesions: Tensor) -> Tensor:
    """Image-level probabilities (N, 8): the global maximum of each lesion's map (equation 1)."""
    return lesions.amax(dim=(2, 3))
