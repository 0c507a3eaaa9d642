"""How far answers agree: Dice and IoU for masks, kappa and percent agreement for grades."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from retina_studio.domain.geometry import Mask, iou

__all__ = ["dice", "dice_of_areas", "fleiss_kappa", "iou", "iou_of_areas", "kappa", "percent_agreement"]


def dice(first: Mask, second: Mask) -> float:
    """Dice overlap of two masks of one size. Both empty: 1; one empty: 0 (models.md 0)."""
    shared = int(np.count_nonzero(np.logical_and(first, second)))
    return dice_of_areas(int(np.count_nonzero(first)), int(np.count_nonzero(second)), shared)


def dice_of_areas(first: float, second: float, shared: float) -> float:
    """Dice overlap from two areas and what they share; both empty: 1."""
    return 2 * shared / (first + second) if first + second > 0 else 1.0


def iou_of_areas(first: float, second: float, shared: float) -> float:
    """Intersection over union from two areas and what they share; both empty: 1."""
    union = first + second - shared
    return shared / union if union > 0 else 1.0


def kappa(first: Sequence[int], second: Sequence[int], classes: int, *, quadratic: bool = False) -> float:
    """Cohen's kappa of two graders' grades 0..classes-1, plain or with quadratic weights.

    1 when both always say the same one thing, where the formula has 0/0.

    Raises:
        ValueError: the two are not equally long, or empty.
    """
    if len(first) != len(second) or not len(first):
        raise ValueError("Kappa needs two lists of grades of the same length, at least one.")
    cells = np.asarray(first) * classes + np.asarray(second)
    observed = np.bincount(cells, minlength=classes * classes).reshape(classes, classes) / len(first)
    expected = np.outer(observed.sum(axis=1), observed.sum(axis=0))
    distance = np.abs(np.subtract.outer(np.arange(classes), np.arange(classes))).astype(float)
    weights = distance**2 if quadratic else (distance > 0).astype(float)
    chance = float((weights * expected).sum())
    return 1.0 - float((weights * observed).sum()) / chance if chance > 0 else 1.0


def fleiss_kappa(counts: npt.ArrayLike) -> float:
    """Fleiss' kappa of several graders: how far they agree on every image beyond chance.

    Fleiss, "Measuring nominal scale agreement among many raters", Psychological Bulletin 76(5), 1971, equations 1-9.
    1 where everybody always says the same one thing, where the formula has 0/0.

    Args:
        counts: (N, k), how many graders gave each of k grades to each of N images; the same number, at least two,
            graded every image.

    Raises:
        ValueError: the counts are not such a table.
    """
    table = np.asarray(counts, dtype=float)
    graders = table.sum(axis=1) if table.ndim == 2 and table.size else np.zeros(0)
    if not graders.size or (table < 0).any() or graders[0] < 2 or (graders != graders[0]).any():
        raise ValueError(
            "Fleiss' kappa needs a table (images, grades) with the same number of graders, two or more."
        )
    number = graders[0]
    agreed = ((table**2).sum(axis=1) - number) / (number * (number - 1))
    chance = float((table.mean(axis=0) / number) @ (table.mean(axis=0) / number))
    return (float(agreed.mean()) - chance) / (1 - chance) if chance < 1 else 1.0


def percent_agreement(first: Sequence[object], second: Sequence[object]) -> float:
    """The share, in percent, of images to which two graders gave the same grade.

    Raises:
        ValueError: the two are not equally long, or empty.
    """
    if len(first) != len(second) or not len(first):
        raise ValueError("Percent agreement needs two lists of grades of the same length, at least one.")
    return 100.0 * sum(one == other for one, other in zip(first, second, strict=True)) / len(first)
