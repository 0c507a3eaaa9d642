"""The losses of the model `oct` (Diao et al. 2023, equations 1 to 4; models.md 5.6)."""

from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - its usual name

from training.fabric import pooled
from training.losses.dice import soft_dice

EPSILON = 1e-6  # of the Dice ratio
DiceForm = Literal["image", "printed"]
Resolution = Literal["image", "features"]


def dice_loss(probability: Tensor, target: Tensor, form: DiceForm = "image") -> Tensor:
    """1 - Dice of each image: (N, 1, H, W) in 0..1 and a target of that shape -> (N,).

    "image" is the ratio 2 sum(q t) / (sum q^2 + sum t^2) over the pixels of an image. "printed" is equation 3 as it
    stands, the mean of a ratio per pixel: it is 0 / 0 on every true negative (0 here), so no more than the lesion's
    share of the image can be won, and no background pixel has a gradient. It cannot be what was trained.
    """
    if form == "image":
        return 1 - soft_dice(probability, target, epsilon=EPSILON, square=True, dims=(1, 2, 3))
    q, t = probability.float(), target.float()
    return 1 - (2 * q * t / (q.square() + t.square()).clamp_min(EPSILON)).mean(dim=(1, 2, 3))


def outline_loss(logits: Tensor, target: Tensor, form: DiceForm = "image") -> Tensor:
    """BCE + Dice of each image (equation 4): logits (N, 1, H, W) and 0/1 target of that shape -> (N,)."""
    logits, target = logits.float(), target.float()
    cross = F.binary_cross_entropy_with_logits(logits, target, reduction="none").mean(dim=(1, 2, 3))
    return cross + dice_loss(logits.sigmoid(), target, form)


def guiding_mask_loss(
    mask: Tensor, target: Tensor, resolution: Resolution = "image", form: DiceForm = "image"
) -> Tensor:
    """BCE + Dice of each image for CM-CNN's coarse mask S.

    The paper does not say at which resolution: "image" enlarges S bilinearly to the target's, "features" takes the
    share of the lesion in each of S's pixels as the target.

    Args:
        mask: S, (N, 1, h, w) in 0..1.
        target: (N, 1, H, W) 0/1.
        resolution, form: see above, and `dice_loss`.

    Returns:
        (N,).
    """
    mask, target = mask.float(), target.float()
    if resolution == "image":
        mask = F.interpolate(mask, size=target.shape[2:], mode="bilinear", align_corners=False)
    else:
        target = F.adaptive_avg_pool2d(target, (mask.shape[2], mask.shape[3]))
    with torch.autocast(mask.device.type, enabled=False):  # BCE of probabilities refuses half precision
        cross = F.binary_cross_entropy(mask, target, reduction="none").mean(dim=(1, 2, 3))
    return cross + dice_loss(mask, target, form)


def mean_of_known(values: Tensor, known: Tensor) -> Tensor:
    """The mean of (N,) values over the images of the whole batch that are known, (N,) bool; 0 where none is.

    Of all processes together, so that several do as one would; the graph stays whole either way.
    """
    total = pooled((values * known).sum())
    count = pooled(known.sum().to(values.dtype))
    mean: Tensor = total / count.clamp_min(1)
    return mean
