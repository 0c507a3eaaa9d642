"""The losses of the model `lesion` (Wei et al., ICPR 2020, section III.A; models.md 2.4).

All take lesion probabilities and masks (N, L, H, W) and `valid` of the same shape, 1 where a mask says something: an
image may have masks of some lesions only. All are sums over the whole batch, over all processes that train together.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from training.fabric import pooled
from training.losses.dice import soft_dice

# The paper has no epsilon; this one is for a batch without any lesion, of which nothing is found either.
EPSILON = 1e-7
FOCAL_ALPHA, FOCAL_GAMMA = 0.8, 2.0
_LEAST = 1e-6  # of a probability, before its logarithm


def valid_pixels(masks: Tensor, known: Tensor) -> Tensor:
    """Where the masks (N, L, H, W) of 0, 1 and -1 (ignore) say something, by `known` (N, L): bool (N, L, H, W)."""
    return (masks >= 0) & known[:, :, None, None]


def dice_loss(probability: Tensor, masks: Tensor, valid: Tensor) -> Tensor:
    """Equation 3: one ratio over all pixels, lesions and images together, squares in the denominator.

    Close to 1 when nothing is found; pooled, not a mean of ratios, so that a lesion that is not there costs nothing.
    """
    return 1 - _ratio(probability * valid, masks * valid)


def dice_of_each(probability: Tensor, masks: Tensor, valid: Tensor) -> Tensor:
    """Equation 3 for every lesion by itself, the mean over those that the batch shows: a large one hides no small one.

    Not the paper's, which pools all lesions. Where the batch shows none the pooled ratio is taken.
    """
    p, t = probability * valid, masks * valid
    there = pooled(t.float().sum(dim=(0, 2, 3))) > 0
    if not there.any():
        return dice_loss(probability, masks, valid)
    ratios = soft_dice(p, t, epsilon=EPSILON, square=True, dims=(0, 2, 3))
    return 1 - ratios[there].mean()


def presence_loss(probability: Tensor, masks: Tensor, valid: Tensor) -> Tensor:
    """Equation 4: the same of the image-level answers, the maximum of each map: the size of a lesion plays no part."""
    found = (probability * valid).amax(dim=(2, 3))
    there = (masks * valid).amax(dim=(2, 3))
    return 1 - _ratio(found, there)


def weighted_cross_entropy(probability: Tensor, masks: Tensor, valid: Tensor) -> Tensor:
    """Cross-entropy with the weight (n - sum p) / sum p on what is there (Sudre et al. 2017), for each lesion.

    n counts the valid pixels of the lesion in the batch. The weight is a number: no gradient goes through it.
    """
    p, t, v = probability.float(), masks.float(), valid.float()
    count, found = pooled(torch.stack([v.sum((0, 2, 3)), (p * v).sum((0, 2, 3)).detach()]))
    weight = ((count - found) / found.clamp_min(1.0)).view(1, -1, 1, 1)
    there, absent = _logarithms(p)
    cost = pooled((-(weight * t * there + (1 - t) * absent) * v).sum())
    mean: Tensor = cost / count.sum().clamp_min(1.0)
    return mean


def focal_loss(probability: Tensor, masks: Tensor, valid: Tensor) -> Tensor:
    """Lin et al. 2017, with alpha 0.8 and gamma 2 as in section IV.B; mean over the valid pixels."""
    p, t, v = probability.float(), masks.float(), valid.float()
    there, absent = _logarithms(p)
    found = FOCAL_ALPHA * (1 - p) ** FOCAL_GAMMA * t * there
    missed = (1 - FOCAL_ALPHA) * p**FOCAL_GAMMA * (1 - t) * absent
    cost, count = pooled(torch.stack([-((found + missed) * v).sum(), v.sum()]))
    mean: Tensor = cost / count.clamp_min(1.0)
    return mean


PIXEL_LOSSES: dict[str, Callable[[Tensor, Tensor, Tensor], Tensor]] = {
    "dual": dice_loss,
    "dice": dice_loss,
    "dual_each": dice_of_each,
    "wce": weighted_cross_entropy,
    "focal": focal_loss,
}


def _ratio(probability: Tensor, target: Tensor) -> Tensor:
    dims = tuple(range(probability.ndim))
    return soft_dice(probability, target, epsilon=EPSILON, square=True, dims=dims)


def _logarithms(p: Tensor) -> tuple[Tensor, Tensor]:
    return p.clamp_min(_LEAST).log(), (1 - p).clamp_min(_LEAST).log()
