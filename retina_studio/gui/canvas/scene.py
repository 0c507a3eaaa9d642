"""The shapes of one grading as numpy tables, for hit-testing and drawing of tens of thousands. Qt-free.

A scene is a value: an edit makes a new one, so a worker may go on reading the old one.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from retina_studio.domain.labels import catalogue
from retina_studio.domain.shapes import Box, Ellipse, Polygon, Shape

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]
_NO_ELLIPSE = (np.nan,) * 5


@dataclass(frozen=True, eq=False)
class Scene:
    """One row a shape, in drawing order; a removed shape leaves an empty row until the next rebuild.

    boxes:    (N, 4) left, top, right, bottom; NaN in an empty row, so that it never meets anything
    ellipses: (N, 5) x, y, a, b, angle in degrees; NaN where the shape is no ellipse
    labels:   (N,) place of the label in the catalogue
    rings:    for a polygon its rings, each (K, 2); else None
    """

    shapes: tuple[Shape | None, ...]
    rows: Mapping[str, int]
    boxes: Floats
    ellipses: Floats
    labels: npt.NDArray[np.int16]
    rings: tuple[tuple[Floats, ...] | None, ...]

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

    def counts(self) -> dict[str, int]:
        """How many shapes each label has."""
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
        if 2 * (len(self.rows) - len(removed)) < len(self.shapes):
            return scene_of(shapes.values())
        table, rings, rows = list(self.shapes), list(self.rings), dict(self.rows)
        tail = _tables(added)
        boxes = np.concatenate([self.boxes, tail[0]])
        ellipses = np.concatenate([self.ellipses, tail[1]])
        labels = np.concatenate([self.labels, tail[2]])
        for key in removed:
            row = rows.pop(key)
            table[row], rings[row] = None, None
            boxes[row] = ellipses[row] = np.nan
        for shape in changed:
            row = rows[shape.id]
            table[row], rings[row] = shape, _rings_of(shape)
            boxes[row], ellipses[row] = shape.geometry.box, _ellipse_of(shape)
            labels[row] = _label_places()[shape.label]
        for shape in added:
            rows[shape.id] = len(table)
            table.append(shape)
            rings.append(_rings_of(shape))
        return Scene(tuple(table), rows, boxes, ellipses, labels, tuple(rings))


def scene_of(shapes: Iterable[Shape]) -> Scene:
    """The scene of some shapes, in their order."""
    table = tuple(shapes)
    boxes, ellipses, labels = _tables(table)
    rows = {shape.id: row for row, shape in enumerate(table)}
    return Scene(table, rows, boxes, ellipses, labels, tuple(_rings_of(shape) for shape in table))


def union(boxes: Iterable[Box]) -> Box | None:
    """The smallest box around some boxes; None around nothing."""
    table = np.array(list(boxes), dtype=np.float64).reshape(-1, 4)
    if not len(table):
        return None
    left, top = table[:, :2].min(axis=0)
    right, bottom = table[:, 2:].max(axis=0)
    return (float(left), float(top), float(right), float(bottom))


def _tables(shapes: Collection[Shape]) -> tuple[Floats, Floats, npt.NDArray[np.int16]]:
    places = _label_places()
    boxes = np.array([shape.geometry.box for shape in shapes], dtype=np.float64).reshape(-1, 4)
    ellipses = np.array([_ellipse_of(shape) for shape in shapes], dtype=np.float64).reshape(-1, 5)
    labels = np.array([places[shape.label] for shape in shapes], dtype=np.int16)
    return boxes, ellipses, labels


def _ellipse_of(shape: Shape) -> tuple[float, ...]:
    form = shape.geometry
    return (form.x, form.y, form.a, form.b, form.angle) if isinstance(form, Ellipse) else _NO_ELLIPSE


def _rings_of(shape: Shape) -> tuple[Floats, ...] | None:
    if not isinstance(shape.geometry, Polygon):
        return None
    return tuple(np.asarray(ring, dtype=np.float64) for ring in shape.geometry.rings)


def _label_places() -> dict[str, int]:
    return {code: place for place, code in enumerate(catalogue())}


EMPTY_SCENE = scene_of(())
