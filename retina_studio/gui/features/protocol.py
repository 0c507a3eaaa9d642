"""The grader's way through the worklist: on to the next image to do, one more from the pool, news from the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal

from retina_studio.domain.errors import RetinaError
from retina_studio.gui.actions import ActionSpec
from retina_studio.gui.jobs import Job
from retina_studio.gui.words import tr
from retina_studio.study.assigning import take_next
from retina_studio.study.records import ImageRecord, WorklistEntry

from .base import Feature
from .offering import Offer, Offering
from .studying import simple_job

if TYPE_CHECKING:
    from retina_studio.gui.main_window import MainWindow

_NEWS = 60_000  # ms between two looks at what others have given or returned


class Protocol(Feature):
    """Where the study gives images, a grader who has submitted all of them is offered one more."""

    specs = (
        ActionSpec(
            "next_to_do",
            "Image",
            "Next to do",
            "skip-forward",
            ("Shift+N",),
            "Go to the next image that is not submitted",
        ),
        ActionSpec(
            "take_image",
            "Image",
            "Take one more image",
            "hand-grabbing",
            ("Ctrl+T",),
            "Take an image that still lacks a grader",
        ),
    )

    settled = Signal()  # an image was taken, or there was none

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._job: Job | None = None
        self._news = QTimer(self, interval=_NEWS)
        self._news.timeout.connect(self.refresh)
        self._is_pool = False

    def wire(self) -> None:
        """Look for news from time to time."""
        window = self.window
        window.document.state_changed.connect(self._on_state)
        try:
            assigned = window.study.setting("assignment", "free") == "assigned"
        except RetinaError as error:
            window.tell_failure(str(error))
            assigned = False
        self._follow(assigned)
        self._news.start()

    def rest(self) -> None:
        """The window is closing."""
        self._news.stop()
        super().rest()

    def next_to_do(self) -> None:
        """Go on, or say that everything is done."""
        if self.window.worklist.go_undone():
            self.window.canvas.setFocus()
        elif not self._offer():
            self.window.status.say(tr("Every image shown here is submitted."))

    def take_image(self) -> None:
        """Take one image more, and open it."""
        window = self.window
        if self._job is None:
            job = simple_job(lambda: take_next(window.study, window.grader))
            job.done.connect(self._on_taken)
            self._start(job)

    def refresh(self) -> None:
        """Show what was given, taken away or returned since."""
        window = self.window
        if self._job is None:
            job = simple_job(
                lambda: (
                    window.study.worklist(window.grader),
                    window.study.setting("assignment", "free") == "assigned",
                )
            )
            job.done.connect(self._on_news)
            self._start(job)

    def _start(self, job: Job) -> None:
        job.failed.connect(self._on_failed)
        job.cancelled.connect(self._end)
        self._job = job
        job.start()

    def _end(self) -> None:
        self._job = None

    def _on_failed(self, sentence: str) -> None:
        self._end()
        self.window.status.say(sentence)

    def _on_taken(self, image: ImageRecord | None) -> None:
        self._end()
        if image is None:
            self.window.status.say(tr("There is no image left to take."))
            self.settled.emit()
            return
        worklist = self.window.worklist
        worklist.add_entries([WorklistEntry(image, "open", purpose="taken")])
        worklist.select(image.name)
        self.settled.emit()

    def _on_news(self, news: tuple[list[WorklistEntry], bool]) -> None:
        self._end()
        entries, assigned = news
        window, image, session = self.window, self.window.image, self.window.document.session
        self._follow(assigned)
        now = next((entry for entry in entries if image and entry.image.id == image.id), None)
        window.worklist.update_entries(entries)
        if now is None or image is None or session is None:
            return
        if session.state == "submitted" and now.state == "returned":
            window.show_anew()
        else:
            window.worklist.set_state(image, session.state)  # an edit since is newer than the news

    def _follow(self, assigned: bool) -> None:
        self._is_pool = assigned and self.window.grader.role == "grader"
        self.window.actions["take_image"].setVisible(self._is_pool)

    def _on_state(self, state: str) -> None:
        if state == "submitted" and self.window.worklist.count("to do") == 0:
            self._offer()

    def _offer(self) -> bool:
        """Offer one image more once all are submitted; False where that is not so, or not the study's way."""
        if not self._is_pool or self.window.worklist.count("to do"):
            return False
        offer = Offer(
            self,
            tr("Every image given to you is submitted."),
            tr("Take one more (Enter)"),
            tr("An image that still lacks a grader; Esc puts this line away"),
            self.take_image,
            lambda: None,
        )
        self.window.feature(Offering).make(offer)
        return True
