"""Turning and growing a geometry about its own centre, as the keys ask for it. Qt-free."""

import math
from dataclasses import replace

from retina_studio.domain.shapes import XY, Ellipse, Geometry, Polygon

_SMALLEST = 0.5  # image pixels: half a side


def turned(geometry: Geometry, degrees: float) -> Geometry:
    """The geometry turned clockwise on the screen; a point stays as it is."""
    if isinstance(geometry, Ellipse):
        return replace(geometry, angle=(geometry.angle + degrees) % 180)
    if not isinstance(geometry, Polygon) or degrees == 0:
        return geometry
    x, y = geometry.centre
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return _mapped(geometry, (x, y), (cos, -sin, sin, cos))


def grown(geometry: Geometry, by: float) -> Geometry:
    """The geometry scaled so that its longer half side grows by some pixels; a point stays as it is."""
    if isinstance(geometry, Ellipse):
        factor = _factor(max(geometry.a, geometry.b), by)
        a, b = max(geometry.a * factor, _SMALLEST), max(geometry.b * factor, _SMALLEST)
        return replace(geometry, a=a, b=b)
    if not isinstance(geometry, Polygon) or by == 0:
        return geometry
    left, top, right, bottom = geometry.box
    factor = _factor(max(right - left, bottom - top) / 2, by)
    return _mapped(geometry, geometry.centre, (factor, 0.0, 0.0, factor))


def _factor(half: float, by: float) -> float:
    return max(half + by, _SMALLEST) / half


def _mapped(polygon: Polygon, about: XY, matrix: tuple[float, float, float, float]) -> Polygon:
    """Every vertex by a 2x2 matrix (row by row) about a position."""
    x0, y0 = about
    a, b, c, d = matrix
    rings = [
        tuple((x0 + a * (x - x0) + b * (y - y0), y0 + c * (x - x0) + d * (y - y0)) for x, y in ring)
        for ring in polygon.rings
    ]
    return Polygon(rings[0], tuple(rings[1:]))
