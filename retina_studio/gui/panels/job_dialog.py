"""A small window whose work runs in the background: its form, progress with cancel, and one sentence at the end."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Qt, QThreadPool, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from retina_studio.gui.jobs import Job
from retina_studio.gui.words import tr

from .parts import restyle, styled_label

_SHOWN_AFTER = 300  # ms; shorter work needs no progress bar


class JobDialog(QDialog):
    """A form with a button that starts one job at a time. Not modal: the person goes on grading beside it.

    `wanted` asks for the work, `settled` says that it ended, well or not. Closing it while a job runs cancels the job
    and closes when that has stopped.
    """

    wanted = Signal()
    settled = Signal()

    def __init__(self, title: str, note: str, start: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setMinimumWidth(540)
        self.form = QWidget()
        self.fields = QFormLayout(self.form)
        self.fields.setContentsMargins(0, 0, 0, 0)
        self.fields.setSpacing(8)
        self.fields.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.fields.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.said = styled_label("", "quiet")
        self.said.setWordWrap(True)
        self.said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.said.setAccessibleName(tr("What became of it"))
        self.details = QPlainTextEdit()
        self.details.setReadOnly(True)
        self.details.setAccessibleName(tr("Details"))
        self.details.setToolTip(tr("Details"))
        self.details.setMinimumHeight(120)
        self.details.hide()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(tr("Progress"))
        self.start_button = QPushButton(start)
        self.start_button.setObjectName("main")
        self.start_button.setAccessibleName(start)
        self.start_button.setDefault(True)
        self.start_button.clicked.connect(self.wanted)
        self.close_button = QPushButton(tr("Close"))
        self.close_button.setAutoDefault(False)
        self.close_button.clicked.connect(self._on_close_button)
        self._job: Job | None = None
        self._told: Callable[[Any], str] = str
        self._stopped = ""
        self._closes = self._is_cancelling = False
        self._delay = QTimer(self, interval=_SHOWN_AFTER, singleShot=True)
        self._delay.timeout.connect(self.bar.show)
        self._lay_out(title, note)

    @property
    def is_busy(self) -> bool:
        """Whether a job runs."""
        return self._job is not None

    @property
    def can_start(self) -> bool:
        """Whether the form says all that the work needs; a dialog that asks for something says when."""
        return True

    def refresh_start(self) -> None:
        """Offer the start button as the form is now; connect it to whatever changes that."""
        self.start_button.setEnabled(self.can_start and not self.is_busy)

    def follow(self, job: Job, told: Callable[[Any], str], stopped: str = "") -> None:
        """Start a job and show it until it ends; `told` makes the sentence of its result, `stopped` is said of a
        cancelled one ("": that nothing was changed).
        """
        self._job, self._told, self._stopped = job, told, stopped
        job.keeps_result = True
        self.form.setEnabled(False)
        self.refresh_start()
        self.close_button.setText(tr("Cancel"))
        self.say("")
        self.show_details(())
        self.bar.setRange(0, 0)
        self._delay.start()
        job.progressed.connect(self._on_progress)
        job.done.connect(self._on_done)
        job.failed.connect(self._on_failed)
        job.cancelled.connect(self._on_cancelled)
        # It may take an hour: opening an image must not wait for a thread.
        QThreadPool.globalInstance().releaseThread()
        job.start()

    def say(self, text: str, *, is_bad: bool = False) -> None:
        """Say one sentence below the form."""
        self.said.setText(text)
        self.said.setVisible(bool(text))
        restyle(self.said, "bad" if is_bad else "quiet")

    def show_details(self, lines: Sequence[str]) -> None:
        """Show lines below the sentence; none hides them."""
        self.details.setPlainText("\n".join(lines))
        self.details.setVisible(bool(lines))
        if not lines:
            QTimer.singleShot(0, self, self.adjustSize)

    def showEvent(self, event: QShowEvent) -> None:
        """Begin at the form; its fields were made after the buttons, which come last all the same."""
        super().showEvent(event)
        if event.spontaneous():
            return
        last = self.previousInFocusChain()
        if last is not None and last is not self.start_button:
            QWidget.setTabOrder(last, self.close_button)
            QWidget.setTabOrder(self.close_button, self.start_button)
        fields = [field for field in self.form.findChildren(QWidget) if _takes_keys(field)]
        (fields[0] if fields else self.start_button).setFocus()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Cancel what runs; close once it has stopped."""
        if self._job is not None:
            self.reject()
            event.ignore()
        else:
            super().closeEvent(event)

    def reject(self) -> None:
        """As `closeEvent`: also of Esc."""
        if self._job is not None:
            self._closes = True
            self._cancel(self._job)
        else:
            super().reject()

    def _on_close_button(self) -> None:
        """While a job runs this is its button to cancel."""
        if self._job is not None:
            self._cancel(self._job)
        else:
            self.close()

    def _cancel(self, job: Job) -> None:
        self._is_cancelling = True
        job.cancel()
        self.say(tr("Cancelling …"))

    def _lay_out(self, title: str, note: str) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(10)
        column.addWidget(styled_label(title, "title"))
        words = styled_label(note, "quiet")
        words.setWordWrap(True)
        words.setVisible(bool(note))
        column.addWidget(words)
        column.addWidget(self.form, 1)
        column.addWidget(self.bar)
        column.addWidget(self.said)
        column.addWidget(self.details)
        row = QHBoxLayout()
        row.addStretch()
        row.addWidget(self.close_button)
        row.addWidget(self.start_button)
        column.addLayout(row)
        self.bar.hide()
        self.said.hide()

    def _on_progress(self, share: float, text: str) -> None:
        if self._is_cancelling:
            return
        self.bar.setRange(0, 1000)
        self.bar.setValue(round(1000 * share))
        if text:
            self.say(text)

    def _on_done(self, result: object) -> None:
        self._end()
        self.say(self._told(result))
        self.settled.emit()

    def _on_failed(self, sentence: str) -> None:
        self._end()
        self.say(sentence, is_bad=True)
        self.settled.emit()

    def _on_cancelled(self) -> None:
        self._end()
        self.say(self._stopped or tr("Cancelled: nothing was changed."))
        self.settled.emit()

    def _end(self) -> None:
        self._job, self._is_cancelling = None, False
        QThreadPool.globalInstance().reserveThread()
        self._delay.stop()
        self.bar.hide()
        self.form.setEnabled(True)
        self.refresh_start()
        self.close_button.setText(tr("Close"))
        if self._closes:
            QTimer.singleShot(0, self, self.close)


def _takes_keys(field: QWidget) -> bool:
    return bool(field.focusPolicy() & Qt.FocusPolicy.TabFocus) and field.isVisible() and field.isEnabled()
