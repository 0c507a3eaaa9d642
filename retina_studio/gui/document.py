"""The open grading, for the window: edits go in, signals come out, and undo is Qt's stack over the study's history."""

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from PySide6.QtCore import QObject, QSignalBlocker, QTimer, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from retina_studio.domain.accepting import acceptance_of
from retina_studio.domain.edits import ChangeShapes, Edit, JointEdit, SetAbsent, SetComment, SetGrade
from retina_studio.domain.errors import RetinaError
from retina_studio.domain.grading import Grading
from retina_studio.domain.labels import GradeValue
from retina_studio.domain.proposal import Proposal
from retina_studio.domain.shapes import Shape
from retina_studio.gui.canvas.scene import EMPTY_SCENE, Scene, scene_of
from retina_studio.gui.jobs import Job, JobState
from retina_studio.gui.opening import OpenGrading, prepared
from retina_studio.gui.passing import PassingOffers
from retina_studio.gui.sentences import tr_sentence
from retina_studio.gui.words import tr
from retina_studio.study.database import ConnectionLostError
from retina_studio.study.records import ChangedElsewhereError, HistoryEntry, StoredProposal
from retina_studio.study.session import GradingSession

_log = logging.getLogger(__name__)
_EMPTY = Grading()
_RETRY = 2000  # ms between two tries to send what waits for the server


