"""Decisions on their way into the study: one after the other in the background, in the order they were made."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, QTimer, Signal

from retina_studio.domain.voting.decisions import Decision
from retina_studio.domain.voting.outcome import Outcome
from retina_studio.gui.canvas.scene import Scene
from retina_studio.gui.jobs import Job, JobState
from retina_studio.study.adjudication import decide, withdraw
from retina_studio.study.records import Grader, ImageRecord
from retina_studio.study.study import Study

from .case import consensus_scene

_PAINTED = (
    30  # ms in which the window has painted the next item: the vote in the worker would only hold it up
)


@dataclass(frozen=True)
class Errand:
    """A decision, or that of an item is withdrawn (None)."""

    image: ImageRecord
    item: str
    decision: Decision | None


class Decider(QObject):
    """Nothing counts as decided before `done` says that it is committed."""

    done = Signal(object, object, object)  # Errand, Outcome, its Scene
    refused = Signal(object, str)  # Errand, one sentence: nothing was decided

    def __init__(self, study: Study, adjudicator: Grader, parent: QObject) -> None:
        super().__init__(parent)
        self._study, self._adjudicator = study, adjudicator
        self._waiting: deque[Errand] = deque()
        self._current: Errand | None = None
        self._job: Job | None = None
        self._starter = QTimer(self, interval=_PAINTED, singleShot=True)
        self._starter.timeout.connect(self._start)

    @property
    def busy(self) -> bool:
        """Whether something is still on its way."""
        return self._current is not None

    def is_pending(self, image: ImageRecord, item: str) -> bool:
        """Whether a decision on this item is on its way."""
        errands = [*self._waiting, *([self._current] if self._current else [])]
        return any(errand.image.id == image.id and errand.item == item for errand in errands)

    def decide(self, image: ImageRecord, decision: Decision) -> None:
        """Send a decision."""
        decision = replace(decision, by=self._adjudicator.name)
        self._send(Errand(image, decision.item, decision))

    def withdraw(self, image: ImageRecord, item: str) -> None:
        """Take an item's decision back."""
        self._send(Errand(image, item, None))

    def _send(self, errand: Errand) -> None:
        self._waiting.append(errand)
        self._go_on()

    def _go_on(self) -> None:
        if self._current is not None or not self._waiting:
            return
        self._current = self._waiting.popleft()
        self._job = job = Job(_commit, self._study, self._adjudicator, self._current)
        job.done.connect(self._on_done)
        job.failed.connect(self._on_failed)
        self._starter.start()

    def _start(self) -> None:
        if self._job is not None:
            self._job.start()

    def _on_done(self, result: tuple[Outcome, Scene]) -> None:
        self._finish(lambda errand: self.done.emit(errand, *result))

    def _on_failed(self, sentence: str) -> None:
        self._finish(lambda errand: self.refused.emit(errand, sentence))

    def _finish(self, tell: Callable[[Errand], None]) -> None:
        errand, self._current, self._job = self._current, None, None
        self._go_on()
        if errand is not None:
            tell(errand)

    def settle(self) -> None:
        """Wait until everything sent is committed or refused; the window is closing."""
        while self._current is not None or self._waiting:
            if self._starter.isActive():
                self._starter.stop()
                self._start()
            if self._job is not None:
                self._job.wait()
            self._current = self._job = None
            self._go_on()


def _commit(_: JobState, study: Study, adjudicator: Grader, errand: Errand) -> tuple[Outcome, Scene]:
    if errand.decision is None:
        outcome = withdraw(study, errand.image, adjudicator, errand.item)
    else:
        outcome = decide(study, errand.image, adjudicator, errand.decision)
    return outcome, consensus_scene(outcome)
