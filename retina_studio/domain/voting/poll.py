"""What every part of the vote works on: the gradings of one image, and what came of one label."""

import hashlib
import json
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from retina_studio.domain.grading import Answer, Grading
from retina_studio.domain.labels import GradeValue, Modality
from retina_studio.domain.shapes import XY, Geometry, Polygon, Shape
from retina_studio.domain.voting.outcome import ConsensusShape, Item, ItemKind
from retina_studio.domain.voting.rules import VoteRules

_DIGEST = 12  # hexadecimal digits


@dataclass(frozen=True)
class Poll:
    """The gradings of one image, by grader in the order of their names, and by which rules they are counted.

    Attributes:
        gradings: of every grader who submitted.
        modality: of the image.
        size: height and width of the image.
        rules: of the vote.
        grades: the image grades settled so far.
        disputed: the scales whose grade is not settled, though asked.
    """

    gradings: Mapping[str, Grading]
    modality: Modality
    size: tuple[int, int]
    rules: VoteRules
    grades: Mapping[str, GradeValue] = field(default_factory=dict)
    disputed: frozenset[str] = frozenset()

    @property
    def needed(self) -> int:
        """How many of them must agree."""
        return self.rules.needed(len(self.gradings))

    def drawn(self, code: str) -> dict[str, tuple[Shape, ...]]:
        """The shapes of one label, by those who drew it."""
        found = {name: tuple(grading.labelled(code)) for name, grading in self.gradings.items()}
        return {name: shapes for name, shapes in found.items() if shapes}

    def answers(self, code: str) -> dict[str, str]:
        """What every grader said of one label: "drawn", "none" or "silent"."""
        return {name: grading.answer(code).value for name, grading in self.gradings.items()}


@dataclass(frozen=True)
class Ballot:
    """What came of one label: as in `Outcome`, with no kind where it is not settled or nobody answered."""

    code: str
    kind: str = ""
    point: XY | None = None
    point_rule: str = ""
    shapes: tuple[ConsensusShape, ...] = ()
    items: tuple[Item, ...] = ()


def count(answers: Mapping[str, str], answer: Answer) -> int:
    """How many gave this answer."""
    return sum(given == answer.value for given in answers.values())


def new_item(
    kind: ItemKind,
    code: str,
    title: str,
    reason: str,
    answers: Mapping[str, Any],
    drawn: Mapping[str, tuple[Shape, ...]] | None = None,
    average: Sequence[Geometry] = (),
) -> Item:
    """An item; its key is made of who said and drew what, in whatever order that came."""
    drawn = drawn or {}
    said = [
        [name, answers[name], sorted(_content(shape.geometry) for shape in drawn.get(name, ()))]
        for name in sorted(answers)
    ]
    key = f"{kind}:{code}:{_digest(json.dumps(said))}"
    return Item(key, kind, code, title, reason, dict(answers), dict(drawn), tuple(average))


def consensus_shape(
    code: str, geometry: Geometry, members: Mapping[str, tuple[str, ...]], rule: str
) -> ConsensusShape:
    """A shape of the consensus; its id is made of the label, the geometry and the ids it was merged from."""
    content = json.dumps([code, _content(geometry), sorted([name, *ids] for name, ids in members.items())])
    shape = Shape(code, geometry, f"consensus-{_digest(content)}", "consensus")
    return ConsensusShape(shape, dict(members), rule)


def members_of(drawn: Mapping[str, Sequence[Shape]]) -> dict[str, tuple[str, ...]]:
    """The ids of what each grader drew."""
    return {name: tuple(shape.id for shape in shapes) for name, shapes in drawn.items()}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGEST]


def _content(geometry: Geometry) -> str:
    """A short text that only this geometry has."""
    if not isinstance(geometry, Polygon):
        return repr(geometry)
    numbers = array("d", chain.from_iterable(chain.from_iterable(geometry.rings)))
    rings = [len(ring) for ring in geometry.rings]
    return f"polygon {rings} {hashlib.sha256(numbers.tobytes()).hexdigest()}"
