"""The losses of the model `ppa` (Wei et al. 2022, equations 1 to 3; models.md 1.5), of what is known of each image.

All take planes of the labels, without the background: masks (N, L, H, W) of 0/1, as `exclusive` gives them, and which
are known (N, L). An image adds what it says, and nothing where it says nothing; the loss of a batch is the mean over
all its images.
"""

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - its usual name

from training.losses.dice import soft_dice


def exclusive(masks: Tensor, known: Tensor) -> Tensor:
    """Masks of which one at most holds at a pixel: the first label, where outlines overlap; 0 where not known."""
    inside = (masks > 0.5) & known[:, :, None, None]
    return (inside & (inside.cumsum(dim=1) == 1)).float()


def pixel_cross_entropy(logits: Tensor, masks: Tensor, known: Tensor) -> Tensor:
    """Cross-entropy of a pixel's class, averaged over pixels; where a label is not known, of what remains possible.

    A pixel inside a known mask is of that class. One outside all known masks may be background or any label that is
    not known: the loss is -log of the sum of their probabilities. With all labels known this is the ordinary
    cross-entropy, with none it is 0.

    Args:
        logits: (N, 1 + L, H, W), of background and labels.
        masks, known: of the labels.
    """
    inside = masks > 0.5
    outside = ~inside.any(dim=1, keepdim=True)
    possible = torch.cat([outside, inside | (outside & ~known[:, :, None, None])], dim=1)
    scores = logits.float()
    likely = scores.masked_fill(~possible, -torch.inf).logsumexp(dim=1)
    return (scores.logsumexp(dim=1) - likely).mean()


def dice_loss(
    probability: Tensor, masks: Tensor, known: Tensor, *, epsilon: float, factor: Tensor | None = None
) -> Tensor:
    """1 - soft Dice (equation 1) of each image and label, times the factor; averaged over each image's known labels.

    Args:
        probability: of the labels (N, L, H, W).
        masks, known: of the labels.
        epsilon: in numerator and denominator.
        factor: (N, L), of `joint_factor`, for joint-Dice (equation 2); None for plain Dice.
    """
    terms = 1 - soft_dice(probability, masks, epsilon=epsilon, square=False, dims=(2, 3))
    if factor is not None:
        terms = terms * factor
    labels = known.sum(dim=1).clamp_min(1)
    return (torch.where(known, terms, 0.0).sum(dim=1) / labels).mean()


def joint_factor(present: Tensor, probability: Tensor) -> Tensor:
    """y + p - y p, the probabilistic "or" of truth and classifier: 1 where the target is there, else p (equation 2).

    The text beside equation 2 has its inequality reversed: without a target the loss is about p, so that a correct
    answer gives less than one half (models.md 1.5). The gradient flows into the classifier.

    Args:
        present: y (N,), whether the target is in the image; nan, where that is not known, gives 1.
        probability: p (N,), of the classifier.
    """
    y = present.nan_to_num(1.0)
    return y + probability * (1 - y)  # in this order exactly 1 where y is 1


def presence_loss(logits: Tensor, present: Tensor) -> Tensor:
    """Binary cross-entropy of the classifier's logits (N,) against y (N,), 0 where y is nan; mean over the images."""
    known = ~present.isnan()
    losses = F.binary_cross_entropy_with_logits(logits.float(), present.nan_to_num(0.0), reduction="none")
    return torch.where(known, losses, 0.0).mean()
