"""The losses of the model `glaucoma` (Pascal et al. 2022; models.md 3.3): one number an image, so that images whose
label is not known can be left out. The mean over the images is the paper's loss.
"""

import math

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - its usual name
from torchvision.ops import sigmoid_focal_loss

FRAME = 256  # pixels of a side, to which the paper's lengths belong


def pixel_bce(logits: Tensor, target: Tensor) -> Tensor:
    """Binary cross-entropy of a mask, mean over the pixels: logits and target (N, 1, H, W) -> (N,).

    The minus sign of the printed formula belongs before the whole bracket.
    """
    losses = F.binary_cross_entropy_with_logits(logits.float(), target.float(), reduction="none")
    return losses.mean(dim=(1, 2, 3))


def saliency_l1(logits: Tensor, target: Tensor) -> Tensor:
    """L1 of the fovea's saliency, mean over the pixels as in the authors' code (the text says sum): -> (N,).

    Args:
        logits: (N, 1, H, W).
        target: of `fovea_map`.
    """
    return (logits.float().sigmoid() - target).abs().mean(dim=(1, 2, 3))


def focal(logits: Tensor, target: Tensor, gamma: float = 2.0) -> Tensor:
    """-(1 - p_t)^gamma log p_t of the classifier: logits and target 0/1 (N,) -> (N,). The paper omits the minus."""
    losses: Tensor = sigmoid_focal_loss(logits.float(), target.float(), alpha=-1, gamma=gamma)
    return losses


def fovea_map(points: Tensor, height: int, width: int, variance: float = 50.0) -> Tensor:
    """A Gaussian of peak 1 around each fovea; its sum is 2 pi `variance` in a frame of 256 (314.159 for 50).

    Args:
        points: (N, 2), x and y in input pixels (edge coordinates); nan where unknown.
        height, width: of the input.
        variance: in square pixels of a frame of 256 x 256; it scales with the input.

    Returns:
        (N, 1, height, width) in 0..1; zeros where the point is unknown.
    """
    axes = []
    for n, side in enumerate((width, height)):
        sigma = math.sqrt(variance) * side / FRAME
        middles = torch.arange(side, device=points.device, dtype=torch.float32) + 0.5
        offsets = (middles - points[:, n, None].float()) / sigma
        axes.append(torch.exp(-offsets.square() / 2))
    across, down = axes
    return (down[:, None, :, None] * across[:, None, None, :]).nan_to_num(0.0)
