"""How far two answers agree: Dice for masks, kappa for grades."""

from collections.abc import Sequence

import numpy as np

from retina_studio.domain.geometry import Mask


def dice(first: Mask, second: Mask) -> float:
    """Dice overlap of two masks of one size. Both empty: 1; one empty: 0 (models.md 0)."""
    total = int(np.count_nonzero(first)) + int(np.count_nonzero(second))
    if total == 0:
        return 1.0
    return 2 * int(np.count_nonzero(np.logical_and(first, second))) / total


def kappa(first: Sequence[int], second: Sequence[int], classes: int, *, quadratic: bool = False) -> float:
    """Cohen's kappa of two graders' grades 0..classes-1, plain or with quadratic weights.

    1 when both always say the same one thing, where the formula has 0/0.

    Raises:
        ValueError: the two are not equally long, or empty.
    """
    if len(first) != len(second) or not first:
        raise ValueError("Kappa needs two lists of grades of the same length, at least one.")
    observed = np.zeros((classes, classes))
    np.add.at(observed, (np.asarray(first), np.asarray(second)), 1)
    observed /= observed.sum()
    expected = np.outer(observed.sum(axis=1), observed.sum(axis=0))
    distance = np.abs(np.subtract.outer(np.arange(classes), np.arange(classes))).astype(float)
    weights = distance**2 if quadratic else (distance > 0).astype(float)
    chance = float((weights * expected).sum())
    return 1.0 - float((weights * observed).sum()) / chance if chance > 0 else 1.0
