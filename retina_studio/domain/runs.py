"""Areas as runs of pixels, many at once: a row of pixels takes two numbers, however long it is.

The pixels are exactly those that `geometry.paint` sets; they are counted here without being painted.
"""

import math
from collections.abc import Sequence
from itertools import chain, combinations_with_replacement
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from retina_studio.domain.facts import boxes_of
from retina_studio.domain.geometry import is_slender, rasterise
from retina_studio.domain.shapes import Ellipse, Polygon

_Integers = npt.NDArray[np.int64]
_Floats = npt.NDArray[np.float64]
_BESIDE = np.arange(
    -1, 3
)  # pixels that are tested, from the one where an outline is calculated to cross a row


class Runs(NamedTuple):
    """Pixels in a row: the columns from `start` to before `stop` of `row` are inside the area `area`; (R,) each.

    Runs of one area in one row do not overlap.
    """

    area: _Integers
    row: _Integers
    start: _Integers
    stop: _Integers


def runs_of(areas: Sequence[Ellipse | Polygon], height: int, width: int) -> Runs:
    """The runs of all areas in a frame of (height, width) pixels; an area's number is its place in the sequence."""
    polygons = [number for number, area in enumerate(areas) if isinstance(area, Polygon)]
    slender = [n for n, area in enumerate(areas) if isinstance(area, Ellipse) and is_slender(area)]
    ellipses = sorted({*range(len(areas))} - {*polygons, *slender})
    frames = _frames(areas, height, width)
    parts = [_slender_runs(areas[number], number, height, width) for number in slender]
    if ellipses:
        parts.append(_ellipse_runs(areas, np.array(ellipses), frames, width))
    if polygons:
        parts.append(_polygon_runs(areas, np.array(polygons), frames))
    runs = Runs(*(np.concatenate(column) for column in zip(*parts, strict=True))) if parts else _EMPTY
    return Runs(*(column[runs.start < runs.stop] for column in runs))


_EMPTY = Runs(*(np.empty(0, np.int64) for _ in range(4)))


def _frames(areas: Sequence[Ellipse | Polygon], height: int, width: int) -> _Integers:
    """The part (N, 4) of the frame that `paint` works on: first row, row after the last, the same of columns."""
    left, top, right, bottom = boxes_of(areas).T
    frames = np.column_stack(
        [
            np.clip(np.floor(top), 0, height),
            np.clip(np.ceil(bottom) + 1, 0, height),
            np.clip(np.floor(left), 0, width),
            np.clip(np.ceil(right) + 1, 0, width),
        ]
    )
    return frames.astype(np.int64)


def _counting(first: _Integers, last: _Integers) -> tuple[_Integers, _Integers]:
    """(whose it is, number) of every number from each first to before its last."""
    counts = np.maximum(last - first, 0)
    owner = np.repeat(np.arange(len(counts)), counts)
    return owner, np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts) + first[owner]


