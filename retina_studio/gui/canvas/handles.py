"""The handles of a shape, and what dragging one of them makes of it. Qt-free."""

import math
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Literal

from retina_studio.domain.geometry import repaired
from retina_studio.domain.shapes import XY, Ellipse, Geometry, Point, Polygon

HandleKind = Literal["axis", "rotate", "vertex"]
Vertex = tuple[int, int]  # ring (0 is the outer one), place in it
ROTATE_REACH = 26.0  # widget pixels from the end of the axis to the rotate handle
_SMALLEST_AXIS = 0.5  # image pixels


@dataclass(frozen=True)
class Handle:
    """A grip on a shape at an image position.

    `index` is the axis end (0 = +a, 1 = +b, 2 = -a, 3 = -b) or the vertex; `ring` counts the outer ring as 0.
    """

    kind: HandleKind
    x: float
    y: float
    index: int = 0
    ring: int = 0


def handles_of(geometry: Geometry, scale: float) -> list[Handle]:
    """The handles of a geometry in a view of this scale (widget pixels per image pixel)."""
    if isinstance(geometry, Polygon):
        return [
            Handle("vertex", x, y, index, ring)
            for ring, points in enumerate(geometry.rings)
            for index, (x, y) in enumerate(points)
        ]
    if isinstance(geometry, Ellipse):
        ends = [Handle("axis", *_axis_end(geometry, index), index) for index in range(4)]
        return [*ends, Handle("rotate", *_rotate_grip(geometry, scale))]
    return []


def dragged(geometry: Geometry, handle: Handle, x: float, y: float, *, even: bool, centred: bool) -> Geometry:
    """The geometry with a handle taken to (x, y), image pixels.

    `even` keeps an ellipse's ratio, or turns it in steps of 15 degrees; `centred` keeps its centre instead of
    the opposite end. A ring that comes to cross itself keeps its largest part.

    Raises:
        RetinaError: nothing of the polygon would be left.
    """
    if isinstance(geometry, Polygon):
        return _with_vertex(geometry, handle, x, y)
    if isinstance(geometry, Ellipse):
        if handle.kind == "rotate":
            return _turned(geometry, x, y, even)
        return _resized(geometry, handle.index, x, y, even, centred)
    return Point(x, y)


def with_vertex_added(polygon: Polygon, ring: int, after: int, x: float, y: float) -> Polygon:
    """The polygon with a vertex put into the edge that starts at vertex `after`."""
    points = list(polygon.rings[ring])
    points.insert(after + 1, (x, y))
    return _with_ring(polygon, ring, tuple(points))


def with_vertex_removed(polygon: Polygon, ring: int, index: int) -> Polygon:
    """The polygon without one vertex. Raises as `with_vertices_removed`."""
    return with_vertices_removed(polygon, {(ring, index)})


def with_vertices_moved(polygon: Polygon, chosen: Collection[Vertex], dx: float, dy: float) -> Polygon:
    """The polygon with some of its vertices shifted."""
    rings = [
        tuple((x + dx, y + dy) if (ring, index) in chosen else (x, y) for index, (x, y) in enumerate(points))
        for ring, points in enumerate(polygon.rings)
    ]
    return Polygon(rings[0], tuple(rings[1:]))


def with_vertices_removed(polygon: Polygon, chosen: Collection[Vertex]) -> Polygon:
    """The polygon without some of its vertices; a hole of which fewer than three are left goes as a whole.

    Raises:
        RetinaError: the outer ring would have fewer than three vertices, or no area.
    """
    outer, *holes = [
        tuple(point for index, point in enumerate(points) if (ring, index) not in chosen)
        for ring, points in enumerate(polygon.rings)
    ]
    return repaired(Polygon(outer, tuple(hole for hole in holes if len(hole) >= 3)))


def edge_under(polygon: Polygon, x: float, y: float, tolerance: float) -> tuple[int, int] | None:
    """(ring, first vertex) of the edge within `tolerance` of a position; the nearest one."""
    best, found = tolerance, None
    for ring, points in enumerate(polygon.rings):
        for index, start in enumerate(points):
            distance = _distance_to_segment(x, y, start, points[(index + 1) % len(points)])
            if distance <= best:
                best, found = distance, (ring, index)
    return found


def _axis_end(ellipse: Ellipse, index: int) -> XY:
    length = ellipse.a if index % 2 == 0 else ellipse.b
    turn = math.radians(ellipse.angle + 90 * index)
    return (ellipse.x + length * math.cos(turn), ellipse.y + length * math.sin(turn))


def _rotate_grip(ellipse: Ellipse, scale: float) -> XY:
    """Beyond whichever end points up most, where a hand expects it."""
    index = min(range(4), key=lambda end: math.sin(math.radians(ellipse.angle + 90 * end)))
    turn = math.radians(ellipse.angle + 90 * index)
    x, y = _axis_end(ellipse, index)
    return (x + ROTATE_REACH / scale * math.cos(turn), y + ROTATE_REACH / scale * math.sin(turn))


def _turned(ellipse: Ellipse, x: float, y: float, even: bool) -> Ellipse:
    index = min(range(4), key=lambda end: math.sin(math.radians(ellipse.angle + 90 * end)))
    angle = math.degrees(math.atan2(y - ellipse.y, x - ellipse.x)) - 90 * index
    if even:
        angle = round(angle / 15) * 15
    # Between -90 and 90 off the old angle's end, so that the grip stays under the hand; one form per ellipse.
    return replace(ellipse, angle=angle % 180)


def _resized(ellipse: Ellipse, index: int, x: float, y: float, even: bool, centred: bool) -> Ellipse:
    turn = math.radians(ellipse.angle + 90 * index)
    cos, sin = math.cos(turn), math.sin(turn)
    old = ellipse.a if index % 2 == 0 else ellipse.b
    reach = (x - ellipse.x) * cos + (y - ellipse.y) * sin  # along the axis, from the centre
    length = max(reach if centred else (reach + old) / 2, _SMALLEST_AXIS)
    shift = 0.0 if centred else length - old
    ratio = length / old if even else 1.0
    a = length if index % 2 == 0 else max(ellipse.a * ratio, _SMALLEST_AXIS)
    b = length if index % 2 == 1 else max(ellipse.b * ratio, _SMALLEST_AXIS)
    return Ellipse(ellipse.x + shift * cos, ellipse.y + shift * sin, a, b, ellipse.angle)


def _with_vertex(polygon: Polygon, handle: Handle, x: float, y: float) -> Polygon:
    points = list(polygon.rings[handle.ring])
    points[handle.index] = (x, y)
    return _with_ring(polygon, handle.ring, tuple(points))


def _with_ring(polygon: Polygon, ring: int, points: tuple[XY, ...]) -> Polygon:
    rings = list(polygon.rings)
    rings[ring] = points
    return Polygon(rings[0], tuple(rings[1:]))


def _distance_to_segment(x: float, y: float, start: XY, end: XY) -> float:
    vx, vy = end[0] - start[0], end[1] - start[1]
    length = vx * vx + vy * vy
    share = 0.0 if length == 0 else min(max(((x - start[0]) * vx + (y - start[1]) * vy) / length, 0.0), 1.0)
    return math.hypot(x - start[0] - share * vx, y - start[1] - share * vy)
