"""CM-CNN: a classifier of B-scans that is guided by a mask of the lesions and by the mask's complement.

Diao et al., "Classification and segmentation of OCT images for age-related macular degeneration based on dual guidance
networks" (2023), section 2.2 and figure 4; models.md 5.2.
"""

from typing import Literal, cast

import torch
from torch import Tensor, nn

from retina_studio.networks.cam import class_cam

MaskGuidance = Literal["complementary", "mask", "none"]
RARE = (
    -3.0
)  # first logit of a pixel: few belong to a lesion, and from one half it takes many steps to learn that


def complementary(features: Tensor, mask: Tensor) -> Tensor:
    """What lies in the mask and what lies outside it, in separate channels; the two add up to the features.

    Args:
        features: A, (N, K, h, w).
        mask: S in 0..1, (N, 1, h, w).

    Returns:
        A S and A (1 - S), (N, 2 K, h, w).
    """
    return torch.cat([features * mask, features * (1 - mask)], dim=1)


class CMCNN(nn.Module):
    """Images (N, C, H, W) to logits of the classes (N, classes) and the coarse lesion mask S (N, 1, h, w).

    Args:
        encoder: gives maps, the deepest of which is A (N, channels, h, w).
        channels: of A.
        classes: how many there are.
        width: channels of the guided features F.
        guidance: "complementary" is the paper's; "mask" makes F of A S alone, its ablation ResNet18(mask); "none" has
            no mask, and F is A: a plain classifier.
    """

    def __init__(
        self, encoder: nn.Module, channels: int, classes: int, width: int, guidance: MaskGuidance
    ) -> None:
        super().__init__()
        self.encoder = encoder
        self.guidance = guidance
        if guidance == "none":
            width = channels
        else:
            guided = 2 * channels if guidance == "complementary" else channels
            self.mask = nn.Conv2d(channels, 1, 1)
            nn.init.constant_(cast(nn.Parameter, self.mask.bias), RARE)
            self.fusion = nn.Sequential(
                nn.Conv2d(guided, width, 3, padding=1), nn.BatchNorm2d(width), nn.ReLU(inplace=True)
            )
        self.head = nn.Linear(width, classes)

    def features(self, image: Tensor) -> tuple[Tensor, Tensor | None]:
        """F (N, width, h, w), and S (N, 1, h, w) in 0..1; None without mask guidance."""
        deepest: Tensor = self.encoder(image)[-1]
        if self.guidance == "none":
            return deepest, None
        mask = self.mask(deepest).sigmoid()
        both = self.guidance == "complementary"
        return self.fusion(complementary(deepest, mask) if both else deepest * mask), mask

    def score(self, features: Tensor) -> Tensor:
        """Logits (N, classes) of F: global average pooling and one linear layer."""
        logits: Tensor = self.head(features.mean(dim=(2, 3)))
        return logits

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor | None]:
        """Logits (N, classes), and S (N, 1, h, w) in 0..1; None without mask guidance."""
        features, mask = self.features(image)
        return self.score(features), mask

    def cams(self, features: Tensor) -> Tensor:
        """Grad-CAM of every class on F, each in 0..1: (N, classes, h, w), models.md 5.3.

        Behind global average pooling and one linear layer the gradient is the weight, so no gradient is taken.
        """
        return class_cam(features, self.head.weight)
