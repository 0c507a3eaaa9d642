"""The vote on what an eye has one of: is it there, and where? Drawn as an area, or as a point."""

from collections.abc import Mapping
from dataclasses import replace

from retina_studio.domain.grading import Answer
from retina_studio.domain.labels import Label
from retina_studio.domain.shapes import Geometry, Point, Polygon, Shape
from retina_studio.domain.voting.areas import LEAST_FOR_STAPLE, agreed, estimated
from retina_studio.domain.voting.outcome import Item, ItemKind
from retina_studio.domain.voting.points import agreed_point, median_point, spots_of
from retina_studio.domain.voting.poll import Ballot, Poll, consensus_shape, count, members_of, new_item

_Shapes = Mapping[str, tuple[Shape, ...]]


def vote_anatomy(poll: Poll, entry: Label) -> Ballot:
    """Settle one label as a whole.

    A majority that says "none" settles it; one that drew it settles where it is: the pixels that enough of them
    marked (or STAPLE), or the median of their points. (Where the rules let a half decide, it is drawn: the
    pixels that two of four marked.) Where the image grade that answers for the label is settled
    as "no", it is none.
    """
    answers, drawn = poll.answers(entry.code), poll.drawn(entry.code)
    none = count(answers, Answer.NONE)
    denied = poll.grades.get(entry.answered_by) is False
    if (denied or none >= poll.needed) and len(drawn) < poll.needed:
        return Ballot(entry.code, "none")
    if len(drawn) >= poll.needed:
        return _placed(poll, entry, answers, drawn)
    if not drawn and (not none or entry.answered_by in poll.disputed):
        return Ballot(entry.code)
    reason = f"drawn by {len(drawn)} of {len(answers)}, none said by {none}"
    return Ballot(entry.code, items=(_item(poll, entry, reason, answers, drawn),))


def _placed(poll: Poll, entry: Label, answers: Mapping[str, str], drawn: _Shapes) -> Ballot:
    """Where a label is that a majority drew: areas where enough of them drew areas, else a point."""
    areas = _areas(drawn)
    if len(areas) < poll.needed:
        point = agreed_point(spots_of(drawn), poll, poll.needed)
        if point is None:
            item = _item(poll, entry, "the points lie too far apart", answers, drawn, "point")
            return Ballot(entry.code, items=(item,))
        return Ballot(entry.code, "point", point.xy, point.rule)
    polygons, rule = _polygons(poll, areas, poll.needed)
    if not polygons:
        reason = f"drawn by {len(drawn)}, but nowhere the same"
        return Ballot(entry.code, items=(_item(poll, entry, reason, answers, drawn),))
    members = members_of(areas)
    shapes = tuple(consensus_shape(entry.code, polygon, members, rule) for polygon in polygons)
    settled = Ballot(entry.code, "mask", shapes=shapes)
    clicks = _clicks(drawn)
    point = agreed_point(spots_of(clicks), poll, 1) if clicks else None
    return replace(settled, point=point.xy, point_rule=point.rule) if point else settled


def _areas(drawn: _Shapes) -> dict[str, tuple[Shape, ...]]:
    found = {n: tuple(s for s in shapes if not isinstance(s.geometry, Point)) for n, shapes in drawn.items()}
    return {name: shapes for name, shapes in found.items() if shapes}


def _clicks(drawn: _Shapes) -> dict[str, tuple[Shape, ...]]:
    found = {n: tuple(s for s in shapes if isinstance(s.geometry, Point)) for n, shapes in drawn.items()}
    return {name: shapes for name, shapes in found.items() if shapes}


def _item(
    poll: Poll,
    entry: Label,
    reason: str,
    answers: Mapping[str, str],
    drawn: _Shapes,
    kind: ItemKind | None = None,
) -> Item:
    kind = kind or ("point" if entry.is_point else "label")
    return new_item(kind, entry.code, entry.title, reason, answers, drawn, _average(poll, drawn, kind))


def _average(poll: Poll, drawn: _Shapes, kind: ItemKind) -> list[Geometry]:
    """What at least half of those who drew it marked (or STAPLE); of points the median."""
    areas = _areas(drawn)
    if kind == "point" or (drawn and not areas):
        return [Point(*median_point(spots_of(drawn)))] if drawn else []
    return [*_polygons(poll, areas, (len(areas) + 1) // 2)[0]]


def _polygons(poll: Poll, areas: _Shapes, needed: int) -> tuple[list[Polygon], str]:
    """The exact outlines of what some graders drew, and by which rule."""
    geometries = {name: [shape.geometry for shape in shapes] for name, shapes in areas.items()}
    if poll.rules.anatomy == "staple" and len(geometries) >= LEAST_FOR_STAPLE:
        return estimated(geometries, poll.size), "staple"
    return agreed(geometries, poll.size, needed), "majority"
