"""ResNets as encoders: torchvision's, cut after the stage that is asked for (He et al., CVPR 2016)."""

from collections.abc import Callable, Mapping
from typing import ClassVar

from torch import Tensor, nn
from torchvision.models import resnet18, resnet50

from retina_studio.networks.backbones import fill, first_layer

_FIRST = "conv1.weight"
_LEVELS = 5


class _ResNet(nn.Module):
    """Images (N, channels, H, W) to maps at strides 2, 4, 8, 16 and 32; torchvision's layout and random start.

    The first is that of the 7x7 convolution, the others those of `layer1` to `layer4`.

    Args:
        channels: of the image.
        depth: how many maps, 2 to 5; 4 leaves out `layer4`.

    Attributes:
        channels: of each map.

    Raises:
        ValueError: no such depth or number of channels.
    """

    backbone: ClassVar[str]
    title: ClassVar[str]
    whole: ClassVar[Callable[..., nn.Module]]
    widths: ClassVar[tuple[int, ...]]

    def __init__(self, channels: int = 3, depth: int = _LEVELS) -> None:
        super().__init__()
        if not 2 <= depth <= _LEVELS:
            raise ValueError(f"A {self.title} encoder has 2 to {_LEVELS} maps, not {depth}.")
        if not 1 <= channels <= 16:
            raise ValueError(f"A {self.title} encoder takes images of 1 to 16 channels, not {channels}.")
        whole = type(self).whole(weights=None)
        self.channels = self.widths[:depth]
        self.conv1 = nn.Conv2d(channels, self.widths[0], 7, stride=2, padding=3, bias=False)
        nn.init.kaiming_normal_(self.conv1.weight, mode="fan_out", nonlinearity="relu")
        for name in ("bn1", "relu", "maxpool"):
            self.add_module(name, whole.get_submodule(name))
        self._layers = tuple(f"layer{number}" for number in range(1, depth))
        for name in self._layers:
            self.add_module(name, whole.get_submodule(name))

    def forward(self, image: Tensor) -> list[Tensor]:
        """The maps, shallow to deep: (N, `channels[i]`, H / 2 ** (i + 1), W / 2 ** (i + 1)), sides rounded up."""
        x: Tensor = self.conv1(image)
        for name in ("bn1", "relu"):
            x = self.get_submodule(name)(x)
        features = [x]
        x = self.get_submodule("maxpool")(x)
        for name in self._layers:
            x = self.get_submodule(name)(x)
            features.append(x)
        return features

    def load_backbone(self, state: Mapping[str, Tensor]) -> None:
        """Take torchvision's ImageNet weights of the whole network.

        Raises:
            BackboneError: a tensor is missing, unknown or of another shape.
        """
        left_out = ("fc.", *(f"layer{number}." for number in range(len(self.channels), _LEVELS)))
        own = {name: tensor for name, tensor in state.items() if not name.startswith(left_out)}
        if (first := own.get(_FIRST)) is not None:
            own[_FIRST] = first_layer(first, self.conv1.in_channels)
        fill(self, own, self.title)


class ResNet18(_ResNet):
    """The trunk of both networks of the model `oct` in the size `paper`: 11,170,240 parameters with one channel."""

    backbone, title, widths = "resnet18", "ResNet18", (64, 64, 128, 256, 512)
    whole = staticmethod(resnet18)


class ResNet50(_ResNet):
    """The trunk of the model `ppa` in the size `paper`; images normalised by ImageNet's mean and deviation."""

    backbone, title, widths = "resnet50", "ResNet50", (64, 256, 512, 1024, 2048)
    whole = staticmethod(resnet50)
