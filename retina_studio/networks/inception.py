"""Inception-v3 with every convolution and pooling padded: the trunk of `lesion` in the size `paper`.

Szegedy et al., "Rethinking the Inception Architecture" (CVPR 2016), torchvision's layers and names, so that its
ImageNet weights load unchanged. Stock Inception-v3 leaves out the padding in places and gives 26 x 26 at 896;
Lesion-Net's 28 x 28 asks for it everywhere (Wei et al., ICPR 2020; models.md 2.2).
"""

from collections.abc import Mapping
from itertools import chain

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 (torch's own custom)
from torchvision.models import inception as tv

from retina_studio.networks.backbones import fill

# What makes each map from the one before: strides 2, 4, 8, 16 and 32.
_STAGES = (
    ("Conv2d_1a_3x3", "Conv2d_2a_3x3", "Conv2d_2b_3x3"),
    ("maxpool1", "Conv2d_3b_1x1", "Conv2d_4a_3x3"),
    ("maxpool2", "Mixed_5b", "Mixed_5c", "Mixed_5d"),
    ("Mixed_6a", "Mixed_6b", "Mixed_6c", "Mixed_6d", "Mixed_6e"),
    ("Mixed_7a", "Mixed_7b", "Mixed_7c"),
)
_RGB = 3


class PaddedReductionA(tv.InceptionB):  # type: ignore[misc]  # torchvision carries no types
    """Mixed_6a: (N, i, H, W) -> (N, i + 480, ceil(H / 2), ceil(W / 2))."""

    def __init__(self, in_channels: int) -> None:
        super().__init__(in_channels)
        _pad(self.branch3x3.conv, self.branch3x3dbl_3.conv)

    def forward(self, x: Tensor) -> Tensor:
        """Three branches side by side."""
        double = self.branch3x3dbl_3(self.branch3x3dbl_2(self.branch3x3dbl_1(x)))
        return torch.cat([self.branch3x3(x), double, F.max_pool2d(x, 3, stride=2, padding=1)], dim=1)


class PaddedReductionB(tv.InceptionD):  # type: ignore[misc]  # torchvision carries no types
    """Mixed_7a: (N, i, H, W) -> (N, i + 512, ceil(H / 2), ceil(W / 2))."""

    def __init__(self, in_channels: int) -> None:
        super().__init__(in_channels)
        _pad(self.branch3x3_2.conv, self.branch7x7x3_4.conv)

    def forward(self, x: Tensor) -> Tensor:
        """Three branches side by side."""
        seven = self.branch7x7x3_3(self.branch7x7x3_2(self.branch7x7x3_1(x)))
        three = self.branch3x3_2(self.branch3x3_1(x))
        return torch.cat([three, self.branch7x7x3_4(seven), F.max_pool2d(x, 3, stride=2, padding=1)], dim=1)


class PaddedInception(nn.Module):
    """RGB images (N, 3, H, W) in -1..1 to maps at strides 2, 4, 8, 16 and 32; a side n gives ceil(n / stride).

    At 896: 64 @ 448, 192 @ 224, 288 @ 112, 768 @ 56, 2048 @ 28; 21,785,568 parameters. The weights expect -1..1, which
    the preprocessing gives with mean and deviation 0.5.

    Args:
        channels: of the image; 3.

    Attributes:
        channels: of each map.

    Raises:
        ValueError: another number of channels.
    """

    backbone = "inception_v3"

    def __init__(self, channels: int = 3) -> None:
        super().__init__()
        if channels != _RGB:
            raise ValueError(f"Inception-v3 takes images of 3 channels, not {channels}.")
        self.channels = (64, 192, 288, 768, 2048)
        blocks = [
            tv.BasicConv2d,
            tv.InceptionA,
            PaddedReductionA,
            tv.InceptionC,
            PaddedReductionB,
            tv.InceptionE,
            tv.InceptionAux,
        ]
        stock = tv.Inception3(aux_logits=False, inception_blocks=blocks, init_weights=True)
        _pad(stock.Conv2d_1a_3x3.conv, stock.Conv2d_2a_3x3.conv, stock.Conv2d_4a_3x3.conv)
        stock.maxpool1.padding = stock.maxpool2.padding = 1
        for name in chain.from_iterable(_STAGES):
            self.add_module(name, getattr(stock, name))

    def forward(self, image: Tensor) -> list[Tensor]:
        """The five maps, shallow to deep."""
        x, features = image, []
        for stage in _STAGES:
            for name in stage:
                x = self.get_submodule(name)(x)
            features.append(x)
        return features

    def load_backbone(self, state: Mapping[str, Tensor]) -> None:
        """Take torchvision's ImageNet weights of `inception_v3`; its two classifiers are left out.

        Raises:
            BackboneError: a tensor is missing, unknown or of another shape.
        """
        parts = set(chain.from_iterable(_STAGES))
        own = {name: tensor for name, tensor in state.items() if name.split(".")[0] in parts}
        fill(self, own, "Inception-v3")


def _pad(*convolutions: nn.Conv2d) -> None:
    """Give 3x3 convolutions the padding of 1 that stock Inception-v3 leaves out."""
    for convolution in convolutions:
        convolution.padding = (1, 1)
