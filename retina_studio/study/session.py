"""One grader's grading of one image, open for editing; every call that changes it is one committed transaction."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from types import MappingProxyType
from typing import Any, Literal

import cv2
import numpy as np
from pydantic_core import from_json  # a third of json.loads's time for coordinates
from sqlalchemy import ColumnElement, LargeBinary, cast, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from retina_studio.domain.edits import ChangeShapes, Edit, SetComment, edit_from_dict, edit_title
from retina_studio.domain.errors import RetinaError
from retina_studio.domain.grading import Grading, grading_from_dict
from retina_studio.domain.labels import label
from retina_studio.domain.proposal import Proposal
from retina_studio.domain.shapes import Shape, shape_from_dict
from retina_studio.study import audit, statements
from retina_studio.study.database import Database
from retina_studio.study.records import Decision, Grader, HistoryEntry, ImageRecord, State, StoredProposal
from retina_studio.study.schema import (
    AssignmentRow,
    AuditRow,
    EditRow,
    GradingRow,
    ProposalRow,
    RejectionRow,
    ShapeRow,
    now,
)
from retina_studio.study.settings import read_setting

_CHUNK = 500  # shapes that are read in one go
_EditState = Literal["applied", "undone"]
_MANY_SHAPES, _MUCH_TEXT, _MANY_EDITS = 500, 600_000, 2000  # a few hundredths of a second to load
_TAIL = 4000  # characters of an audit row that hold its edit's title for sure


def _go_on() -> None:
    """Nothing asks to give up."""


class GradingSession:
    """The newest version of a grading. `grading` is its current value, `state` its assignment's state."""

    def __init__(
        self, database: Database, image: ImageRecord, grader: Grader, check: Callable[[], None] = _go_on
    ) -> None:
        """Load it. `check` is called between parts of a large grading, and may raise to give the loading up.

        Raises:
            RetinaError: what is stored is damaged; then nothing is changed.
        """
        self.image = image
        self.grader = grader
        self._database = database
        self._load(check)

    def _load(self, check: Callable[[], None] = _go_on) -> None:
        with self._database.reading() as session:
            assignment = self._assignment(session)
            row = _newest(session, assignment.id) if assignment else None
            self.grading = load_grading(session, row, check) if row else Grading()
        self._grading_id = row.id if row else None
        self._assignment_id = assignment.id if assignment else None
        self._revision = assignment.revision if assignment else 0
        self.state: State = assignment.state if assignment else "open"  # type: ignore[assignment]

    def _assignment(self, session: Session) -> AssignmentRow | None:
        key = (AssignmentRow.image_id == self.image.id, AssignmentRow.grader_id == self.grader.id)
        return session.scalars(select(AssignmentRow).where(*key)).one_or_none()

    def history(self) -> list[HistoryEntry]:
        """The edits of this version, oldest first, the undone ones (waiting to be redone) last."""
        with self._database.reading() as session:
            rows = session.execute(
                select(_end_of(AuditRow.detail, session), EditRow.state, AuditRow.at)
                .join(EditRow, EditRow.audit_id == AuditRow.id)
                .where(EditRow.grading_id == self._grading_id, EditRow.state != "discarded")
                .order_by(EditRow.sequence)
            ).all()
        return [HistoryEntry(_title(detail), state == "undone", made) for detail, state, made in rows]

    def apply(self, edit: Edit) -> None:
        """Make an edit. When this returns, the edit and its audit row are on disk.

        Raises:
            RetinaError: the grading is submitted, the edit does not fit it, or nothing could be written; then
                the grading is as it was, here and on disk. Or it was changed in another window; then it is
                loaded again as it is there.
        """
        self._check_open()
        after = edit.apply(self.grading)
        with self._change("in progress") as (session, assignment_id):
            grading_id = self._started(session, assignment_id)
            audit_id = audit.record(
                session, self.grader.name, "edit", self._subject(grading_id), edit.to_dict()
            )
            connection = session.connection()
            statements.add_edit(connection, grading_id, audit_id)
            statements.write_grading(connection, grading_id, self.grading, after, edit.shape_ids)
        self._settle(grading_id, after)

    def undo(self) -> Edit | None:
        """Take the last edit back; None when there is nothing to undo. Raises as `apply`."""
        return self._step("applied", "undone")

    def redo(self) -> Edit | None:
        """Make the last undone edit again; None when there is nothing to redo. Raises as `apply`."""
        return self._step("undone", "applied")

    def _step(self, old: _EditState, new: _EditState) -> Edit | None:
        self._check_open()
        try:
            with self._change() as (session, _):
                connection = session.connection()
                row = statements.edit_in_turn(connection, self._grading_id, old)
                if row is None or self._grading_id is None:
                    raise _NothingToDoError
                edit = edit_from_dict(json.loads(row.detail))
                after = edit.revert(self.grading) if new == "undone" else edit.apply(self.grading)
                statements.mark_edit(connection, row.id, new)
                what = "undo" if new == "undone" else "redo"
                subject = self._subject(self._grading_id)
                audit.record(session, self.grader.name, what, subject, {"edit": row.audit_id})
                statements.write_grading(connection, self._grading_id, self.grading, after, edit.shape_ids)
        except _NothingToDoError:
            return None
        self._settle(self._grading_id, after)
        return edit

    def missing(self) -> list[str]:
        """What is still to do before this grading can be handed in, with what the study requires."""
        return self.grading.missing(self.image.modality, self._required_grades)

    @cached_property
    def _required_grades(self) -> list[str]:
        required: list[str] = read_setting(self._database, "required_grades", [])
        return required

    def submit(self, *, complete: bool = True) -> None:
        """Hand the grading in; afterwards it can be read, and reopened as a new version.

        `complete=False` is for labels that come from files, which may answer only what was asked of them.

        Raises:
            RetinaError: a required grade is missing (says which), or it is submitted already.
        """
        self._check_open()
        missing = self.missing()
        if missing and complete:
            raise RetinaError(f"Before you submit, still to do: {'; '.join(missing)}.")
        with self._change("submitted") as (session, assignment_id):
            grading_id = self._started(session, assignment_id)
            session.get_one(GradingRow, grading_id).submitted = now()
            audit.record(
                session, self.grader.name, "submit", self._subject(grading_id), self.grading.to_dict()
            )
        self._settle(grading_id, self.grading, "submitted")

    def reopen(self) -> None:
        """Open a submitted grading again, as a new version that starts from the submitted one.

        Undo goes back to this point: what was submitted stays what it was.

        Raises:
            RetinaError: it is not submitted.
        """
        if self.state != "submitted":
            raise RetinaError("Only a submitted grading can be reopened.")
        with self._change("in progress") as (session, assignment_id):
            old = session.get_one(GradingRow, self._grading_id)
            grading_id = _new_version(session, assignment_id, old.version + 1)
            shape_ids = self.grading.shapes.keys()
            statements.write_grading(session.connection(), grading_id, Grading(), self.grading, shape_ids)
            for row in session.scalars(select(RejectionRow).where(RejectionRow.grading_id == old.id)).all():
                session.add(
                    RejectionRow(proposal_id=row.proposal_id, grading_id=grading_id, shape_id=row.shape_id)
                )
            detail = {"from": old.id, "version": old.version + 1}
            audit.record(session, self.grader.name, "reopen", self._subject(grading_id), detail)
        self._settle(grading_id, self.grading, "in progress")

    def proposals(self) -> list[StoredProposal]:
        """What models offered for this image, oldest first, with what this grading made of each shape."""
        with self._database.reading() as session:
            rows = session.scalars(
                select(ProposalRow).where(ProposalRow.image_id == self.image.id).order_by(ProposalRow.id)
            ).all()
            rejected = set(
                session.execute(
                    select(RejectionRow.proposal_id, RejectionRow.shape_id).where(
                        RejectionRow.grading_id == self._grading_id
                    )
                ).all()
            )
        return [self._stored(row, {shape for number, shape in rejected if number == row.id}) for row in rows]

    def _stored(self, row: ProposalRow, rejected: set[str]) -> StoredProposal:
        proposal = load_proposal(row)
        decisions: dict[str, Decision] = {}
        for shape in proposal.shapes:
            kept = self.grading.shapes.get(shape.id)
            if kept is not None:
                decisions[shape.id] = "accepted" if kept == shape else "edited"
            elif shape.id in rejected:
                decisions[shape.id] = "rejected"
        return StoredProposal(row.id, proposal, decisions)

    def accept(self, stored: StoredProposal, shape_id: str) -> Edit:
        """The edit that takes a proposed shape into the grading (and a single label's old shape out).

        The shape keeps its id and origin, so that the study knows what became of the proposal; apply the edit
        like any other.
        """
        shape = next(shape for shape in stored.proposal.shapes if shape.id == shape_id)
        replaced: tuple[Shape, ...] = ()
        if label(shape.label).single:
            replaced = tuple(self.grading.labelled(shape.label))
        return ChangeShapes(replaced, (shape,), f"Accept proposed {shape.label}")

    def reject(self, stored: StoredProposal, shape_id: str) -> None:
        """Record that this grader rejected a proposed shape.

        Raises:
            RetinaError: the grading is submitted, or nothing could be written.
        """
        self._check_open()
        with self._change("in progress") as (session, assignment_id):
            grading_id = self._started(session, assignment_id)
            session.merge(RejectionRow(proposal_id=stored.id, grading_id=grading_id, shape_id=shape_id))
            detail = {"proposal": stored.id, "shape": shape_id}
            audit.record(session, self.grader.name, "reject", self._subject(grading_id), detail)
        self._settle(grading_id, self.grading)

    def _check_open(self) -> None:
        if self.state == "submitted":
            raise RetinaError("This grading is submitted: reopen it to change it.")

    def _subject(self, grading_id: int) -> str:
        return f"image:{self.image.id}/grading:{grading_id}"

    @contextmanager
    def _change(self, state: State | None = None) -> Iterator[tuple[Session, int]]:
        """One transaction on the grading as this session knows it; yields the assignment's id with it.

        The assignment is made at the first change; it takes `state`, or None leaves it.
        """
        place = (self.image.id, self.grader.id)
        try:
            with self._database.transaction() as session:
                assignment_id = statements.claim(
                    session.connection(), self._assignment_id, place, self._revision, state
                )
                if assignment_id is None:
                    raise _ChangedElsewhereError
                yield session, assignment_id
        except _ChangedElsewhereError as error:
            self._load()
            raise RetinaError(
                "This grading was changed in another window: it was loaded again, please look and repeat the edit."
            ) from error
        self._assignment_id = assignment_id
        self._revision += 1

    def _started(self, session: Session, assignment_id: int) -> int:
        """The grading's row, made at the first edit: looking at an image leaves no trace."""
        return self._grading_id if self._grading_id is not None else _new_version(session, assignment_id, 1)

    def _settle(self, grading_id: int, grading: Grading, state: State = "in progress") -> None:
        """Take over what was committed."""
        self._grading_id, self.grading, self.state = grading_id, grading, state


