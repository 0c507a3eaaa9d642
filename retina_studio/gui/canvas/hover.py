"""What lies under the pointer: a pure decision over boxes first, then exact geometry. Qt-free."""

import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

import numpy as np

from retina_studio.domain.geometry import contains
from retina_studio.domain.labels import catalogue
from retina_studio.domain.shapes import Ellipse, Geometry, Point, Polygon

from .handles import Handle, edge_under, handles_of
from .scene import Rows, Scene

HANDLE_REACH = 8.0  # widget pixels
OUTLINE_REACH = 5.0


@dataclass(frozen=True)
class Hit:
    """A shape under the pointer, and by what it would be taken.

    `part` is "handle" (then `handle` says which), "edge" of a selected polygon (then `ring` and `index` name
    the edge by its first vertex), or "body".
    """

    shape_id: str
    part: Literal["handle", "edge", "body"]
    handle: Handle | None = None
    ring: int = 0
    index: int = 0


def find_hover_target(
    scene: Scene,
    x: float,
    y: float,
    scale: float,
    selected: Collection[str] = (),
    hidden_labels: Collection[str] = (),
    out_of_reach: Collection[str] = (),
) -> Hit | None:
    """What a press at image position (x, y) would take, in a view of this scale; None over nothing.

    A lone selected shape offers its handles first, then its edges; after that the smallest shape wins, so that
    a microaneurysm inside the disc can be reached. Shapes whose ids are out of reach are never taken.
    """
    lone = [scene.shape(key) for key in selected if key in scene] if len(selected) == 1 else []
    lone = [shape for shape in lone if shape.id not in out_of_reach]
    if lone and lone[0].label not in hidden_labels:
        hit = _grip(lone[0].id, lone[0].geometry, x, y, scale)
        if hit is not None:
            return hit
    return _smallest_body(scene, x, y, scale, hidden_labels, out_of_reach)


def _grip(shape_id: str, geometry: Geometry, x: float, y: float, scale: float) -> Hit | None:
    reach = HANDLE_REACH / scale
    near = [(math.hypot(h.x - x, h.y - y), order, h) for order, h in enumerate(handles_of(geometry, scale))]
    distance, _, handle = min(near, default=(math.inf, 0, None))
    if distance <= reach:
        return Hit(shape_id, "handle", handle)
    if isinstance(geometry, Polygon):
        edge = edge_under(geometry, x, y, OUTLINE_REACH / scale)
        if edge is not None:
            return Hit(shape_id, "edge", None, *edge)
    return None


def _smallest_body(
    scene: Scene, x: float, y: float, scale: float, hidden: Collection[str], out: Collection[str]
) -> Hit | None:
    reach = OUTLINE_REACH / scale
    point_reach = HANDLE_REACH / scale
    rows = scene.touching((x - point_reach, y - point_reach, x + point_reach, y + point_reach))
    for row in _smallest_first(scene, rows, hidden):
        shape = next(scene.at((row,)))
        if shape.id not in out and is_over(shape.geometry, x, y, reach, point_reach):
            return Hit(shape.id, "body")
    return None


def _smallest_first(scene: Scene, rows: Rows, hidden: Collection[str]) -> Rows:
    if hidden:
        places = [place for place, code in enumerate(catalogue()) if code in hidden]
        rows = rows[~np.isin(scene.labels[rows], places)]
    boxes = scene.boxes[rows]
    sizes = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    # Among equals the one drawn last lies on top.
    return rows[np.lexsort((-rows, sizes))]


def is_over(geometry: Geometry, x: float, y: float, reach: float, point_reach: float) -> bool:
    """Whether a position is inside a geometry or within `reach` of its outline (a point: `point_reach`)."""
    if isinstance(geometry, Point):
        return math.hypot(geometry.x - x, geometry.y - y) <= point_reach
    if isinstance(geometry, Ellipse):
        wider = Ellipse(geometry.x, geometry.y, geometry.a + reach, geometry.b + reach, geometry.angle)
        return contains(wider, x, y)
    return contains(geometry, x, y) or edge_under(geometry, x, y, reach) is not None


def inside_band(
    scene: Scene, left: float, top: float, right: float, bottom: float, hidden: Collection[str]
) -> frozenset[str]:
    """The ids of the shapes that lie wholly inside a rubber band."""
    rows = scene.touching((left, top, right, bottom))
    boxes = scene.boxes[rows]
    within = (boxes[:, 0] >= left) & (boxes[:, 1] >= top) & (boxes[:, 2] <= right) & (boxes[:, 3] <= bottom)
    return frozenset(shape.id for shape in scene.at(rows[within]) if shape.label not in hidden)
