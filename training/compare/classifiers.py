"""Classification systems. Each builder gives a module (N, C, H, W) -> {"classes": logits (N, classes)}."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from torch import Tensor, nn
from torchvision.models import inception

from retina_studio.networks.backbones import fill, first_layer
from retina_studio.networks.efficientnet import EfficientNetLite0
from training.compare.wanted import Wanted, package

# VGG configuration D ("VGG16"), table 1 of Simonyan and Zisserman: convolutions a level, and their filters.
_VGG16 = ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512))
_FIRST = "Conv2d_1a_3x3.conv.weight"


class Classes(nn.Module):
    """A network whose answer is the logits of the classes."""

    backbone = ""

    def __init__(self, body: nn.Module) -> None:
        super().__init__()
        self.body = body

    def forward(self, image: Tensor) -> dict[str, Tensor]:
        """(N, C, H, W) -> logits "classes" (N, classes)."""
        return {"classes": self.body(image)}


class PlainClassifier(nn.Module):
    """EfficientNet-lite0, global mean, one linear layer: the size `compact` without any of the papers' ideas."""

    backbone = EfficientNetLite0.backbone

    def __init__(self, inputs: int, classes: int) -> None:
        super().__init__()
        self.encoder = EfficientNetLite0(inputs)
        self.classifier = nn.Linear(self.encoder.channels[-1], classes)

    def forward(self, image: Tensor) -> dict[str, Tensor]:
        """(N, C, H, W) -> logits "classes" (N, classes)."""
        return {"classes": self.classifier(self.encoder(image)[-1].mean(dim=(2, 3)))}

    def load_backbone(self, state: Mapping[str, Tensor]) -> None:
        """Start the encoder from ImageNet's weights."""
        self.encoder.load_backbone(state)

    def pretrainable(self) -> list[nn.Module]:
        """The encoder."""
        return [self.encoder]


class InceptionClasses(Classes):
    """torchvision's Inception-v3 without its auxiliary head.

    Args:
        divisor: 1 as published; n makes every layer n times narrower.
    """

    def __init__(self, inputs: int, classes: int, divisor: int) -> None:
        narrow = partial(_narrow, inputs, divisor)
        mixed = ("InceptionA", "InceptionB", "InceptionC", "InceptionD", "InceptionE")
        parts = [partial(getattr(inception, name), conv_block=narrow) for name in mixed]
        blocks = [narrow, *parts, inception.InceptionAux]
        body: Any = inception.Inception3(
            classes, aux_logits=False, inception_blocks=blocks, init_weights=False
        )
        body.fc = nn.Linear(body.fc.in_features // divisor, classes)
        super().__init__(body)
        self.backbone = "inception_v3" if divisor == 1 else ""
        self._inputs = inputs

    def load_backbone(self, state: Mapping[str, Tensor]) -> None:
        """Start all but the last layer from ImageNet's weights.

        Raises:
            BackboneError: they are of another network.
        """
        own = {name: tensor for name, tensor in state.items() if not name.startswith(("fc.", "AuxLogits."))}
        own[_FIRST] = first_layer(own[_FIRST], self._inputs)
        body: Any = self.body
        head = {f"fc.{name}": tensor for name, tensor in body.fc.state_dict().items()}
        fill(body, {**own, **head}, "Inception-v3")

    def pretrainable(self) -> list[nn.Module]:
        """All but the last layer."""
        return [part for name, part in self.body.named_children() if name != "fc"]


def _narrow(channels: int, divisor: int, inputs: int, outputs: int, **options: Any) -> nn.Module:
    first = inputs == 3  # only the first layer sees the image
    convolution: nn.Module = inception.BasicConv2d(
        channels if first else inputs // divisor, outputs // divisor, **options
    )
    return convolution


def plain(wanted: Wanted) -> nn.Module:
    """A plain classifier on the encoder of the size `compact`."""
    return PlainClassifier(wanted.inputs, wanted.classes)


def inception_v3(wanted: Wanted) -> nn.Module:
    """Szegedy et al. (CVPR 2016); in `compact` every layer is four times narrower."""
    return InceptionClasses(wanted.inputs, wanted.classes, 4 if wanted.compact else 1)


def vgg16(wanted: Wanted) -> nn.Module:
    """VGG16's convolutions with batch normalisation, global mean, one linear layer; four times narrower in `compact`.

    Not the three layers of 4096: 004 prints 14.93 for it, and the convolutions alone are 14.71 million.
    """
    layers: list[nn.Module] = []
    channels = wanted.inputs
    for convolutions, filters in _VGG16:
        outputs = filters // 4 if wanted.compact else filters
        for _ in range(convolutions):
            convolution = nn.Conv2d(channels, outputs, 3, padding=1)
            nn.init.kaiming_normal_(convolution.weight, mode="fan_out", nonlinearity="relu")
            layers += [convolution, nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)]
            channels = outputs
        layers.append(nn.MaxPool2d(2))
    head = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, wanted.classes)]
    return Classes(nn.Sequential(*layers, *head))


def mobilenet(wanted: Wanted) -> nn.Module:
    """Howard et al., "MobileNets" (2017): 3.2 million parameters in both sizes."""
    create = package("timm").create_model
    return Classes(
        create("mobilenetv1_100", pretrained=False, in_chans=wanted.inputs, num_classes=wanted.classes)
    )


def se_resnet(wanted: Wanted) -> nn.Module:
    """Hu et al., "Squeeze-and-excitation networks" (CVPR 2018): SE-ResNet50, or 18 layers of half the width."""
    options = {"in_chans": wanted.inputs, "num_classes": wanted.classes}
    if not wanted.compact:
        return Classes(package("timm").create_model("seresnet50", pretrained=False, **options))
    resnet = package("timm.models.resnet")
    body = resnet.ResNet(
        resnet.BasicBlock,
        (2, 2, 2, 2),
        channels=(32, 64, 128, 256),
        block_args={"attn_layer": "se"},
        **options,
    )
    return Classes(body)
