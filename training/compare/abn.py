"""ABN: Fukui et al., "Attention branch network" (CVPR 2019), with the branches of the authors' code (models.md 2.7)."""

from collections.abc import Mapping

from torch import Tensor, nn

from retina_studio.networks.efficientnet import EfficientNetLite0
from retina_studio.networks.resnet import ResNet50
from training.compare.wanted import Wanted

_LAST = {
    "resnet50": "layer4",
    "efficientnet_lite0": "stages.4",
}  # the stage that both branches have of their own
_BEFORE = 4  # maps before that stage


class AttentionBranchNetwork(nn.Module):
    """Features f, an attention branch and a perception branch.

    Attention branch: the encoder's last stage at stride 1, BN, 1x1 to K, BN, ReLU; then (i) 1x1 K to K and global mean
    give the branch's own logits, (ii) 3x3 K to 1, BN and sigmoid give the map a. Perception branch: the last stage on
    f (1 + a), global mean, one linear layer.

    Args:
        encoder: the class of the encoder.
        inputs: channels of the image.
        classes: K.
    """

    def __init__(self, encoder: type[ResNet50] | type[EfficientNetLite0], inputs: int, classes: int) -> None:
        super().__init__()
        self.backbone = encoder.backbone
        self._inputs = inputs
        self.features = encoder(inputs, _BEFORE)
        whole = encoder(inputs)
        channels = whole.channels[-1]
        self.last = whole.get_submodule(_LAST[self.backbone])
        self.attended = at_stride_1(encoder(inputs).get_submodule(_LAST[self.backbone]))
        self.attention = nn.Sequential(
            nn.BatchNorm2d(channels),
            nn.Conv2d(channels, classes, 1, bias=False),
            nn.BatchNorm2d(classes),
            nn.ReLU(),
        )
        self.attention_classifier = nn.Conv2d(classes, classes, 1)
        self.attention_map = nn.Sequential(
            nn.Conv2d(classes, 1, 3, padding=1, bias=False), nn.BatchNorm2d(1), nn.Sigmoid()
        )
        self.classifier = nn.Linear(channels, classes)

    def forward(self, image: Tensor) -> dict[str, Tensor]:
        """(N, C, H, W) -> logits "classes" (N, K) of the perception branch and "attention" (N, K) of the other."""
        features = self.features(image)[-1]
        attention = self.attention(self.attended(features))
        perceived = self.last(features * (1 + self.attention_map(attention)))
        return {
            "classes": self.classifier(perceived.mean(dim=(2, 3))),
            "attention": self.attention_classifier(attention).mean(dim=(2, 3)),
        }

    def load_backbone(self, state: Mapping[str, Tensor]) -> None:
        """Start the features and both last stages from ImageNet's weights."""
        self.features.load_backbone(state)
        whole = type(self.features)(self._inputs)
        whole.load_backbone(state)
        last = whole.get_submodule(_LAST[self.backbone]).state_dict()
        self.last.load_state_dict(last)
        self.attended.load_state_dict(last)

    def pretrainable(self) -> list[nn.Module]:
        """The features and both last stages."""
        return [self.features, self.last, self.attended]


def at_stride_1(stage: nn.Module) -> nn.Module:
    """The stage itself with every stride made 1, padded to keep the map's size."""
    for module in stage.modules():
        if isinstance(module, nn.Conv2d) and module.stride != (1, 1):
            module.stride = (1, 1)
            module.padding = tuple(side // 2 for side in module.kernel_size)
    return stage


def abn(wanted: Wanted) -> nn.Module:
    """An attention branch network on ResNet50, or on EfficientNet-lite0 in the size `compact`."""
    encoder = EfficientNetLite0 if wanted.compact else ResNet50
    return AttentionBranchNetwork(encoder, wanted.inputs, wanted.classes)
