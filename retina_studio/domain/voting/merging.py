"""One lesion from several graders' drawings of it."""

import cmath
import math
from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from retina_studio.domain.geometry import from_shapely, to_shapely
from retina_studio.domain.shapes import Ellipse, Geometry, Point, Polygon
from retina_studio.domain.voting.forms import moment_ellipse
from retina_studio.domain.voting.rules import MergeRule

_PART = 0.05  # of the majority's area: a smaller part beside the others is where two edges cross
_LEAST = 0.25  # of the mean area: graders who share less than this drew beside each other


def merged(geometries: Sequence[Geometry], rule: MergeRule) -> list[Geometry]:
    """What several drawings of one lesion come to: their mean ellipse, or the area that a majority of them marked.

    Clicks say that it is there, not how large; only where all clicked is it a point. Drawings all alike are kept as
    they are. Where a majority shares no area worth the name, the mean ellipse stands for the polygons as well.
    """
    areas = [geometry for geometry in geometries if not isinstance(geometry, Point)]
    if not areas:
        x, y = np.mean([geometry.centre for geometry in geometries], axis=0)
        return [Point(float(x), float(y))]
    if all(geometry == areas[0] for geometry in areas):
        return [areas[0]]
    drawn_as_ellipses = all(isinstance(geometry, Ellipse) for geometry in areas)
    if rule == "ellipse" or (rule == "auto" and drawn_as_ellipses):
        return [mean_ellipse([_as_ellipse(geometry) for geometry in areas])]
    return [*majority_polygons(areas)] or [mean_ellipse([_as_ellipse(geometry) for geometry in areas])]


def mean_ellipse(ellipses: Sequence[Ellipse]) -> Ellipse:
    """The mean in parameter space: of the centres, of the mean radii, and of the elongations as axial vectors.

    An ellipse is written as s = (a+b)/2 and the complex d = (a-b)/2 exp(2i angle): swapping a and b, or turning by 180
    degrees, changes neither; a circle has d = 0, and so no say in the angle; a long ellipse has more than a
    roundish one (the axial mean of Mardia and Jupp, Directional Statistics, 9.4, weighted by elongation).
    """
    x, y = np.mean([ellipse.centre for ellipse in ellipses], axis=0)
    size = math.fsum((ellipse.a + ellipse.b) / 2 for ellipse in ellipses) / len(ellipses)
    turned = [cmath.rect((e.a - e.b) / 2, 2 * math.radians(e.angle)) for e in ellipses]
    elongation = sum(turned) / len(ellipses)
    angle = math.degrees(cmath.phase(elongation)) / 2 % 180
    return Ellipse(float(x), float(y), size + abs(elongation), size - abs(elongation), angle)


def majority_polygons(geometries: Sequence[Geometry]) -> list[Polygon]:
    """The area inside a strict majority of the outlines, its largest part first; [] where that is next to nothing."""
    forms = [shapely.make_valid(to_shapely(geometry)) for geometry in geometries]
    agreed = shapely.get_parts(_inside_of(forms, len(forms) // 2 + 1))
    areas = shapely.area(agreed)
    total = math.fsum(areas)
    if total < _LEAST * math.fsum(form.area for form in forms) / len(forms):
        return []
    large = [number for number in np.argsort(-areas, kind="stable") if areas[number] >= _PART * total]
    return [polygon for number in large for polygon in from_shapely(agreed[number])]


def _inside_of(forms: Sequence[BaseGeometry], needed: int) -> BaseGeometry:
    """What is inside at least `needed` of the forms."""
    levels = [shapely.Polygon()] * needed  # levels[k]: inside at least k + 1 of the forms so far
    for number, form in enumerate(forms):
        still_counts = max(
            number + needed - len(forms), 0
        )  # below this a level no longer reaches the last one
        for k in reversed(range(still_counts, min(number + 1, needed))):
            more = levels[k - 1].intersection(form) if k else form
            levels[k] = levels[k].union(more)
    return levels[-1]


def _as_ellipse(geometry: Geometry) -> Ellipse:
    if isinstance(geometry, Ellipse):
        return geometry
    return moment_ellipse(shapely.make_valid(to_shapely(geometry)))
