"""Is what is drawn possible in an eye, and in this image?

Each check looks at one rule of `resources/guideline.toml`; the table `CHECKS` names them all. Fixes are edits built
with `domain.combine`, for the grader to choose.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

import numpy as np
from shapely.geometry.base import BaseGeometry
from shapely.validation import make_valid

from retina_studio.domain.combine import as_polygon, clipped, intersected, subtracted
from retina_studio.domain.edits import ChangeShapes
from retina_studio.domain.errors import RetinaError
from retina_studio.domain.facts import Facts, boxes_of
from retina_studio.domain.geometry import area, contains, to_shapely
from retina_studio.domain.grading import Grading
from retina_studio.domain.labels import label
from retina_studio.domain.measures import disc_fovea_distance
from retina_studio.domain.rules import Check, Finding, Rule, check
from retina_studio.domain.shapes import Ellipse, Geometry, Point, Polygon, Shape

_EYES = {"OD": "right eye", "OS": "left eye"}
_PIXEL = 1.0  # square pixels: less is the rounding of an outline
_CRUMB = 0.01  # of the largest part: less is no atrophy of its own
_STEEP = 0.5  # a disc-fovea line steeper than 60 degrees says nothing about left and right

Outline = Ellipse | Polygon
Parts = tuple[Geometry, ...]


@lru_cache(maxsize=256)
def _form(outline: Outline) -> BaseGeometry:
    """The valid shapely form, with an ellipse as fine as the fixes take it; kept, as most shapes stay as they are."""
    form = to_shapely(as_polygon(outline) if isinstance(outline, Ellipse) else outline)
    return form if form.is_valid else make_valid(form)


@lru_cache(maxsize=256)
def _shared(first: Outline, second: Outline) -> float:
    """The area that two outlines have in common, square pixels."""
    return float(_form(first).intersection(_form(second)).area)


def _outlined(facts: Facts, code: str) -> tuple[Shape, Outline] | None:
    """The first shape of a label that has an area."""
    for shape in facts.drawn(code):
        if not isinstance(shape.geometry, Point) and _form(shape.geometry).area > 0:
            return shape, shape.geometry
    return None


def _replacing(
    grading: Grading, shapes: list[Shape], parts_of: Callable[[Geometry], Parts], title: str
) -> ChangeShapes:
    """The edit that puts its parts in the place of each shape; the first keeps the shape's id, no part deletes it.

    Of a label that an eye has once only the first (largest) part stays.
    """
    after: list[Shape] = []
    taken: set[str] = set()
    for shape in shapes:
        parts = parts_of(shape.geometry)
        kept = parts[:1] if label(shape.label).single else parts
        for number, part in enumerate(kept):
            code = shape.id
            if number:
                code = _free(f"{shape.id}-{number + 1}", grading, taken)
                taken.add(code)
            after.append(Shape(shape.label, part, code, shape.origin))
    return ChangeShapes(tuple(shapes), tuple(after), title)


def _free(code: str, grading: Grading, taken: set[str]) -> str:
    while code in grading.shapes or code in taken:
        code += "-2"
    return code


@lru_cache(maxsize=256)
def _inside(outline: Outline, disc: Outline) -> Parts:
    """The parts of an outline in the disc; none where there is none, or an outline without area."""
    try:
        return tuple(intersected(outline, disc))
    except RetinaError:
        return ()


@lru_cache(maxsize=256)
def _without(outline: Outline, disc: Outline) -> Parts:
    """The parts of an outline that the disc leaves, without crumbs of two edges that meet; none if it covers all."""
    try:
        parts = subtracted(outline, [disc])
    except RetinaError:
        return ()
    return tuple(part for part in parts if area(part) >= _CRUMB * area(parts[0]))


@lru_cache(maxsize=256)
def _clip(geometry: Geometry, width: int, height: int) -> Parts:
    """The parts inside the frame; none of an outline without area, which cannot be clipped."""
    try:
        return tuple(clipped(geometry, width, height))
    except RetinaError:
        return ()


def _several(facts: Facts, rule: Rule) -> Iterator[Finding]:
    for code, shapes in facts.by_label.items():
        if len(shapes) > 1 and label(code).single:
            yield rule.found(shapes, lesions=facts.counted([code]))


def _misses(facts: Facts, code: str) -> bool:
    """Whether a label that every fundus photograph should have is neither drawn nor answered."""
    asked = facts.frame.modality == "fundus" and not facts.ungradable
    return asked and code not in facts.by_label and code not in facts.grading.absent


def _no_disc(facts: Facts, rule: Rule) -> Iterator[Finding]:
    if _misses(facts, "OD") and "OC" not in facts.by_label:
        yield rule.found()


def _no_fovea(facts: Facts, rule: Rule) -> Iterator[Finding]:
    if _misses(facts, "fovea") and facts.grading.grades.get("fovea_visible") is not False:
        yield rule.found()


def _cup_without_disc(facts: Facts, rule: Rule) -> Iterator[Finding]:
    if "OC" in facts.by_label and _outlined(facts, "OD") is None:
        yield rule.found(facts.drawn("OC"))


def _cup_and_disc(facts: Facts) -> tuple[Shape, Shape, float] | None:
    """Cup, disc and the share of the cup's area that lies in the disc; None unless both are outlined."""
    cup, disc = _outlined(facts, "OC"), _outlined(facts, "OD")
    if cup is None or disc is None:
        return None
    return cup[0], disc[0], _shared(cup[1], disc[1]) / _form(cup[1]).area


