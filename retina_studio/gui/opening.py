"""Opening gradings: a small one at once, a large one in a worker while its image is already shown."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal

from retina_studio.gui.canvas.scene import Scene, scene_of
from retina_studio.gui.jobs import Job, JobState
from retina_studio.study.records import Grader, HistoryEntry, ImageRecord
from retina_studio.study.session import GradingSession
from retina_studio.study.study import Study

_PAINTED = 1  # ms; a timer, unlike a posted call, comes after the paint events


@dataclass(frozen=True, eq=False)
class OpenGrading:
    """A session with what the window makes of it: its shapes as a scene, and its history."""

    session: GradingSession
    scene: Scene
    history: list[HistoryEntry]


def prepared(session: GradingSession) -> OpenGrading:
    """What the window needs of a session. Takes as long as the grading is large; safe in a worker.

    Raises:
        RetinaError: the history is damaged.
    """
    return OpenGrading(session, scene_of(session.grading.shapes.values()), session.history())


class Opener(QObject):
    """Opens one grader's gradings; of several that were asked for, only the last one arrives."""

    ready = Signal(object)  # OpenGrading
    failed = Signal(str)

    def __init__(self, study: Study, grader: Grader, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._study = study
        self._grader = grader
        self._job: Job | None = None

    @property
    def busy(self) -> bool:
        """Whether a large grading is on its way."""
        return self._job is not None

    def open(self, image: ImageRecord) -> OpenGrading | None:
        """The grading of an image, or None when it is large: then `ready` or `failed` follows.

        Raises:
            RetinaError: it cannot be read; what is on its way still is.
        """
        if not self._study.is_large(image, self._grader):
            opened = prepared(self._study.session(image, self._grader))
            self.give_up()
            return opened
        self.give_up()
        job = Job(_load, self._study, image, self._grader)
        job.done.connect(self._on_done)
        job.failed.connect(self._on_failed)
        self._job = job
        # Once the window has painted what it shows by then: the worker would only hold it up.
        QTimer.singleShot(_PAINTED, self, job.start)
        return None

    def give_up(self) -> None:
        """Want nothing any more of what is on its way."""
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _on_done(self, opened: OpenGrading) -> None:
        if self._is_wanted():
            self.ready.emit(opened)

    def _on_failed(self, sentence: str) -> None:
        if self._is_wanted():
            self.failed.emit(sentence)

    def _is_wanted(self) -> bool:
        """Whether the job that speaks is the last one: one given up may have been done, its signal on the way."""
        if self.sender() is not self._job:
            return False
        self._job = None
        return True


def _load(state: JobState, study: Study, image: ImageRecord, grader: Grader) -> OpenGrading:
    with _uncollected():
        return prepared(study.session(image, grader, state.check))


@contextmanager
def _uncollected() -> Iterator[None]:
    """No garbage collection while millions of lasting values are made, and none of them is ever looked through.

    A collection would hold up every thread, the window's too, for a tenth of a second and more.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()
