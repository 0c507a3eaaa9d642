"""ResNet18's trunk, the feature extractor of both networks of the model `oct` in the size `paper`."""

from collections.abc import Mapping

from torch import Tensor, nn
from torchvision.models import resnet18

from retina_studio.networks.backbones import fill, first_layer

_FIRST = "conv1.weight"
_HEAD = "fc."  # ImageNet's head, not used here


class ResNet18Encoder(nn.Module):
    """Images (N, channels, H, W) to maps at strides 2, 4, 8, 16 and 32; torchvision's layout and random start.

    11,170,240 parameters with all five levels and one channel. With both sides multiples of 2 ** depth every level has
    half the sides of the one before.

    Args:
        channels: of the image.
        depth: how many levels there are, 2 to 5; 4 leaves out stride 32.

    Attributes:
        channels: of each map.

    Raises:
        ValueError: no such depth.
    """

    backbone = "resnet18"

    def __init__(self, channels: int = 1, depth: int = 5) -> None:
        super().__init__()
        if not 2 <= depth <= 5:
            raise ValueError(f"A ResNet18 encoder has 2 to 5 levels, not {depth}.")
        whole = resnet18(weights=None)
        self.channels = (64, 64, 128, 256, 512)[:depth]
        self.conv1 = nn.Conv2d(channels, 64, 7, stride=2, padding=3, bias=False)
        nn.init.kaiming_normal_(self.conv1.weight, mode="fan_out", nonlinearity="relu")
        self.bn1, self.relu, self.maxpool = whole.bn1, whole.relu, whole.maxpool
        self._layers = tuple(f"layer{number}" for number in range(1, depth))
        for name in self._layers:
            self.add_module(name, whole.get_submodule(name))

    def forward(self, image: Tensor) -> list[Tensor]:
        """The maps, shallow to deep: (N, `channels[i]`, H / 2 ** (i + 1), W / 2 ** (i + 1))."""
        features = [self.relu(self.bn1(self.conv1(image)))]
        x = self.maxpool(features[0])
        for name in self._layers:
            x = self.get_submodule(name)(x)
            features.append(x)
        return features

    def load_backbone(self, state: Mapping[str, Tensor]) -> None:
        """Take torchvision's ImageNet weights of `resnet18`.

        Raises:
            BackboneError: a tensor is missing, unknown or of another shape.
        """
        left_out = (_HEAD, *(f"layer{number}." for number in range(len(self._layers) + 1, 5)))
        own = {name: tensor for name, tensor in state.items() if not name.startswith(left_out)}
        if (first := own.get(_FIRST)) is not None:
            own[_FIRST] = first_layer(first, self.conv1.in_channels)
        fill(self, own, "ResNet18")
