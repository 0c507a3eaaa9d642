"""One grading in the study's database, as it was read, and changed one transaction at a time."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Literal

from sqlalchemy.orm import Session

from retina_studio.domain.edits import edit_from_dict
from retina_studio.domain.errors import RetinaError
from retina_studio.domain.grading import Grading
from retina_studio.study import audit, statements
from retina_studio.study.database import Database
from retina_studio.study.journal import Operation, What
from retina_studio.study.loading import go_on, load_grading
from retina_studio.study.people import present
from retina_studio.study.records import ChangedElsewhereError, Grader, ImageRecord, State
from retina_studio.study.settings import setting_in
from retina_studio.study.versions import current_assignment, first_version, is_given, newest_version
from retina_studio.study.worklist import only_given

_EditState = Literal["applied", "undone"]
_STEPS: Mapping[What, tuple[_EditState, _EditState]] = {
    "undo": ("applied", "undone"),
    "redo": ("undone", "applied"),
}
HIDDEN = "What the models offer is shown once you have submitted your own grading of this image."
_CHANGED = "This grading was changed in another window: it was loaded again, please look and repeat the edit."


class StoredGrading:
    """The newest version of a grading, as it is in the study.

    Attributes:
        grading: its current value.
        state: its assignment's state.
        note: why it was returned for correction; "" where it was not, and once it is submitted again.
        signature: {"name", "meaning", "at"} of a submitted one; empty before, and of those from older studies.
        is_blind_first: whether this person is to grade first and see what models offer afterwards: a grader, while
            the study's setting `blind_first` is on.
    """

    def __init__(
        self, database: Database, image: ImageRecord, grader: Grader, check: Callable[[], None] = go_on
    ) -> None:
        """Load it. `check` is called between parts of a large grading, and may raise to give the loading up.

        Raises:
            RetinaError: what is stored is damaged; then nothing is changed.
        """
        self.image = image
        self.grader = grader
        self._database = database
        self._load(check)

    def _load(self, check: Callable[[], None] = go_on) -> None:
        with self._database.reading() as session:
            assignment = current_assignment(session, self.image.id, self.grader.id)
            row = newest_version(session, assignment.id) if assignment else None
            self.grading = load_grading(session, row, check) if row else Grading()
            own = assignment is not None and is_given(assignment)
            is_grader = self.grader.role == "grader"
            self._may_grade = own or not is_grader or not only_given(session)
            self.is_blind_first: bool = is_grader and setting_in(session, "blind_first", default=False)
        self._grading_id = row.id if row else None
        self._assignment_id = assignment.id if assignment else None
        self._revision = assignment.revision if assignment else 0
        self.state: State = assignment.state if assignment else "open"  # type: ignore[assignment]
        self.note = assignment.note if assignment else ""
        self._purpose = assignment.purpose if assignment else ""
        self.signature: Mapping[str, str] = json.loads(row.signature) if row and row.signature else {}
        self._revealed = row is not None and row.revealed is not None
        # A second version begins as a copy of one that was submitted.
        self._was_submitted = row is not None and (row.version > 1 or row.submitted is not None)

    @property
    def revision(self) -> int:
        """How many changes of the assignment this session knows."""
        return self._revision

    @property
    def is_revealed(self) -> bool:
        """Whether it is recorded that proposals were shown beside this version."""
        return self._revealed

    @property
    def proposals_hidden(self) -> str:
        """Why what models offer is not shown, one sentence; "" where it is."""
        return HIDDEN if self.is_blind_first and not self._was_submitted else ""

    def make(self, operation: Operation) -> None:
        """Make an operation in the study; one that is sent again must be asked for by `has` before.

        Raises:
            ConnectionLostError: the server is gone; whether it was made is not known.
            ChangedElsewhereError: the grading is not the one it was made upon, and was loaded again.
        """
        if operation.what == "apply":
            self._database.retried(lambda: self._make_edit(operation))
            return
        found: list[Operation] = []
        try:
            self._database.retried(lambda: self._make_step(operation.what, operation.token, found))
        except NothingToDoError as error:
            raise ChangedElsewhereError(_CHANGED) from error

    def has(self, operation: Operation) -> bool:
        """Whether an operation that was sent before has come through."""
        with self._database.reading() as session:
            return statements.has_token(session.connection(), self.image.id, operation.token)

    def is_of(self, assignment_id: int | None) -> bool:
        """Whether this is the grading of an assignment; one that was made since is that of None."""
        return assignment_id is None or assignment_id == self._assignment_id

    def _make_edit(self, operation: Operation) -> None:
        edit = operation.edit
        after = edit.apply(self.grading)
        with self._change("in progress") as (session, assignment_id):
            grading_id, told = self._started(session, assignment_id)
            connection = session.connection()
            statements.write_grading(connection, grading_id, self.grading, after, edit.shape_ids)
            sequence = statements.next_sequence(connection, grading_id)
            token = operation.token if self._database.is_server else None
            detail = {**edit.to_dict(), **told, **({"token": token} if token else {})}
            audit_id = audit.record(session, self.grader.name, "edit", self._subject(grading_id), detail)
            statements.add_edit(connection, grading_id, sequence, audit_id, token)
        self._settle(grading_id, after)

    def _make_step(self, what: What, token: str, found: list[Operation]) -> None:
        """Undo or redo; the operation goes into `found` as soon as it is known."""
        old, new = _STEPS[what]
        with self._change() as (session, _):
            connection = session.connection()
            row = statements.edit_in_turn(connection, self._grading_id, old)
            if row is None or self._grading_id is None:
                raise NothingToDoError
            edit = edit_from_dict(json.loads(row.detail))
            after = edit.revert(self.grading) if what == "undo" else edit.apply(self.grading)
            found.append(Operation(what, edit, token))
            statements.mark_edit(connection, row.id, new)
            statements.write_grading(connection, self._grading_id, self.grading, after, edit.shape_ids)
            detail = {"edit": row.audit_id, **({"token": token} if self._database.is_server else {})}
            audit.record(session, self.grader.name, what, self._subject(self._grading_id), detail)
        self._settle(self._grading_id, after)

    def _check_sent(self) -> None:
        """What has to be done before a change; here nothing has."""

    def _check_open(self) -> None:
        if self.state == "submitted":
            raise RetinaError("This grading is submitted: reopen it to change it.")
        self._check_person()

    def _check_person(self) -> None:
        if not self.grader.active:
            raise RetinaError(
                f"{self.grader.name} has left this study: nothing more can be graded in that name."
            )
        if not self._may_grade:
            raise RetinaError(
                f"{self.image.name} was not given to {self.grader.name}: in this study images are assigned."
            )

    def _check_person_now(self, session: Session) -> None:
        """As the study has it by now: this window may be open since before somebody left."""
        self.grader = present(session, self.grader)
        self._check_person()

    def _subject(self, grading_id: int) -> str:
        return f"image:{self.image.id}/grading:{grading_id}"

    @contextmanager
    def _change(self, state: State | None = None) -> Iterator[tuple[Session, int]]:
        """One transaction on the grading as this session knows it; yields the assignment's id with it.

        The assignment is made at the first change; it takes `state`, or None leaves it.
        """
        self._check_sent()
        place = (self.image.id, self.grader.id)
        try:
            with self._database.transaction() as session:
                assignment_id = statements.claim(
                    session.connection(), self._assignment_id, place, self._revision, state
                )
                if assignment_id is None:
                    raise ChangedMeanwhileError
                yield session, assignment_id
        except ChangedMeanwhileError as error:
            self._load()
            raise ChangedElsewhereError(_CHANGED) from error
        self._assignment_id = assignment_id
        self._revision += 1

    def _started(self, session: Session, assignment_id: int) -> tuple[int, Mapping[str, Any]]:
        """The grading's row, made at the first edit: looking at an image leaves no trace; and what is told of it."""
        return (
            (self._grading_id, {}) if self._grading_id is not None else first_version(session, assignment_id)
        )

    def _settle(self, grading_id: int | None, grading: Grading, state: State = "in progress") -> None:
        """Take over what was committed."""
        self._grading_id, self.grading, self.state = grading_id, grading, state
        self._was_submitted = self._was_submitted or state == "submitted"


class ChangedMeanwhileError(Exception):
    """The grading on disk is newer than the one in this session."""


class NothingToDoError(Exception):
    """No edit to undo or redo: nothing is written."""
