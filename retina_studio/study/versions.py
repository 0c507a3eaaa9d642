"""The rows of a grading: which assignment counts, its newest version, and how the next version is made."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import insert, literal, select
from sqlalchemy.orm import Session

from retina_studio.study.schema import AssignmentRow, GradingRow, RejectionRow, ShapeRow, now


class Given(NamedTuple):
    """What a person's worklist is made of: part of an assignment's row."""

    image_id: int
    state: str
    purpose: str
    position: int
    due: str | None
    note: str
    round: int


def is_given(entry: Given | AssignmentRow) -> bool:
    """Whether an assignment is somebody's work: to be shown the proposals makes one too."""
    return bool(entry.purpose) or entry.state != "open"


def turn(entry: Given | AssignmentRow) -> tuple[bool, bool, int]:
    """Which of a person's rounds of one image comes first: what was returned, what is to be done, the newest."""
    to_do = is_given(entry) and entry.state != "submitted"
    return not entry.note, not to_do, -entry.round


def current_assignment(session: Session, image_id: int, grader_id: int) -> AssignmentRow | None:
    """The assignment that a person works on (see `turn`)."""
    rounds = session.scalars(
        select(AssignmentRow).where(AssignmentRow.image_id == image_id, AssignmentRow.grader_id == grader_id)
    )
    return min(rounds, key=turn, default=None)


def assignment_event(row: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Subject and detail of the audit row of an assignment that is given or withdrawn.

    How far its grading is does not belong to it: that grading's own audit rows tell.
    """
    detail = {key: row[key] for key in ("round", "purpose", "position", "given", "due")}
    return f"image:{row['image_id']}/grader:{row['grader_id']}", detail


def newest_version(session: Session, assignment_id: int) -> GradingRow | None:
    """The newest version of a grading; None where nothing was ever made of it."""
    return session.scalars(
        select(GradingRow)
        .where(GradingRow.assignment_id == assignment_id)
        .order_by(GradingRow.version.desc())
        .limit(1)
    ).one_or_none()


def first_version(session: Session, assignment_id: int) -> tuple[int, dict[str, Any]]:
    """Make an empty first version; returns its id, and what the audit row of the change that needs it tells of it."""
    assignment = session.get_one(AssignmentRow, assignment_id)
    row = _add(session, assignment_id, 1, ("{}", "[]", ""))
    place = {"assignment": assignment.id, "grader": assignment.grader_id, "round": assignment.round}
    return row.id, {"started": {**place, "created": row.created}}


def next_version(session: Session, old: GradingRow) -> tuple[int, dict[str, Any]]:
    """Make the next version as a copy of a submitted one, which stays what it was.

    Returns:
        Its id, and what the audit row tells of it.
    """
    answers = (old.grades, old.absent, old.comment)
    row = _add(session, old.assignment_id, old.version + 1, answers)
    key = row.id
    new = literal(key)
    shapes = select(new, ShapeRow.shape_id, ShapeRow.position, ShapeRow.label, ShapeRow.form)
    columns = ["grading_id", "shape_id", "position", "label", "form"]
    session.execute(insert(ShapeRow).from_select(columns, shapes.where(ShapeRow.grading_id == old.id)))
    rejected = select(RejectionRow.proposal_id, new, RejectionRow.shape_id)
    columns = ["proposal_id", "grading_id", "shape_id"]
    session.execute(
        insert(RejectionRow).from_select(columns, rejected.where(RejectionRow.grading_id == old.id))
    )
    return key, {"from": old.id, "version": row.version, "created": row.created}


def _add(session: Session, assignment_id: int, version: int, answers: tuple[str, str, str]) -> GradingRow:
    grades, absent, comment = answers
    row = GradingRow(
        assignment_id=assignment_id,
        version=version,
        grades=grades,
        absent=absent,
        comment=comment,
        created=now(),
    )
    session.add(row)
    session.flush()
    return row
