"""One grader's grading of one image, open for editing; every call that changes it is one committed transaction."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import cv2
import numpy as np
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from retina_studio.domain.edits import ChangeShapes, Edit, edit_from_dict
from retina_studio.domain.errors import RetinaError
from retina_studio.domain.grading import Grading, grading_from_dict
from retina_studio.domain.labels import label
from retina_studio.domain.proposal import Proposal
from retina_studio.domain.shapes import Shape, shape_from_dict
from retina_studio.study import audit
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

_CHUNK = 500  # well under every database's limit of bound parameters


class GradingSession:
    """The newest version of a grading. `grading` is its current value, `state` its assignment's state."""

    def __init__(self, database: Database, image: ImageRecord, grader: Grader) -> None:
        self.image = image
        self.grader = grader
        self._database = database
        self._load()

    def _load(self) -> None:
        with self._database.reading() as session:
            assignment = self._assignment(session)
            row = _newest(session, assignment.id) if assignment else None
            self.grading = load_grading(session, row) if row else Grading()
        self._grading_id = row.id if row else None
        self._revision = assignment.revision if assignment else 0
        self.state: State = assignment.state if assignment else "open"  # type: ignore[assignment]

    def _assignment(self, session: Session) -> AssignmentRow | None:
        key = (AssignmentRow.image_id == self.image.id, AssignmentRow.grader_id == self.grader.id)
        return session.scalars(select(AssignmentRow).where(*key)).one_or_none()

    def history(self) -> list[HistoryEntry]:
        """The edits of this version, oldest first, the undone ones (waiting to be redone) last."""
        with self._database.reading() as session:
            rows = session.execute(
                select(AuditRow.detail, EditRow.state)
                .join(EditRow, EditRow.audit_id == AuditRow.id)
                .where(EditRow.grading_id == self._grading_id, EditRow.state != "discarded")
                .order_by(EditRow.sequence)
            ).all()
        return [HistoryEntry(edit_from_dict(json.loads(detail)), state == "undone") for detail, state in rows]

    def apply(self, edit: Edit) -> None:
        """Make an edit. When this returns, the edit and its audit row are on disk.

        Raises:
            RetinaError: the grading is submitted, the edit does not fit it, or nothing could be written; then
                the grading is as it was, here and on disk. Or it was changed in another window; then it is
                loaded again as it is there.
        """
        self._check_open()
        after = edit.apply(self.grading)
        with self._change() as (session, assignment):
            grading_id = self._started(session, assignment)
            row = audit.record(session, self.grader.name, "edit", self._subject(grading_id), edit.to_dict())
            session.execute(
                update(EditRow)
                .where(EditRow.grading_id == grading_id, EditRow.state == "undone")
                .values(state="discarded")
            )
            last = session.scalar(select(func.max(EditRow.sequence)).where(EditRow.grading_id == grading_id))
            session.add(
                EditRow(grading_id=grading_id, sequence=(last or 0) + 1, state="applied", audit_id=row.id)
            )
            _write(session, grading_id, after, edit.shape_ids)
        self._settle(grading_id, after)

    def undo(self) -> Edit | None:
        """Take the last edit back; None when there is nothing to undo. Raises as `apply`."""
        return self._step("applied", "undone")

    def redo(self) -> Edit | None:
        """Make the last undone edit again; None when there is nothing to redo. Raises as `apply`."""
        return self._step("undone", "applied")

    def _step(self, old: str, new: str) -> Edit | None:
        self._check_open()
        with self._database.reading() as session:
            assignment = self._assignment(session)
            known = assignment is None or assignment.revision == self._revision
            if known and self._edit_in_turn(session, old) is None:
                return None
        with self._change() as (session, _):
            row = self._edit_in_turn(session, old)
            if row is None:
                raise _ChangedElsewhereError
            detail = session.get_one(AuditRow, row.audit_id).detail
            edit = edit_from_dict(json.loads(detail))
            after = edit.revert(self.grading) if new == "undone" else edit.apply(self.grading)
            row.state = new
            what = "undo" if new == "undone" else "redo"
            subject = self._subject(row.grading_id)
            audit.record(session, self.grader.name, what, subject, {"edit": row.audit_id})
            _write(session, row.grading_id, after, edit.shape_ids)
        self._settle(row.grading_id, after)
        return edit

    def _edit_in_turn(self, session: Session, state: str) -> EditRow | None:
        """The last edit that is applied, or the first that is undone."""
        order = EditRow.sequence.desc() if state == "applied" else EditRow.sequence.asc()
        these = (EditRow.grading_id == self._grading_id, EditRow.state == state)
        return session.scalars(select(EditRow).where(*these).order_by(order).limit(1)).one_or_none()

    def submit(self, *, complete: bool = True) -> None:
        """Hand the grading in; afterwards it can be read, and reopened as a new version.

        `complete=False` is for labels that come from files, which may answer only what was asked of them.

        Raises:
            RetinaError: a required grade is missing (says which), or it is submitted already.
        """
        self._check_open()
        missing = self.grading.missing(self.image.modality)
        if missing and complete:
            raise RetinaError(f"Before you submit, please grade: {', '.join(missing)}.")
        with self._change() as (session, assignment):
            grading_id = self._started(session, assignment)
            session.get_one(GradingRow, grading_id).submitted = now()
            assignment.state = "submitted"
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
        with self._change() as (session, assignment):
            old = session.get_one(GradingRow, self._grading_id)
            assignment.state = "in progress"
            grading_id = _new_version(session, assignment.id, old.version + 1)
            _write(session, grading_id, self.grading, self.grading.shapes)
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
        with self._change() as (session, assignment):
            grading_id = self._started(session, assignment)
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
    def _change(self) -> Iterator[tuple[Session, AssignmentRow]]:
        """One transaction on the grading as this session knows it; the assignment is made at the first change."""
        try:
            with self._database.transaction() as session:
                assignment = self._assignment(session)
                if assignment is None:
                    assignment = AssignmentRow(
                        image_id=self.image.id, grader_id=self.grader.id, state="open", revision=0
                    )
                    session.add(assignment)
                    session.flush()
                if assignment.revision != self._revision:
                    raise _ChangedElsewhereError
                assignment.revision += 1
                yield session, assignment
        except _ChangedElsewhereError as error:
            self._load()
            raise RetinaError(
                "This grading was changed in another window: it was loaded again, please look and repeat the edit."
            ) from error

    def _started(self, session: Session, assignment: AssignmentRow) -> int:
        """The grading's row, made at the first edit: looking at an image leaves no trace."""
        assignment.state = "in progress"
        return self._grading_id if self._grading_id is not None else _new_version(session, assignment.id, 1)

    def _settle(self, grading_id: int, grading: Grading, state: State = "in progress") -> None:
        """Take over what was committed."""
        self._grading_id, self.grading, self.state = grading_id, grading, state
        self._revision += 1


