"""Hidden repeats: images that a grader is given once more after a while, to see how far they agree with themselves."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.grading import Grading
from retina_studio.study import audit
from retina_studio.study.loading import load_grading
from retina_studio.study.planning import chance_rank, shuffled
from retina_studio.study.records import Grader, ImageRecord
from retina_studio.study.schema import AssignmentRow, GraderRow, GradingRow, now
from retina_studio.study.study import Study
from retina_studio.study.versions import assignment_event, newest_version

PURPOSE = "repeat"


@dataclass(frozen=True)
class DueRepeat:
    """An image that a grader submitted so long ago that it can be given again; `submitted` is when (UTC)."""

    image: ImageRecord
    grader: Grader
    submitted: str


@dataclass(frozen=True, eq=False)
class Repeat:
    """One grader's two gradings of one image, the earlier first, and the days between them."""

    image: ImageRecord
    grader: Grader
    first: Grading
    second: Grading
    days: float


class _Last(NamedTuple):
    """The newest round of an image that a grader submitted."""

    image_id: int
    grader_id: int
    round: int
    submitted: str


def due_repeats(study: Study, days: int, share: float = 0.1, seed: int = 0) -> list[DueRepeat]:
    """What `give_repeats` would give now. Raises as that."""
    with study.database.reading() as session:
        due = _due(session, days, share, seed)
    images = {image.id: image for image in study.images()}
    graders = {grader.id: grader for grader in study.graders()}
    return [DueRepeat(images[row.image_id], graders[row.grader_id], row.submitted) for row in due]


def give_repeats(study: Study, days: int, share: float = 0.1, seed: int = 0, who: str = "system") -> int:
    """Give graders a share of what they submitted more than so many days ago once more; returns how many.

    A repeat starts empty, looks like any other image in the worklist, and does not vote. Whether an image is of the
    share depends on seed, image and grader alone: to call again with the same numbers gives none twice.

    Raises:
        RetinaError: `days` is negative, or `share` not between 0 and 1.
    """
    with study.database.transaction() as session:
        session.execute(select(GraderRow.id).order_by(GraderRow.id).with_for_update(key_share=True))
        due = _due(session, days, share, seed)
        rows = _rows(session, due, seed)
        session.add_all(rows)
        session.flush()
        audit.record_all(session, who, "assign", [assignment_event(vars(row)) for row in rows])
    return len(rows)


def _due(session: Session, days: int, share: float, seed: int) -> list[_Last]:
    if days < 0 or not 0 < share <= 1:
        raise RetinaError("Hidden repeats need a number of days (0 or more) and a share above 0, at most 1.")
    before = (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="microseconds")
    return [row for row in _last_rounds(session) if row.submitted < before and _chosen(row, share, seed)]


def _last_rounds(session: Session) -> Sequence[_Last]:
    """Of every image and active grader the newest round, where it is submitted."""
    newest = func.max(AssignmentRow.round).over(
        partition_by=(AssignmentRow.image_id, AssignmentRow.grader_id)
    )
    rounds = (
        select(
            AssignmentRow.id,
            AssignmentRow.image_id,
            AssignmentRow.grader_id,
            AssignmentRow.round,
            AssignmentRow.state,
            AssignmentRow.purpose,
            newest.label("newest"),
        )
        .join(GraderRow, GraderRow.id == AssignmentRow.grader_id)
        .where(GraderRow.role == "grader", GraderRow.left.is_(None))
        .subquery()
    )
    submitted = func.max(GradingRow.submitted)
    rows = session.execute(
        select(rounds.c.image_id, rounds.c.grader_id, rounds.c.round, submitted)
        .join(GradingRow, GradingRow.assignment_id == rounds.c.id)
        .where(
            rounds.c.round == rounds.c.newest,
            rounds.c.state == "submitted",
            rounds.c.purpose != "certification",
        )
        .group_by(rounds.c.image_id, rounds.c.grader_id, rounds.c.round)
        .order_by(rounds.c.image_id, rounds.c.grader_id)
    )
    return [_Last(*row) for row in rows]


def _chosen(row: _Last, share: float, seed: int) -> bool:
    digest = chance_rank(seed, f"repeat/{row.image_id}/{row.grader_id}/{row.round}")
    return int.from_bytes(digest[:8], "big") < share * 2**64


def _rows(session: Session, due: Sequence[_Last], seed: int) -> list[AssignmentRow]:
    last: dict[int, int] = dict(
        session.execute(
            select(AssignmentRow.grader_id, func.max(AssignmentRow.position)).group_by(
                AssignmentRow.grader_id
            )
        ).all()
    )
    places = shuffled([(row.image_id, row.grader_id) for row in due], seed, last)
    given: dict[str, Any] = {
        "state": "open",
        "revision": 0,
        "purpose": PURPOSE,
        "given": now(),
        "due": None,
        "note": "",
    }
    return [
        AssignmentRow(
            image_id=row.image_id,
            grader_id=row.grader_id,
            round=row.round + 1,
            position=places[row.image_id, row.grader_id],
            **given,
        )
        for row in due
    ]


def repeats(study: Study) -> Iterator[Repeat]:
    """Every pair of one grader's submitted gradings of an image, each round beside the one before."""
    images = {image.id: image for image in study.images()}
    graders = {grader.id: grader for grader in study.graders()}
    with study.database.reading() as session:
        rows = session.execute(
            select(AssignmentRow.image_id, AssignmentRow.grader_id, AssignmentRow.id)
            .where(AssignmentRow.state == "submitted", AssignmentRow.purpose != "certification")
            .order_by(AssignmentRow.grader_id, AssignmentRow.image_id, AssignmentRow.round)
        ).all()
        for earlier, later in pairwise(rows):
            if earlier[:2] == later[:2]:
                first, second = (newest_version(session, row.id) for row in (earlier, later))
                if first is not None and second is not None:
                    yield Repeat(
                        images[earlier.image_id],
                        graders[earlier.grader_id],
                        load_grading(session, first),
                        load_grading(session, second),
                        _days(first, second),
                    )


def _days(first: GradingRow, second: GradingRow) -> float:
    between = datetime.fromisoformat(second.submitted or "") - datetime.fromisoformat(first.submitted or "")
    return between / timedelta(days=1)
