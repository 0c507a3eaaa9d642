"""The soft Dice ratio in the four forms that the papers use (models.md 0); there is no default that they share."""

from torch import Tensor

from training.fabric import pooled


def soft_dice(
    probability: Tensor, target: Tensor, *, epsilon: float, square: bool, dims: tuple[int, ...]
) -> Tensor:
    """(2 sum(p g) + e) / (sum p^k + sum g^k + e) with k = 2 for `square`, else 1.

    Args:
        probability, target: of one shape; 0..1, and 0/1.
        epsilon: e, added to both sides; 0 gives no answer (nan) for two empty sets.
        square: whether the denominator sums squares.
        dims: over which the sums go; over all of them, the batch included, they go over all processes too.

    Returns:
        The ratio for every index that is not summed over, float32.
    """
    p, g = probability.float(), target.float()  # in half precision the sums of a batch overflow
    overlap = (p * g).sum(dims)
    total = (p.square() + g.square()).sum(dims) if square else (p + g).sum(dims)
    if 0 in dims:
        overlap, total = pooled(overlap), pooled(total)
    return (2 * overlap + epsilon) / (total + epsilon)
