"""What the vote, and after it the adjudicator, settled for one image."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from retina_studio.domain.labels import GradeValue
from retina_studio.domain.shapes import Geometry, Shape
from retina_studio.domain.voting.decisions import Decision

State = Literal["waiting", "settled", "adjudication"]
ItemKind = Literal["grade", "label", "point", "lesion"]


@dataclass(frozen=True)
class ConsensusShape:
    """One shape of the consensus, and who drew what of it.

    Attributes:
        shape: label and geometry; origin "consensus"; the id is made of what it was merged from, so it is stable.
        members: grader -> ids of that grader's own shapes that went into it.
        rule: how it came about: "3/3", "2/3", "majority", "staple", "median", "union", or "adjudicator: ACTION".
        compliant: whether the settled grade allows it (models.md 7.2); a violating one is kept, as mask value 127.
        note: why it does not comply; "" where it does.
    """

    shape: Shape
    members: Mapping[str, tuple[str, ...]]
    rule: str
    compliant: bool = True
    note: str = ""


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
        shapes: the consensus as vectors, lesions and anatomy; points are in `points` only.
        items: what was disputed, decided or not, in the order an adjudicator goes through it.
        reasons: one sentence for each open item, or why the image waits.
    """

    state: State
    grades: Mapping[str, GradeValue] = field(default_factory=dict)
    votes: Mapping[str, Mapping[str, GradeValue]] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    points: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    shapes: tuple[ConsensusShape, ...] = ()
    items: tuple[Item, ...] = ()
    reasons: tuple[str, ...] = ()

    @property
    def open_items(self) -> tuple[Item, ...]:
        """The items nobody has decided."""
        return tuple(item for item in self.items if item.decision is None)
