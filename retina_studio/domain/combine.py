"""New shapes from old: union, difference, split, brush, holes, conversion, mirroring and clipping.

Every result is a valid polygon in image pixels, the largest part first. Where an operation leaves nothing, or
cannot be done, a RetinaError says why; shapes that were given are never changed.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import shapely
from shapely import geometry as sg
from shapely.geometry.base import BaseGeometry
from shapely.validation import make_valid

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.geometry import area, from_shapely, repaired, to_shapely
from retina_studio.domain.shapes import XY, Ellipse, Geometry, Point, Polygon

SLIVER = 1.0  # square pixels: a smaller part is a rounding error of two edges that nearly coincide...
_SLIVER_SHARE = 0.01  # ...unless the shapes are themselves that small (a microaneurysm of a small picture)
_LEAST_VERTICES = 16
_BRUSH_DETAIL = 0.1  # pixels: how far a brush stroke's outline may be simplified
_POINT = "A point has no area: choose an ellipse or a polygon."


def united(geometries: Sequence[Geometry]) -> list[Polygon]:
    """The union; shapes that do not touch stay apart, so that several polygons come back.

    Raises:
        RetinaError: nothing was given, a point is among them, or an outline encloses no area.
    """
    if not geometries:
        raise RetinaError("Select the shapes to unite first.")
    forms = [_form(geometry) for geometry in geometries]
    return _parts(shapely.union_all(forms), min(form.area for form in forms))


def subtracted(geometry: Geometry, others: Sequence[Geometry]) -> list[Polygon]:
    """What is left of a shape when others are taken away.

    Raises:
        RetinaError: nothing is left, or a point is among them.
    """
    form = _form(geometry)
    taken = shapely.union_all([_form(other) for other in others])
    parts = _parts(form.difference(taken), form.area)
    if not parts:
        raise RetinaError("Nothing of this shape would be left: the shapes taken away cover it.")
    return parts


def carved(geometries: Sequence[Geometry], taken: Polygon) -> list[list[Polygon]]:
    """What is left of each shape when one area is taken from all of them; [] of a shape that it covers.

    Raises:
        RetinaError: a point is among them, or an outline encloses no area.
    """
    forms = [_form(geometry) for geometry in geometries]
    rests = shapely.difference(forms, _form(taken))
    return [_parts(rest, form.area) for rest, form in zip(rests, forms, strict=True)]


def intersected(first: Geometry, second: Geometry) -> list[Polygon]:
    """What two shapes have in common.

    Raises:
        RetinaError: they do not overlap, or one is a point.
    """
    forms = _form(first), _form(second)
    parts = _parts(forms[0].intersection(forms[1]), min(form.area for form in forms))
    if not parts:
        raise RetinaError("These shapes do not overlap: they have nothing in common.")
    return parts


def split(geometry: Geometry, line: Sequence[XY]) -> list[Polygon]:
    """The parts (two or more) into which a polyline cuts a shape.

    Raises:
        RetinaError: the line does not cross the shape from edge to edge.
    """
    if len(set(line)) < 2:
        raise RetinaError("A cut needs a line of at least two points.")
    form = _form(geometry)
    linework = shapely.union_all([form.boundary, sg.LineString(line)])
    cells = shapely.get_parts(shapely.polygonize(shapely.get_parts(linework)))
    inside = [cell for cell in cells if form.contains(cell.representative_point())]
    parts = _parts(sg.GeometryCollection(inside), form.area)
    if len(parts) <= len(_parts(form, form.area)):
        raise RetinaError("This line does not divide the shape: draw it across, from outside to outside.")
    return parts


def with_hole(polygon: Polygon, ring: Sequence[XY]) -> list[Polygon]:
    """A polygon with a ring cut out of it; a ring that crosses the outline bites into it.

    Raises:
        RetinaError: the ring lies outside the polygon, covers it, or encloses no area.
    """
    hole = Polygon(tuple(ring))
    if not _form(polygon).intersection(_form(hole)).area > 0:
        raise RetinaError("This hole lies outside the shape: draw it inside.")
    return subtracted(polygon, [hole])


def brushed(path: Sequence[XY], radius: float) -> Polygon:
    """The area that a round brush of this radius (pixels) sweeps along a path of one or more positions.

    Raises:
        RetinaError: no path, or a radius that is not above zero.
    """
    if not path or not radius > 0:
        raise RetinaError("A brush stroke needs a path and a radius above zero.")
    line = sg.LineString(path) if len(set(path)) > 1 else sg.Point(path[0])
    quarter = math.ceil(_vertices(radius, min(_BRUSH_DETAIL, radius / 20)) / 4)
    swept = line.buffer(radius, quad_segs=quarter)
    parts = _parts(swept.simplify(min(_BRUSH_DETAIL, radius / 20)), math.pi * radius * radius)
    if not parts:
        raise RetinaError("This brush is too small to leave a mark.")
    return parts[0]


def as_polygon(geometry: Geometry, tolerance: float = 0.25) -> Polygon:
    """An ellipse as the polygon of the same area, no further than `tolerance` pixels from it; a polygon repaired.

    The vertices are the affine image of a regular polygon, whose second moments are isotropic: `as_ellipse`
    gives the ellipse back.

    Raises:
        RetinaError: a point, or an outline without area.
    """
    if isinstance(geometry, Polygon):
        return repaired(geometry)
    if isinstance(geometry, Point):
        raise RetinaError(_POINT)
    count = _vertices(max(geometry.a, geometry.b), tolerance)
    turn = 2 * math.pi / count
    growth = math.sqrt(
        turn / math.sin(turn)
    )  # an inscribed polygon of n vertices has sin(turn)/turn of the area
    return Polygon(tuple(replace(geometry, a=geometry.a * growth, b=geometry.b * growth).outline(count)))


def as_ellipse(geometry: Geometry) -> Ellipse:
    """The ellipse with a polygon's area and centre, and the axes of its second moments; holes count as empty.

    Moments of a polygon by Green's theorem (Steger, "On the calculation of arbitrary moments of polygons", 1996).

    Raises:
        RetinaError: a point, or an outline without area.
    """
    if isinstance(geometry, Ellipse):
        return geometry
    form = _form(geometry)
    middle = np.array(form.centroid.coords[0])
    rings = [
        np.asarray(shapely.get_coordinates(ring)) - middle
        for part in from_shapely(form)
        for ring in _oriented(part)
    ]
    # About the centroid the first moments vanish, and small numbers keep their digits.
    size, xx, xy, yy = np.sum([_moments(ring) for ring in rings], axis=0)
    variances, axes = np.linalg.eigh(np.array([[xx, xy], [xy, yy]]) / size)
    b, a = np.sqrt(np.maximum(variances, 1e-6))
    scale = math.sqrt(size / (math.pi * a * b))
    angle = math.degrees(math.atan2(axes[1, 1], axes[0, 1])) % 180
    return Ellipse(float(middle[0]), float(middle[1]), float(a * scale), float(b * scale), angle)


def mirrored(geometry: Geometry, width: float) -> Geometry:
    """The shape as the other eye would show it: mirrored about the vertical middle of a frame `width` wide."""
    if isinstance(geometry, Point):
        return Point(width - geometry.x, geometry.y)
    if isinstance(geometry, Ellipse):
        return replace(geometry, x=width - geometry.x, angle=0.0 - geometry.angle)
    rings = [tuple((width - x, y) for x, y in ring) for ring in geometry.rings]
    return Polygon(rings[0], tuple(rings[1:]))


def clipped(geometry: Geometry, width: float, height: float) -> list[Geometry]:
    """The parts inside the frame: the geometry itself where it is wholly inside, nothing where it is outside."""
    left, top, right, bottom = geometry.box
    if left >= 0 and top >= 0 and right <= width and bottom <= height:
        return [geometry]
    if isinstance(geometry, Point):
        return []
    form = _form(geometry)
    # Exact at the frame's edges, where an overlay may leave a coordinate of -1e-14.
    inside = form.intersection(sg.box(0, 0, width, height))
    return [_held(part, width, height) for part in _parts(inside, form.area)]


def _held(polygon: Polygon, width: float, height: float) -> Polygon:
    rings = [tuple((min(max(x, 0.0), width), min(max(y, 0.0), height)) for x, y in r) for r in polygon.rings]
    return repaired(Polygon(rings[0], tuple(rings[1:])))


def _form(geometry: Geometry) -> BaseGeometry:
    """The shapely form with an area, valid; a ring that crosses itself is read by the even-odd rule."""
    if isinstance(geometry, Point):
        raise RetinaError(_POINT)
    polygon = as_polygon(geometry) if isinstance(geometry, Ellipse) else geometry
    form = to_shapely(polygon)
    if not form.is_valid:
        form = _even_odd(polygon.rings)
    if not form.area > 0:
        raise RetinaError("This outline encloses no area; draw it again.")
    return form


def _even_odd(rings: Sequence[Sequence[XY]]) -> BaseGeometry:
    """The area of rings that may cross and overlap themselves; shapely's own repair keeps doubly covered parts."""
    linework = shapely.union_all([sg.LineString([*ring, ring[0]]) for ring in rings])
    cells = shapely.get_parts(shapely.polygonize(shapely.get_parts(linework)))
    return shapely.union_all([cell for cell in cells if _crossings(rings, cell.representative_point()) % 2])