def _slender_runs(area: Ellipse | Polygon, number: int, height: int, width: int) -> Runs:
    """The runs of one area, painted: one so slender has rows whose pixels do not follow each other."""
    inside = np.pad(rasterise(area, height, width), ((0, 0), (1, 1)))
    row, column = np.nonzero(inside[:, 1:] != inside[:, :-1])
    return Runs(np.full(len(row) // 2, number), row[::2], column[::2], column[1::2])


def _ellipse_runs(
    areas: Sequence[Ellipse | Polygon], numbers: _Integers, frames: _Integers, width: int
) -> Runs:
    """One run a row, first pixel inside to last; as in `paint`, the pixels beside the outline are tested."""
    found = [area for area in areas if isinstance(area, Ellipse) and not is_slender(area)]
    turned = [math.radians(ellipse.angle) for ellipse in found]
    each = [(e.x, e.y, e.a, e.b, math.cos(t), math.sin(t)) for e, t in zip(found, turned, strict=True)]
    owner, row = _counting(frames[numbers, 0], frames[numbers, 1])
    x, y, a, b, cos, sin = np.array(each)[owner].T
    dy = row + 0.5 - y
    p, q = 1 / a**2, 1 / b**2
    square, linear = cos * cos * p + sin * sin * q, cos * sin * (p - q) * dy
    root = np.sqrt(np.maximum(linear**2 - square * ((sin * sin * p + cos * cos * q) * dy**2 - 1), 0))
    sides = (
        np.stack([-linear - root, -linear + root]) / square + x - 0.5
    )  # columns where it enters and leaves
    column = np.floor(sides).astype(np.int64)[:, :, None] + _BESIDE
    dx, dy = column + 0.5 - x[:, None], dy[:, None]
    u = (dx * cos[:, None] + dy * sin[:, None]) / a[:, None]
    v = (dy * cos[:, None] - dx * sin[:, None]) / b[:, None]
    inside = u * u + v * v <= 1.0
    start = np.where(inside, column, np.iinfo(np.int64).max).min(axis=(0, 2))
    stop = np.where(inside, column + 1, -1).max(axis=(0, 2))
    return Runs(numbers[owner], row, np.maximum(start, 0), np.minimum(stop, width))


def _polygon_runs(areas: Sequence[Ellipse | Polygon], numbers: _Integers, frames: _Integers) -> Runs:
    """From every odd crossing of an outline with a row to the next one, by the rule of `paint`."""
    rings = [(number, ring) for number in numbers.tolist() for ring in areas[number].rings]
    lengths = np.array([len(ring) for _, ring in rings])
    flat = chain.from_iterable(chain.from_iterable(ring for _, ring in rings))
    begin = np.fromiter(flat, np.float64, 2 * int(lengths.sum())).reshape(-1, 2)
    following = np.arange(1, len(begin) + 1)
    following[np.cumsum(lengths) - 1] = (
        np.cumsum(lengths) - lengths
    )  # a ring's last vertex leads to its first
    end = begin[following]
    down = (begin[:, 1] <= end[:, 1])[:, None]
    upper, lower = np.where(down, begin, end), np.where(down, end, begin)
    owner = np.repeat([number for number, _ in rings], lengths)
    r0, r1, c0, c1 = frames[owner].T
    edge, row = _counting(
        np.clip(np.ceil(upper[:, 1] - 0.5).astype(np.int64), r0, r1),
        np.clip(np.ceil(lower[:, 1] - 0.5).astype(np.int64), r0, r1),
    )
    upper, lower, owner = upper[edge], lower[edge], owner[edge]
    slope = (lower[:, 0] - upper[:, 0]) / (lower[:, 1] - upper[:, 1])
    crossing = upper[:, 0] + (row + 0.5 - upper[:, 1]) * slope
    column = np.clip(np.ceil(crossing - 0.5).astype(np.int64), c0[edge], c1[edge])
    order = np.lexsort((column, row, owner))
    area, row, column = owner[order], row[order], column[order]
    return Runs(area[::2], row[::2], column[::2], column[1::2])


class Stretches(NamedTuple):
    """Where the same owners' areas lie, from position to position; row r of a frame begins at r * width.

    Attributes:
        start: first position of each stretch (S,).
        length: of each stretch (S,), at least 1.
        inside: whether each owner has it (K, S).
    """

    start: _Integers
    length: _Integers
    inside: npt.NDArray[np.bool_]


def stretches(runs: Runs, width: int, owner: _Integers, owners: int) -> Stretches:
    """The frame cut wherever a run begins or ends; what nobody has is left out.

    Args:
        runs: of the areas, which may overlap. A row may be any number not below 0: rows of another layer lie below.
        width: of the frame.
        owner: of each area, by its number (N,); below `owners`.
        owners: how many there are.
    """
    begins, ends = runs.row * width + runs.start, runs.row * width + runs.stop
    positions = np.concatenate([begins, ends])
    order = np.argsort(positions, kind="stable")
    steps = np.zeros((owners, len(order)), dtype=np.int32)
    whose = np.tile(owner[runs.area], 2)[order]
    steps[whose, np.arange(len(order))] = np.where(order < len(begins), 1, -1)
    positions = positions[order]
    length = np.diff(positions, append=positions[-1:])
    inside = np.cumsum(steps, axis=1) > 0
    kept = (length > 0) & inside.any(axis=0)
    return Stretches(positions[kept], length[kept], inside[:, kept])


def shared_pixels(
    areas: Sequence[Ellipse | Polygon],
    layer: Sequence[int],
    owner: Sequence[int],
    count: tuple[int, int],
    size: tuple[int, int],
) -> _Integers:
    """How many pixels each two owners share in every layer (L, K, K); on the diagonal, how many each has.

    Args:
        areas: in any order (N); those of one owner in one layer may overlap.
        layer: of each area, below L.
        owner: of each area, below K.
        count: L and K.
        size: height and width of every layer.
    """
    height, width = size
    layers, owners = count
    runs = runs_of(areas, height, width)
    # One pass over all layers, as if each lay below the one before it.
    stacked = runs._replace(row=runs.row + height * np.asarray(layer, dtype=np.int64)[runs.area])
    cut = stretches(stacked, width, np.asarray(owner, dtype=np.int64), owners)
    where = cut.start // (height * width)
    shared = np.zeros((layers, owners, owners), dtype=np.int64)
    for one, other in combinations_with_replacement(range(owners), 2):
        both = cut.inside[one] & cut.inside[other]
        pixels = np.bincount(where[both], cut.length[both], minlength=layers)
        shared[:, one, other] = shared[:, other, one] = pixels
    return shared
