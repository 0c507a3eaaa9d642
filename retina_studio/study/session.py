"""One grader's grading of one image, open for editing; every call that changes it is one committed transaction."""

import json
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from copy import copy
from functools import cached_property
from typing import Any, Literal

from sqlalchemy.orm import Session

from retina_studio.domain.edits import Edit
from retina_studio.domain.errors import RetinaError
from retina_studio.domain.grading import Grading
from retina_studio.study import audit, certification
from retina_studio.study.database import ConnectionLostError, Database
from retina_studio.study.journal import Journal, Journals, Operation, Subject
from retina_studio.study.loading import go_on, load_history
from retina_studio.study.offers import Offered, acceptance, has_offers, put_rejections, read_offered
from retina_studio.study.records import (
    ChangedElsewhereError,
    Grader,
    HistoryEntry,
    ImageRecord,
    StoredProposal,
)
from retina_studio.study.schema import AssignmentRow, GradingRow, now
from retina_studio.study.sending import send
from retina_studio.study.settings import read_setting
from retina_studio.study.stored_grading import ChangedMeanwhileError, NothingToDoError, StoredGrading
from retina_studio.study.versions import (
    current_assignment,
    next_version,
)

# What a signature says where the person says nothing else.
MEANING = "I have looked at the whole image, and this is my own grading of it."
MEANING_OF_IMPORT = "These labels were read from files."


