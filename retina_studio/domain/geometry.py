"""From shapes to pixels and back, exactly, under one rule: a pixel is inside when its centre is.

A centre that lies on the outline itself counts as inside on the left and top side only, so that shapes which
share an edge never claim the same pixel.
"""

import math
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import shapely
from shapely import geometry as sg
from shapely.validation import make_valid

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.shapes import XY, Ellipse, Geometry, Point, Polygon

Mask = npt.NDArray[np.bool_]
_Offsets = npt.NDArray[np.floating[Any]]
_LARGE = 4096  # pixels: from here on an ellipse is painted row by row...
_SLENDER = 1000  # ...unless one axis is more than so many times the other, where that loses its precision


def rasterise(geometry: Geometry, height: int, width: int) -> Mask:
    """The mask (height, width) of a geometry; a point sets the pixel that holds it, nothing outside the frame."""
    mask = np.zeros((height, width), dtype=np.bool_)
    paint(mask, geometry)
    return mask


def paint(mask: Mask, geometry: Geometry, row: int = 0, column: int = 0) -> None:
    """Set the pixels of a geometry in a mask (H, W), in place; work is limited to its bounding box.

    `row` and `column` say which pixel of the image the mask's first one is, where it is a window of it.
    """
    height, width = mask.shape
    if isinstance(geometry, Point):
        r, c = math.floor(geometry.y) - row, math.floor(geometry.x) - column
        if 0 <= r < height and 0 <= c < width:
            mask[r, c] = True
        return
    left, top, right, bottom = geometry.box
    c0, c1 = max(math.floor(left), column), min(math.ceil(right) + 1, column + width)
    r0, r1 = max(math.floor(top), row), min(math.ceil(bottom) + 1, row + height)
    if c0 >= c1 or r0 >= r1:
        return
    window = mask[r0 - row : r1 - row, c0 - column : c1 - column]
    if isinstance(geometry, Ellipse):
        window |= _ellipse_pixels(geometry, r0, r1, c0, c1)
    else:
        window |= _polygon_pixels(geometry, r0, r1, c0, c1)


def _ellipse_pixels(ellipse: Ellipse, r0: int, r1: int, c0: int, c1: int) -> Mask:
    dx = np.arange(c0, c1) + 0.5 - ellipse.x
    dy = (np.arange(r0, r1) + 0.5 - ellipse.y)[:, None]
    if dx.size * dy.size < _LARGE or is_slender(ellipse):
        return _inside_ellipse(ellipse, dx, dy)
    # Most pixels of a large ellipse are told by where each row enters and leaves it; the test itself, whose rounding
    # decides on the outline, is left to the pixels beside those two places.
    cos, sin = math.cos(math.radians(ellipse.angle)), math.sin(math.radians(ellipse.angle))
    p, q = 1 / ellipse.a**2, 1 / ellipse.b**2
    square, linear = cos * cos * p + sin * sin * q, cos * sin * (p - q) * dy
    root = np.sqrt(np.maximum(linear**2 - square * ((sin * sin * p + cos * cos * q) * dy**2 - 1), 0))
    enters = np.floor((-linear - root) / square - dx[0]).astype(np.int64)
    leaves = np.floor((-linear + root) / square - dx[0]).astype(np.int64)
    column = np.arange(dx.size)
    inside: Mask = (column > enters) & (column <= leaves)
    beside = np.clip(
        np.hstack([enters, leaves]).repeat(4, axis=1) + np.tile([-1, 0, 1, 2], 2), 0, dx.size - 1
    )
    np.put_along_axis(inside, beside, _inside_ellipse(ellipse, dx[beside], dy), axis=1)
    return inside


def is_slender(ellipse: Ellipse) -> bool:
    """Whether one axis is so much longer than the other that where a row enters it cannot be calculated."""
    return max(ellipse.a, ellipse.b) > _SLENDER * min(ellipse.a, ellipse.b)


def _inside_ellipse(ellipse: Ellipse, dx: _Offsets, dy: _Offsets) -> Mask:
    """Whether pixel centres at these offsets from the ellipse's centre lie in it."""
    cos, sin = math.cos(math.radians(ellipse.angle)), math.sin(math.radians(ellipse.angle))
    u = (dx * cos + dy * sin) / ellipse.a
    v = (dy * cos - dx * sin) / ellipse.b
    inside: Mask = u * u + v * v <= 1.0
    return inside