class Document(QObject):
    """One grading at a time. Every change is committed to the study before anything on the screen shows it."""

    opened = Signal()  # another grading, or none; or the same one, loaded again
    changed = Signal(object)  # frozenset of the ids of the shapes that were added, changed or removed
    graded = Signal()  # grades, "none" answers or comment
    state_changed = Signal(str)
    saved = Signal()  # the saved-state indicator has something new to say
    failed = Signal(str)  # one sentence: an edit was not made, or not saved
    proposals_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session: GradingSession | None = None
        self.scene: Scene = EMPTY_SCENE  # the shapes of `grading`
        self.undo_stack = QUndoStack(self)
        self.saved_at: datetime | None = None
        self.is_saved = True
        self.passing = PassingOffers()
        self.is_replaying = False  # while undo or redo tells what it has changed
        self._muted = False  # while the stack is filled from the history, its commands do nothing
        self._broken = False  # the stack is not the study's any more: it will be rebuilt from it
        self._done = 0  # edits of the stack that are made, whatever Qt's index says in mid-step
        self._waiting: list[GradingSession] = []  # of this window's gradings, those with edits to be sent
        self._sender: Job | None = None
        self._retry = QTimer(self, interval=_RETRY)
        self._retry.timeout.connect(self.send_waiting)

    @property
    def grading(self) -> Grading:
        """The current value; an empty one while nothing is open."""
        return self.session.grading if self.session else _EMPTY

    @property
    def editable(self) -> bool:
        """Whether edits are taken: something is open and not submitted."""
        return self.session is not None and self.session.state != "submitted"

    @property
    def state(self) -> str:
        """The assignment's state; "" while nothing is open."""
        return self.session.state if self.session else ""

    @property
    def unsent(self) -> int:
        """How many edits of this grading are kept on this computer until the study's server can be reached."""
        return self.session.unsent if self.session else 0

    @property
    def saved_text(self) -> str:
        """What the saved-state indicator says."""
        if self.session is None:
            return ""
        if self.is_saved and self.unsent:
            one, several = tr("1 edit waits for the server"), tr("{count} edits wait for the server")
            return one if self.unsent == 1 else several.format(count=self.unsent)
        if not self.is_saved:
            return tr("Not saved")
        if not self.editable:
            return tr("Saved · submitted")
        edits = self.undo_stack.index()
        count = tr("1 edit") if edits == 1 else tr("{count} edits", count=edits)
        if self.saved_at is None:
            return tr("Saved · {edits}", edits=count)
        return tr("Saved {time} · {edits}", time=f"{self.saved_at:%H:%M:%S}", edits=count)

    def open(self, session: GradingSession | None) -> None:
        """Show another grading; its edits can be undone as if the application had never been closed."""
        self.open_prepared(prepared(session) if session else None)

    def open_prepared(self, opened: OpenGrading | None) -> None:
        """As `open`, of a grading that is prepared already."""
        self.session = opened.session if opened else None
        if self.session is not None:
            self.session.sends_itself = False  # a worker does: no edit waits for the network
        self.scene = opened.scene if opened else EMPTY_SCENE
        self.saved_at, self.is_saved = None, True
        self._fill_stack(opened.history if opened and self.editable else [])
        self.opened.emit()
        self.state_changed.emit(self.state)
        self.saved.emit()

    def apply(self, edit: Edit) -> bool:
        """Make one edit; False (and `failed`) when the study refused it, then nothing has changed."""
        session = self.session
        if session is None or not self._attempt(lambda: session.apply(edit)):
            return False
        self._done += 1
        self.undo_stack.push(_EditCommand(self, edit.title, datetime.now(UTC)))
        self.announce(edit)
        return True

    def set_grade(self, scale: str, value: GradeValue | None) -> bool:
        """Give a grade, or take it back (None)."""
        before = self.grading.grades.get(scale)
        return self.apply(SetGrade(scale, before, value))

    def set_absent(self, label: str, absent: bool) -> bool:
        """Answer a label "none", or take that back; nothing to do when it says so already."""
        return (label in self.grading.absent) == absent or self.apply(SetAbsent(label, absent))

    def set_comment(self, text: str) -> bool:
        """Change the comment; nothing to do when it reads so already."""
        before = self.grading.comment
        return text == before or self.apply(SetComment(before, text))

    def put(self, edit: ChangeShapes) -> bool:
        """Apply an edit that may draw a label answered "none": that answer is taken back with it."""
        drawn = sorted({shape.label for shape in edit.after} & self.grading.absent)
        answers = [SetAbsent(label, False) for label in drawn]
        return self.apply(JointEdit((*answers, edit), edit.title) if answers else edit)

    def accept(self, stored: StoredProposal, shape_id: str) -> bool:
        """Take a proposed shape into the grading."""
        if self.session is None or shape_id in self.grading.shapes:
            return False
        edit = self.session.accept(stored, shape_id)
        return self.put(edit) if isinstance(edit, ChangeShapes) else self.apply(edit)

    def accept_all(self, shapes: Sequence[Shape]) -> bool:
        """Take proposed shapes into the grading, all by one edit; what it has already stays."""
        edit = acceptance_of(self.grading, shapes)
        return edit is not None and self.put(edit)

    def reject(self, stored: StoredProposal, *shape_ids: str) -> bool:
        """Record that proposed shapes were rejected."""
        session = self.session
        if session is None:
            return False
        if self.passing.holds(stored):
            self.passing.reject(session.image.id, stored, shape_ids)
        elif not self._attempt(lambda: session.reject(stored, *shape_ids)):
            return False
        self.state_changed.emit(self.state)  # a first decision opens the grading
        self.proposals_changed.emit()
        self.saved.emit()
        return True

    def offer(self, proposal: Proposal) -> None:
        """Offer something to this person only, until the window closes; accepting it is an edit like any other."""
        if self.session is not None:
            self.passing.add(self.session.image.id, proposal)
            self.proposals_changed.emit()

    def submit(self) -> bool:
        """Hand the grading in; False (and `failed`, which says what is missing) when it is not complete."""
        session = self.session
        return session is not None and self._change_state(session.submit)

    def reopen(self) -> bool:
        """Open a submitted grading again, as a new version."""
        session = self.session
        return session is not None and self._change_state(session.reopen)

    @property
    def proposals_hidden(self) -> str:
        """Why `proposals` gives none although there may be some, one sentence of the study's; "" where it does not."""
        return self.session.proposals_hidden if self.session else ""

    def proposals(self) -> list[StoredProposal]:
        """What is offered for this image, the newest last; of the study's nothing where it cannot be read."""
        session = self.session
        if session is None:
            return []
        passing = self.passing.beside(session.image.id, self.grading)
        try:
            return [*session.proposals(), *passing]
        except ConnectionLostError:
            return passing

    def replay(self, step: Callable[[GradingSession], Edit | None]) -> None:
        """Undo or redo one edit in the study; called by the stack's commands only."""
        if self._muted or self._broken or self.session is None:
            return
        done: list[Edit | None] = []
        session = self.session
        if self._attempt(lambda: done.append(step(session))) and done[0] is not None:
            self._done += 1 if step is GradingSession.redo else -1
            self.is_replaying = True
            self.announce(done[0])
            self.is_replaying = False
            return
        self._follow_study()  # Qt's stack has moved although the study has not

    def announce(self, edit: Edit) -> None:
        """Tell everybody what an edit, made or taken back, has touched."""
        if edit.shape_ids:
            self.scene = self.scene.updated(edit.shape_ids, self.grading.shapes)
            self.changed.emit(edit.shape_ids)
        if not isinstance(edit, ChangeShapes):
            self.graded.emit()
        if self.session is not None:
            self.state_changed.emit(self.session.state)
        # Qt moves the stack's index only after a command has run; the indicator counts by it.
        QTimer.singleShot(0, self, self.saved.emit)

    def _attempt(self, work: Callable[[], object]) -> bool:
        shown = self.grading
        try:
            work()
        except RetinaError as error:
            self.is_saved = self.session is not None and self.session.state == "submitted"
            self.failed.emit(str(error))
        except Exception as error:
            _log.exception("The study refused an edit")
            self.is_saved = False
            self.failed.emit(tr("This change could not be saved: {error}", error=error))
        else:
            self.saved_at, self.is_saved = datetime.now().astimezone(), True
            self._wait_for_server()
            return True
        if self.grading is not shown:  # changed in another window, so the study has loaded it again
            self._show_loaded_again()
        self.saved.emit()
        return False

    def _show_loaded_again(self) -> None:
        self._follow_study()
        self.scene = scene_of(self.grading.shapes.values())
        self.opened.emit()
        self.state_changed.emit(self.state)

    # Edits that wait for the study's server

    def send_waiting(self) -> None:
        """Try to send what waits, in a worker; what is open and what was open before."""
        if self._sender is None and self._waiting:
            job = Job(_send, tuple(self._waiting))
            self._sender = job
            job.done.connect(self._on_sent)
            for ended in (job.failed, job.cancelled):
                ended.connect(self._on_sent)
            job.start()

    def _wait_for_server(self) -> None:
        session = self.session
        if session is not None and session.unsent and session not in self._waiting:
            self._waiting.append(session)
            self._retry.start()

    def _on_sent(self, refused: object = None) -> None:
        """Some or all was sent; `refused` is a list of (session, sentence) of gradings changed meanwhile."""
        self._sender = None
        self._waiting = [session for session in self._waiting if session.unsent]
        if not self._waiting:
            self._retry.stop()
        for session, sentence in refused if isinstance(refused, list) else []:
            if session is self.session:
                self.is_saved = False
                self._show_loaded_again()
            self.failed.emit(sentence)
        self.saved.emit()

    def _follow_study(self) -> None:
        """Rebuild the stack, once a command of it that may be under way is done."""
        self._broken = True
        QTimer.singleShot(0, self, self._rebuild_stack)

    def _change_state(self, work: Callable[[], None]) -> bool:
        was_saved, shown = self.is_saved, self.grading
        if not self._attempt(work):
            if self.grading is shown:
                self.is_saved = was_saved  # a grading that is not complete is saved all the same
                self.saved.emit()
            return False
        self._rebuild_stack()
        self.state_changed.emit(self.state)
        self.proposals_changed.emit()
        self.saved.emit()
        return True

    def _rebuild_stack(self) -> None:
        try:
            self._fill_stack(self.session.history() if self.session and self.editable else [])
        except ConnectionLostError:  # the edits are the same, so that only Qt's place among them is wrong
            self._muted, self._broken = True, False
            self.undo_stack.setIndex(self._done)
            self._muted = False
        self.saved.emit()

    def _fill_stack(self, history: list[HistoryEntry]) -> None:
        self._muted, self._broken = True, False
        self.undo_stack.clear()
        # A view of the stack lays itself out anew at every signal: many edits would take it minutes.
        with QSignalBlocker(self.undo_stack):
            for entry in history:
                self.undo_stack.push(_EditCommand(self, entry.title, datetime.fromisoformat(entry.made)))
            self._done = sum(not entry.undone for entry in history)
            self.undo_stack.setIndex(self._done)
        self._muted = False
        self._tell_stack()

    def _tell_stack(self) -> None:
        stack = self.undo_stack
        stack.indexChanged.emit(stack.index())
        stack.cleanChanged.emit(stack.isClean())
        stack.canUndoChanged.emit(stack.canUndo())
        stack.canRedoChanged.emit(stack.canRedo())
        stack.undoTextChanged.emit(stack.undoText())
        stack.redoTextChanged.emit(stack.redoText())


def _send(state: JobState, sessions: tuple[GradingSession, ...]) -> list[tuple[GradingSession, str]]:
    """Send what waits in each; returns those that were changed meanwhile, with the sentence that says so."""
    refused = []
    for session in sessions:
        state.check()
        try:
            session.send_unsent()
        except ChangedElsewhereError as error:
            refused.append((session, str(error)))
        except RetinaError as error:
            _log.info("Edits wait on: %s", error)
            break
    return refused


class _EditCommand(QUndoCommand):
    """Any edit, on Qt's stack. It is made before it is pushed, so the first redo does nothing."""

    def __init__(self, document: Document, title: str, made: datetime) -> None:
        super().__init__(tr_sentence(title))
        self.made = made
        self._document = document
        self._is_new = True

    def redo(self) -> None:
        if self._is_new:
            self._is_new = False
        else:
            self._document.replay(GradingSession.redo)

    def undo(self) -> None:
        self._document.replay(GradingSession.undo)
