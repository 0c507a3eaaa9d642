"""The window of retraining: plan, runs, verdict. It only shows and asks; closing it stops no run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from PySide6.QtCore import QByteArray, QEvent, QSize, QUrl, Signal
from PySide6.QtGui import QAction, QCloseEvent, QDesktopServices, QKeySequence
from PySide6.QtWidgets import QMainWindow, QProgressBar, QPushButton, QTabWidget

from retina_studio.gui import theme
from retina_studio.gui.jobs import Job
from retina_studio.gui.settings import settings
from retina_studio.gui.words import tr
from retina_studio.retraining.home import home_of
from retina_studio.retraining.queue import Queue
from retina_studio.retraining.run import Run
from retina_studio.retraining.verdict import Verdict
from retina_studio.study.records import Grader
from retina_studio.study.study import Study

from . import work
from .curves import CurveChart
from .follower import Follower, Seen
from .plan_page import PlanPage
from .run_view import RunView
from .runs_page import RunsPage
from .verdict_page import VerdictPage

_SIZE = (1320, 820)
_SMALLEST = QSize(980, 620)


def assembled(
    study: Study, grader: Grader, follower: Follower, may_retrain: bool
) -> Iterator[RetrainingWindow | None]:
    """Make the window in steps, of which none holds the one that is in use for long; the last step gives it."""
    losses = CurveChart(tr("Losses"))
    yield None
    figures = CurveChart(tr("Figures on validation images"))
    yield None
    plan = PlanPage(may_retrain)
    yield None
    runs = RunsPage(may_retrain, RunView(losses, figures))
    yield None
    yield RetrainingWindow(study, grader, follower, plan, runs)


class RetrainingWindow(QMainWindow):
    """One page after the other: what would be learnt, what goes on, what came of it."""

    asked = Signal()  # runs were put into the queue
    vote_wanted = Signal()
    models_wanted = Signal()
    compared = Signal(object)  # Changes
    changed = Signal()  # which weights a model runs with
    closed = Signal()

    def __init__(
        self, study: Study, grader: Grader, follower: Follower, plan: PlanPage, runs: RunsPage
    ) -> None:
        super().__init__()
        self.study, self.grader, self.follower = study, grader, follower
        self.home = home_of(study)
        self.plan, self.runs = plan, runs
        self.verdict = VerdictPage(grader.role == "engineer")
        self.tabs = QTabWidget()
        self.tabs.setAccessibleName(tr("Retraining"))
        self.bar = QProgressBar()
        self.cancel_button = QPushButton(tr("Cancel"))
        self._job: Job | None = None
        self._waiting: list[tuple[Job, Callable[[Any], None], str]] = []
        self._gates: tuple[str, ...] | None = None  # the runs whose verdicts were read
        self._ground = theme.colour("panel")
        self._compose()
        self._connect()

    def start(self) -> None:
        """Look at the study and at the runs."""
        self.follower.start(self.home)
        self.follower.watch(True)
        if work.training_is_here():
            self.read_plan()
        else:
            words = tr(
                "This installation cannot train: its training module is missing. Install it again, whole."
            )
            self.plan.say_empty(words)
            self.runs.say_empty(words)

    # Putting it together

    def _compose(self) -> None:
        self.setWindowTitle(f"{tr('Retraining')} · {self.study.folder.name} · Retina Studio")
        self.setMinimumSize(_SMALLEST)
        self.tabs.setDocumentMode(True)
        for page, title in ((self.plan, tr("Plan")), (self.runs, tr("Runs")), (self.verdict, tr("Verdict"))):
            self.tabs.addTab(page, title)
        self.setCentralWidget(self.tabs)
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(160)
        self.bar.setAccessibleName(tr("Progress"))
        self.cancel_button.setAccessibleName(tr("Cancel"))
        self.cancel_button.setToolTip(tr("Stop what is under way; nothing is lost"))
        status = self.statusBar()
        status.setSizeGripEnabled(False)
        status.setObjectName("working")
        for widget in (self.bar, self.cancel_button):
            status.addPermanentWidget(widget)
            widget.hide()
        for key, call in (("Ctrl+W", self.close), ("F5", self.read_plan)):
            action = QAction(self)
            action.setShortcut(QKeySequence(key))
            action.triggered.connect(call)
            self.addAction(action)
        self.resize(*_SIZE)
        geometry = settings().value("retraining/geometry")
        if isinstance(geometry, QByteArray):
            self.restoreGeometry(geometry)

    def _connect(self) -> None:
        self.follower.seen.connect(self.show_seen)
        self.cancel_button.clicked.connect(self._cancel)
        self.plan.wanted.connect(self._ask)
        self.plan.bounded.connect(self.read_plan)
        self.plan.vote_wanted.connect(self.vote_wanted)
        self.runs.queue.chosen.connect(self.follower.choose)
        self.runs.pause_wanted.connect(self._pause)
        self.runs.go_on_wanted.connect(self._go_on)
        self.runs.cancel_wanted.connect(self._cancel_run)
        self.runs.report_wanted.connect(self._open_report)
        self.runs.verdict_wanted.connect(self.show_verdict)
        self.verdict.override_wanted.connect(self._override)
        self.verdict.changes_wanted.connect(self._compare)
        self.verdict.models_wanted.connect(self.models_wanted)

    # What is shown

    def show_seen(self, seen: Seen) -> None:
        """Show the runs as they are now."""
        if seen.failure:
            self.say(seen.failure)
            return
        self.runs.show_seen(seen)
        gates = tuple(run.id for run in seen.runs if run.state in {"promoted", "held back"})
        if gates != self._gates:
            self._gates = gates
            self.read_verdicts()

    def show_verdict(self, key: str) -> None:
        """Go to the verdict of a run."""
        self.verdict.choose(key)
        self.tabs.setCurrentWidget(self.verdict)

    def say(self, sentence: str) -> None:
        """One sentence in the status bar."""
        self.statusBar().showMessage(sentence)

    # What is done

    def read_plan(self) -> None:
        """Look at the study."""
        if work.training_is_here():
            job = Job(work.read_plan, self.study, self.plan.choices.seconds)
            self._run(job, self.plan.show_planned, tr("Looking at the study …"))

    def read_verdicts(self) -> None:
        """Read what the gate says of the runs, and which weights are used."""
        job = Job(work.read_judged, self.home, self.follower.last.runs)
        self._run(job, self.verdict.show_judged, "")

    def _ask(self, order: work.Order) -> None:
        job = Job(work.ask, self.study, self.grader.name, order)
        self._run(job, self._on_asked, tr("Asking for the runs …"))

    def _on_asked(self, runs: list[Run]) -> None:
        self.asked.emit()
        self.tabs.setCurrentWidget(self.runs)
        self.follower.choose(runs[0].id)
        self.say(tr("In the queue. It goes on while you annotate, and when this window is closed."))

    def _pause(self, key: str) -> None:
        self._change(lambda queue: queue.pause(key))

    def _go_on(self, key: str) -> None:
        self._change(lambda queue: queue.go_on(key))

    def _cancel_run(self, key: str) -> None:
        self._change(lambda queue: queue.cancel(key))

    def _change(self, deed: Callable[[Queue], object]) -> None:
        job = Job(work.change_queue, self.study, self.grader.name, deed)
        self._run(job, self._on_changed, "")

    def _on_changed(self, _: object) -> None:
        self.asked.emit()
        self.follower.look()

    def _open_report(self, key: str) -> None:
        run = self.follower.last.run(key)
        report = Queue(self.home).files(run).report if run else None
        if report is None or not report.is_file():
            self.say(tr("There is no report of this run yet."))
        else:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(report)))

    def _override(self, verdict: Verdict, reason: str) -> None:
        job = Job(work.override_gate, self.study, verdict, self.grader.name, reason)
        self._run(job, partial(self._on_overridden, verdict), tr("Promoting …"))

    def _on_overridden(self, verdict: Verdict, _: object) -> None:
        self.verdict.reason.clear()
        self.say(
            tr(
                "{model} runs with {version} from now on.",
                model=verdict.model,
                version=verdict.candidate[:12],
            )
        )
        self.changed.emit()
        self.read_verdicts()

    def _compare(self, verdict: Verdict) -> None:
        self._run(Job(work.compare_judged, self.home, verdict), self._on_compared, tr("Comparing …"))

    def _on_compared(self, changes: object) -> None:
        self.say("")
        self.compared.emit(changes)

    # Jobs: one at a time, in order

    @property
    def is_busy(self) -> bool:
        """Whether something runs in the background."""
        return self._job is not None

    def _run(self, job: Job, then: Callable[[Any], None], words: str) -> None:
        self._waiting.append((job, then, words))
        if self._job is None:
            self._next()

    def _next(self) -> None:
        if not self._waiting:
            return
        job, then, words = self._waiting.pop(0)
        self._job, self._then = job, then
        job.keeps_result = True
        job.progressed.connect(self._on_progress)
        job.done.connect(self._on_done)
        job.failed.connect(self._on_failed)
        job.cancelled.connect(self._on_cancelled)
        self.bar.setRange(0, 0)
        self._offer(idle=not words)
        if words:
            self.say(words)
        job.start()

    def _offer(self, *, idle: bool) -> None:
        self.bar.setVisible(not idle)
        self.cancel_button.setVisible(not idle)
        self.plan.set_busy(not idle)
        self.verdict.set_busy(not idle)

    def _on_progress(self, share: float, words: str) -> None:
        self.bar.setRange(0, 1000)
        self.bar.setValue(round(1000 * share))
        if words:
            self.say(words)

    def _on_done(self, result: object) -> None:
        then = self._then
        self._end("" if self.bar.isVisible() else self.statusBar().currentMessage())
        then(result)

    def _on_failed(self, sentence: str) -> None:
        self._end(sentence)
        if self.plan.planned is None:
            self.plan.say_empty(sentence)

    def _on_cancelled(self) -> None:
        self._end(tr("Stopped; nothing was changed."))

    def _end(self, sentence: str) -> None:
        self._job = None
        self._offer(idle=True)
        self.say(sentence)
        self._next()

    def _cancel(self) -> None:
        if self._job is not None:
            self.say(tr("Cancelling …"))
            self._job.cancel()

    # The window itself

    def changeEvent(self, event: QEvent) -> None:
        """Take the colours of another theme."""
        super().changeEvent(event)
        is_made = hasattr(self, "_ground")  # Qt calls this before __init__ is through
        if event.type() == QEvent.Type.PaletteChange and is_made and self._ground != theme.colour("panel"):
            self._ground = theme.colour("panel")
            self.runs.view.redraw()
            self.verdict.redraw()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop looking; the runs go on."""
        self._waiting.clear()
        if self._job is not None:
            self._job.cancel()
            self._job.wait()
        self.follower.seen.disconnect(self.show_seen)
        self.follower.watch(False)
        settings().setValue("retraining/geometry", self.saveGeometry())
        super().closeEvent(event)
        self.closed.emit()
