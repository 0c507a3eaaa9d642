"""What the adjudicator's decisions make of disputed items."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.grading import Answer
from retina_studio.domain.labels import GradeValue, scales
from retina_studio.domain.shapes import Geometry, Point, Shape
from retina_studio.domain.voting.decisions import Decision
from retina_studio.domain.voting.outcome import Item
from retina_studio.domain.voting.poll import Ballot, consensus_shape, members_of

Decisions = Mapping[str, Decision]  # item key -> what was decided last


def latest(decisions: Sequence[Decision]) -> dict[str, Decision]:
    """The decisions by item; a later one takes the place of an earlier one."""
    return {decision.item: decision for decision in decisions}


def check_decision(item: Item, decision: Decision) -> None:
    """Refuse a decision that does not fit its item.

    Raises:
        RetinaError: another item's, an action its kind does not know, a grader who said nothing of it, nothing to
            average, nothing drawn, or a grade or geometry that it cannot have.
    """
    if decision.item != item.key:
        raise RetinaError(f"This decision is about another item than {item.title}: open the image again.")
    if item.kind == "grade":
        _check_grade(item, decision)
    else:
        _check_drawing(item, decision)


def _check_grade(item: Item, decision: Decision) -> None:
    if decision.action == "choose" and decision.value is not None:
        scales()[item.code].check(decision.value)
    elif decision.action != "keep" or decision.grader not in item.answers:
        raise RetinaError(f"{item.title} is a grade: choose one of its values, or keep what a grader gave.")


def _check_drawing(item: Item, decision: Decision) -> None:
    said = item.answers.get(decision.grader, Answer.SILENT.value)
    if decision.action == "choose":
        raise RetinaError(f"{item.title} is not a grade: keep, drop, average or redraw it.")
    if decision.action == "keep" and said == Answer.SILENT.value:
        raise RetinaError(
            f"{decision.grader or 'Nobody'} said nothing of {item.title}: keep what another drew."
        )
    if decision.action == "average" and not item.average:
        raise RetinaError(f"{item.title} has no average: keep, drop or redraw it.")
    if decision.action != "redraw":
        return
    if not decision.geometries:
        raise RetinaError(f"Draw {item.title} first, then take it over.")
    if item.kind == "point" and [type(geometry) for geometry in decision.geometries] != [Point]:
        raise RetinaError(f"{item.title} is one point: mark it once.")
    for geometry in decision.geometries:
        Shape(item.code, geometry, "")  # says itself which geometry a label cannot have


def decided_grades(items: Sequence[Item], decisions: Decisions) -> tuple[list[Item], dict[str, GradeValue]]:
    """The grade items with their decisions, and the grades those settle."""
    marked = [_with_decision(item, decisions) for item in items]
    return marked, {item.code: _chosen(item, item.decision) for item in marked if item.decision}


def _chosen(item: Item, decision: Decision) -> GradeValue:
    if decision.value is not None and decision.action == "choose":
        return decision.value
    kept: GradeValue = item.answers[decision.grader]
    return kept


def _with_decision(item: Item, decisions: Decisions) -> Item:
    decision = decisions.get(item.key)
    if decision is None:
        return item
    check_decision(item, decision)
    return replace(item, decision=decision)


def decided(ballot: Ballot, decisions: Decisions) -> Ballot:
    """A label's ballot with its items' decisions applied; settled once none is open."""
    if not ballot.items:
        return ballot
    items = tuple(_with_decision(item, decisions) for item in ballot.items)
    shapes, point, rule = list(ballot.shapes), ballot.point, ballot.point_rule
    for item in items:
        if item.decision is None:
            continue
        said = f"adjudicator: {item.decision.action}"
        for geometry in _left(item, item.decision):
            if isinstance(geometry, Point) and item.kind != "lesion":
                point, rule = geometry.centre, said
            else:
                shapes.append(consensus_shape(item.code, geometry, members_of(item.drawn), said))
    still_open = any(item.decision is None for item in items)
    kind = "" if still_open else "mask" if shapes else "point" if point else "none"
    return Ballot(ballot.code, kind, point, rule, tuple(shapes), items)


def _left(item: Item, decision: Decision) -> list[Geometry]:
    """The geometries a decision leaves."""
    if decision.action == "keep":
        return [shape.geometry for shape in item.drawn.get(decision.grader, ())]
    if decision.action == "average":
        return list(item.average)
    return list(decision.geometries) if decision.action == "redraw" else []
