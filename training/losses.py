"""Loss functions, each with its paper's own form of Dice (models.md 0)."""

from torch import Tensor


def soft_dice(probability: Tensor, target: Tensor, epsilon: float) -> Tensor:
    """(2 sum(p g) + e) / (sum p + sum g + e) over the whole batch, as one number (models.md 0, row 003)."""
    overlap = (probability * target).sum()
    return (2 * overlap + epsilon) / (probability.sum() + target.sum() + epsilon)


def neg_log_dice(logits: Tensor, target: Tensor, epsilon: float = 1.0) -> Tensor:
    """-log soft Dice of logits against a 0/1 target of the same shape (Hu et al., section 2.3)."""
    # In half precision the sums of a batch overflow.
    return -soft_dice(logits.float().sigmoid(), target.float(), epsilon).log()
