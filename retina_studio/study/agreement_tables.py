"""What the agreement of a study is worked out on: the stored figures of every image as arrays."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from pydantic_core import from_json
from sqlalchemy import select
from sqlalchemy.orm import Session

from retina_studio.domain.labels import Scale, catalogue, scales
from retina_studio.domain.voting.rules import Version
from retina_studio.study.cases import voting
from retina_studio.study.database import Database
from retina_studio.study.json_parts import json_part
from retina_studio.study.schema import AssignmentRow, ConsensusRow, GraderRow, GradingRow, ShapeRow

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int8]
NO_GRADE = -1
_PART = 500  # images that are read in one go
FIGURES = ("dice", "iou", "found", "missed", "extra")


@dataclass(frozen=True)
class Scores:
    """Rows of one kind: each an image, who (one or two graders), a label, and figures. Places, not ids."""

    image: npt.NDArray[np.int64]
    who: npt.NDArray[np.int64]  # (rows, 1 or 2)
    label: npt.NDArray[np.int64]
    figures: Floats  # (rows, figures)


@dataclass(frozen=True)
class Tables:
    """A study's figures; every array's first axis is the image, in the order of `images`.

    Attributes:
        images: ids of those that were voted on.
        graders: names of those whose gradings voted.
        labels: codes.
        gradings: (images, graders) whether the grading votes.
        submitted: (images, graders) when, UTC; NaT where not.
        grades: scale -> (images, graders) the place of the grade on its scale; NO_GRADE where none.
        consensus: scale -> (images,) likewise what was settled.
        drawn: (images, graders, labels) whether the grader drew the label.
        scores: grader against consensus, the `FIGURES`.
        pairs: grader against grader, Dice.
    """

    images: npt.NDArray[np.int64]
    graders: tuple[str, ...]
    labels: tuple[str, ...]
    gradings: npt.NDArray[np.bool_]
    submitted: npt.NDArray[np.datetime64]
    grades: dict[str, Codes]
    consensus: dict[str, Codes]
    drawn: npt.NDArray[np.bool_]
    scores: Scores
    pairs: Scores


@dataclass
class _Found:
    """Rows as they are read, column by column."""

    image: list[int] = field(default_factory=list)
    who: list[tuple[int, ...]] = field(default_factory=list)
    label: list[int] = field(default_factory=list)
    figures: list[tuple[float, ...]] = field(default_factory=list)

    def add(self, image: int, who: tuple[int, ...], label: int, figures: tuple[float, ...]) -> None:
        self.image.append(image)
        self.who.append(who)
        self.label.append(label)
        self.figures.append(figures)

    def scores(self, who: int, figures: int) -> Scores:
        return Scores(
            np.array(self.image, dtype=np.int64),
            np.array(self.who, dtype=np.int64).reshape(-1, who),
            np.array(self.label, dtype=np.int64),
            np.array(self.figures, dtype=np.float64).reshape(-1, figures),
        )


def voted_scales() -> list[Scale]:
    """The scales that a majority settles."""
    return [scale for scale in scales().values() if scale.voted]


def read_tables(database: Database, version: Version = "newest") -> Tables:
    """Read them, as of the last vote; `version` as in its rules."""
    with database.reading() as session:
        images = session.scalars(select(ConsensusRow.image_id).order_by(ConsensusRow.image_id)).all()
        rows = session.execute(
            voting(
                AssignmentRow.image_id,
                GraderRow.name,
                GradingRow.id,
                GradingRow.submitted,
                GradingRow.grades,
                version=version,
            )
        ).all()
        image_place = {key: place for place, key in enumerate(images)}
        rows = [row for row in rows if row[0] in image_place]
        graders = sorted({row[1] for row in rows})
        grader_place = {name: place for place, name in enumerate(graders)}
        places = {row[2]: (image_place[row[0]], grader_place[row[1]]) for row in rows}
        drawn = _drawn(session, places, (len(images), len(graders)))
        consensus, scores, pairs = _read_agreements(session, image_place, grader_place)
    at = [places[row[2]] for row in rows]
    gradings = np.zeros((len(images), len(graders)), dtype=np.bool_)
    submitted = np.full(gradings.shape, np.datetime64("NaT", "us"))
    if at:
        columns = tuple(np.array(at).T)
        gradings[columns] = True
        submitted[columns] = moments([row[3] for row in rows])
    grades = _grade_table([(place, row[4]) for place, row in zip(at, rows, strict=True)], gradings.shape)
    settled = _grade_table(consensus, (len(images),))
    return Tables(
        np.array(images, dtype=np.int64),
        tuple(graders),
        tuple(catalogue()),
        gradings,
        submitted,
        grades,
        settled,
        drawn,
        scores,
        pairs,
    )


def moments(texts: Sequence[str]) -> npt.NDArray[np.datetime64]:
    """Times as the tables hold them (UTC), in microseconds."""
    return np.array([text[:26] for text in texts], dtype="datetime64[us]")


def _read_agreements(
    session: Session, image_place: dict[int, int], grader_place: dict[str, int]
) -> tuple[list[tuple[Any, str]], Scores, Scores]:
    """(what was settled of each image as JSON, graders against consensus, graders against graders)."""
    label_place = {code: place for place, code in enumerate(catalogue())}
    scores, pairs, settled = _Found(), _Found(), []
    rows = session.execute(
        select(
            ConsensusRow.image_id, json_part(session, ConsensusRow.outcome, "grades"), ConsensusRow.agreement
        )
        .order_by(ConsensusRow.image_id)
        .execution_options(yield_per=_PART)
    )
    for key, grades, agreement in rows:
        image = image_place[key]
        settled.append(((image,), grades))
        form = from_json(agreement)
        for name, labels in form.get("graders", {}).items():
            if name in grader_place:
                for code, score in labels.items():
                    told = tuple(score[figure] for figure in FIGURES)
                    scores.add(image, (grader_place[name],), label_place[code], told)
        for one, other, labels in form.get("pairs", ()):
            if one in grader_place and other in grader_place:
                for code, dice in labels.items():
                    pairs.add(image, (grader_place[one], grader_place[other]), label_place[code], (dice,))
    return settled, scores.scores(1, len(FIGURES)), pairs.scores(2, 1)


def _drawn(
    session: Session, places: dict[int, tuple[int, int]], shape: tuple[int, int]
) -> npt.NDArray[np.bool_]:
    labels = {code: place for place, code in enumerate(catalogue())}
    found = np.zeros((*shape, len(labels)), dtype=np.bool_)
    rows = session.execute(
        select(ShapeRow.grading_id, ShapeRow.label)
        .group_by(ShapeRow.grading_id, ShapeRow.label)
        .execution_options(yield_per=10_000)
    )
    for key, code in rows:
        if key in places:
            found[(*places[key], labels[code])] = True
    return found


def _grade_table(told: Sequence[tuple[Any, str]], shape: tuple[int, ...]) -> dict[str, Codes]:
    """Grades, each (place, JSON), as one array of the shape for each scale that somebody graded."""
    codes = {scale.code: {_key(v): n for n, v in enumerate(scale.values)} for scale in voted_scales()}
    tables = {code: np.full(shape, NO_GRADE, dtype=np.int8) for code in codes}
    read: dict[str, dict[str, int]] = {}  # the same few answers come thousands of times
    for place, text in told:
        if text not in read:
            read[text] = {c: codes[c][_key(v)] for c, v in from_json(text).items() if c in codes}
        for code, value in read[text].items():
            tables[code][place] = value
    return {code: table for code, table in tables.items() if (table != NO_GRADE).any()}


def _key(value: Any) -> tuple[bool, Any]:
    """Tells True from 1."""
    return (isinstance(value, bool), value)
