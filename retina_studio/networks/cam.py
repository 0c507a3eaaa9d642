"""Class activation maps as tensor functions."""

import torch
from torch import Tensor

from retina_studio.networks.locseg import LocSeg


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


def localiser_cam(network: LocSeg, bottleneck: Tensor) -> Tensor:
    """Where the localiser's answer comes from: Grad-CAM of a regression to a position.

    A coordinate is no class score: its plain gradient prefers what lies to the right and below. What speaks for a
    position p is how far activity there pulls the centre c towards p, seen from the middle of the input. So the
    gradient taken is

        G_k(p) = sum over d in {x, y} of (p_d - middle_d) * d c_d / d A_k(p),

    alpha_k is its mean over positions, as ever, and the map is ReLU(sum_k alpha_k A_k).

    Args:
        network: in evaluation mode.
        bottleneck: the encoder's last features (N, K, h, w), outside inference mode.

    Returns:
        (N, h, w) in 0..1 over the network's input.
    """
    activations = bottleneck.detach().requires_grad_()
    with torch.enable_grad():
        centre = network.localiser(activations).sum(dim=0)
    x = torch.autograd.grad(centre[0], activations, retain_graph=True)[0]
    y = torch.autograd.grad(centre[1], activations)[0]
    height, width = bottleneck.shape[2:]
    across = torch.arange(width, device=x.device, dtype=x.dtype) - (width - 1) / 2
    down = torch.arange(height, device=x.device, dtype=x.dtype)[:, None] - (height - 1) / 2
    return grad_cam(activations.detach(), x * across + y * down)