def _polygon_pixels(polygon: Polygon, r0: int, r1: int, c0: int, c1: int) -> Mask:
    """Even-odd scan conversion: each edge toggles its row from the first pixel centre right of the crossing."""
    toggles = np.zeros((r1 - r0, c1 - c0 + 1), dtype=np.bool_)
    for ring in polygon.rings:
        start = np.asarray(ring, dtype=np.float64)
        end = np.roll(start, -1, axis=0)
        upper = np.where((start[:, 1] <= end[:, 1])[:, None], start, end)
        lower = np.where((start[:, 1] <= end[:, 1])[:, None], end, start)
        # Rows whose centre y satisfies upper.y <= y < lower.y: half-open, so a shared vertex counts once.
        first = np.clip(np.ceil(upper[:, 1] - 0.5).astype(np.int64), r0, r1)
        last = np.clip(np.ceil(lower[:, 1] - 0.5).astype(np.int64), r0, r1)
        count = last - first
        edge = np.repeat(np.arange(len(start)), count)
        row = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count) + first[edge]
        slope = (lower[edge, 0] - upper[edge, 0]) / (lower[edge, 1] - upper[edge, 1])
        crossing = upper[edge, 0] + (row + 0.5 - upper[edge, 1]) * slope
        column = np.clip(np.ceil(crossing - 0.5).astype(np.int64), c0, c1)
        np.logical_xor.at(toggles, (row - r0, column - c0), True)
    return np.logical_xor.accumulate(toggles, axis=1)[:, :-1]


def vectorise(mask: npt.NDArray[np.generic], row: int = 0, column: int = 0) -> list[Polygon]:
    """The polygons (with holes) whose rasterisation is exactly this mask (H, W).

    `row` and `column` say which pixel of the image the mask's first one is, where it is a window of it.

    The outline runs through the midpoints between neighbouring pixel centres (marching squares at one half), so
    no ring touches another and every polygon is valid. Diagonal neighbours belong to separate polygons.
    """
    inside = np.pad(np.asarray(mask) != 0, 1)
    if not inside.any():
        return []
    origin = np.array([column - 1.0, row - 1.0])  # takes the padding back out
    rings = [ring + origin for ring in _midpoint_rings(inside)]
    outers = [ring for ring in rings if _signed_area(ring) > 0]
    holes = [ring for ring in rings if _signed_area(ring) <= 0]
    return _nest(outers, holes)


