"""EfficientNet-lite0: the small encoder of every model's size `compact`.

Tan and Le, "EfficientNet" (ICML 2019), B0 without squeeze-and-excitation and with ReLU6, as published for phones
(tensorflow/tpu, efficientnet/lite). The genuine ImageNet weights fit tensor for tensor.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - its usual name

from retina_studio.networks.backbones import fill, first_layer

_STEM = 32  # channels of the first convolution
_FIRST = "stem.0.weight"
_HEAD = ("_conv_head", "_bn1", "_fc", "conv_head", "bn2", "classifier")  # ImageNet's head, not used here


class Row(NamedTuple):
    """A row of table 1 of the paper: so many blocks, the first of which has the stride."""

    blocks: int
    expand: int
    outputs: int
    kernel: int
    stride: int


# One entry a stage, that is, a resolution: strides 2 (the first convolution's), 4, 8, 16 and 32.
_STAGES: tuple[tuple[Row, ...], ...] = (
    (Row(1, 1, 16, 3, 1),),
    (Row(2, 6, 24, 3, 2),),
    (Row(2, 6, 40, 5, 2),),
    (Row(3, 6, 80, 3, 2), Row(3, 6, 112, 5, 1)),
    (Row(4, 6, 192, 5, 2), Row(1, 6, 320, 3, 1)),
)


class SameConv2d(nn.Conv2d):
    """A convolution padded as TensorFlow does, which the genuine weights expect: a side n gives ceil(n / stride).

    At stride 2 an even side lacks one pixel less than an odd one, and the smaller half of the padding comes first.
    Depthwise ones stay in float32 on a CPU: in bfloat16 the way back through them takes two to three times as long,
    while all else is faster.
    """

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002 - its name in nn.Conv2d
        """(N, i, H, W) -> (N, o, ceil(H / stride), ceil(W / stride))."""
        if self.groups > 1 and input.device.type == "cpu" and torch.is_autocast_enabled("cpu"):
            with torch.autocast("cpu", enabled=False):
                return self.forward(input.float())
        kernel, stride = self.kernel_size[0], self.stride[0]
        if stride == 1:
            return super().forward(input)
        down, across = (kernel - 2 + side % 2 for side in input.shape[2:])
        padded = F.pad(input, (across // 2, across - across // 2, down // 2, down - down // 2))
        return super().forward(padded)


class ConvNorm(nn.Sequential):
    """Convolution, batch normalisation and, but for a projection, ReLU6: (N, i, H, W) -> (N, o, ceil(H / stride), ...).

    The epsilon is TensorFlow's, with which the weights were trained.
    """

    def __init__(
        self, inputs: int, outputs: int, kernel: int = 1, stride: int = 1, groups: int = 1, act: bool = True
    ) -> None:
        padding = kernel // 2 if stride == 1 else 0
        layers = [
            SameConv2d(inputs, outputs, kernel, stride, padding, groups=groups, bias=False),
            nn.BatchNorm2d(outputs, eps=1e-3),
        ]
        super().__init__(*layers, *([nn.ReLU6(inplace=True)] if act else []))


class Block(nn.Module):
    """An inverted residual: 1x1 to `expand` times the channels, depthwise, 1x1 to the outputs; plus the input."""

    def __init__(self, inputs: int, expand: int, outputs: int, kernel: int, stride: int) -> None:
        super().__init__()
        wide = inputs * expand
        self.expand = ConvNorm(inputs, wide) if expand > 1 else nn.Identity()
        self.depthwise = ConvNorm(wide, wide, kernel, stride, groups=wide)
        self.project = ConvNorm(wide, outputs, act=False)
        self.residual = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        """(N, inputs, H, W) -> (N, outputs, ceil(H / stride), ceil(W / stride))."""
        y: Tensor = self.project(self.depthwise(self.expand(x)))
        return x + y if self.residual else y


class EfficientNetLite0(nn.Module):
    """Images (N, channels, H, W) to maps at strides 2, 4, 8, 16 and 32; it was trained on (v - 127) / 128, v in 0..255.

    2,958,848 parameters with all five stages and three channels.

    Args:
        channels: of the image.
        depth: how many stages there are, 1 to 5; 4 leaves out stride 32.

    Attributes:
        channels: of each map.

    Raises:
        ValueError: no such depth or number of channels.
    """

    backbone = "efficientnet_lite0"

    def __init__(self, channels: int = 3, depth: int = len(_STAGES)) -> None:
        super().__init__()
        if not 1 <= depth <= len(_STAGES):
            raise ValueError(f"EfficientNet-lite0 has 1 to {len(_STAGES)} stages, not {depth}.")
        if not 1 <= channels <= 16:
            raise ValueError(f"EfficientNet-lite0 takes images of 1 to 16 channels, not {channels}.")
        self.channels = tuple(stage[-1].outputs for stage in _STAGES[:depth])
        self.stem = ConvNorm(channels, _STEM, kernel=3, stride=2)
        widths = pairwise((_STEM, *self.channels))
        self.stages = nn.ModuleList(
            _stage(inputs, stage) for (inputs, _), stage in zip(widths, _STAGES, strict=False)
        )

    def forward(self, image: Tensor) -> list[Tensor]:
        """The maps, shallow to deep: (N, `channels[i]`, ceil(H / 2 ** (i + 1)), ceil(W / 2 ** (i + 1)))."""
        x = self.stem(image)
        features = []
        for stage in self.stages:
            x = stage(x)
            features.append(x)
        return features

    def load_backbone(self, state: Mapping[str, Tensor]) -> None:
        """Take the genuine ImageNet weights, of the Python package or of timm's `tf_efficientnet_lite0`.

        Raises:
            BackboneError: a tensor is missing, unknown or of another shape.
        """
        own = {}
        for name, tensor in state.items():
            place, _, leaf = name.rpartition(".")
            place = _PLACES.get(place, place)
            if place not in _HEAD and not self._left_out(place):
                own[f"{place}.{leaf}"] = tensor
        if (stem := own.get(_FIRST)) is not None:
            own[_FIRST] = first_layer(stem, self.state_dict()[_FIRST].shape[1])
        fill(self, own, "EfficientNet-lite0")

    def _left_out(self, place: str) -> bool:
        return any(place.startswith(f"stages.{stage}.") for stage in range(len(self.stages), len(_STAGES)))


def _stage(inputs: int, stage: tuple[Row, ...]) -> nn.Sequential:
    layers = []
    for row in stage:
        for index in range(row.blocks):
            layers.append(Block(inputs, row.expand, row.outputs, row.kernel, row.stride if index == 0 else 1))
            inputs = row.outputs
    return nn.Sequential(*layers)


def _places() -> dict[str, str]:
    """Where each layer of the genuine files stands in ours: by the names of the package, and by timm's."""
    places = {"_conv_stem": "stem.0", "_bn0": "stem.1", "conv_stem": "stem.0", "bn1": "stem.1"}
    layers = ("expand.0", "expand.1", "depthwise.0", "depthwise.1", "project.0", "project.1")
    package = ("_expand_conv", "_bn0", "_depthwise_conv", "_bn1", "_project_conv", "_bn2")
    timm = ("conv_pw", "bn1", "conv_dw", "bn2", "conv_pwl", "bn3")
    timm_first = ("", "", "conv_dw", "bn1", "conv_pw", "bn2")  # its block without an expansion
    number, row_number = 0, 0
    for s, stage in enumerate(_STAGES):
        position = 0
        for row in stage:
            for index in range(row.blocks):
                theirs = timm if row.expand > 1 else timm_first
                for ours, one, other in zip(layers, package, theirs, strict=True):
                    places[f"_blocks.{number}.{one}"] = f"stages.{s}.{position}.{ours}"
                    places[f"blocks.{row_number}.{index}.{other}"] = f"stages.{s}.{position}.{ours}"
                number, position = number + 1, position + 1
            row_number += 1
    return places


_PLACES = _places()
