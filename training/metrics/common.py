"""What the models' metrics share, with the conventions of models.md 0."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import bootstrap


def dice(found: npt.NDArray[np.generic], truth: npt.NDArray[np.generic]) -> float:
    """Hard Dice of two masks: 1 when both are empty, 0 when one is."""
    total = np.count_nonzero(found) + np.count_nonzero(truth)
    return 2 * np.count_nonzero(np.logical_and(found, truth)) / total if total else 1.0


def iou(found: npt.NDArray[np.generic], truth: npt.NDArray[np.generic]) -> float:
    """Intersection over union of two masks: 1 when both are empty, 0 when one is."""
    union = np.count_nonzero(np.logical_or(found, truth))
    return np.count_nonzero(np.logical_and(found, truth)) / union if union else 1.0


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


def interval(
    values: Sequence[float | None], seed: int = 0, statistic: Callable[..., Any] = np.mean
) -> tuple[float, float] | None:
    """The 95 % bootstrap percentile interval of a statistic of what is there; None for fewer than two values."""
    there = [value for value in values if value is not None]
    if len(there) < 2:
        return None
    drawn = bootstrap(
        (there,), statistic, n_resamples=1000, method="percentile", rng=np.random.default_rng(seed)
    )
    return float(drawn.confidence_interval.low), float(drawn.confidence_interval.high)
