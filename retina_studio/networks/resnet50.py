"""ResNet50 as an encoder: torchvision's, cut after the stage that is asked for."""

from collections.abc import Mapping

from torch import Tensor, nn
from torchvision.models import resnet50

from retina_studio.networks.backbones import fill, first_layer

_CHANNELS = (64, 256, 512, 1024, 2048)
_FIRST = "conv1.weight"


class ResNet50(nn.Module):
    """Images (N, channels, H, W), normalised by ImageNet's mean and deviation, to maps at strides 2, 4, 8, 16, 32.

    The first is that of the 7x7 convolution, the others those of `layer1` to `layer4`. He et al., CVPR 2016.

    Args:
        channels: of the image.
        depth: how many maps, 2 to 5; 4 leaves out `layer4`.

    Attributes:
        channels: of each map.

    Raises:
        ValueError: no such depth or number of channels.
    """

    backbone = "resnet50"

    def __init__(self, channels: int = 3, depth: int = len(_CHANNELS)) -> None:
        super().__init__()
        if not 2 <= depth <= len(_CHANNELS):
            raise ValueError(f"A ResNet50 encoder has 2 to {len(_CHANNELS)} maps, not {depth}.")
        if not 1 <= channels <= 16:
            raise ValueError(f"A ResNet50 encoder takes images of 1 to 16 channels, not {channels}.")
        whole = resnet50()
        self.channels = _CHANNELS[:depth]
        self.conv1 = nn.Conv2d(channels, _CHANNELS[0], 7, stride=2, padding=3, bias=False)
        nn.init.kaiming_normal_(self.conv1.weight, mode="fan_out", nonlinearity="relu")
        self.bn1, self.relu, self.maxpool = whole.bn1, whole.relu, whole.maxpool
        self._layers = tuple(f"layer{number}" for number in range(1, depth))
        for name in self._layers:
            self.add_module(name, getattr(whole, name))

    def forward(self, image: Tensor) -> list[Tensor]:
        """The maps, shallow to deep: (N, `channels[i]`, H / 2 ** (i + 1), W / 2 ** (i + 1)), sides rounded up."""
        features = [self.relu(self.bn1(self.conv1(image)))]
        x = self.maxpool(features[0])
        for name in self._layers:
            x = self.get_submodule(name)(x)
            features.append(x)
        return features

    def load_backbone(self, state: Mapping[str, Tensor]) -> None:
        """Take torchvision's ImageNet weights of a whole ResNet50.

        Raises:
            BackboneError: a tensor is missing, unknown or of another shape.
        """
        left_out = ("fc.", *(f"layer{number}." for number in range(len(self.channels), len(_CHANNELS))))
        own = {name: tensor for name, tensor in state.items() if not name.startswith(left_out)}
        if (first := own.get(_FIRST)) is not None:
            own[_FIRST] = first_layer(first, self.conv1.in_channels)
        fill(self, own, "ResNet50")
