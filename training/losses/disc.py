"""The losses of the model `disc` (Hu et al., MIDL 2019; models.md 4.3)."""

from torch import Tensor

from training.losses.dice import soft_dice


def neg_log_dice(logits: Tensor, target: Tensor, epsilon: float = 1.0) -> Tensor:
    """-log soft Dice over the whole batch, of logits against a 0/1 target of the same shape (section 2.3)."""
    ratio = soft_dice(
        logits.float().sigmoid(), target, epsilon=epsilon, square=False, dims=tuple(range(logits.ndim))
    )
    return -ratio.log()