def _cup_outside(facts: Facts, rule: Rule) -> Iterator[Finding]:
    found = _cup_and_disc(facts)
    if found is None or found[2] == 0 or 1 - found[2] <= rule.numbers["tolerance"]:
        return
    cup, disc, _ = found
    fix = _replacing(facts.grading, [cup], lambda outline: _inside(outline, disc.geometry), "Clip OC to OD")
    yield rule.found([cup, disc], fix=fix, fix_title="Clip the cup to the disc")


def _cup_apart(facts: Facts, rule: Rule) -> Iterator[Finding]:
    found = _cup_and_disc(facts)
    if found is not None and found[2] == 0:
        yield rule.found(found[:2])


def _cup_taller(facts: Facts, rule: Rule) -> Iterator[Finding]:
    if facts.vcdr is not None and facts.vcdr > rule.numbers["above"]:
        yield rule.found(facts.drawn("OC", "OD"), ratio=f"{facts.vcdr:.2f}")


def _ppa_over_disc(facts: Facts, rule: Rule) -> Iterator[Finding]:
    disc = _outlined(facts, "OD")
    if disc is None:
        return
    over = [shape for shape in _touching(facts.drawn("PPA"), disc[1]) if _overlaps(shape, disc[1], rule)]
    if not over:
        return
    fix = _replacing(facts.grading, over, lambda outline: _without(outline, disc[1]), "Subtract OD from PPA")
    yield rule.found([*over, disc[0]], fix=fix, fix_title="Subtract the disc from the atrophy")


def _touching(shapes: list[Shape], outline: Outline) -> list[Shape]:
    """The shapes whose box meets an outline's."""
    left, top, right, bottom = outline.box
    boxes = boxes_of([shape.geometry for shape in shapes])
    meets = (boxes[:, 0] < right) & (boxes[:, 2] > left) & (boxes[:, 1] < bottom) & (boxes[:, 3] > top)
    return [shapes[index] for index in np.flatnonzero(meets)]


def _overlaps(shape: Shape, disc: Outline, rule: Rule) -> bool:
    if isinstance(shape.geometry, Point):
        return False
    smaller = min(_form(shape.geometry).area, _form(disc).area)
    return bool(_shared(shape.geometry, disc) > max(rule.numbers["tolerance"] * smaller, _PIXEL))


def _disc_size(facts: Facts, rule: Rule) -> Iterator[Finding]:
    diameter = facts.map.landmarks.disc_diameter
    if diameter is None:
        return
    share = diameter / max(facts.frame.width, facts.frame.height)
    if not rule.numbers["at_least"] <= share <= rule.numbers["at_most"]:
        yield rule.found(facts.drawn("OD"), share=f"{100 * share:.2g}" if share < 1 else f"{100 * share:.0f}")


def _covered_fovea(facts: Facts) -> Shape | None:
    """The disc, where the fovea is marked inside it: then the way between them says nothing."""
    disc, fovea = _outlined(facts, "OD"), facts.map.landmarks.fovea
    return disc[0] if disc is not None and fovea is not None and contains(disc[1], *fovea) else None