class _ChangedElsewhereError(Exception):
    """The grading on disk is newer than the one in this session."""


class _NothingToDoError(Exception):
    """No edit to undo or redo: nothing is written."""


def _new_version(session: Session, assignment_id: int, version: int) -> int:
    row = GradingRow(
        assignment_id=assignment_id, version=version, grades="{}", absent="[]", comment="", created=now()
    )
    session.add(row)
    session.flush()
    return row.id


def _newest(session: Session, assignment_id: int) -> GradingRow | None:
    return session.scalars(
        select(GradingRow)
        .where(GradingRow.assignment_id == assignment_id)
        .order_by(GradingRow.version.desc())
        .limit(1)
    ).one_or_none()


def is_large(session: Session, image: ImageRecord, grader: Grader) -> bool:
    """Whether a grading has so many shapes, vertices or edits that loading it takes a while."""
    newest = (
        select(GradingRow.id)
        .join(AssignmentRow, AssignmentRow.id == GradingRow.assignment_id)
        .where(AssignmentRow.image_id == image.id, AssignmentRow.grader_id == grader.id)
        .order_by(GradingRow.version.desc())
        .limit(1)
    )
    grading_id = session.scalar(newest)
    if grading_id is None:
        return False
    shapes = select(func.length(ShapeRow.form).label("size")).where(ShapeRow.grading_id == grading_id)
    some = shapes.limit(_MANY_SHAPES).subquery()
    count, size = session.execute(select(func.count(), func.sum(some.c.size)).select_from(some)).one()
    edits = session.scalar(select(func.count()).where(EditRow.grading_id == grading_id)) or 0
    return count >= _MANY_SHAPES or (size or 0) > _MUCH_TEXT or edits > _MANY_EDITS


