"""The U-Net of the comparisons, and what shares its arms: Y-Net and cross-stitch. All answer with logits.

The layout is LocSeg's without its localiser (models.md 4.2): at the full width, with one channel and one map, it has
the 7,765,409 parameters that paper 004 prints for its own U-Net.
"""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from retina_studio.networks.efficientnet import EfficientNetLite0
from retina_studio.networks.locseg import ConvBlock, Decoder, Encoder
from training.compare.wanted import Wanted

FULL = (32, 64, 128, 256, 512)
NARROW = (16, 24, 32, 64, 128)  # what the size `compact` of the model disc began with
_ON_LITE0 = (16, 24, 32, 48, 64)  # the decoder's filters at strides 1, 2, 4, 8 and 16
_DROPOUT = 0.2
_OWN = 0.9  # the share of its own features that a cross-stitch unit starts with


class UNet(nn.Module):
    """Ronneberger et al., "U-Net" (MICCAI 2015), on an encoder whose maps it concatenates.

    Args:
        encoder: image -> maps, shallow to deep.
        channels: of those maps, with a 0 in front where there is none at stride 1.
        filters: of the decoder's levels, as `Decoder` takes them.
        maps: how many masks.
    """

    def __init__(
        self, encoder: nn.Module, channels: Sequence[int], filters: Sequence[int], maps: int
    ) -> None:
        super().__init__()
        self.encoder = encoder
        self.decoder = expanding(channels, filters, maps)
        self.backbone: str = getattr(encoder, "backbone", "")

    def forward(self, image: Tensor) -> dict[str, Tensor]:
        """(N, C, H, W) -> logits "masks" (N, maps, H, W)."""
        return {"masks": self.decoder(self.encoder(image))}

    def load_backbone(self, state: Mapping[str, Tensor]) -> None:
        """Start the encoder, where it is EfficientNet-lite0, from ImageNet's weights."""
        if isinstance(self.encoder, EfficientNetLite0):
            self.encoder.load_backbone(state)

    def pretrainable(self) -> list[nn.Module]:
        """The encoder."""
        return [self.encoder]


class YNet(nn.Module):
    """Mehta et al., "Y-Net" (MICCAI 2018): a U-Net whose bottleneck feeds a second branch, which classifies.

    The branch goes one level deeper than the bottleneck and pools globally.
    """

    def __init__(self, inputs: int, maps: int, classes: int, filters: Sequence[int]) -> None:
        super().__init__()
        self.encoder = Encoder(inputs, filters, _DROPOUT)
        self.decoder = expanding(filters, filters, maps)
        deepest = filters[-1]
        self.branch = nn.Sequential(nn.MaxPool2d(2), ConvBlock(deepest, deepest, _DROPOUT))
        self.classifier = nn.Linear(deepest, classes)

    def forward(self, image: Tensor) -> dict[str, Tensor]:
        """(N, C, H, W) -> logits "masks" (N, maps, H, W) and "classes" (N, classes)."""
        features = self.encoder(image)
        pooled = self.branch(features[-1]).mean(dim=(2, 3))
        return {"masks": self.decoder(features), "classes": self.classifier(pooled)}


class CrossStitch(nn.Module):
    """Misra et al., "Cross-stitch networks for multi-task learning" (CVPR 2016): two encoders, mixed after every level.

    The first encoder carries a U-Net's decoder, the second a classifier (global mean, one linear layer). The unit of a
    level mixes x_A' = a_AA x_A + a_AB x_B and x_B' = a_BA x_A + a_BB x_B; its four numbers are learnt.
    """

    def __init__(self, inputs: int, maps: int, classes: int, filters: Sequence[int]) -> None:
        super().__init__()
        self.masks_encoder = Encoder(inputs, filters, _DROPOUT)
        self.classes_encoder = Encoder(inputs, filters, _DROPOUT)
        start = torch.tensor([[_OWN, 1 - _OWN], [1 - _OWN, _OWN]])
        self.units = nn.Parameter(start.repeat(len(filters), 1, 1))
        self.pool = nn.MaxPool2d(2)
        self.decoder = expanding(filters, filters, maps)
        self.classifier = nn.Linear(filters[-1], classes)

    def forward(self, image: Tensor) -> dict[str, Tensor]:
        """(N, C, H, W) -> logits "masks" (N, maps, H, W) and "classes" (N, classes)."""
        a, b, features = image, image, []
        levels = zip(self.masks_encoder.levels, self.classes_encoder.levels, self.units, strict=True)
        for depth, (of_masks, of_classes, unit) in enumerate(levels):
            if depth:
                a, b = self.pool(a), self.pool(b)
            own_a, own_b = of_masks(a), of_classes(b)
            a = unit[0, 0] * own_a + unit[0, 1] * own_b
            b = unit[1, 0] * own_a + unit[1, 1] * own_b
            features.append(a)
        return {"masks": self.decoder(features), "classes": self.classifier(b.mean(dim=(2, 3)))}


def expanding(channels: Sequence[int], filters: Sequence[int], maps: int) -> Decoder:
    """LocSeg's expanding arm with as many maps as asked for."""
    decoder = Decoder(channels, filters, _DROPOUT)
    decoder.out = nn.Conv2d(filters[0], maps, 1)
    return decoder


def unet(wanted: Wanted) -> nn.Module:
    """The U-Net of the papers' tables."""
    filters = _filters(wanted)
    return UNet(Encoder(wanted.inputs, filters, _DROPOUT), filters, filters, wanted.maps)


def plain_unet(wanted: Wanted) -> nn.Module:
    """A U-Net on the encoder of the size `compact`, which can start from ImageNet as the models do."""
    encoder = EfficientNetLite0(wanted.inputs)
    return UNet(encoder, (0, *encoder.channels), (*_ON_LITE0, 0), wanted.maps)


def y_net(wanted: Wanted) -> nn.Module:
    """A Y-Net on the U-Net's levels."""
    return YNet(wanted.inputs, wanted.maps, wanted.classes, _filters(wanted))


def cross_stitch(wanted: Wanted) -> nn.Module:
    """Cross-stitched encoders with the U-Net's levels."""
    return CrossStitch(wanted.inputs, wanted.maps, wanted.classes, _filters(wanted))


def _filters(wanted: Wanted) -> tuple[int, ...]:
    return NARROW if wanted.compact else FULL
