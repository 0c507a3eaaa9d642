"""Choose a threshold for each label and a temperature for each grading scale."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar

Counts = npt.NDArray[np.int64]

BINS = 100  # of a probability: thresholds are hundredths
_COLDEST, _HOTTEST = 0.25, 8.0
_FALSE = 20  # one image in so many may seem to show a label that none does
_LEAST = 1e-6  # of a probability, before its logarithm


class Histogram:
    """How often each probability was said of pixels inside and outside the truth, over any number of images."""

    def __init__(self) -> None:
        self._inside, self._outside = np.zeros(BINS, np.int64), np.zeros(BINS, np.int64)
        self.images = 0
        self._peaks: list[int] = []  # bins of the highest probability of each image without the label

    def add(self, probability: npt.NDArray[np.float32], truth: npt.NDArray[np.bool_]) -> None:
        """Count the pixels of one image: probability and truth (H, W)."""
        self.images += 1
        places = np.minimum((probability * BINS).astype(np.int64), BINS - 1)
        self._inside += np.bincount(places[truth], minlength=BINS)
        self._outside += np.bincount(places[~truth], minlength=BINS)
        if not truth.any():
            self._peaks.append(int(places.max()))

    def threshold(self) -> float | None:
        """Where the F1 of all pixels together is highest; None where there was no image.

        Of thresholds that are as good as each other the one nearest to a half is taken. Where no image shows the label,
        that from a half on at which at most one image in twenty seems to.
        """
        total = int(self._inside.sum())
        if not total:
            return self._quiet() if self._peaks else None
        hits, false = (np.cumsum(counts[::-1])[::-1] for counts in (self._inside, self._outside))
        f1 = 2 * hits[1:] / (hits[1:] + false[1:] + total)
        best = np.flatnonzero(f1 >= f1.max() - 1e-9) + 1
        return float(best[np.abs(best - BINS // 2).argmin()] / BINS)

    def _quiet(self) -> float:
        allowed = len(self._peaks) // _FALSE
        least = BINS // 2
        seen = sorted(self._peaks, reverse=True)
        if allowed < len(seen):
            least = max(least, seen[allowed] + 1)
        return min(least, BINS - 1) / BINS


def temperature(probabilities: Sequence[Sequence[float]], truth: Sequence[int]) -> float:
    """The temperature at which the truth is most likely (Guo et al., ICML 2017), 0.25 to 8.

    Args:
        probabilities: of each image, of each value of the scale.
        truth: the true value's place.
    """
    logarithms = np.log(np.clip(np.asarray(probabilities, np.float64), _LEAST, 1))
    rows = np.arange(len(truth))

    def cost(power: float) -> float:
        scaled = logarithms / np.exp(power)
        return float((np.logaddexp.reduce(scaled, axis=1) - scaled[rows, list(truth)]).mean())

    found = minimize_scalar(cost, bounds=(np.log(_COLDEST), np.log(_HOTTEST)), method="bounded")
    return float(np.exp(found.x))