def load_grading(session: Session, row: GradingRow, check: Callable[[], None] = _go_on) -> Grading:
    """The value of one stored version; `check` is called between parts of a large one.

    Raises:
        RetinaError: what is stored is damaged.
    """
    forms = session.scalars(
        select(ShapeRow.form)
        .where(ShapeRow.grading_id == row.id)
        .order_by(ShapeRow.position, ShapeRow.shape_id)
        .execution_options(yield_per=_CHUNK)
    )
    shapes: dict[str, Shape] = {}
    # In parts, because reading JSON holds the interpreter: a window's thread gets its turn between them.
    for part in forms.partitions():
        check()
        for form in _from_json(f"[{','.join(part)}]"):
            shape = shape_from_dict(form)
            shapes[shape.id] = shape
    answers = {"grades": _from_json(row.grades), "absent": _from_json(row.absent), "comment": row.comment}
    return replace(grading_from_dict(answers), shapes=MappingProxyType(shapes))


def _from_json(text: str) -> Any:
    try:
        return from_json(text)
    except ValueError as error:
        raise RetinaError(
            f"This grading is damaged in the study's database ({error}): restore the study from a backup."
        ) from error


def _end_of(text: InstrumentedAttribute[str], session: Session) -> ColumnElement[Any]:
    """The last `_TAIL` characters of a column of plain ASCII."""
    if session.get_bind().dialect.name == "sqlite":  # which counts the characters of a text, but not of bytes
        return func.substr(cast(text, LargeBinary), -_TAIL, type_=LargeBinary)
    return func.right(text, _TAIL)


def _title(detail: str | bytes) -> str:
    """The title of an edit, from its audit row or the last `_TAIL` characters of it.

    A row's keys are sorted, so the title of an edit of many shapes stands at its end.
    """
    text = detail.decode() if isinstance(detail, bytes) else detail
    if len(text) < _TAIL:
        return edit_title(_from_json(text))
    place = text.rfind('"title": ')
    # Of the edits without a written title only a comment's is so long.
    return edit_title(_from_json("{" + text[place:])) if place >= 0 else SetComment("", "").title


def load_proposal(row: ProposalRow) -> Proposal:
    """The value of a stored proposal."""
    cam = None
    if row.cam is not None:
        grey = cv2.imdecode(np.frombuffer(row.cam, np.uint8), cv2.IMREAD_GRAYSCALE)
        cam = None if grey is None else np.asarray(grey, dtype=np.float32) / np.float32(255)
    return Proposal(
        model=row.model,
        weights_hash=row.weights_hash,
        shapes=tuple(shape_from_dict(form) for form in json.loads(row.shapes)),
        scores=json.loads(row.scores),
        grades=json.loads(row.grades),
        cam=cam,
        seconds=row.seconds,
    )
