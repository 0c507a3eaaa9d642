"""Segmentation systems from packages. Each builder gives a module (N, C, H, W) -> {"masks": logits (N, maps, H, W)}.

Nothing is downloaded: every package is asked for random weights, and a pretrained encoder comes, if at all, through
`load_backbone` as it does for our own models.
"""

from collections.abc import Mapping
from typing import Any

from torch import Tensor, nn

from retina_studio.networks.backbones import fill
from retina_studio.networks.efficientnet import EfficientNetLite0
from retina_studio.networks.resnet import ResNet50
from training.compare.wanted import Wanted, package

_SMP = "segmentation_models_pytorch"


class Masks(nn.Module):
    """A package's network whose answer is the logits of the masks."""

    backbone = ""

    def __init__(self, body: nn.Module) -> None:
        super().__init__()
        self.body = body

    def forward(self, image: Tensor) -> dict[str, Tensor]:
        """(N, C, H, W) -> logits "masks" (N, maps, H, W)."""
        return {"masks": self.body(image)}


class EncodedMasks(Masks):
    """A network of segmentation_models_pytorch, whose encoder can start from ImageNet.

    Args:
        body: the network.
        wanted: says which encoder it has: ResNet50 in the size `paper`, EfficientNet-lite0 in `compact`.
    """

    def __init__(self, body: nn.Module, wanted: Wanted) -> None:
        super().__init__(body)
        self.backbone = EfficientNetLite0.backbone if wanted.compact else ResNet50.backbone
        self._inputs, self._compact = wanted.inputs, wanted.compact

    def load_backbone(self, state: Mapping[str, Tensor]) -> None:
        """Start the encoder from ImageNet's weights.

        Raises:
            BackboneError: they are of another network.
        """
        genuine = EfficientNetLite0(self._inputs) if self._compact else ResNet50(self._inputs)
        genuine.load_backbone(state)
        encoder: Any = self.body.encoder
        # The package's layers stand in our order, some under names of its own.
        renamed = zip(encoder.state_dict(), genuine.state_dict().values(), strict=True)
        fill(encoder, dict(renamed), self.backbone)

    def pretrainable(self) -> list[nn.Module]:
        """The encoder."""
        body: Any = self.body
        return [body.encoder]


def r50_unet(wanted: Wanted) -> nn.Module:
    """A U-Net on ResNet50 (000's R50-UNet)."""
    widths = (64, 48, 32, 24, 16) if wanted.compact else (256, 128, 64, 32, 16)
    return _of_package("Unet", wanted, decoder_channels=widths)


def pspnet(wanted: Wanted) -> nn.Module:
    """Zhao et al., "Pyramid scene parsing network" (CVPR 2017), on ResNet50."""
    return _of_package("PSPNet", wanted, psp_out_channels=128 if wanted.compact else 512)


def deeplabv3plus(wanted: Wanted) -> nn.Module:
    """Chen et al., "DeepLabv3+" (ECCV 2018), on ResNet50: the package refuses Inception-v3, which 001 used."""
    return _of_package("DeepLabV3Plus", wanted, decoder_channels=64 if wanted.compact else 256)


def _of_package(name: str, wanted: Wanted, **options: Any) -> nn.Module:
    encoder = "tu-tf_efficientnet_lite0" if wanted.compact else "resnet50"
    build = getattr(package(_SMP), name)
    body = build(encoder, encoder_weights=None, in_channels=wanted.inputs, classes=wanted.maps, **options)
    return EncodedMasks(body, wanted)


def attention_unet(wanted: Wanted) -> nn.Module:
    """Oktay et al., "Attention U-Net" (MIDL 2018)."""
    widths = (16, 32, 64, 128, 256) if wanted.compact else (64, 128, 256, 512, 1024)
    network = package("monai.networks.nets").AttentionUnet
    return Masks(network(2, wanted.inputs, wanted.maps, widths, strides=(2, 2, 2, 2)))


def swin_unetr(wanted: Wanted) -> nn.Module:
    """Hatamizadeh et al., "Swin UNETR" (BrainLes 2021): a declared stand-in for Swin-UNet, which no package has."""
    network = package("monai.networks.nets").SwinUNETR
    package("einops")  # monai asks for it only when the network runs
    width = 12 if wanted.compact else 24
    return Masks(
        network(in_channels=wanted.inputs, out_channels=wanted.maps, spatial_dims=2, feature_size=width)
    )