class _ChangedElsewhereError(Exception):
    """The grading on disk is newer than the one in this session."""


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


def load_grading(session: Session, row: GradingRow) -> Grading:
    """The value of one stored version."""
    forms = session.scalars(
        select(ShapeRow.form)
        .where(ShapeRow.grading_id == row.id)
        .order_by(ShapeRow.position, ShapeRow.shape_id)
    )
    return grading_from_dict(
        {
            "shapes": [json.loads(form) for form in forms],
            "grades": json.loads(row.grades),
            "absent": json.loads(row.absent),
            "comment": row.comment,
        }
    )


def _write(session: Session, grading_id: int, grading: Grading, shape_ids: Iterable[str]) -> None:
    """Bring the rows of a grading to its new value; only the given shapes differ."""
    last = session.scalar(select(func.max(ShapeRow.position)).where(ShapeRow.grading_id == grading_id)) or 0
    touched = list(shape_ids)
    for start in range(0, len(touched), _CHUNK):
        chunk = touched[start : start + _CHUNK]
        these = (ShapeRow.grading_id == grading_id, ShapeRow.shape_id.in_(chunk))
        positions = dict(session.execute(select(ShapeRow.shape_id, ShapeRow.position).where(*these)).all())
        session.execute(delete(ShapeRow).where(*these))
        rows = []
        for shape_id in chunk:
            shape = grading.shapes.get(shape_id)
            if shape is not None:
                last += 1
                position = positions.get(shape_id, last)
                form = json.dumps(shape.to_dict())
                rows.append(
                    {
                        "grading_id": grading_id,
                        "shape_id": shape_id,
                        "position": position,
                        "label": shape.label,
                        "form": form,
                    }
                )
        if rows:
            session.execute(insert(ShapeRow), rows)
    session.execute(
        update(GradingRow)
        .where(GradingRow.id == grading_id)
        .values(
            grades=json.dumps(dict(grading.grades)),
            absent=json.dumps(sorted(grading.absent)),
            comment=grading.comment,
        )
    )


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
