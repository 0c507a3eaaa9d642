"""The page of the runs: the queue, and the chosen run while it goes on."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from retina_studio.gui.panels.parts import EDGE, deed_button, styled_label
from retina_studio.gui.words import tr
from retina_studio.retraining.run import Run

from .follower import Seen
from .queue_table import QueueTable
from .run_view import RunView

_WIDTHS = (430, 830)


class RunsPage(QWidget):
    """The buttons are about the chosen run; `cancel_button` asks twice, on its own face."""

    pause_wanted = Signal(str)  # the run's id
    go_on_wanted = Signal(str)
    cancel_wanted = Signal(str)
    report_wanted = Signal(str)
    verdict_wanted = Signal(str)

    def __init__(self, may_retrain: bool, view: RunView) -> None:
        super().__init__()
        self.may_retrain = may_retrain
        self.run: Run | None = None
        self._asking = ""  # id of the run that is to be cancelled, once the button is pressed again
        self.queue = QueueTable()
        self.view = view
        self.pause_button = deed_button(
            tr("Pause"), "pause", tr("Stop after this epoch; it gives its memory back")
        )
        self.go_on_button = deed_button(tr("Continue"), "play", tr("Go on where it stopped"))
        self.cancel_button = deed_button(
            tr("Cancel"), "x", tr("End this run; the best weights so far are kept as a candidate")
        )
        self.report_button = deed_button(tr("Report"), "file-text", tr("Open the report of this training"))
        self.verdict_button = deed_button(tr("Verdict"), "scales", tr("What the gate says of this run"))
        self.empty = QLabel(tr("Nothing was retrained yet. Choose models on the page “Plan”."))
        self.empty.setObjectName("quiet")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setWordWrap(True)
        self.stage = QStackedWidget()
        self._lay_out()
        self.pause_button.clicked.connect(self._on_pause)
        self.go_on_button.clicked.connect(self._on_go_on)
        self.report_button.clicked.connect(self._on_report)
        self.verdict_button.clicked.connect(self._on_verdict)
        self.cancel_button.clicked.connect(self._on_cancel)

    def _lay_out(self) -> None:
        deeds = QHBoxLayout()
        for button in (self.pause_button, self.go_on_button, self.cancel_button):
            deeds.addWidget(button)
        deeds.addStretch(1)
        for button in (self.report_button, self.verdict_button):
            deeds.addWidget(button)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(styled_label(tr("Queue"), "heading"))
        column.addWidget(self.queue, 1)
        column.addLayout(deeds)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setObjectName("bare")
        split.setHandleWidth(2 * EDGE)
        split.setChildrenCollapsible(False)
        split.addWidget(left)
        split.addWidget(self.view)
        split.setStretchFactor(1, 1)
        split.setSizes(list(_WIDTHS))
        self.stage.addWidget(self.empty)
        self.stage.addWidget(split)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(EDGE, EDGE, EDGE, EDGE)
        whole.addWidget(self.stage)

    def show_seen(self, seen: Seen) -> None:
        """Show the queue and the chosen run as they are now."""
        self.run = seen.run(seen.chosen)
        self.queue.show_seen(seen)
        self.stage.setCurrentIndex(1 if self.run else 0)
        if self.run is not None:
            self.view.show_seen(seen, self.run)
        self._offer()

    def say_empty(self, sentence: str) -> None:
        """One sentence where nothing can be retrained."""
        self.empty.setText(sentence)

    def _offer(self) -> None:
        run = self.run
        if run is None:
            return
        if self._asking != run.id or run.done or run.wish == "cancel":
            self._asking = ""
        stopped = run.state in {"paused", "failed"} or run.wish == "pause"
        self.pause_button.setVisible(self.may_retrain and not stopped)
        self.go_on_button.setVisible(self.may_retrain and stopped)
        self.cancel_button.setVisible(self.may_retrain)
        self.pause_button.setEnabled(run.state in {"waiting", "curating", "training"} and not run.wish)
        self.go_on_button.setEnabled(run.wish != "cancel")
        self.cancel_button.setEnabled(not run.done and run.wish != "cancel")
        self.cancel_button.setText(tr("Really cancel?") if self._asking else tr("Cancel"))
        self.report_button.setEnabled(run.candidate != "" or run.state in {"gating", "promoted", "held back"})
        self.verdict_button.setEnabled(run.state in {"promoted", "held back"})

    # What is asked for

    @property
    def _id(self) -> str:
        return self.run.id if self.run else ""

    def _on_pause(self) -> None:
        self.pause_wanted.emit(self._id)

    def _on_go_on(self) -> None:
        self.go_on_wanted.emit(self._id)

    def _on_report(self) -> None:
        self.report_wanted.emit(self._id)

    def _on_verdict(self) -> None:
        self.verdict_wanted.emit(self._id)

    def _on_cancel(self) -> None:
        """The first press asks, the second does it: hours of training are not lost to a slip."""
        if self._asking == self._id:
            self._asking = ""
            self.cancel_wanted.emit(self._id)
        else:
            self._asking = self._id
        self._offer()