class GradingSession(StoredGrading):
    """The newest version of a grading, with what waits for the server while that is gone.

    Attributes:
        sends_itself: whether each edit first tries to send what waits for the server, and takes the time the server
            takes; False where the caller sends it in a worker (`send_unsent`), so that no edit waits for the network
            for longer than `Database.in_time`.
    """

    def __init__(
        self,
        database: Database,
        image: ImageRecord,
        grader: Grader,
        check: Callable[[], None] = go_on,
        journals: Journals | None = None,
    ) -> None:
        """Load it. `check` is called between parts of a large grading, and may raise to give the loading up.

        Edits are kept in one of `journals` while the study's server is gone; without, they are refused.

        Raises:
            RetinaError: what is stored is damaged; then nothing is changed.
        """
        super().__init__(database, image, grader, check)
        self.sends_itself = True
        self._journals = journals
        self._journal: Journal | None = None
        self._offered: Offered | None = None

    def history(self) -> list[HistoryEntry]:
        """The edits of this version, oldest first, the undone ones (waiting to be redone) last.

        Raises:
            ConnectionLostError: the server is gone, or edits still wait for it.
        """
        self._check_sent()
        with self._database.reading() as session:
            return load_history(session, self._grading_id)

    @property
    def unsent(self) -> int:
        """How many edits wait on this computer for the study's server."""
        journal = self._journal
        return journal.unsent if journal is not None else 0

    def apply(self, edit: Edit) -> None:
        """Make an edit. When this returns, it is on disk: the study's, or this computer's while the server is gone.

        Raises:
            RetinaError: the grading is submitted, the edit does not fit it, or nothing could be written; then
                the grading is as it was, here and on disk. Or it was changed in another window; then it is
                loaded again as it is there.
        """
        self._check_open()
        operation = Operation("apply", edit)
        if self._kept_behind(operation):
            return
        try:
            self._in_time(lambda session: session.make(operation))
        except ConnectionLostError as error:
            self._keep(operation, error)  # it may have been saved or not: sending finds out

    def undo(self) -> Edit | None:
        """Take the last edit back; None when there is nothing to undo. Raises as `apply`."""
        return self._step("undo")

    def redo(self) -> Edit | None:
        """Make the last undone edit again; None when there is nothing to redo. Raises as `apply`."""
        return self._step("redo")

    def _step(self, what: Literal["undo", "redo"]) -> Edit | None:
        self._check_open()
        journal = self._journal_after_sending()
        if journal is not None:
            edit = journal.in_turn(what)
            if edit is None:
                raise ConnectionLostError(
                    "The server cannot be reached: only edits made since then can be undone and redone now."
                )
            if self._kept_behind(Operation(what, edit)):
                return edit
        found: list[Operation] = []
        token = secrets.token_hex(16)
        try:
            self._in_time(
                lambda session: self._database.retried(lambda: session._make_step(what, token, found))
            )
        except NothingToDoError:
            return None
        except ConnectionLostError as error:
            if not found:
                raise
            self._keep(found[-1], error)
        return found[-1].edit

    def _in_time(self, work: Callable[["GradingSession"], None]) -> None:
        """Change the grading; where somebody waits in a window, by a copy of this session, which may be given up."""
        if self.sends_itself:
            work(self)
            return
        acting = copy(self)
        acting.sends_itself = True
        try:
            self._database.in_time(lambda: work(acting))
        except ChangedElsewhereError:
            vars(self).update(vars(acting), sends_itself=False)
            raise
        vars(self).update(vars(acting), sends_itself=False)

    # Edits that wait for the server

    def send_unsent(self) -> int:
        """Send what waits on this computer; returns how many edits that were. Safe in a worker.

        Raises:
            ConnectionLostError: the server cannot be reached; they wait on.
            ChangedElsewhereError: the grading was changed meanwhile: it was loaded again, and the sentence says where
                the edits are kept.
        """
        journal = self._journal
        if journal is None:
            return 0
        self._database.reach()
        return send(journal, self._loaded_anew, self._take_over)

    def _loaded_anew(self) -> "GradingSession":
        return GradingSession(self._database, self.image, self.grader)

    def _take_over(self, current: "GradingSession") -> None:
        """Go on from the grading as it is in the study."""
        if current.grading != self.grading:
            self.grading = current.grading
        self._grading_id, self._assignment_id = current._grading_id, current._assignment_id
        self._revision, self.state, self.note = current._revision, current.state, current.note
        self.signature, self._revealed = current.signature, current._revealed
        self._was_submitted, self.is_blind_first = current._was_submitted, current.is_blind_first
        self._journal = None

    def _journal_after_sending(self) -> Journal | None:
        """What waits still, once it was tried to send it (unless somebody else does that, or it failed just now)."""
        if self._journal is not None and self.sends_itself and not self._database.is_quiet:
            with suppress(ConnectionLostError):
                self.send_unsent()
        return self._journal

    def _check_sent(self) -> None:
        if self._journal_after_sending() is not None:
            raise ConnectionLostError(
                "The server cannot be reached, and your last edits are kept on this computer until it can: "
                "do this when they were sent."
            )
        if not self.sends_itself:
            self._database.check_answers()

    def _kept_behind(self, operation: Operation) -> bool:
        """Put an operation behind those that wait; False where none does."""
        journal = self._journal_after_sending()
        if journal is None:
            return False
        after = self._after(operation)
        return journal.append(operation, lambda: self._settle(self._grading_id, after))

    def _keep(self, operation: Operation, error: ConnectionLostError) -> None:
        """Start a journal, because the server is gone."""
        if self._journals is None:
            raise error
        after = self._after(operation)
        image, grader = self.image, self.grader
        subject = Subject(
            self._journals.study_id,
            image.id,
            image.name,
            grader.id,
            grader.name,
            self._assignment_id,
            self._revision,
        )
        self._journal = self._journals.start(subject, operation, self.send_unsent)
        self._settle(self._grading_id, after)

    def _after(self, operation: Operation) -> Grading:
        edit = operation.edit
        return edit.revert(self.grading) if operation.what == "undo" else edit.apply(self.grading)

    def missing(self) -> list[str]:
        """What is still to do before this grading can be handed in, with what the study requires."""
        return self.grading.missing(self.image.modality, self._required_grades)

    @cached_property
    def _required_grades(self) -> list[str]:
        required: list[str] = read_setting(self._database, "required_grades", [])
        return required

    def submit(self, *, complete: bool = True, meaning: str = "") -> None:
        """Hand the grading in, signed; afterwards it can be read, and reopened as a new version.

        Whether the grader's passphrase is right is for the caller to check before (`Study.check_passphrase`).

        Args:
            complete: False for labels that come from files, which may answer only what was asked of them.
            meaning: what the grader says by signing; "" = `MEANING`, or `MEANING_OF_IMPORT` of files.

        Raises:
            RetinaError: a required grade is missing (says which), or it is submitted already.
        """
        self._check_open()
        missing = self.missing()
        if missing and complete:
            raise RetinaError(f"Before you submit, still to do: {'; '.join(missing)}.")
        at = now()
        said = meaning.strip() or (MEANING if complete else MEANING_OF_IMPORT)
        signature = {"name": self.grader.name, "meaning": said, "at": at}
        with self._change("submitted") as (session, assignment_id):
            self._check_person_now(session)
            grading_id, told = self._started(session, assignment_id)
            row = session.get_one(GradingRow, grading_id)
            row.submitted, row.signature = at, json.dumps(signature, sort_keys=True)
            assignment = session.get_one(AssignmentRow, assignment_id)
            assignment.note, self._purpose = "", assignment.purpose
            detail = {**self.grading.to_dict(), **told, "signature": signature}
            audit.record(session, self.grader.name, "submit", self._subject(grading_id), detail)
        self.note, self.signature = "", signature
        self._settle(grading_id, self.grading, "submitted")
        if self._purpose == certification.PURPOSE:
            certification.score_certification(self._database, self.grader)

    def reopen(self) -> None:
        """Open a submitted grading again, as a new version that starts from the submitted one.

        Undo goes back to this point: what was submitted stays what it was. Where the study is blind first and models
        offered something, it counts as shown from here on: every edit of this version comes after it.

        Raises:
            RetinaError: it is not submitted, or was done for a certificate.
        """
        if self.state != "submitted":
            raise RetinaError("Only a submitted grading can be reopened.")
        if self._purpose == certification.PURPOSE:
            raise RetinaError("This image was graded for a certificate: what was submitted of it stays.")
        self._check_person()
        with self._change("in progress") as (session, assignment_id):
            self._check_person_now(session)
            current = current_assignment(session, self.image.id, self.grader.id)
            if current is None or current.id != assignment_id:  # the image was given again meanwhile
                raise ChangedMeanwhileError
            old = session.get_one(GradingRow, self._grading_id)
            grading_id, detail = next_version(session, old)
            audit.record(session, self.grader.name, "reopen", self._subject(grading_id), detail)
            seen = self.is_blind_first and has_offers(session, self.image)
            if seen:
                self._put_revealed(session, grading_id, {"at": detail["created"]})
        self._revealed, self.signature = seen, {}
        self._settle(grading_id, self.grading, "in progress")

    def reveal(self, at: str = "") -> None:
        """Record that the proposals were shown to the grader; once for each version, and the state stays.

        Nothing is recorded while they are hidden.

        A grading that exists is not counted as changed by it: no other window has anything to load again.

        Args:
            at: when they were shown, ISO 8601 in UTC; "" = now.

        Raises:
            RetinaError: nothing could be written.
        """
        if self._revealed or self.proposals_hidden:
            return
        self._check_person()
        self._check_sent()
        at, grading_id = at or now(), self._grading_id
        if grading_id is None:
            with self._change() as (session, assignment_id):
                grading_id, told = self._started(session, assignment_id)
                self._put_revealed(session, grading_id, {"at": at, **told})
            self._settle(grading_id, self.grading, self.state)
        else:
            found = grading_id
            self._database.retried(lambda: self._reveal(found, at))
        self._revealed = True

    def _reveal(self, grading_id: int, at: str) -> None:
        with self._database.transaction() as session:
            self._put_revealed(session, grading_id, {"at": at})

    def _put_revealed(self, session: Session, grading_id: int, detail: Mapping[str, Any]) -> None:
        row = session.get_one(GradingRow, grading_id, with_for_update=True)
        if row.revealed is None:
            row.revealed = detail["at"]
            session.flush()
            audit.record(session, self.grader.name, "reveal", self._subject(grading_id), detail)

    def proposals(self) -> list[StoredProposal]:
        """What models offered for this image, oldest first, with what this grading made of each shape.

        None while they are hidden (`proposals_hidden`). While the study's server is gone these are the proposals that
        were read last.
        """
        if self.proposals_hidden:
            return []
        try:
            if not self.sends_itself:
                self._database.check_answers()
            self._offered = read_offered(self._database, self.image, self._grading_id)
        except ConnectionLostError:
            if self._offered is None:
                raise
        return self._offered.beside(self.grading)

    @property
    def has_offers(self) -> bool:
        """Whether what `proposals` returned last says anything of the image."""
        return self._offered is not None and self._offered.says_anything

    def accept(self, stored: StoredProposal, shape_id: str) -> Edit:
        """The edit that takes a proposed shape into the grading (and a single label's old shape out).

        The shape keeps its id and origin, so that the study knows what became of the proposal; apply the edit
        like any other.
        """
        return acceptance(self.grading, stored, shape_id)

    def reject(self, stored: StoredProposal, *shape_ids: str) -> None:
        """Record that this grader rejected shapes of a proposal, all of them in one transaction.

        Raises:
            RetinaError: the grading is submitted, or nothing could be written.
        """
        self._check_open()
        with self._change("in progress") as (session, assignment_id):
            grading_id, told = self._started(session, assignment_id)
            put_rejections(session, stored.id, grading_id, shape_ids)
            what = {"shape": shape_ids[0]} if len(shape_ids) == 1 else {"shapes": list(shape_ids)}
            detail = {"proposal": stored.id, **what, **told}
            audit.record(session, self.grader.name, "reject", self._subject(grading_id), detail)
        self._settle(grading_id, self.grading)