def _midpoint_rings(inside: Mask) -> list[npt.NDArray[np.float64]]:
    """Closed rings through the midpoints of the unit edges between inside and outside, inside on the right.

    An edge is numbered 4 * pixel + side for an inside pixel; side 0 top, 1 right, 2 bottom, 3 left.
    """
    width = inside.shape[1]
    flat = inside.ravel()
    step = np.array([-width, 1, width, -1])
    beside = [np.roll(inside, shift, axis) for shift, axis in ((1, 0), (-1, 1), (-1, 0), (1, 1))]
    edges = np.concatenate([4 * np.flatnonzero(inside & ~beside[side]) + side for side in range(4)])
    pixel, side = edges // 4, edges % 4
    ahead, outwards = step[(side + 1) % 4], step[side]
    straight, corner = flat[pixel + ahead], flat[pixel + ahead + outwards]
    following = np.where(
        ~straight,
        4 * pixel + (side + 1) % 4,  # turn round this pixel's corner (diagonals stay apart)
        np.where(corner, 4 * (pixel + ahead + outwards) + (side + 3) % 4, 4 * (pixel + ahead) + side),
    )
    successor = dict(zip(edges.tolist(), following.tolist(), strict=True))
    rings = []
    while successor:
        first, edge = successor.popitem()
        chain = [first]
        while edge != first:
            chain.append(edge)
            edge = successor.pop(edge)
        numbers = np.asarray(chain)
        row, column = np.divmod(numbers // 4, width)
        offset = np.array([(0.5, 0.0), (1.0, 0.5), (0.5, 1.0), (0.0, 0.5)])[numbers % 4]
        rings.append(_without_collinear(np.column_stack([column, row]) + offset))
    return rings


def _without_collinear(ring: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    before, after = ring - np.roll(ring, 1, axis=0), np.roll(ring, -1, axis=0) - ring
    turns = before[:, 0] * after[:, 1] != before[:, 1] * after[:, 0]
    corners: npt.NDArray[np.float64] = ring[turns]
    return corners


def _signed_area(ring: npt.NDArray[np.float64]) -> float:
    following = np.roll(ring, -1, axis=0)
    return float((ring[:, 0] * following[:, 1] - following[:, 0] * ring[:, 1]).sum() / 2)


def _nest(outers: list[npt.NDArray[np.float64]], holes: list[npt.NDArray[np.float64]]) -> list[Polygon]:
    """Give each hole to the smallest outer ring around it."""
    outers = sorted(outers, key=_signed_area)
    owned: list[list[tuple[XY, ...]]] = [[] for _ in outers]
    boxes = np.array([[*ring.min(axis=0), *ring.max(axis=0)] for ring in outers])
    for hole in holes:
        x, y = hole[0]
        around = (boxes[:, 0] <= x) & (boxes[:, 1] <= y) & (boxes[:, 2] >= x) & (boxes[:, 3] >= y)
        for index in np.flatnonzero(around):
            if cv2.pointPolygonTest(outers[index].astype(np.float32), (float(x), float(y)), False) >= 0:
                owned[index].append(_as_points(hole))
                break
    return [Polygon(_as_points(ring), tuple(inner)) for ring, inner in zip(outers, owned, strict=True)]


def _as_points(ring: npt.NDArray[np.float64]) -> tuple[XY, ...]:
    return tuple(map(tuple, ring.tolist()))


def to_shapely(geometry: Geometry) -> sg.base.BaseGeometry:
    """The geometry as shapely sees it; an ellipse as its 64-vertex outline."""
    if isinstance(geometry, Point):
        return sg.Point(geometry.x, geometry.y)
    # An array is taken as it is; of a sequence shapely would look at every coordinate.
    if isinstance(geometry, Ellipse):
        return sg.Polygon(np.array(geometry.outline()))
    return sg.Polygon(np.array(geometry.points), [np.array(hole) for hole in geometry.holes])


def from_shapely(form: sg.base.BaseGeometry) -> list[Polygon]:
    """The polygons of a shapely geometry; lines and points in it are dropped."""
    if isinstance(form, sg.Polygon):
        if form.is_empty:
            return []
        rings = [_as_points(shapely.get_coordinates(ring)[:-1]) for ring in (form.exterior, *form.interiors)]
        return [Polygon(rings[0], tuple(rings[1:]))]
    return [polygon for part in getattr(form, "geoms", ()) for polygon in from_shapely(part)]


def repaired(polygon: Polygon) -> Polygon:
    """A valid polygon: the largest part of what shapely makes of a ring that crosses itself.

    Raises:
        RetinaError: nothing with an area is left.
    """
    form = to_shapely(polygon)
    if form.is_valid and form.area > 0:
        return polygon
    parts = from_shapely(make_valid(form))
    if not parts:
        raise RetinaError("This outline encloses no area; draw it again.")
    return max(parts, key=area)


def simplified(polygon: Polygon, tolerance: float) -> Polygon:
    """Fewer vertices, none further than `tolerance` pixels from the outline (Douglas-Peucker)."""
    parts = from_shapely(to_shapely(polygon).simplify(tolerance, preserve_topology=True))
    return parts[0] if parts else polygon


def area(geometry: Geometry) -> float:
    """Area in square pixels."""
    if isinstance(geometry, Ellipse):
        return math.pi * geometry.a * geometry.b
    return float(to_shapely(geometry).area)


def contains(geometry: Geometry, x: float, y: float) -> bool:
    """Whether a position is inside an ellipse or polygon (never inside a point)."""
    if isinstance(geometry, Point):
        return False
    if isinstance(geometry, Ellipse):
        cos, sin = math.cos(math.radians(geometry.angle)), math.sin(math.radians(geometry.angle))
        dx, dy = x - geometry.x, y - geometry.y
        return ((dx * cos + dy * sin) / geometry.a) ** 2 + ((dy * cos - dx * sin) / geometry.b) ** 2 <= 1
    return bool(to_shapely(geometry).contains(sg.Point(x, y)))


def fit_ellipse(mask: npt.NDArray[np.generic]) -> Ellipse:
    """The ellipse with the area, centre and second moments of a non-empty mask (H, W).

    For a solid ellipse of semi-axis a the variance along it is a^2 / 4. An axis is at least half a pixel long.
    """
    rows, columns = np.nonzero(mask)
    if rows.size == 0:
        raise RetinaError("An empty mask has no ellipse.")
    x, y = columns + 0.5, rows + 0.5
    covariance = np.cov(np.vstack([x, y]), bias=True)
    variances, axes = np.linalg.eigh(covariance)
    b, a = np.maximum(2 * np.sqrt(np.maximum(variances, 0.0)), 0.5)
    scale = math.sqrt(rows.size / (math.pi * a * b))
    angle = math.degrees(math.atan2(axes[1, 1], axes[0, 1])) % 180
    return Ellipse(float(x.mean()), float(y.mean()), float(a * scale), float(b * scale), angle)


def iou(first: Mask, second: Mask) -> float:
    """Intersection over union of two masks; 1 when both are empty."""
    union = int(np.logical_or(first, second).sum())
    return int(np.logical_and(first, second).sum()) / union if union else 1.0
