"""The area under the ROC curve of a yes-or-no answer, with its bootstrap interval."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import bootstrap, mannwhitneyu

Floats = npt.NDArray[np.float64]


def auc(probabilities: Sequence[float], truths: Sequence[bool]) -> float | None:
    """The area under the ROC curve: how often a true case has the higher probability, ties counting half.

    None where all cases are true, or none.
    """
    yes, no = _parted(probabilities, truths)
    return float(_area(yes, no)) if yes.size and no.size else None


def auc_interval(
    probabilities: Sequence[float], truths: Sequence[bool], seed: int = 0
) -> tuple[float, float] | None:
    """Its 95 % bootstrap percentile interval, true and other cases drawn separately; None below two of either."""
    yes, no = _parted(probabilities, truths)
    if min(yes.size, no.size) < 2:
        return None
    drawn = bootstrap(
        (yes, no),
        _area,
        n_resamples=1000,
        batch=100,
        method="percentile",
        rng=np.random.default_rng(seed),
    )
    return float(drawn.confidence_interval.low), float(drawn.confidence_interval.high)


def _parted(probabilities: Sequence[float], truths: Sequence[bool]) -> tuple[Floats, Floats]:
    values, yes = np.asarray(probabilities, np.float64), np.asarray(truths, np.bool_)
    return values[yes], values[~yes]


def _area(yes: Floats, no: Floats, axis: int = -1) -> Any:
    pairs = yes.shape[axis] * no.shape[axis]
    return mannwhitneyu(yes, no, axis=axis, method="asymptotic").statistic / pairs
