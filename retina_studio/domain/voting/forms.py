"""Many shapes at once as shapely sees them, and their moments."""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from retina_studio.domain.geometry import to_shapely
from retina_studio.domain.shapes import Ellipse, Geometry

_VERTICES = 24
# A polygon inscribed in an ellipse is smaller than it by this factor squared: drawn so much larger, it has its area.
_TURNS = 2 * math.pi * np.arange(_VERTICES) / _VERTICES
_SWELL = math.sqrt(2 * math.pi / (_VERTICES * math.sin(2 * math.pi / _VERTICES)))


def forms_of(geometries: Sequence[Geometry]) -> npt.NDArray[np.object_]:
    """The geometries (N,) for comparing them: valid, an ellipse as 24 vertices that enclose its exact area.

    To compare ellipses this is good for about 0.3 % of their area, and takes a third of the time of 64 vertices.
    """
    forms = np.empty(len(geometries), dtype=np.object_)
    ellipses = [index for index, geometry in enumerate(geometries) if isinstance(geometry, Ellipse)]
    if ellipses:
        forms[ellipses] = shapely.polygons(_outlines([geometries[index] for index in ellipses]))
    for index, geometry in enumerate(geometries):
        if not isinstance(geometry, Ellipse):
            form = to_shapely(geometry)
            forms[index] = form if form.is_valid else shapely.make_valid(form)
    return forms


def _outlines(ellipses: Sequence[Geometry]) -> npt.NDArray[np.float64]:
    """The vertices (N, 24, 2) of ellipses."""
    numbers = np.array([(e.x, e.y, e.a, e.b, e.angle) for e in ellipses if isinstance(e, Ellipse)])
    x, y, a, b, angle = numbers.T[:, :, None]
    cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    u, v = _SWELL * a * np.cos(_TURNS), _SWELL * b * np.sin(_TURNS)
    return np.stack([x + u * cos - v * sin, y + u * sin + v * cos], axis=2)


def moment_ellipse(form: BaseGeometry) -> Ellipse:
    """The ellipse with the area, centre and second moments of a shapely area (by Green's theorem)."""
    rings = [
        (np.asarray(ring.coords), sign)
        for part in shapely.get_parts(form)
        if part.geom_type == "Polygon"
        for ring, sign in [(part.exterior, 1.0), *((hole, -1.0) for hole in part.interiors)]
    ]
    centre = np.array([form.centroid.x, form.centroid.y])
    area, moments = 0.0, np.zeros((2, 2))
    for ring, sign in rings:
        start, end = ring[:-1] - centre, ring[1:] - centre
        cross = start[:, 0] * end[:, 1] - end[:, 0] * start[:, 1]
        turned = sign if cross.sum() >= 0 else -sign
        area += turned * cross.sum() / 2
        total = start + end
        for i, j in ((0, 0), (0, 1), (1, 1)):
            terms = start[:, i] * start[:, j] + end[:, i] * end[:, j] + total[:, i] * total[:, j]
            moments[i, j] += turned * (cross * terms).sum() / 24
    moments[1, 0] = moments[0, 1]
    variances, axes = np.linalg.eigh(moments / area)
    b, a = 2 * np.sqrt(np.maximum(variances, 1e-12))
    scale = math.sqrt(area / (math.pi * a * b))
    angle = math.degrees(math.atan2(axes[1, 1], axes[0, 1])) % 180
    return Ellipse(float(centre[0]), float(centre[1]), float(a * scale), float(b * scale), angle)
