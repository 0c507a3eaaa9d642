"""The adjudication board: a window of its own on one study, for the senior who settles what the graders disagree on."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QMainWindow, QWidget

from retina_studio.domain.voting.outcome import Item
from retina_studio.gui.canvas.picture import Picture
from retina_studio.gui.gallery import Gallery
from retina_studio.gui.jobs import Job, JobState
from retina_studio.gui.words import tr
from retina_studio.study.adjudication import QueueEntry, queue, tell_names_shown
from retina_studio.study.records import Grader, ImageRecord
from retina_studio.study.returning import return_for_correction
from retina_studio.study.study import Study

from . import commands
from .case import Case, load_case
from .judging import Judging
from .parts import Parts
from .phrases import tight_box
from .queue_panel import kinds_of
from .return_dialog import ReturnDialog
from .sheet import BoardSheet
from .viewing import Viewing

_WHILE_OPEN = frozenset(
    {"sheet", "close", "next_part", "next_image", "previous_image", "next_open_image", "reload"}
)


_Loaded = tuple[Case, Path, bool]  # the case, its image's file, whether a decision needs a reason


class BoardWindow(QMainWindow):
    """Nothing is shown as decided before it is committed; closing the window loses nothing.

    A grader, who has no say here, sees the readings of one image and decides nothing.
    """

    case_shown = Signal()  # another image's readings are in the views; its pixels may still be on their way
    image_shown = Signal()
    closed = Signal()
    # By name. Hides QWidget.actions(), a plain list that nothing here needs.
    actions: dict[str, QAction]  # type: ignore[assignment]

    def __init__(self, study: Study, viewer: Grader, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.study, self.viewer = study, viewer
        self.editable = viewer.role == "adjudicator"
        self.case: Case | None = None
        self.picture: Picture | None = None
        self.gallery = Gallery(self)
        self.parts = Parts(self)
        self.judging = Judging(self)
        self.viewing = Viewing(self)
        self._wanted: ImageRecord | None = None
        self._kept_item = ""  # to be put in focus again when the image is loaded again
        self._jobs: set[Job] = set()
        self._begun = False
        self._named: set[int] = set()  # ids of the images whose graders' names this window has shown
        self.actions = commands.build(self, self._handler_of)
        self.parts.compose(self)
        self._connect()
        self.enable()

    def _handler_of(self, name: str) -> Callable[..., object]:
        stem = name.partition(":")[0]
        owner = next(
            part for part in (self.judging, self.viewing, self) if stem in type(part).__dict__ or part is self
        )
        handler: Callable[..., object] = getattr(owner, stem)
        return handler

    def _connect(self) -> None:
        parts = self.parts
        self.gallery.ready.connect(self._on_picture)
        self.gallery.failed.connect(self._on_picture_failed)
        parts.queue.chosen.connect(self.open)
        parts.items.chosen.connect(self.focus_item)
        parts.readings.picked.connect(self._pick)
        parts.banner.asked.connect(self.next_open_image)
        parts.items.detail.reason.left.connect(parts.readings.take_focus)
        parts.redraw.said.connect(self.say)
        for part in (parts.readings, parts.items.view):
            space = QShortcut(QKeySequence(Qt.Key.Key_Space), part)
            space.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            space.activated.connect(self.next_open)
        self.judging.wire()
        self.viewing.wire()

    # Opening

    def start(self, only: ImageRecord | None = None) -> None:
        """Load the queue and open its first image; or show just this image."""
        if only is not None:
            self.open(only)
        else:
            self.say(tr("Loading the list …"))
            self._run(Job(_queue, self.study), self._on_queue)

    def open(self, image: ImageRecord) -> None:
        """Show an image's readings."""
        if self._wanted is not None and image.id == self._wanted.id:
            return
        if self.is_drawing:
            self.say(tr("Finish the drawing first (Enter), or press Esc."))
            if self._wanted is not None:
                self.parts.queue.choose(self._wanted)
            return
        self._wanted = image
        self.case = self.picture = None
        self._kept_item = ""
        self.judging.open()
        self.parts.items.show_case(None, self.judging.is_pending)
        self.parts.items.choose("")
        self.parts.readings.show_picture(None)
        self.parts.banner.tell("")
        self.parts.looks.open(None, None)
        title = tr("Adjudicate") if self.editable else tr("Other readings")
        self.setWindowTitle(f"{image.name} · {title} · Retina Studio")
        self.say(tr("Loading {name} …", name=image.name))
        self.enable()
        self._load(image)

    def reload(self, *, quietly: bool = False) -> None:
        """Load the image again: what changed meanwhile is shown. `quietly`: what was told stays."""
        if self._wanted is None or self.is_drawing:
            return
        self._kept_item = self.parts.items.focus
        self._load(self._wanted, quietly=quietly)

    def _load(self, image: ImageRecord, *, quietly: bool = False) -> None:
        job = Job(_load, self.study, self.viewer, image)
        self._run(job, self._on_case, quietly=quietly)

    def _on_queue(self, found: tuple[list[QueueEntry], dict[str, str]]) -> None:
        entries, notes = found
        self.parts.queue.show_entries(entries, notes)
        self.say("")
        first = self.parts.queue.first_open
        if first is not None:
            self.parts.queue.choose(first)
        elif entries:
            self.tell(tr("Nothing is waiting for an adjudicator. Choose “Settled” to see what was decided."))
        else:
            self.tell(tr("Nothing is waiting for an adjudicator."))

    def _on_case(self, loaded: _Loaded) -> None:
        case, file, needs_reason = loaded
        if self._wanted is None or case.image.id != self._wanted.id:
            return
        self.case = case
        self.judging.require_reason(needs_reason)
        if self.editable and case.outcome is not None:
            self.parts.queue.add(case.image, len(case.outcome.open_items), case.outcome.reasons)
        self.parts.readings.show_case(case)
        self.parts.items.show_case(case, self.judging.is_pending)
        kept, self._kept_item = self._kept_item, ""
        self.focus_item(kept if case.item(kept) else self._first())
        self.say("")
        self.enable()
        self.record_names()
        if not self._begun:
            self._begun = True
            self.parts.readings.take_focus()  # the keys decide from the start, and are not typed into the filter
        self.case_shown.emit()
        self.gallery.want(case.image.id, file)

    def record_names(self) -> None:
        """Keep in the audit trail that who graded this image was seen, once a window."""
        case = self.case
        if not self.editable or case is None or not self.actions["names"].isChecked():
            return
        if case.image.id not in self._named:
            self._named.add(case.image.id)
            self._run(Job(_tell_names, self.study, case.image, self.viewer), lambda _: None)

    def update_case(self, case: Case) -> None:
        """Show what a decision has changed; the item in focus stays while it is there."""
        self.case = case
        self.parts.readings.update_case(case)
        focus = self.parts.items.focus
        self.parts.items.refresh(case)
        if case.item(focus) is None:
            self.focus_item(self._first())
        else:
            self.parts.items.choose(focus)
            self.parts.readings.refresh_item(self.item)
        self.enable()

    def _first(self) -> str:
        items = self.case.items if self.case else ()
        open_ones = [item.key for item in items if item.decision is None]
        return (open_ones or [item.key for item in items] or [""])[0]

    def _on_picture(self, image_id: int, picture: Picture) -> None:
        if self.case is None or self.case.image.id != image_id:
            return
        if self.picture is not picture:
            self.picture = picture
            self.parts.readings.show_picture(picture)
            self.parts.readings.show_item(self.item)
        self.parts.looks.open(self.case, picture)
        self.enable()
        self.image_shown.emit()
        following = self.parts.queue.neighbour(1, only_open=True)
        if following is not None:
            self._run(Job(_find_file, self.study, following), self._prefetch, quietly=True)

    def _on_picture_failed(self, _: int, sentence: str) -> None:
        self.tell(sentence)

    def _prefetch(self, found: tuple[int, Path]) -> None:
        self.gallery.prefetch(*found)

    # The item in focus

    @property
    def item(self) -> Item | None:
        """The item in focus."""
        return self.case.item(self.parts.items.focus) if self.case else None

    @property
    def is_drawing(self) -> bool:
        """Whether an item is being redrawn."""
        return self.parts.stage.currentWidget() is self.parts.redraw

    def focus_item(self, key: str) -> None:
        """Put an item in focus, and go to where it is."""
        self.judging.going_on.stop()
        self.parts.items.choose(key)
        self.parts.readings.show_item(self.item)
        self.enable()

    def _pick(self, x: float, y: float) -> None:
        """Put the smallest disputed item at a place of the image in focus."""
        found: list[tuple[float, str]] = []
        for item in self.case.items if self.case else ():
            box = tight_box(item)
            if box is not None and box[0] <= x <= box[2] and box[1] <= y <= box[3]:
                found.append(((box[2] - box[0]) * (box[3] - box[1]), item.key))
        if found:
            self.focus_item(min(found)[1])

    def next_open(self) -> None:
        """Go to the next item that nobody has decided."""
        key = self.parts.items.next_open()
        if key:
            self.focus_item(key)
        elif self.case is not None:
            self.say(tr("Every item of this image is decided."))

    def previous_item(self) -> None:
        """Go to the item before, decided or not."""
        key = self.parts.items.neighbour(-1)
        if key:
            self.focus_item(key)

    # Images

    def next_image(self) -> None:
        """Go to the next image of the list."""
        self._go(self.parts.queue.neighbour(1))

    def previous_image(self) -> None:
        """Go to the previous image of the list."""
        self._go(self.parts.queue.neighbour(-1))

    def next_open_image(self) -> None:
        """Go to the next image with something open."""
        self._go(self.parts.queue.neighbour(1, only_open=True))

    def _go(self, image: ImageRecord | None) -> None:
        if image is None:
            self.say(tr("There is no other image."))
        else:
            self.parts.queue.choose(image)

    def return_reading(self) -> None:
        """Ask whose grading goes back, and why."""
        if self.case is None or not self.editable:
            return
        readings = self.parts.readings
        offered = [(reading.name, readings.called(reading)) for reading in self.case.readings]
        dialog = ReturnDialog(offered, readings.chosen_reading, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(self._return)
        dialog.open()

    def _return(self) -> None:
        dialog = self.sender()
        if self.case is not None and isinstance(dialog, ReturnDialog):
            self.say(tr("Returning the grading …"))
            job = Job(_return_grading, self.study, self.case.image, dialog.grader, dialog.text, self.viewer)
            self._run(job, self._on_returned)

    def _on_returned(self, image: ImageRecord) -> None:
        self.parts.queue.send_away(image)
        following = self.parts.queue.neighbour(1, only_open=True)
        if self._wanted is not None and self._wanted.id == image.id and following is not None:
            self._go(following)
        else:
            self.reload()
        self.tell(tr("{name} was returned; it comes back here once it is submitted again.", name=image.name))

    # The window itself

    def say(self, sentence: str) -> None:
        """One sentence in the status bar."""
        self.statusBar().showMessage(sentence)

    def tell(self, sentence: str, button: str = "", tip: str = "") -> None:
        """Say above the views what the person must not miss."""
        self.parts.banner.tell(sentence, button, tip)
        self.parts.banner.raise_()

    def enable(self) -> None:
        """Offer what can be done now."""
        item, drawing = self.item, self.is_drawing
        for name, action in self.actions.items():
            if name in commands.ADJUDICATORS:
                action.setVisible(self.editable)
            if drawing:
                action.setEnabled(name in commands.WHILE_DRAWING)
            elif name in {"drop", "average", "redraw"}:
                has_area = item is not None and item.kind != "grade"
                action.setEnabled(has_area and (name != "average" or bool(item and item.average)))
            elif name.partition(":")[0] == "keep":
                action.setEnabled(item is not None)
            else:
                action.setEnabled(self.case is not None or name in _WHILE_OPEN or action.isCheckable())
        for name in ("next_image", "previous_image", "next_open_image"):
            self.actions[name].setVisible(self.editable)

    def next_part(self) -> None:
        """Go from the views to the lists and back."""
        self.parts.focus_next()

    def sheet(self) -> None:
        """Show the keys."""
        BoardSheet(commands.keys_by_menu(self.actions), self).open()

    def _run(self, job: Job, then: Callable[[Any], None], *, quietly: bool = False) -> None:
        self._jobs.add(job)
        job.done.connect(then)
        if not quietly:
            job.failed.connect(self.tell)
        for end in (job.done, job.failed, job.cancelled):
            end.connect(self._forget)
        job.start()

    def _forget(self) -> None:
        self._jobs = {job for job in self._jobs if job is not self.sender()}

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Words in the tool bar where there is room for them."""
        super().resizeEvent(event)
        self.parts.fit_bar(event.size().width())

    def closeEvent(self, event: QCloseEvent) -> None:
        """Wait for decisions on their way."""
        self.judging.going_on.stop()
        self.judging.decider.settle()
        for job in self._jobs:
            job.cancel()
        for job in self._jobs:
            job.wait()
        self.parts.settle()
        self.parts.remember(self)
        super().closeEvent(event)
        self.closed.emit()


def _queue(state: JobState, study: Study) -> tuple[list[QueueEntry], dict[str, str]]:
    entries = queue(study, settled=True)
    state.check()
    return entries, {entry.image.name: kinds_of(entry.reasons) for entry in entries}


def _load(state: JobState, study: Study, viewer: Grader, image: ImageRecord) -> _Loaded:
    needs_reason = bool(study.setting("reason_required", default=False))
    return load_case(study, viewer, image, state.check), study.image_file(image), needs_reason


def _tell_names(_: JobState, study: Study, image: ImageRecord, viewer: Grader) -> None:
    tell_names_shown(study, image, viewer)


def _find_file(state: JobState, study: Study, image: ImageRecord) -> tuple[int, Path]:
    state.check()
    return image.id, study.image_file(image)


def _return_grading(
    state: JobState, study: Study, image: ImageRecord, grader: str, comment: str, who: Grader
) -> ImageRecord:
    state.check()
    return_for_correction(study, image, grader, comment, who)
    return image
