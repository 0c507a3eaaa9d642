"""The shapes of one grading as numpy tables, for hit-testing and drawing of tens of thousands. Qt-free.

A scene is a value: an edit makes a new one, so a worker may go on reading the old one.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import accumulate, chain, pairwise

import numpy as np
import numpy.typing as npt

from retina_studio.domain.labels import catalogue
from retina_studio.domain.shapes import XY, Box, Ellipse, Polygon, Shape

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]
_Rings = tuple[Floats, ...] | None
_Tables = tuple[Floats, Floats, npt.NDArray[np.int16], list[_Rings]]
_NO_ELLIPSE = (np.nan,) * 5
_PART = 1000  # shapes that are tabled in one go, in some milliseconds


class _Memory:
    """The tables of scenes that follow one another: each shows the first rows, and the newest may add some.

    A row that a scene shows is never written again.
    """

    def __init__(self, tables: _Tables, shapes: Iterable[Shape | None], more: int = 0) -> None:
        """Take these rows, with room for `more` and some."""
        boxes, ellipses, labels, rings = tables
        self.used = len(labels)
        self.room = self.used + more + self.used // 16 + 64
        self.boxes = np.empty((self.room, 4), order="F")  # column by column, as `touching` goes through it
        self.ellipses = np.empty((self.room, 5))
        self.labels = np.empty(self.room, dtype=np.int16)
        self.boxes[: self.used], self.ellipses[: self.used], self.labels[: self.used] = (
            boxes,
            ellipses,
            labels,
        )
        self.shapes, self.rings = list(shapes), list(rings)

    def add(self, shapes: Sequence[Shape]) -> None:
        """Fill the rows after the last one that is used."""
        here = slice(self.used, self.used + len(shapes))
        self.boxes[here], self.ellipses[here], self.labels[here], rings = _tables(shapes)
        self.shapes += shapes
        self.rings += rings
        self.used += len(shapes)

    def remove(self, row: int) -> None:
        """Empty a row that no scene shows yet."""
        self.shapes[row], self.rings[row] = None, None
        self.boxes[row] = self.ellipses[row] = np.nan

    def change(self, row: int, shape: Shape) -> None:
        """Write another shape to a row that no scene shows yet."""
        boxes, ellipses, labels, rings = _tables((shape,))
        self.shapes[row], self.rings[row] = shape, rings[0]
        self.boxes[row], self.ellipses[row], self.labels[row] = boxes[0], ellipses[0], labels[0]


@dataclass(frozen=True, eq=False)
class Scene:
    """One row a shape, in drawing order; a removed shape leaves an empty row until the next rebuild.

    `rows`: shape id -> row. `height`: how many rows there are, the empty ones too.
    """

    rows: dict[str, int]
    height: int
    memory: _Memory

    @property
    def boxes(self) -> Floats:
        """(N, 4) left, top, right, bottom; NaN in an empty row, so that it never meets anything."""
        return self.memory.boxes[: self.height]

    @property
    def ellipses(self) -> Floats:
        """(N, 5) x, y, a, b, angle in degrees; NaN where the shape is no ellipse."""
        return self.memory.ellipses[: self.height]

    @property
    def labels(self) -> npt.NDArray[np.int16]:
        """(N,) place of the label in the catalogue."""
        return self.memory.labels[: self.height]

    @property
    def shapes(self) -> Sequence[Shape | None]:
        """The shape of each row; None in an empty one. May go on beyond the last row."""
        return self.memory.shapes

    @property
    def rings(self) -> Sequence[_Rings]:
        """For a polygon its rings, each (K, 2); else None. May go on beyond the last row."""
        return self.memory.rings

    def __len__(self) -> int:
        return len(self.rows)

    def __contains__(self, shape_id: object) -> bool:
        return shape_id in self.rows

    def shape(self, shape_id: str) -> Shape:
        """The shape with this id."""
        shape = self.shapes[self.rows[shape_id]]
        assert shape is not None  # noqa: S101  (the table of rows holds living shapes only)
        return shape

    def at(self, rows: Iterable[int]) -> Iterator[Shape]:
        """The shapes in these rows."""
        return (shape for row in rows if (shape := self.shapes[row]) is not None)

    def counts(self) -> Mapping[str, int]:
        """How many shapes each label has."""
        return self._counts

    @cached_property
    def _counts(self) -> Mapping[str, int]:
        alive = self.labels[~np.isnan(self.boxes[:, 0])]
        codes = list(catalogue())
        return {codes[place]: int(count) for place, count in enumerate(np.bincount(alive)) if count}

    def touching(self, box: Box) -> Rows:
        """The rows whose bounding box meets a box."""
        left, top, right, bottom = box
        b = self.boxes
        return np.flatnonzero((b[:, 0] <= right) & (b[:, 2] >= left) & (b[:, 1] <= bottom) & (b[:, 3] >= top))

    def updated(self, ids: Collection[str], shapes: Mapping[str, Shape]) -> "Scene":
        """The scene after an edit of these ids; `shapes` are all shapes of the grading after it."""
        changed = [shapes[key] for key in ids if key in self.rows and key in shapes]
        removed = [key for key in ids if key in self.rows and key not in shapes]
        new = {key for key in ids if key not in self.rows and key in shapes}
        # One is the rule; only several need the walk over all shapes that keeps their drawing order.
        added = [shapes[key] for key in (new if len(new) < 2 else shapes) if key in new]
        if 2 * (len(self.rows) - len(removed)) < self.height:
            return scene_of(shapes.values())
        rows = self.rows.copy() if added or removed else self.rows  # much faster than dict() after a removal
        gone = [rows.pop(key) for key in removed]
        if not changed and not added and sorted(gone) == [*range(self.height - len(gone), self.height)]:
            return Scene(rows, self.height - len(gone), self.memory)
        memory = self._memory_for(len(added), copied=bool(changed or gone))
        for row in gone:
            memory.remove(row)
        for shape in changed:
            memory.change(rows[shape.id], shape)
        memory.add(added)
        rows.update((shape.id, row) for row, shape in enumerate(added, self.height))
        return Scene(rows, memory.used, memory)

    def _memory_for(self, more: int, *, copied: bool) -> _Memory:
        """Where a scene that follows this one has its tables: in the same memory while it may."""
        memory = self.memory
        if not copied and memory.used == self.height and memory.used + more <= memory.room:
            return memory
        tables = (self.boxes, self.ellipses, self.labels, memory.rings[: self.height])
        return _Memory(tables, memory.shapes[: self.height], more)


def scene_of(shapes: Iterable[Shape]) -> Scene:
    """The scene of some shapes, in their order."""
    table = list(shapes)
    rows = {shape.id: row for row, shape in enumerate(table)}
    return Scene(rows, len(table), _Memory(_tables(table), table))


def union(boxes: Iterable[Box]) -> Box | None:
    """The smallest box around some boxes; None around nothing."""
    table = np.array(list(boxes), dtype=np.float64).reshape(-1, 4)
    if not len(table):
        return None
    left, top = table[:, :2].min(axis=0)
    right, bottom = table[:, 2:].max(axis=0)
    return (float(left), float(top), float(right), float(bottom))


def _tables(shapes: Sequence[Shape]) -> _Tables:
    """Boxes, ellipses, labels and rings of some shapes."""
    # In parts, because numpy holds the interpreter meanwhile: a window's thread gets its turn between them.
    parts = [_part(shapes[start : start + _PART]) for start in range(0, max(len(shapes), 1), _PART)]
    boxes, ellipses, labels, rings = zip(*parts, strict=True)
    return (
        np.concatenate(boxes),
        np.concatenate(ellipses),
        np.concatenate(labels),
        list(chain.from_iterable(rings)),
    )


def _part(shapes: Sequence[Shape]) -> _Tables:
    places = _label_places()
    ellipses = np.array([_ellipse_of(shape) for shape in shapes], dtype=np.float64).reshape(-1, 5)
    labels = np.array([places[shape.label] for shape in shapes], dtype=np.int16)
    boxes = np.empty((len(shapes), 4))
    rings: list[_Rings] = [None] * len(shapes)
    polygons = []
    for row, shape in enumerate(shapes):
        if isinstance(shape.geometry, Polygon):
            polygons.append((row, shape.geometry.rings))
        else:
            boxes[row] = shape.geometry.box
    _tabulate(polygons, boxes, rings)
    return boxes, ellipses, labels, rings


def _tabulate(
    polygons: Sequence[tuple[int, tuple[tuple[XY, ...], ...]]], boxes: Floats, rings: list[_Rings]
) -> None:
    """Fill in the boxes and rings of the polygons, (row, rings) each, from one array of all their vertices."""
    if not polygons:
        return
    every = [ring for _, own in polygons for ring in own]
    ends = list(accumulate(map(len, every), initial=0))
    flat = chain.from_iterable(chain.from_iterable(every))
    vertices = np.fromiter(flat, dtype=np.float64, count=2 * ends[-1]).reshape(-1, 2)
    views = [vertices[start:end] for start, end in pairwise(ends)]
    outer = list(accumulate((len(own) for _, own in polygons[:-1]), initial=0))
    rows = [row for row, _ in polygons]
    boxes[rows, :2] = np.minimum.reduceat(vertices, ends[:-1])[outer]
    boxes[rows, 2:] = np.maximum.reduceat(vertices, ends[:-1])[outer]
    for (row, own), start in zip(polygons, outer, strict=True):
        rings[row] = tuple(views[start : start + len(own)])


def _ellipse_of(shape: Shape) -> tuple[float, ...]:
    form = shape.geometry
    return (form.x, form.y, form.a, form.b, form.angle) if isinstance(form, Ellipse) else _NO_ELLIPSE


@cache
def _label_places() -> dict[str, int]:
    return {code: place for place, code in enumerate(catalogue())}


EMPTY_SCENE = scene_of(())
