"""How sure a statistic is: intervals by resampling the images it was worked out on."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt


def bootstrap_interval(
    values: npt.ArrayLike,
    statistic: Callable[[npt.NDArray[np.generic]], float],
    seed: int,
    rounds: int = 1000,
    level: float = 0.95,
) -> tuple[float, float]:
    """The percentile bootstrap interval of a statistic (Efron and Tibshirani 1993, chapter 13).

    Rows are drawn with replacement, as many as there are, with one seeded generator: the same values and seed give the
    same interval. Rounds in which the statistic is not a number are left out.

    Args:
        values: (N,) values, or (N, k) rows that belong together: the pair of grades of an image.
        statistic: of such an array; called once a round.
        seed: of the random numbers.
        rounds: how often it is resampled.
        level: the share of rounds inside the interval.

    Returns:
        (low, high); both the statistic itself where there is one row only, NaN where it never is a number.

    Raises:
        ValueError: no values, no rounds, or a level that is not between 0 and 1.
    """
    rows = np.asarray(values)
    if not rows.size or rounds < 1 or not 0 < level < 1:
        raise ValueError("A bootstrap needs values, at least one round, and a level between 0 and 1.")
    random = np.random.default_rng(seed)
    results = np.array([statistic(rows[random.integers(0, len(rows), len(rows))]) for _ in range(rounds)])
    results = results[~np.isnan(results)]
    if not results.size:
        return float("nan"), float("nan")
    low, high = np.quantile(results, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
