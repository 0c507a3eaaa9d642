"""Retraining in one click: its window, the engine that works through the queue, and what the status bar says of it."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QThreadPool, QTimer

from retina_studio.domain.errors import RetinaError
from retina_studio.gui.actions import ActionSpec
from retina_studio.gui.jobs import Job, JobState
from retina_studio.gui.retraining.follower import Follower, Seen
from retina_studio.gui.retraining.indicator import Indicator
from retina_studio.gui.words import tr
from retina_studio.retraining.home import home_of, is_begun
from retina_studio.retraining.run import Run

from .base import Feature
from .models import Models

if TYPE_CHECKING:
    from retina_studio.gui.main_window import MainWindow
    from retina_studio.gui.retraining.window import RetrainingWindow

_AGAIN = 30_000  # ms after which it asks once more whether another window still works through the queue


class Retraining(Feature):
    """Runs that were under way when the application ended are taken up at its next start."""

    specs = (
        ActionSpec(
            "retrain",
            "Proposals",
            "Retrain …",
            "graduation-cap",
            (),
            "Let the models learn from what the graders have settled; you go on annotating meanwhile",
        ),
    )

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.retraining: RetrainingWindow | None = None
        self.follower = Follower(self)
        self.indicator = Indicator()
        self.engine: Job | None = None
        self._loading: Job | None = None
        self._is_resting = self._wants_runs = False
        self._known: dict[str, Run] | None = None  # as of the last reading
        self._retry = QTimer(self, interval=_AGAIN, singleShot=True)
        self._retry.timeout.connect(self._work)

    def wire(self) -> None:
        """Follow the runs there are."""
        self.window.status.insertPermanentWidget(0, self.indicator)
        self.indicator.clicked.connect(self.show_runs)
        self.follower.seen.connect(self._on_seen)
        if is_begun(self.window.study):
            self.follower.start(home_of(self.window.study))

    # The window

    def retrain(self) -> None:
        """Open the window, or bring it to the front."""
        if self.retraining is not None:
            self._raise()
        elif self._loading is None:
            self._loading = Job(_load_window)
            self._loading.done.connect(self._open)
            self._loading.start()

    def show_runs(self) -> None:
        """Open the window at its runs."""
        self.retrain()
        if self.retraining is not None:
            self.retraining.tabs.setCurrentWidget(self.retraining.runs)
        else:
            self._wants_runs = True

    def _open(self) -> None:
        from retina_studio.gui.retraining.window import assembled  # noqa: PLC0415
        from retina_studio.gui.retraining.work import may_retrain  # noqa: PLC0415

        study, grader = self.window.study, self.window.grader
        try:
            allowed = may_retrain(study, grader.name)
        except RetinaError as error:
            self._loading = None
            self.window.tell_failure(str(error))
            return
        self._assemble(assembled(study, grader, self.follower, allowed))

    def _assemble(self, steps: Iterator[RetrainingWindow | None]) -> None:
        """One step in each turn of the event loop."""
        if self._is_resting:
            return
        made = next(steps)
        if made is None:
            QTimer.singleShot(0, self, partial(self._assemble, steps))
        else:
            self._loading = None
            self._present(made)

    def _present(self, shown: RetrainingWindow) -> None:
        shown.asked.connect(self._work)
        shown.vote_wanted.connect(self.window.actions["vote"].trigger)
        shown.models_wanted.connect(self.window.actions["models"].trigger)
        shown.compared.connect(self.window.feature(Models).show_changes)
        shown.closed.connect(self._forget)
        self.retraining = shown
        if self.follower.last.runs or self._wants_runs:
            shown.tabs.setCurrentWidget(shown.runs)
        self._wants_runs = False
        shown.show_seen(self.follower.last)
        shown.start()
        self._raise()

    def _raise(self) -> None:
        if self.retraining is not None:
            self.retraining.show()
            self.retraining.raise_()
            self.retraining.activateWindow()

    def _forget(self) -> None:
        if self.retraining is not None:
            self.retraining.deleteLater()
            self.retraining = None

    # The engine

    def _on_seen(self, seen: Seen) -> None:
        self.indicator.show_seen(seen)
        self._tell_ended(seen)
        if seen.is_working and not self._retry.isActive():
            self._work()

    def _tell_ended(self, seen: Seen) -> None:
        """Say of a run that ended just now what became of it."""
        if seen.failure:
            return
        for run in seen.runs:
            before = (self._known or {}).get(run.id)
            if run.done and before is not None and not before.done:
                self.window.status.say(ended_words(run))
        self._known = {run.id: run for run in seen.runs}

    def _work(self) -> None:
        """Work through the queue, in a thread that this window keeps until it is closed."""
        if self.engine is not None:
            return
        from retina_studio.gui.retraining.work import work_through  # noqa: PLC0415

        study = self.window.study
        self._retry.stop()
        self.engine = Job(work_through, study.folder, home_of(study))
        self.engine.keeps_result = True
        self.engine.done.connect(self._on_rest)
        self.engine.failed.connect(self._on_engine_failed)
        self.engine.cancelled.connect(self._on_rest)
        QThreadPool.globalInstance().releaseThread()  # it may take a night: opening an image must not wait for it
        self.engine.start()
        self.follower.look()

    def _on_rest(self, _: object = None) -> None:
        """Another window does it, or this one is closing."""
        QThreadPool.globalInstance().reserveThread()
        self.engine = None
        if self.follower.is_following:
            self._retry.start()

    def _on_engine_failed(self, sentence: str) -> None:
        self._on_rest()
        self.window.tell_failure(sentence)

    def rest(self) -> None:
        """The window is closing; training goes on, and the next start takes it up."""
        super().rest()
        self._is_resting = True
        self.follower.stop()
        self._retry.stop()
        if self.retraining is not None:
            self.retraining.close()
        if self.engine is not None:
            self.engine.cancel()


def ended_words(run: Run) -> str:
    """What became of a run."""
    if run.state == "promoted":
        return tr("{model} has learnt anew: its new weights are used from now on.", model=run.stem)
    if run.state == "held back":
        return tr(
            "The gate holds the new weights of {model} back: {reason}", model=run.stem, reason=run.reason
        )
    if run.state == "failed":
        return tr("Retraining {model} failed: {reason}", model=run.stem, reason=run.reason)
    return tr("Retraining {model} was cancelled.", model=run.stem)


def _load_window(state: JobState) -> None:
    """Import what takes up to a second: no window should wait for that."""
    state.check()
    importlib.import_module("retina_studio.gui.retraining.window")
