"""What the vote, and after it the adjudicator, settled for one image."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.labels import GradeValue
from retina_studio.domain.shapes import Geometry, Shape, geometry_from_dict, shape_from_dict
from retina_studio.domain.voting.decisions import Decision, decision_from_dict

State = Literal["waiting", "settled", "adjudication"]
ItemKind = Literal["grade", "label", "point", "lesion"]


@dataclass(frozen=True)
class ConsensusShape:
    """One shape of the consensus, and who drew what of it.

    Attributes:
        shape: label and geometry; origin "consensus"; the id is made of what it was merged from, so it is stable.
        members: grader -> ids of that grader's own shapes of it, whoever's drawing an adjudicator kept.
        rule: how it came about: "3/3", "2/3", "majority", "staple", "pixels", "union", or "adjudicator: ACTION".
        compliant: whether the settled grade allows it (models.md 7.2); a violating one is kept, as mask value 127.
        note: why it does not comply; "" where it does.
    """

    shape: Shape
    members: Mapping[str, tuple[str, ...]]
    rule: str
    compliant: bool = True
    note: str = ""

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready form."""
        return {
            "shape": self.shape.to_dict(),
            "members": {name: list(ids) for name, ids in self.members.items()},
            "rule": self.rule,
            "compliant": self.compliant,
            "note": self.note,
        }


@dataclass(frozen=True)
class Item:
    """Something the graders do not agree on.

    Attributes:
        key: "KIND:CODE:DIGEST", the digest over what the graders said; other answers make another key.
        kind: an image grade; whether and where a single label (anatomy) is; a point; one lesion.
        code: of the scale or label.
        title: what it is about, in a few words.
        reason: why the vote did not settle it.
        answers: grader -> what they said: a grade, or "drawn", "none", "silent".
        drawn: grader -> the shapes they drew of it.
        average: what "average" would make of them.
        decision: what the adjudicator made of it; None while it is open.
    """

    key: str
    kind: ItemKind
    code: str
    title: str
    reason: str
    answers: Mapping[str, Any] = field(default_factory=dict)
    drawn: Mapping[str, tuple[Shape, ...]] = field(default_factory=dict)
    average: tuple[Geometry, ...] = ()
    decision: Decision | None = None

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready form."""
        return {
            "key": self.key,
            "kind": self.kind,
            "code": self.code,
            "title": self.title,
            "reason": self.reason,
            "answers": dict(self.answers),
            "drawn": {name: [shape.to_dict() for shape in shapes] for name, shapes in self.drawn.items()},
            "average": [geometry.to_dict() for geometry in self.average],
            "decision": self.decision.to_dict() if self.decision else None,
        }


@dataclass(frozen=True)
class Outcome:
    """What was settled for one image.

    Attributes:
        state: "waiting" (too few submitted), "settled", or "adjudication" (an item is open).
        grades: the settled grades only, scale -> value.
        votes: every grader's answer, scale -> grader -> value.
        labels: label -> "mask" (areas are in `shapes`), "point" or "none"; a label that is not settled, or that
            nobody answered, has no key.
        points: label -> (x, y).
        point_rules: label -> how its point came about: "median of 3/3", and whose lay too far away.
        shapes: the consensus as vectors, lesions and anatomy; points are in `points` only.
        items: what was disputed, decided or not, in the order an adjudicator goes through it.
        reasons: one sentence for each open item, or why the image waits.
    """

    state: State
    grades: Mapping[str, GradeValue] = field(default_factory=dict)
    votes: Mapping[str, Mapping[str, GradeValue]] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    points: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    point_rules: Mapping[str, str] = field(default_factory=dict)
    shapes: tuple[ConsensusShape, ...] = ()
    items: tuple[Item, ...] = ()
    reasons: tuple[str, ...] = ()

    @property
    def open_items(self) -> tuple[Item, ...]:
        """The items nobody has decided."""
        return tuple(item for item in self.items if item.decision is None)

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready form; `outcome_from_dict` reads it."""
        return {
            "state": self.state,
            "grades": dict(self.grades),
            "votes": {scale: dict(given) for scale, given in self.votes.items()},
            "labels": dict(self.labels),
            "points": {code: list(xy) for code, xy in self.points.items()},
            "point_rules": dict(self.point_rules),
            "shapes": [entry.to_dict() for entry in self.shapes],
            "items": [item.to_dict() for item in self.items],
            "reasons": list(self.reasons),
        }


def outcome_from_dict(form: Mapping[str, Any]) -> Outcome:
    """The outcome written by `Outcome.to_dict`.

    Raises:
        RetinaError: something in it is missing or not valid.
    """
    try:
        return Outcome(
            state=form["state"],
            grades=dict(form["grades"]),
            votes={scale: dict(given) for scale, given in form["votes"].items()},
            labels=dict(form["labels"]),
            points={code: (float(x), float(y)) for code, (x, y) in form["points"].items()},
            point_rules=dict(form["point_rules"]),
            shapes=tuple(_shape(entry) for entry in form["shapes"]),
            items=tuple(_item(entry) for entry in form["items"]),
            reasons=tuple(form["reasons"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RetinaError(f"A consensus is written wrongly: {error!r}; run the vote again.") from error


def _shape(form: Mapping[str, Any]) -> ConsensusShape:
    members = {name: tuple(ids) for name, ids in form["members"].items()}
    shape = shape_from_dict(form["shape"])
    return ConsensusShape(shape, members, form["rule"], form["compliant"], form["note"])


def _item(form: Mapping[str, Any]) -> Item:
    drawn = {
        name: tuple(shape_from_dict(entry) for entry in shapes) for name, shapes in form["drawn"].items()
    }
    average = tuple(geometry_from_dict(entry) for entry in form["average"])
    decision = decision_from_dict(form["decision"]) if form["decision"] else None
    return Item(**{**form, "drawn": drawn, "average": average, "decision": decision})
