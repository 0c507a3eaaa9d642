"""What votes: each image's submitted gradings and its active decisions, as plain text that another process can take."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic_core import from_json
from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session, aliased

from retina_studio import paths
from retina_studio.domain.errors import RetinaError
from retina_studio.domain.grading import Grading, grading_from_dict
from retina_studio.domain.labels import Modality
from retina_studio.domain.shapes import shape_from_dict
from retina_studio.domain.voting.decisions import Decision, decision_from_dict
from retina_studio.domain.voting.rules import Version, VoteRules
from retina_studio.study.schema import (
    AssignmentRow,
    DecisionRow,
    GraderRow,
    GradingRow,
    ImageRow,
    ShapeRow,
)

VOTE_VERSION = 1  # raise it when the same gradings give another outcome: then everything is voted on again
_DATA = ("labels.toml", "grades.toml", "guideline.toml")  # what the vote reads beside the gradings
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class StoredGrading:
    """One grading as it is stored: `grades` and `absent` are JSON, `shapes` a JSON list."""

    grader: str
    grades: str
    absent: str
    comment: str
    shapes: str

    def load(self) -> Grading:
        """Its value.

        Raises:
            RetinaError: what is stored is damaged.
        """
        shapes = [shape_from_dict(form) for form in _from_json(self.shapes)]
        answers = {
            "grades": _from_json(self.grades),
            "absent": _from_json(self.absent),
            "comment": self.comment,
        }
        by_id = MappingProxyType({shape.id: shape for shape in shapes})
        return replace(grading_from_dict(answers), shapes=by_id)


@dataclass(frozen=True, slots=True)
class Case:
    """All that the vote on one image is made of; `basis` is its hash, `decisions` are JSON."""

    image: int
    modality: Modality
    height: int
    width: int
    gradings: tuple[StoredGrading, ...]
    decisions: tuple[str, ...]
    basis: str

    def load_gradings(self) -> dict[str, Grading]:
        """The gradings by grader name.

        Raises:
            RetinaError: one of them is damaged in the database.
        """
        return {stored.grader: stored.load() for stored in self.gradings}

    def load_decisions(self) -> list[Decision]:
        """The active decisions, oldest first."""
        return [decision_from_dict(json.loads(form)) for form in self.decisions]


@dataclass(frozen=True, slots=True)
class Basis:
    """The hash of all that an image's outcome is made of, and how many gradings vote."""

    digest: str
    gradings: int


def voting(*columns: Any, version: Version = "newest") -> Select[Any]:
    """Select columns of the gradings that vote, with their assignments and graders.

    They are one version each of what graders submitted, where it is not open again: no hidden repeats, no
    certification, no adjudicator's or engineer's. A version is blind where no proposal was shown before it was
    submitted, in it or in one before.
    """
    other, seen = aliased(GradingRow), aliased(GradingRow)
    of_it = select(func.max(other.version)).where(other.assignment_id == AssignmentRow.id)
    if version == "blind":
        shown = exists().where(seen.assignment_id == other.assignment_id, seen.revealed < other.submitted)
        of_it = of_it.where(other.submitted.is_not(None), ~shown)
    newest = of_it.scalar_subquery()
    return (
        select(*columns)
        .select_from(GradingRow)
        .join(AssignmentRow, AssignmentRow.id == GradingRow.assignment_id)
        .join(GraderRow, GraderRow.id == AssignmentRow.grader_id)
        .where(
            AssignmentRow.round == 0,
            AssignmentRow.state == "submitted",
            AssignmentRow.purpose != "certification",
            GraderRow.role == "grader",
            GradingRow.submitted.is_not(None),
            GradingRow.version == newest,
        )
        .order_by(AssignmentRow.image_id, GraderRow.id)
    )


