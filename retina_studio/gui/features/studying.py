"""What the features of the menu "Study" share: who may use them, and one small window of each at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from retina_studio.domain.errors import RetinaError
from retina_studio.gui.jobs import Job, JobState
from retina_studio.gui.panels.job_dialog import JobDialog
from retina_studio.gui.words import tr
from retina_studio.study.records import Role

from .base import Feature

if TYPE_CHECKING:
    from retina_studio.gui.main_window import MainWindow

RUN: tuple[Role, ...] = ("adjudicator", "engineer")  # who runs the study


class StudyFeature(Feature):
    """`restricted` names the actions that only those who run the study see; it refuses others all the same."""

    restricted: ClassVar[tuple[str, ...]] = ()

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.dialog: JobDialog | None = None

    def wire(self) -> None:
        """Hide what the person may not do."""
        for name in self.restricted:
            self.window.actions[name].setVisible(self.window.grader.role in RUN)

    def show(self, make: Callable[[], JobDialog]) -> None:
        """Show a dialog; the one that is open comes to the front instead. What cannot be read is told."""
        if self.dialog is not None:
            self.dialog.raise_()
            self.dialog.activateWindow()
            return
        try:
            self.dialog = make()
        except RetinaError as error:
            self.window.tell_failure(str(error))
            return
        self.dialog.finished.connect(self.dialog.deleteLater)
        self.dialog.finished.connect(self._forget)
        self.dialog.show()

    def _forget(self) -> None:
        self.dialog = None


def simple_job(work: Callable[[], Any]) -> Job:
    """A job of one short transaction, which cannot be stopped half way."""
    return Job(_run, work)


def _run(state: JobState, work: Callable[[], Any]) -> Any:
    state.check()
    return work()


def reporter(state: JobState, text: str) -> Callable[[int, int], bool]:
    """A `progress(done, total)` for the study's functions; raises CancelledError once the job is cancelled.

    Args:
        state: the job's.
        text: translated words with the fields {done} and {total}.
    """

    def progress(done: int, total: int) -> bool:
        state.progress(done / max(total, 1), text.format(done=done, total=total))
        return True

    return progress


def images_words(count: int) -> str:
    """So many images, in words."""
    return tr("1 image") if count == 1 else tr("{count} images", count=count)
