"""The order of the worklist: as it was given, or the most informative first, worked out in a worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retina_studio.gui.jobs import Job, JobState
from retina_studio.gui.settings import settings
from retina_studio.gui.words import tr
from retina_studio.study.informative import informative_worklist
from retina_studio.study.records import Grader, WorklistEntry
from retina_studio.study.study import Study

from .base import Feature

if TYPE_CHECKING:
    from retina_studio.gui.main_window import MainWindow

_SETTING = "worklist/order"


class Ordering(Feature):
    """The person's choice is kept; the order is worked out when it is chosen, and when the window opens."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._job: Job | None = None
        self._order = "assigned"
        self._is_new = True  # nothing was put into an order yet

    def wire(self) -> None:
        """Follow the panel; begin with the order that was chosen last."""
        self.window.worklist.order_wanted.connect(self.put)
        if settings().value(_SETTING, "assigned", str) == "informative":
            self.put("informative")
        else:
            self._is_new = False

    def rest(self) -> None:
        """The window is closing."""
        self._give_up()
        super().rest()

    @property
    def is_idle(self) -> bool:
        """Whether the rows stand in the order that was asked for."""
        return self._job is None

    def put(self, order: str) -> None:
        """Put the worklist into an order, "assigned" or "informative"."""
        self._give_up()
        self._order = order
        self._job = job = Job(_ordered, self.window.study, self.window.grader, order)
        self.window.status.work.follow(job, tr("Putting the images in order"))
        job.done.connect(self._on_done)
        job.failed.connect(self._on_failed)
        job.cancelled.connect(self._on_cancelled)
        job.start()

    def _give_up(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _on_done(self, entries: list[WorklistEntry]) -> None:
        if self.sender() is not self._job:
            return
        self._job = None
        settings().setValue(_SETTING, self._order)
        window = self.window
        window.worklist.rearrange(self._order, entries)
        if self._is_new and window.document.state in ("", "open"):
            window.worklist.select_first_undone()  # nothing was done yet in the image that came first until now
        self._is_new = False

    def _on_failed(self, sentence: str) -> None:
        if self.sender() is self._job:
            self._stay()
            self.window.status.say(sentence)

    def _on_cancelled(self) -> None:
        if self.sender() is self._job:
            self._stay()

    def _stay(self) -> None:
        """The rows stand as they stood: the panel is to say so."""
        self._job, self._is_new = None, False
        self._order = "informative" if self.window.worklist.gives_reasons else "assigned"
        self.window.worklist.show_order(self._order)


def _ordered(state: JobState, study: Study, grader: Grader, order: str) -> list[WorklistEntry]:
    if order == "assigned":
        return study.worklist(grader)
    return informative_worklist(study, grader, state.check)