def bases(session: Session, rules: VoteRules, images: Collection[int] | None = None) -> dict[int, Basis]:
    """What the outcome of each image would be made of now; only images that somebody submitted.

    Args:
        session: to read with.
        rules: of the vote.
        images: ids of those to look at; None = all.
    """
    key = (AssignmentRow.image_id, GraderRow.id, GradingRow.id, GradingRow.version)
    wanted = voting(*key, version=rules.version)
    if images is not None:
        wanted = wanted.where(AssignmentRow.image_id.in_(images))
    voters = defaultdict(list)
    for image, *voter in session.execute(wanted):
        voters[image].append(voter)
    decisions = _decisions(session, images, DecisionRow.id)
    fixed = _fixed(rules)
    return {
        image: Basis(_digest(fixed, keys, [key for (key,) in decisions.get(image, ())]), len(keys))
        for image, keys in voters.items()
    }


def read_cases(session: Session, rules: VoteRules, images: Collection[int]) -> list[Case]:
    """The cases of some images, by image id; those nobody submitted have none. Four queries, however many."""
    key = (AssignmentRow.image_id, GraderRow.id, GradingRow.id, GradingRow.version)
    answers = (GraderRow.name, GradingRow.grades, GradingRow.absent, GradingRow.comment)
    wanted = voting(*key, *answers, version=rules.version)
    rows = session.execute(wanted.where(AssignmentRow.image_id.in_(images))).all()
    shapes = _shapes(session, [row[2] for row in rows])
    voters, gradings = defaultdict(list), defaultdict(list)
    for image, grader, grading, version, name, grades, absent, comment in rows:
        voters[image].append([grader, grading, version])
        form = f"[{','.join(shapes.get(grading, ()))}]"
        gradings[image].append(StoredGrading(name, grades, absent, comment, form))
    decisions = _decisions(session, images, DecisionRow.id, DecisionRow.detail)
    sizes: Sequence[Any] = session.execute(
        select(ImageRow.id, ImageRow.modality, ImageRow.height, ImageRow.width)
        .where(ImageRow.id.in_(gradings))
        .order_by(ImageRow.id)
    ).all()
    fixed = _fixed(rules)
    return [
        Case(
            image,
            modality,
            height,
            width,
            tuple(gradings[image]),
            tuple(detail for _, detail in decisions.get(image, ())),
            _digest(fixed, voters[image], [key for key, _ in decisions.get(image, ())]),
        )
        for image, modality, height, width in sizes
    ]


def parts(things: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of at most `size`."""
    rest = iter(things)
    while part := list(islice(rest, size)):
        yield part


def _shapes(session: Session, gradings: Sequence[int]) -> Mapping[int, list[str]]:
    rows = session.execute(
        select(ShapeRow.grading_id, ShapeRow.form)
        .where(ShapeRow.grading_id.in_(gradings))
        .order_by(ShapeRow.grading_id, ShapeRow.position, ShapeRow.shape_id)
    )
    found = defaultdict(list)
    for key, form in rows:
        found[key].append(form)
    return found


def _decisions(
    session: Session, images: Collection[int] | None, *columns: Any
) -> Mapping[int, list[tuple[Any, ...]]]:
    """The columns of the active decisions by image, oldest first."""
    wanted = select(DecisionRow.image_id, *columns).where(DecisionRow.state == "active")
    if images is not None:
        wanted = wanted.where(DecisionRow.image_id.in_(images))
    found = defaultdict(list)
    for image, *values in session.execute(wanted.order_by(DecisionRow.id)):
        found[image].append(tuple(values))
    return found


def _fixed(rules: VoteRules) -> list[Any]:
    """What every outcome is made of, whatever was graded.

    Which version votes is not of it: the gradings that do are in the basis themselves.
    """
    said = {name: value for name, value in rules.to_dict().items() if name != "version"}
    return [VOTE_VERSION, _data_digest(), said]


@cache
def _data_digest() -> str:
    """The hash of the catalogue, scales and guideline: with another one an outcome may be another."""
    digest = hashlib.sha256()
    for name in _DATA:
        digest.update((paths.resources() / name).read_bytes())
    return digest.hexdigest()


def _digest(*content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _from_json(text: str) -> Any:
    try:
        return from_json(text)
    except ValueError as error:
        raise RetinaError(
            f"A grading is damaged in the study's database ({error}): restore the study from a backup."
        ) from error
