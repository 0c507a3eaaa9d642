"""Metrics, with the conventions of models.md 0."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt


def dice(found: npt.NDArray[np.generic], truth: npt.NDArray[np.generic]) -> float:
    """Hard Dice of two masks: 1 when both are empty, 0 when one is."""
    total = np.count_nonzero(found) + np.count_nonzero(truth)
    return 2 * np.count_nonzero(np.logical_and(found, truth)) / total if total else 1.0


def mean(values: Sequence[float | None]) -> float | None:
    """The mean of what is there; None when nothing is."""
    there = [value for value in values if value is not None]
    return float(np.mean(there)) if there else None


def median(values: Sequence[float | None]) -> float | None:
    """The median of what is there; None when nothing is."""
    there = [value for value in values if value is not None]
    return float(np.median(there)) if there else None


def deviation(values: Sequence[float | None]) -> float | None:
    """The population standard deviation (ddof 0) of what is there; None when nothing is."""
    there = [value for value in values if value is not None]
    return float(np.std(there)) if there else None
