"""Class activation maps as tensor functions."""

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - its usual name


def grad_cam(activations: Tensor, gradients: Tensor) -> Tensor:
    """Grad-CAM: ReLU(sum_k alpha_k A_k) with alpha_k the mean of the gradient over positions.

    Selvaraju et al., "Grad-CAM" (ICCV 2017), equations 1 and 2.

    Args:
        activations: A, (N, K, h, w).
        gradients: d score / d A, (N, K, h, w).

    Returns:
        (N, h, w) in 0..1: each map divided by its maximum; all zero where nothing speaks for the score.
    """
    alpha = gradients.mean(dim=(2, 3), keepdim=True)
    cam = (alpha * activations).sum(dim=1).relu()
    highest = cam.amax(dim=(1, 2), keepdim=True)
    return torch.where(highest > 0, cam / highest.clamp_min(torch.finfo(cam.dtype).tiny), cam)


def class_cam(features: Tensor, weights: Tensor) -> Tensor:
    """Grad-CAM in closed form, for a network that ends in global pooling and one linear layer.

    With average pooling d score_c / d F_k is w_ck / (h w) at every position, so alpha_k is w_ck / (h w); with
    maximum pooling the gradient is w_ck at one position and its mean the same. The common factor falls out in the
    normalisation, so neither needs autograd: the map can be an answer of `forward`.

    Zhou et al., "Learning deep features for discriminative localization" (CVPR 2016), equation 2; models.md 5.3.

    Args:
        features: F, what is pooled, (N, K, h, w).
        weights: of the linear layer, (C, K).

    Returns:
        (N, C, h, w) in 0..1, float32: ReLU(sum_k w_ck F_k), each map stretched from its minimum to its maximum; one
        that is the same everywhere, as where nothing speaks for the class, is all zero.
    """
    smallest = torch.finfo(torch.float32).tiny
    # The scale falls out below; here it keeps the sum of many channels from overflowing in half precision.
    shares = weights.float() / weights.float().abs().sum(dim=1, keepdim=True).clamp_min(smallest)
    cam = F.conv2d(features, shares.to(features.dtype)[:, :, None, None]).float().relu()
    lowest, highest = cam.amin(dim=(2, 3), keepdim=True), cam.amax(dim=(2, 3), keepdim=True)
    return (cam - lowest) / (highest - lowest).clamp_min(smallest)
