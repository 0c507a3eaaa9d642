"""DR grader: an encoder whose last maps are weighted by what a frozen Lesion-Net sees.

Wei et al., "Learn to Segment Retinal Lesions and Beyond" (ICPR 2020), section III.B, equations 5 to 7; models.md 2.6.
"""

from typing import Literal, get_args

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 (torch's own custom)

from retina_studio.networks.lesionnet import LESIONS, make_encoder, presence

GRADES = 5
Attention = Literal["conv", "maxpool", "concat", "none"]
Gate = Literal["sigmoid", "none"]
Resize = Literal["area", "bilinear", "max"]
_KEPT = 4  # lesion maps are kept so many times finer than the maps that they weight
_LARGEST_WIDTH = 2048
_LARGEST_SIZE = 4096


class DRGraderError(ValueError):
    """The grader cannot be built like this, in one sentence."""


class SideBlock(nn.Sequential):
    """Equation 7: lesion maps (N, 8, h, w) to weight maps (N, outputs, h, w) by two 3x3 convolutions."""

    def __init__(self, width: int, outputs: int, gate: Gate) -> None:
        super().__init__(
            nn.Conv2d(len(LESIONS), width, 3, padding=1, bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(inplace=True),
            nn.Conv2d(width, outputs, 3, padding=1),
            nn.Sigmoid() if gate == "sigmoid" else nn.Identity(),
        )


class DRGrader(nn.Module):
    """Images and lesion maps to the five DR grades.

    Args:
        encoder: a name in `lesionnet.ENCODERS`.
        channels: of the image.
        attention: "conv" (equation 7), "maxpool" (CW-MaxPool, equation 6: the strongest lesion at each place weights
            every map), "concat" (Lesion-Concat: the presence of each lesion beside the pooled maps), or "none".
        side_width: channels between the two convolutions of "conv".
        gate: of the weights of "conv".
        resize: how lesion maps come to the size of the last maps: by their mean, bilinear samples, or maximum.
        size: the longer side that the image is reduced to first; 0 leaves it as it is.
        dropout: probability, before the linear layer.

    Raises:
        DRGraderError: no such choice.
    """

    def __init__(
        self,
        encoder: str,
        channels: int,
        *,
        attention: Attention = "conv",
        side_width: int = 64,
        gate: Gate = "sigmoid",
        resize: Resize = "area",
        size: int = 0,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        for what, value, known in (
            ("attention", attention, Attention),
            ("gate", gate, Gate),
            ("resize", resize, Resize),
        ):
            if value not in get_args(known):
                raise DRGraderError(
                    f"A DR grader's {what} is one of {', '.join(get_args(known))}, not {value!r}."
                )
        if not 1 <= side_width <= _LARGEST_WIDTH or not 0 <= size <= _LARGEST_SIZE or not 0 <= dropout < 1:
            raise DRGraderError(
                f"A DR grader cannot have side width {side_width}, image size {size} and dropout {dropout}."
            )
        self.encoder = make_encoder(encoder, channels)
        self.maps = self.encoder.channels[-1]
        self.attention = attention
        self.resize = resize
        self.size = size
        self.side = SideBlock(side_width, self.maps, gate) if attention == "conv" else nn.Identity()
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(self.maps + (len(LESIONS) if attention == "concat" else 0), GRADES)

    def forward(self, image: Tensor, lesions: Tensor) -> Tensor:
        """Logits (N, 5) from an image (N, C, H, W) and its lesion maps (N, 8, h, w), of any resolution."""
        return self.classify(self.weighted(image, lesions), lesions)

    def weighted(self, image: Tensor, lesions: Tensor) -> Tensor:
        """The encoder's last maps, each times its weights (N, K, h, w): equation 5."""
        features: Tensor = self.encoder(self.reduced(image))[-1]
        if self.attention in ("concat", "none"):
            return features
        small = self.shrunk(lesions, (features.shape[2], features.shape[3]))
        weights = self.side(small) if self.attention == "conv" else small.amax(dim=1, keepdim=True)
        return features * weights

    def classify(self, features: Tensor, lesions: Tensor) -> Tensor:
        """Logits (N, 5): global average pooling and the linear layer."""
        pooled = features.mean(dim=(2, 3))
        if self.attention == "concat":
            pooled = torch.cat([pooled, presence(lesions).to(pooled)], dim=1)
        logits: Tensor = self.head(self.dropout(pooled))
        return logits

    def reduced(self, image: Tensor) -> Tensor:
        """The image at the size that the encoder sees: (N, C, H, W) -> (N, C, h, w), the longer side `size`."""
        height, width = map(int, image.shape[2:])  # a tracer gives tensors
        longer = max(height, width)
        if not self.size or longer <= self.size:
            return image
        sides = [max(round(side * self.size / longer), 1) for side in (height, width)]
        return F.interpolate(image, size=sides, mode="area")

    def kept(self, lesions: Tensor) -> Tensor:
        """Lesion maps (N, 8, H, W) at the resolution worth keeping: what a later `forward` needs, and no more."""
        sides = [int(side) for side in lesions.shape[2:]]
        longer = max(sides)
        share = min(self.size or longer, longer) / longer / 32 * _KEPT
        height, width = (max(round(side * share), 1) for side in sides)
        return self.shrunk(lesions, (height, width))

    def shrunk(self, lesions: Tensor, size: tuple[int, int]) -> Tensor:
        """Lesion maps at another size; by their maximum where only presence counts, so that it stays what it is."""
        if tuple(lesions.shape[2:]) == size:
            return lesions
        if self.resize == "max" or self.attention == "concat":
            return F.adaptive_max_pool2d(lesions, size)
        if self.resize == "bilinear":
            return F.interpolate(lesions, size=size, mode="bilinear", align_corners=False)
        return F.interpolate(lesions, size=size, mode="area")
