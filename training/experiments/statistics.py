"""What a table says of numbers: means, deviations over seeds, intervals over paired images, paired tests."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata, ttest_rel, wilcoxon
from sklearn.metrics import cohen_kappa_score

Row = Mapping[str, Any]
Numbers = npt.NDArray[np.float64]
Kind = Literal["mean", "f1", "auc", "kappa"]

RESAMPLES = 2000
_FEWEST = 2  # images, for an interval or a test


@dataclass(frozen=True)
class Figure:
    """A figure of a table, read off the rows that an evaluation keeps of each image.

    Attributes:
        title: what people read.
        read: an image's row -> its numbers; None where it says nothing of this figure. One number for "mean"; TP, FP
            and FN of each of several labels for "f1" (pooled over the images, mean over the labels that the truth
            shows); score and truth for "auc"; answer and truth for "kappa" (quadratic weights).
        kind: how the numbers of all images become one.
        higher: whether a higher one is better.
    """

    title: str
    read: Callable[[Row], Sequence[float] | None]
    kind: Kind = "mean"
    higher: bool = True

    def values(self, rows: Sequence[Row]) -> dict[str, Sequence[float]]:
        """Image name -> its numbers, of the images that count."""
        found = {str(row["name"]): self.read(row) for row in rows}
        return {name: numbers for name, numbers in found.items() if numbers is not None}

    def of(self, values: Numbers) -> float:
        """The figure of the numbers (images, numbers of each); nan where it is not defined."""
        return _KINDS[self.kind](values) if len(values) else float("nan")


@dataclass(frozen=True)
class Paired:
    """One arm against the reference, over the test images that both answered.

    Attributes:
        images: how many.
        difference: arm minus reference, mean over the seeds.
        interval: of it, 95 %, bootstrap over the images; None for too few.
        t_test, wilcoxon: p-values over the images (each image's mean over the seeds); None where the figure is not a
            mean over images, or all differences are alike.
    """

    images: int
    difference: float
    interval: tuple[float, float] | None
    t_test: float | None
    wilcoxon: float | None


def paired(figure: Figure, arm: Sequence[Sequence[Row]], reference: Sequence[Sequence[Row]]) -> Paired | None:
    """An arm's runs (one a seed: the rows of its test images) against the reference's; None when nothing is shared."""
    ours, theirs = ([figure.values(rows) for rows in runs] for runs in (arm, reference))
    names = sorted(set.intersection(*(set(values) for values in (*ours, *theirs)))) if ours and theirs else []
    if not names:
        return None
    a, b = (np.array([[values[name] for name in names] for values in runs]) for runs in (ours, theirs))
    difference = _average(figure, a) - _average(figure, b)
    if len(names) < _FEWEST:
        return Paired(len(names), difference, None, None, None)
    t, w = _tests(a, b) if figure.kind == "mean" else (None, None)
    return Paired(len(names), difference, _interval(figure, a, b), t, w)


def over_seeds(figure: Figure, runs: Sequence[Sequence[Row]]) -> tuple[float, float] | None:
    """Mean and population standard deviation of a figure over the runs of an arm; None where it is not defined."""
    values = [figure.of(np.array(list(figure.values(rows).values()))) for rows in runs]
    there = [value for value in values if not np.isnan(value)]
    return (float(np.mean(there)), float(np.std(there))) if there else None


def _average(figure: Figure, runs: Numbers) -> float:
    return float(np.mean([figure.of(values) for values in runs]))


def _interval(figure: Figure, a: Numbers, b: Numbers) -> tuple[float, float] | None:
    """The percentile interval: the same images are drawn for both arms and for all seeds."""
    rng = np.random.default_rng(0)
    count = a.shape[1]
    if figure.kind == "mean":  # all draws at once
        differences = a[..., 0].mean(axis=0) - b[..., 0].mean(axis=0)
        drawn = differences[rng.integers(count, size=(RESAMPLES, count))].mean(axis=1)
    else:
        draws = rng.integers(count, size=(RESAMPLES, count))
        drawn = np.array([_average(figure, a[:, d]) - _average(figure, b[:, d]) for d in draws])
    drawn = drawn[~np.isnan(drawn)]
    if len(drawn) < RESAMPLES / 2:
        return None
    low, high = np.percentile(drawn, (2.5, 97.5))
    return float(low), float(high)


def _tests(a: Numbers, b: Numbers) -> tuple[float | None, float | None]:
    ours, theirs = a[..., 0].mean(axis=0), b[..., 0].mean(axis=0)
    differences = ours - theirs
    if np.ptp(differences) < 1e-12:  # no spread: scipy has no answer
        return None, None
    signs = differences[np.abs(differences) > 0]
    ranks = float(wilcoxon(ours, theirs).pvalue) if len(signs) else None
    return float(ttest_rel(ours, theirs).pvalue), ranks


def _mean(values: Numbers) -> float:
    return float(values[:, 0].mean())


def _f1(values: Numbers) -> float:
    """As `metrics.lesion.mean_f1`, without leaving numpy: it is asked thousands of times."""
    true, false, missed = values.sum(axis=0).reshape(-1, 3).T
    shown = true + missed > 0
    if not shown.any():
        return float("nan")
    return float((2 * true[shown] / (2 * true + false + missed)[shown]).mean())


def _auc(values: Numbers) -> float:
    """The share of pairs, one of each side, in which the true one scores higher; ties count half."""
    score, truth = values.T
    positive = truth > 0
    yes, no = int(positive.sum()), int((~positive).sum())
    if not yes or not no:
        return float("nan")
    return float((rankdata(score)[positive].sum() - yes * (yes + 1) / 2) / (yes * no))


def _kappa(values: Numbers) -> float:
    answer, truth = values.T.astype(int)
    if len({*answer, *truth}) < 2:
        return 0.0  # as `metrics.lesion.quadratic_kappa`
    return float(cohen_kappa_score(truth, answer, weights="quadratic"))


_KINDS: dict[str, Callable[[Numbers], float]] = {"mean": _mean, "f1": _f1, "auc": _auc, "kappa": _kappa}
