"""Figures with bootstrap intervals (percentile method, Efron 1979), over all images at once.

Drawing images with replacement is drawing how often each counts; of a table of answers, how many fall into each cell.
So a thousand rounds are a few matrix products, however many images there are.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
_ROUNDS = 1000
_PART = 8_000_000  # weights that are in memory at a time
_LEVEL = 0.95


@dataclass(frozen=True)
class Estimate:
    """A figure of `n` images and its 95 % interval; None where it cannot be said, an interval below two images."""

    value: float | None
    low: float | None
    high: float | None
    n: int


def ratios(numerators: Floats, denominators: Floats, seed: int) -> list[Estimate]:
    """The pooled ratio of each column, sum over sum, with images drawn anew for the interval.

    Args:
        numerators: (images, figures); 0 where an image does not count.
        denominators: (images, figures), likewise.
        seed: of the drawing.
    """
    counted = np.count_nonzero(denominators, axis=0)
    values = _divided(numerators.sum(axis=0), denominators.sum(axis=0))
    images = len(numerators)
    rounds = [
        _divided(drawn @ numerators, drawn @ denominators) for drawn in _weights(images, seed, _part(images))
    ]
    lows, highs = _interval(np.concatenate(rounds)) if rounds else (values, values)
    return [
        _estimate(value, low, high, int(n))
        for value, low, high, n in zip(values, lows, highs, counted, strict=True)
    ]


def kappas(table: npt.NDArray[np.int64], seed: int) -> tuple[Estimate, Estimate, Estimate]:
    """The share of equal answers, Cohen's kappa and quadratic kappa of two graders.

    Args:
        table: (k, k) how many images the first gave the row's grade and the second the column's.
        seed: of the drawing.
    """
    n, classes = int(table.sum()), len(table)
    cells = table.reshape(1, -1).astype(np.float64)
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(n, cells[0] / n, size=_ROUNDS) if n else np.zeros((_ROUNDS, classes**2))
    found = []
    for weights in (None, _plain(classes), _quadratic(classes)):
        value = _table_figure(cells, classes, weights)[0]
        lows, highs = _interval(_table_figure(drawn.astype(np.float64), classes, weights)[:, None])
        found.append(_estimate(value, lows[0], highs[0], n))
    return found[0], found[1], found[2]


def fleiss(counts: npt.NDArray[np.int64], seed: int) -> tuple[Estimate, Estimate]:
    """The share of pairs of graders who agree, and Fleiss' kappa (Fleiss 1971; their number may differ).

    Args:
        counts: (images, k) how many graders gave each grade; at least two an image.
        seed: of the drawing.
    """
    n = len(counts)
    if not n:
        return (Estimate(None, None, None, 0),) * 2
    kinds, often = np.unique(counts, axis=0, return_counts=True)
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(n, often / n, size=_ROUNDS).astype(np.float64)
    agreed, kappa = _fleiss(kinds, often[None].astype(np.float64))
    agreed_drawn, kappa_drawn = _fleiss(kinds, drawn)
    lows, highs = _interval(np.stack([agreed_drawn, kappa_drawn], axis=1))
    return _estimate(agreed[0], lows[0], highs[0], n), _estimate(kappa[0], lows[1], highs[1], n)


def _fleiss(kinds: npt.NDArray[np.int64], weights: Floats) -> tuple[Floats, Floats]:
    """(agreement (R,), kappa (R,)) of rows of counts (U, k), each weighing so much (R, U)."""
    graders = kinds.sum(axis=1)
    pairs = (kinds * (kinds - 1)).sum(axis=1) / (graders * (graders - 1))
    agreed = weights @ pairs / weights.sum(axis=1)
    shares = weights @ kinds
    shares = shares / shares.sum(axis=1, keepdims=True)
    chance = (shares**2).sum(axis=1)
    return agreed, 1.0 - _shortfall(1.0 - agreed, 1.0 - chance)


def _table_figure(cells: Floats, classes: int, weights: Floats | None) -> Floats:
    """Of tables (R, k * k) the share of equal answers, or with weights of disagreement the kappa: (R,)."""
    total = np.maximum(cells.sum(axis=1), 1)[:, None, None]
    observed = cells.reshape(-1, classes, classes) / total
    if weights is None:
        agreed: Floats = np.trace(observed, axis1=1, axis2=2)
        return agreed
    expected = observed.sum(axis=2)[:, :, None] * observed.sum(axis=1)[:, None, :]
    return 1.0 - _shortfall((observed * weights).sum(axis=(1, 2)), (expected * weights).sum(axis=(1, 2)))


def _shortfall(observed: Floats, chance: Floats) -> Floats:
    """Disagreement over that by chance; 0 where all say the same one thing, and the formula has 0/0."""
    same = chance < 1e-12
    return np.where(same, 0.0, observed / np.where(same, 1.0, chance))


def _plain(classes: int) -> Floats:
    return 1.0 - np.eye(classes)


def _quadratic(classes: int) -> Floats:
    places = np.arange(classes, dtype=np.float64)
    return np.subtract.outer(places, places) ** 2


def _part(images: int) -> int:
    return max(1, min(_ROUNDS, _PART // max(images, 1)))


def _weights(images: int, seed: int, part: int) -> Iterator[Floats]:
    """How often each image is drawn, (rounds, images) in parts."""
    rng = np.random.default_rng(seed)
    for start in range(0, _ROUNDS if images else 0, part):
        yield _drawn(rng, images, min(part, _ROUNDS - start))


def _drawn(rng: np.random.Generator, images: int, rounds: int) -> Floats:
    places = rng.integers(0, images, (rounds, images)) + np.arange(rounds)[:, None] * images
    return np.bincount(places.ravel(), minlength=rounds * images).reshape(rounds, images).astype(np.float64)


def _interval(rounds: Floats) -> tuple[Floats, Floats]:
    """The middle 95 % of each column; rounds that drew nothing to count are left out."""
    edges = [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2]
    empty = np.isnan(rounds).all(axis=0)
    found = np.nanquantile(np.where(empty, 0.0, rounds), edges, axis=0)
    found[:, empty] = np.nan
    return found[0], found[1]


def _divided(above: Floats, below: Floats) -> Floats:
    return np.where(below > 0, above / np.where(below > 0, below, 1.0), np.nan)


def _estimate(value: float, low: float, high: float, n: int) -> Estimate:
    if n == 0 or np.isnan(value):
        return Estimate(None, None, None, n)
    if n < 2:
        return Estimate(float(value), None, None, n)
    return Estimate(float(value), float(low), float(high), n)
