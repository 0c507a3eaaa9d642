"""PPANet: disc and peripapillary atrophy outlined, and the presence of atrophy decided, by one network.

Wei et al., "Peripapillary atrophy segmentation in fundus images via multi-task learning" (2022), figure 2; layer widths
from HBA-U-Net, on which it is built (models.md 1.2 to 1.4).
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - its usual name

from retina_studio.networks.cam import class_cam
from retina_studio.networks.efficientnet import EfficientNetLite0
from retina_studio.networks.frozen import Freezes
from retina_studio.networks.hba import HBABlock
from retina_studio.networks.resnet import ResNet50

_ENCODERS: dict[str, type[ResNet50] | type[EfficientNetLite0]] = {
    "resnet50": ResNet50,
    "efficientnet_lite0": EfficientNetLite0,
}
_BLOCKS = 3  # of attention
_STRIDE = 32  # of the deepest map
_LARGEST_SIDE = 1024  # attention compares every position with every other
_LARGEST_WIDTH = 4096  # far beyond use, but a weights file may say anything


class PPANetError(ValueError):
    """The network cannot be built or used like this, in one sentence."""


class UpBlock(nn.Module):
    """Nearest-neighbour x2, concatenation with the encoder's map, two 3x3 convolutions: (N, i, H, W) -> (N, o, 2H, 2W).

    Args:
        inputs, skip, outputs: channels of the deeper map, of the encoder's (0 for none) and of the answer.
        dropout: probability, after the concatenation and after each convolution.
        residual: whether a 1x1 convolution of the concatenation is added before the last ReLU.
    """

    def __init__(self, inputs: int, skip: int, outputs: int, dropout: float, *, residual: bool) -> None:
        super().__init__()
        joined = inputs + skip
        self.dropout = nn.Dropout(dropout)
        self.first = nn.Sequential(nn.Conv2d(joined, outputs, 3, padding=1), nn.BatchNorm2d(outputs))
        self.second = nn.Sequential(nn.Conv2d(outputs, outputs, 3, padding=1), nn.BatchNorm2d(outputs))
        self.shortcut = (
            nn.Sequential(nn.Conv2d(joined, outputs, 1, bias=False), nn.BatchNorm2d(outputs))
            if residual
            else None
        )

    def forward(self, x: Tensor, skip: Tensor | None = None) -> Tensor:
        """The finer map from the deeper one and the encoder's of the finer resolution."""
        x = F.interpolate(x, scale_factor=2.0, mode="nearest")
        x = self.dropout(x if skip is None else torch.cat([x, skip], dim=1))
        y = self.second(self.dropout(F.relu(self.first(x))))
        y = F.relu(y if self.shortcut is None else y + self.shortcut(x))
        dropped: Tensor = self.dropout(y)
        return dropped


class Decoder(nn.Module):
    """Five blocks up to the resolution of the image; the last without skip, residual and dropout, but for whole maps.

    Args:
        bottleneck: channels of the deepest map.
        skips: channels of the encoder's maps at strides 2, 4, 8 and 16.
        widths: of the five blocks.
        dropout: probability, in the first four blocks.
        spatial_dropout: probability that the last block drops a whole map.
        residual: whether the first four blocks are residual.
    """

    def __init__(
        self,
        bottleneck: int,
        skips: Sequence[int],
        widths: Sequence[int],
        dropout: float,
        spatial_dropout: float,
        *,
        residual: bool,
    ) -> None:
        super().__init__()
        steps = zip(pairwise((bottleneck, *widths[:-1])), reversed(skips), strict=True)
        self.ups = nn.ModuleList(UpBlock(i, skip, o, dropout, residual=residual) for (i, o), skip in steps)
        self.last = UpBlock(widths[-2], 0, widths[-1], 0.0, residual=False)
        self.dropout = nn.Dropout2d(spatial_dropout)

    def forward(self, x: Tensor, skips: Sequence[Tensor]) -> Tensor:
        """(N, bottleneck, H / 32, W / 32) and the encoder's maps, shallow to deep, to (N, widths[-1], H, W)."""
        for up, skip in zip(self.ups, reversed(skips), strict=True):
            x = up(x, skip)
        fine: Tensor = self.dropout(self.last(x))
        return fine


class Classifier(nn.Module):
    """The mean over positions, then one linear layer (or two, with ReLU between): (N, C, h, w) -> logits (N,).

    Args:
        channels: C.
        hidden: width of the layer between; 0 for none.
    """

    def __init__(self, channels: int, hidden: int) -> None:
        super().__init__()
        self.hidden = nn.Linear(channels, hidden) if hidden else None
        self.out = nn.Linear(hidden or channels, 1)

    def forward(self, features: Tensor) -> Tensor:
        """Logits of presence (N,)."""
        x = features.mean(dim=(2, 3))
        if self.hidden is not None:
            x = F.relu(self.hidden(x))
        logits: Tensor = self.out(x)
        return logits[:, 0]

    def cam(self, features: Tensor) -> Tensor:
        """Where the answer comes from (N, 1, h, w) in 0..1: Grad-CAM, whose gradients are here products of weights."""
        weights = self.out.weight  # (1, C)
        if self.hidden is None:
            return class_cam(features, weights)
        active = self.hidden(features.mean(dim=(2, 3))) > 0  # (N, hidden)
        gradients = (active * weights) @ self.hidden.weight  # (N, C)
        return class_cam(features * gradients[:, :, None, None], torch.ones_like(gradients[:1]))


