"""The pixels that enough graders marked: exact masks over windows of the image, and their outlines."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from retina_studio.domain.facts import boxes_of
from retina_studio.domain.geometry import Mask, paint, vectorise
from retina_studio.domain.runs import runs_of, stretches
from retina_studio.domain.shapes import Geometry, Point, Polygon
from retina_studio.domain.voting.staple import staple

Drawn = Mapping[str, Sequence[Geometry]]  # grader -> the areas they drew of one label

# How far the window for STAPLE reaches beyond all that was drawn, as a share of that box's longer side. STAPLE
# measures specificity and the prior on the background it is shown: of a whole photograph nearly all is background.
STAPLE_MARGIN = 0.5
LEAST_FOR_STAPLE = 3  # graders


class Window(NamedTuple):
    """A part of the image: rows top..bottom-1, columns left..right-1."""

    top: int
    bottom: int
    left: int
    right: int

    @property
    def empty(self) -> bool:
        """Whether it holds no pixel."""
        return self.top >= self.bottom or self.left >= self.right


def window_of(geometries: Sequence[Geometry], size: tuple[int, int], margin: float = 0.0) -> Window:
    """The window of the image (height, width) round all geometries, widened by a share of its longer side."""
    boxes = boxes_of(geometries)
    left, top = boxes[:, :2].min(axis=0)
    right, bottom = boxes[:, 2:].max(axis=0)
    wider = margin * max(right - left, bottom - top)
    return Window(
        max(math.floor(top - wider), 0),
        min(math.ceil(bottom + wider) + 1, size[0]),
        max(math.floor(left - wider), 0),
        min(math.ceil(right + wider) + 1, size[1]),
    )


def marked(geometries: Iterable[Geometry], window: Window) -> Mask:
    """The union (rows, columns) of some areas within a window."""
    mask = np.zeros((window.bottom - window.top, window.right - window.left), dtype=np.bool_)
    for geometry in geometries:
        paint(mask, geometry, window.top, window.left)
    return mask


def outlines(mask: npt.NDArray[np.bool_], window: Window) -> list[Polygon]:
    """The polygons, in image pixels, whose rasterisation is exactly this mask of a window."""
    return vectorise(mask, window.top, window.left)


def agreed(drawn: Drawn, size: tuple[int, int], needed: int) -> list[Polygon]:
    """The exact outlines of the pixels that at least `needed` graders marked."""
    polygons = []
    for cluster in clusters_of(drawn):
        window = window_of([g for geometries in cluster.values() for g in geometries], size)
        if not window.empty and len(cluster) >= needed:
            polygons += outlines(_enough(cluster, window, needed), window)
    return polygons


def _enough(drawn: Drawn, window: Window, needed: int) -> Mask:
    """The pixels of a window that at least `needed` graders marked, painted where their number changes."""
    areas = [(k, g) for k, own in enumerate(drawn.values()) for g in own if not isinstance(g, Point)]
    runs = runs_of([area for _, area in areas], window.bottom, window.right)
    cut = stretches(runs, window.right, np.array([owner for owner, _ in areas], dtype=np.int64), len(drawn))
    enough = np.count_nonzero(cut.inside, axis=0) >= needed
    row, column = np.divmod(cut.start[enough], window.right)
    height, width = window.bottom - window.top, window.right - window.left
    begins = (row - window.top) * width + column - window.left
    steps = np.zeros(height * width + 1, dtype=np.int8)
    steps[begins] = 1
    steps[begins + cut.length[enough]] -= 1  # where the next stretch begins, the two cancel
    return np.cumsum(steps[:-1], dtype=np.int8).reshape(height, width).view(np.bool_)


def estimated(drawn: Drawn, size: tuple[int, int]) -> list[Polygon]:
    """The exact outlines of what STAPLE takes for the true mask: the pixels of a probability of at least one half.

    Of those who drew it only: a grader who marks nothing has sensitivity 0 and specificity 1, and weighs nothing. It
    takes three: of two who differ it cannot tell which is right, every share of the blame explains them as well.
    """
    window = window_of([g for geometries in drawn.values() for g in geometries], size, STAPLE_MARGIN)
    if window.empty:
        return []
    found = staple(np.stack([marked(geometries, window) for geometries in drawn.values()]))
    return outlines(found.probability >= 0.5, window)


def clusters_of(drawn: Drawn) -> list[dict[str, list[Geometry]]]:
    """The drawings apart by where they lie: boxes that touch share a cluster, so that windows stay small."""
    owners = [(name, geometry) for name, geometries in drawn.items() for geometry in geometries]
    if not owners:
        return []
    boxes = boxes_of([geometry for _, geometry in owners])
    label = _touching(np.floor(boxes[:, :2]) - 1, np.ceil(boxes[:, 2:]) + 1)
    clusters: dict[int, dict[str, list[Geometry]]] = {}
    for number, (name, geometry) in zip(label.tolist(), owners, strict=True):
        clusters.setdefault(number, {}).setdefault(name, []).append(geometry)
    return list(clusters.values())


def _touching(low: npt.NDArray[np.float64], high: npt.NDArray[np.float64]) -> npt.NDArray[np.intp]:
    """A number per box (N, 2 corners): that of its connected component of overlapping boxes."""
    label = np.arange(len(low))
    for index in range(1, len(low)):
        near = (low[:index] <= high[index]).all(axis=1) & (low[index] <= high[:index]).all(axis=1)
        joined = np.unique(label[:index][near])
        if joined.size:
            label[index] = joined[0]
            label[np.isin(label, joined[1:])] = joined[0]
    return label