def _crossings(rings: Sequence[Sequence[XY]], point: sg.Point) -> int:
    """How many edges a ray from a point to the right crosses."""
    count = 0
    for ring in rings:
        (x0, y0), (x1, y1) = np.asarray(ring).T, np.roll(np.asarray(ring), -1, axis=0).T
        across = (y0 > point.y) != (y1 > point.y)
        x = x0[across] + (point.y - y0[across]) * (x1 - x0)[across] / (y1 - y0)[across]
        count += int((x > point.x).sum())
    return count


def _vertices(radius: float, tolerance: float) -> int:
    """How many vertices keep the sagitta of every chord of a circle within the tolerance (both in pixels)."""
    return max(_LEAST_VERTICES, math.ceil(math.pi / math.acos(max(1 - tolerance / radius, 0.0))))


def _parts(form: BaseGeometry, whole: float) -> list[Polygon]:
    """The polygons of a result, slivers and sliver holes dropped, largest first; `whole` is the smallest input."""
    least = min(SLIVER, _SLIVER_SHARE * whole)
    if not form.is_valid:
        form = make_valid(form)
    kept = [_without_pinholes(part, least) for part in from_shapely(form) if area(part) >= least]
    return sorted(kept, key=area, reverse=True)


def _without_pinholes(polygon: Polygon, least: float) -> Polygon:
    holes = tuple(hole for hole in polygon.holes if sg.Polygon(hole).area >= least)
    return polygon if len(holes) == len(polygon.holes) else Polygon(polygon.points, holes)


def _oriented(polygon: Polygon) -> Iterable[BaseGeometry]:
    """The rings, the outer one counter-clockwise and the holes clockwise, so that their moments add up."""
    form = sg.polygon.orient(to_shapely(polygon))
    return (form.exterior, *form.interiors)


def _moments(ring: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Area and the second moments xx, xy, yy (about the origin) of a closed ring (N, 2)."""
    (x0, y0), (x1, y1) = ring[:-1].T, ring[1:].T
    cross = x0 * y1 - x1 * y0
    return np.array(
        [
            cross.sum() / 2,
            (cross * (x0 * x0 + x0 * x1 + x1 * x1)).sum() / 12,
            (cross * (x0 * y1 + 2 * x0 * y0 + 2 * x1 * y1 + x1 * y0)).sum() / 24,
            (cross * (y0 * y0 + y0 * y1 + y1 * y1)).sum() / 12,
        ]
    )
