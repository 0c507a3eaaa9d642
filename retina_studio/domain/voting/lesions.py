"""The vote on lesions: matched as objects, counted pixel by pixel, or all that the majority's graders drew."""

from collections.abc import Mapping, Sequence

from retina_studio.domain.grading import Answer
from retina_studio.domain.labels import Label, scales
from retina_studio.domain.shapes import Geometry, Point, Shape
from retina_studio.domain.voting.areas import agreed
from retina_studio.domain.voting.matching import Group, match
from retina_studio.domain.voting.merging import merged
from retina_studio.domain.voting.outcome import ConsensusShape, Item
from retina_studio.domain.voting.poll import Ballot, Poll, consensus_shape, count, members_of, new_item

_Shapes = Mapping[str, tuple[Shape, ...]]


def vote_lesions(poll: Poll, entries: Sequence[Label]) -> list[Ballot]:
    """Settle the lesion labels, each for itself."""
    if poll.rules.lesions != "objects":
        rule = _by_pixels if poll.rules.lesions == "pixels" else _by_grade
        found = [(entry, poll.answers(entry.code), poll.drawn(entry.code)) for entry in entries]
        return [
            rule(poll, entry, answers, drawn) if drawn else _undrawn(poll, entry, answers)
            for entry, answers, drawn in found
        ]
    codes = {entry.code for entry in entries}
    shapes = {name: [s for s in g.shapes.values() if s.label in codes] for name, g in poll.gradings.items()}
    groups: dict[str, list[Group]] = {code: [] for code in codes}
    for group in match(shapes, poll.rules):
        groups[group.label].append(group)
    return [
        _by_objects(poll, entry, poll.answers(entry.code), groups[entry.code])
        if groups[entry.code]
        else _undrawn(poll, entry, poll.answers(entry.code))
        for entry in entries
    ]


def _undrawn(poll: Poll, entry: Label, answers: Mapping[str, str]) -> Ballot:
    """What nobody drew is none, if a majority said so, or if the image grade that answers for it is settled."""
    none = count(answers, Answer.NONE)
    grade = poll.grades.get(entry.answered_by)
    if none >= poll.needed or (grade is not None and grade is not True):
        return Ballot(entry.code, "none")
    if not none or entry.answered_by in poll.disputed:
        return Ballot(entry.code)
    reason = f"drawn by 0 of {len(answers)}, none said by {none}"
    return Ballot(entry.code, items=(new_item("label", entry.code, entry.title, reason, answers),))


def _by_objects(poll: Poll, entry: Label, answers: Mapping[str, str], groups: Sequence[Group]) -> Ballot:
    """Every lesion by itself: accepted where enough graders drew it, else left to the adjudicator."""
    shapes: list[ConsensusShape] = []
    items: list[Item] = []
    for group in groups:
        if len(group.graders) >= poll.needed:
            shapes += _accepted(poll, entry, group)
        else:
            items.append(_queued(poll, entry, group, answers))
    return Ballot(entry.code, "" if items else "mask", shapes=tuple(shapes), items=tuple(items))


def _merged(poll: Poll, group: Group) -> list[Geometry]:
    return merged([twins[0].geometry for _, twins in sorted(group.shapes.items())], poll.rules.merge)


def _accepted(poll: Poll, entry: Label, group: Group) -> list[ConsensusShape]:
    rule = f"{len(group.graders)}/{len(poll.gradings)}"
    members = members_of(group.drawn())
    return [consensus_shape(entry.code, geometry, members, rule) for geometry in _merged(poll, group)]


def _queued(poll: Poll, entry: Label, group: Group, answers: Mapping[str, str]) -> Item:
    drawn = group.drawn()
    # Who drew others of this label, but not this one, says by that: none here.
    here = {
        name: "drawn" if name in drawn else "silent" if answer == Answer.SILENT.value else "none"
        for name, answer in answers.items()
    }
    first, *_ = drawn.values()
    x, y = first[0].geometry.centre
    title = f"{entry.title} at {x:.0f}, {y:.0f}"
    reason = f"drawn by {len(drawn)} of {len(answers)}"
    return new_item("lesion", entry.code, title, reason, here, drawn, _merged(poll, group))


def _by_pixels(poll: Poll, entry: Label, answers: Mapping[str, str], drawn: _Shapes) -> Ballot:
    """The pixels that enough graders marked; the label is settled as a whole, as anatomy is."""
    none = count(answers, Answer.NONE)
    if none >= poll.needed > len(drawn):
        return Ballot(entry.code, "none")
    polygons = agreed(_areas(drawn), poll.size, poll.needed)
    if polygons:
        return _settled(entry, polygons, drawn, "pixels")
    reason = f"drawn by {len(drawn)} of {len(answers)}, none said by {none}"
    if len(drawn) >= poll.needed:
        reason = f"drawn by {len(drawn)}, but nowhere the same"
    return Ballot(entry.code, items=(_whole(poll, entry, reason, answers, drawn),))


def _by_grade(poll: Poll, entry: Label, answers: Mapping[str, str], drawn: _Shapes) -> Ballot:
    """All that was drawn by the graders whose grade is the settled one (models.md 7.1: the union of their lesions)."""
    grade = poll.grades.get(entry.answered_by)
    if grade is None:
        if entry.answered_by in poll.disputed:
            return Ballot(entry.code)
        reason = f"drawn by {len(drawn)} of {len(answers)}, but {_scale(entry)} is not graded"
        return Ballot(entry.code, items=(_whole(poll, entry, reason, answers, drawn),))
    theirs = {n: shapes for n, shapes in drawn.items() if _gave(poll, n, entry.answered_by, grade)}
    polygons = agreed(_areas(theirs), poll.size, 1)
    return _settled(entry, polygons, theirs, "union") if polygons else Ballot(entry.code, "none")


def _gave(poll: Poll, grader: str, scale: str, grade: object) -> bool:
    return poll.gradings[grader].grades.get(scale) == grade


def _scale(entry: Label) -> str:
    return scales()[entry.answered_by].title.lower() if entry.answered_by else "the image"


def _settled(entry: Label, polygons: Sequence[Geometry], drawn: _Shapes, rule: str) -> Ballot:
    members = members_of(drawn)
    shapes = tuple(consensus_shape(entry.code, polygon, members, rule) for polygon in polygons)
    return Ballot(entry.code, "mask", shapes=shapes)


def _whole(poll: Poll, entry: Label, reason: str, answers: Mapping[str, str], drawn: _Shapes) -> Item:
    average = agreed(_areas(drawn), poll.size, (len(drawn) + 1) // 2)
    return new_item("label", entry.code, entry.title, reason, answers, drawn, average)


def _areas(drawn: _Shapes) -> dict[str, list[Geometry]]:
    return {
        name: [shape.geometry for shape in shapes if not isinstance(shape.geometry, Point)]
        for name, shapes in drawn.items()
    }