def _fovea_in_disc(facts: Facts, rule: Rule) -> Iterator[Finding]:
    disc = _covered_fovea(facts)
    if disc is not None:
        yield rule.found([disc, *facts.drawn("fovea")])


def _axis_angle(facts: Facts) -> float | None:
    return None if _covered_fovea(facts) else facts.map.axis_angle


def _fovea_distance(facts: Facts, rule: Rule) -> Iterator[Finding]:
    distance = disc_fovea_distance(facts.map.landmarks)
    if distance is None or _covered_fovea(facts):
        return
    if not rule.numbers["at_least"] <= distance <= rule.numbers["at_most"]:
        yield rule.found(facts.drawn("OD", "fovea"), distance=f"{distance:.1f}")


def _axis_tilted(facts: Facts, rule: Rule) -> Iterator[Finding]:
    angle = _axis_angle(facts)
    if angle is None:
        return
    tilt = math.degrees(math.asin(min(abs(math.sin(angle)), 1.0)))
    if tilt > rule.numbers["above"]:
        yield rule.found(facts.drawn("OD", "fovea"), angle=f"{tilt:.0f}")


def _laterality(facts: Facts, rule: Rule) -> Iterator[Finding]:
    """In a right eye the disc lies right of the fovea, as the examiner sees it."""
    angle, eye = _axis_angle(facts), facts.frame.eye
    if angle is None or eye not in _EYES or abs(math.cos(angle)) < _STEEP:
        return
    disc_is_left = math.cos(angle) > 0
    if disc_is_left == (eye == "OD"):
        side = "to the left" if disc_is_left else "to the right"
        yield rule.found(facts.drawn("OD", "fovea"), side=side, eye=eye, eye_name=_EYES[eye])


def _laterality_by_frame(facts: Facts, rule: Rule) -> Iterator[Finding]:
    """Without a fovea: in a photograph centred on the macula the disc of a right eye lies right of the middle."""
    disc, eye = facts.map.landmarks.disc, facts.frame.eye
    if disc is None or facts.map.landmarks.fovea is not None or eye not in _EYES:
        return
    right = disc[0] / facts.frame.width - 0.5
    if abs(right) > rule.numbers["off_centre"] and (right < 0) == (eye == "OD"):
        side = "left" if right < 0 else "right"
        yield rule.found(facts.drawn("OD"), side=side, eye=eye, eye_name=_EYES[eye])


def _off_frame(facts: Facts, rule: Rule) -> Iterator[Finding]:
    width, height, margin = facts.frame.width, facts.frame.height, rule.numbers["margin"]
    left, top, right, bottom = facts.boxes.T
    beyond = (left < -margin) | (top < -margin) | (right > width + margin) | (bottom > height + margin)
    off = [facts.shapes[index] for index in np.flatnonzero(beyond)]
    if not off:
        return
    one = len(off) == 1
    words, reach = ("1 shape", "reaches") if one else (f"{len(off)} shapes", "reach")
    if len(off) > rule.numbers["most_clipped"]:
        yield rule.found(off, shapes=words, reach=reach)
        return
    fix = _replacing(facts.grading, off, lambda geometry: _clip(geometry, width, height), "Clip to image")
    yield rule.found(off, fix=fix, fix_title="Clip to the image", shapes=words, reach=reach)


CHECKS: Mapping[str, Check] = {
    "several-of-one": check(_several, "lesions"),
    "disc-missing": check(_no_disc),
    "fovea-missing": check(_no_fovea),
    "cup-without-disc": check(_cup_without_disc),
    "cup-outside-disc": check(_cup_outside, "", "tolerance"),
    "cup-apart": check(_cup_apart),
    "cup-taller": check(_cup_taller, "ratio", "above"),
    "ppa-over-disc": check(_ppa_over_disc, "", "tolerance"),
    "disc-size": check(_disc_size, "share", "at_least at_most"),
    "fovea-in-disc": check(_fovea_in_disc),
    "fovea-distance": check(_fovea_distance, "distance", "at_least at_most"),
    "axis-tilted": check(_axis_tilted, "angle", "above"),
    "laterality": check(_laterality, "side eye eye_name"),
    "laterality-by-frame": check(_laterality_by_frame, "side eye eye_name", "off_centre"),
    "off-frame": check(_off_frame, "shapes reach", "margin most_clipped"),
}