class PPANet(Freezes):
    """Photographs (N, channels, height, width), normalised by ImageNet's mean and deviation; the answers of `forward`.

    Args:
        height, width: the one input size, multiples of 32: the attention's position tables belong to it.
        channels: 1 for grey, 3 for RGB.
        encoder: "resnet50" is the paper's; "efficientnet_lite0" the small one.
        keep_layer4: whether the encoder's stage of stride 32 stays, before the attention; else that replaces it.
        hba_width: channels of the attention blocks' answer, a multiple of 32.
        decoder_widths: of the five upsampling blocks.
        dropout, spatial_dropout: probabilities in the decoder.
        residual: whether the decoder's blocks are residual (False: HBA-U-Net).
        od: whether the disc is a class of its own; else the classes are background and PPA.
        classifier: whether the presence of PPA is decided too.
        hidden: width of a hidden layer in the classifier; 0 for none.

    Attributes:
        labels: of the classes after the background, in order.

    Raises:
        PPANetError: the numbers fit no network.
    """

    forward_methods = ("logits",)

    def __init__(
        self,
        height: int,
        width: int,
        channels: int = 3,
        *,
        encoder: Literal["resnet50", "efficientnet_lite0"] = "resnet50",
        keep_layer4: bool = False,
        hba_width: int = 1024,
        decoder_widths: Sequence[int] = (256, 192, 128, 64, 32),
        dropout: float = 0.4,
        spatial_dropout: float = 0.2,
        residual: bool = True,
        od: bool = True,
        classifier: bool = True,
        hidden: int = 0,
    ) -> None:
        super().__init__()
        _check(height, width, encoder, [hba_width, *decoder_widths], hidden, (dropout, spatial_dropout))
        self.backbone = encoder
        self.labels = ("OD", "PPA") if od else ("PPA",)
        depth = 5 if keep_layer4 else 4
        self.encoder = _ENCODERS[encoder](channels, depth)
        self.attention = _attention(self.encoder.channels, hba_width, height // _STRIDE, width // _STRIDE)
        self.decoder = Decoder(
            hba_width, self.encoder.channels[:4], decoder_widths, dropout, spatial_dropout, residual=residual
        )
        # Without the disc one logit is enough: that of PPA against a background of 0.
        self.segmenter = nn.Conv2d(decoder_widths[-1], 3 if od else 1, 1)
        self.classifier = Classifier(hba_width, hidden) if classifier else None

    def forward(self, image: Tensor) -> dict[str, Tensor]:
        """ "masks" (N, 1 + labels, height, width), probabilities of background and labels, which sum to 1; with a
        classifier also "ppa" (N,), the probability that there is PPA, and "cam" (N, 1, h, w), where that comes from.
        """
        features = self.encoder(image)
        deepest = self.attention(features[-1])
        answers = {"masks": self._segmented(deepest, features).float().softmax(dim=1)}
        if self.classifier is not None:
            answers["ppa"] = self.classifier(deepest).float().sigmoid()
            answers["cam"] = self.classifier.cam(deepest).float()
        return answers

    def logits(self, image: Tensor) -> tuple[Tensor, Tensor | None]:
        """For training: logits of background and labels (N, 1 + labels, H, W); of presence (N,) with a classifier."""
        features = self.encoder(image)
        deepest = self.attention(features[-1])
        presence = None if self.classifier is None else self.classifier(deepest)
        return self._segmented(deepest, features), presence

    def load_backbone(self, state: Mapping[str, Tensor]) -> None:
        """Start the encoder from ImageNet's weights.

        Raises:
            BackboneError: they are another network's.
        """
        self.encoder.load_backbone(state)

    def _segmented(self, deepest: Tensor, features: Sequence[Tensor]) -> Tensor:
        logits: Tensor = self.segmenter(self.decoder(deepest, features[:4]))
        return logits if logits.shape[1] > 1 else torch.cat([torch.zeros_like(logits), logits], dim=1)


def _attention(channels: Sequence[int], width: int, rows: int, columns: int) -> nn.Sequential:
    """The three blocks, to maps of `rows` x `columns`; the first halves the resolution unless the encoder did."""
    scale = 6 - len(channels)
    first = HBABlock(channels[-1], width, rows * scale, columns * scale, stride=scale)
    return nn.Sequential(first, *(HBABlock(width, width, rows, columns) for _ in range(_BLOCKS - 1)))


def _check(
    height: int, width: int, encoder: str, widths: Sequence[int], hidden: int, dropouts: Sequence[float]
) -> None:
    if encoder not in _ENCODERS:
        raise PPANetError(f"A PPANet has no encoder {encoder!r}; use {' or '.join(_ENCODERS)}.")
    if not all(_STRIDE <= side <= _LARGEST_SIDE and side % _STRIDE == 0 for side in (height, width)):
        raise PPANetError(
            f"The input's sides must be multiples of {_STRIDE} up to {_LARGEST_SIDE}, not {height} x {width}."
        )
    if (
        len(widths) != 6
        or not all(1 <= w <= _LARGEST_WIDTH for w in (*widths, hidden or 1))
        or widths[0] % 32
    ):
        raise PPANetError(
            f"A PPANet needs a width of attention that is a multiple of 32 and five of the decoder, up to"
            f" {_LARGEST_WIDTH}, not {widths[0]} and {list(widths[1:])}, and at most {_LARGEST_WIDTH} hidden units,"
            f" not {hidden}."
        )
    if not all(0 <= share < 1 for share in dropouts):
        raise PPANetError(f"A PPANet's dropout is a probability below 1, not {list(dropouts)}.")
