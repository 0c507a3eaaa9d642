"""CAM-UNet: a U-Net whose features are lifted where the classifier looked.

Diao et al., "... dual guidance networks" (2023), section 2.4 and figure 6; models.md 5.4.
"""

from collections.abc import Sequence
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 (torch's own custom)

from retina_studio.networks.cmcnn import RARE


def guide(features: Tensor, cam: Tensor) -> Tensor:
    """E C + E: features (N, K, h, w) lifted by a class activation map (N, 1, any, any) in 0..1, resized bilinearly."""
    fitted = F.interpolate(cam, size=features.shape[2:], mode="bilinear", align_corners=False)
    return features * (1 + fitted.to(features.dtype))


class Layer(nn.Module):
    """One layer of the decoder: up by 2 with half the channels, the skip beside it, one 3x3 convolution."""

    def __init__(self, inputs: int, skip: int, outputs: int) -> None:
        super().__init__()
        self.up = nn.ConvTranspose2d(inputs, inputs // 2, 2, stride=2, bias=False)
        self.conv = nn.Conv2d(inputs // 2 + skip, outputs, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x: Tensor, skip: Tensor) -> Tensor:
        """(N, inputs, h, w) and (N, skip, 2 h, 2 w) -> (N, outputs, 2 h, 2 w)."""
        y: Tensor = self.relu(self.norm(self.conv(torch.cat([self.up(x), skip], dim=1))))
        return y


class CAMUNet(nn.Module):
    """Images (N, C, H, W) and class activation maps (N, 1, h, w) to logits of the lesion mask (N, 1, H, W).

    The paper does not print the decoder: this one was found by the printed size, which the usual two convolutions a
    layer miss (models.md 5.4).

    Args:
        encoder: gives maps at strides 2, 4, 8, ...
        channels: of these maps.
        decoder: channels behind each layer of the decoder, deep to shallow: one less than there are maps.
        cam_guidance: without it the network is the ablation Res18-UNet, and the maps are not looked at.
    """

    def __init__(
        self, encoder: nn.Module, channels: Sequence[int], decoder: Sequence[int], cam_guidance: bool = True
    ) -> None:
        super().__init__()
        self.encoder = encoder
        self.cam_guidance = cam_guidance
        inputs = (channels[-1], *decoder[:-1])
        skips = reversed(channels[:-1])
        self.layers = nn.ModuleList(
            Layer(i, skip, o) for i, skip, o in zip(inputs, skips, decoder, strict=True)
        )
        self.up = nn.ConvTranspose2d(decoder[-1], decoder[-1], 2, stride=2, bias=False)
        self.out = nn.Conv2d(decoder[-1], 1, 1)
        nn.init.constant_(cast(nn.Parameter, self.out.bias), RARE)

    def forward(self, image: Tensor, cam: Tensor) -> Tensor:
        """Logits (N, 1, H, W); their sigmoid is the probability of the lesion."""
        features = self.encoder(image)
        if self.cam_guidance:
            features = [guide(level, cam) for level in features]
        x = features[-1]
        for layer, skip in zip(self.layers, reversed(features[:-1]), strict=True):
            x = layer(x, skip)
        logits: Tensor = self.out(self.up(x))
        return logits
