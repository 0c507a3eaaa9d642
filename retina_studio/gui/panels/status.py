"""The status bar: messages, where the pointer is, the work under way, and whether everything is saved."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QStatusBar, QToolButton, QWidget

from retina_studio.domain.shapes import XY
from retina_studio.gui import icons
from retina_studio.gui.document import Document
from retina_studio.gui.jobs import Job
from retina_studio.gui.words import tr

from .parts import icon_button

_SHOWN_AFTER = 500  # ms; shorter work needs no progress bar
_MESSAGE_TIME = 8000


class StatusBar(QStatusBar):
    """Left: the last sentence said. Right: work, position, zoom, saved state."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.setSizeGripEnabled(False)
        self.work = WorkIndicator()
        self.position = QLabel()
        self.position.setAccessibleName(tr("Pointer position in image pixels"))
        self.zoom = QLabel()
        self.zoom.setAccessibleName(tr("Zoom"))
        self.saved_icon = QToolButton()
        self.saved_icon.setEnabled(True)
        self.saved_icon.setAccessibleName(tr("Saved state"))
        self.saved_icon.setToolTip(tr("Every edit is saved as soon as it is made"))
        self.saved_text = QLabel()
        self.saved_text.setAccessibleName(tr("Saved state"))
        for widget in (self.work, self.position, self.zoom, self.saved_icon, self.saved_text):
            self.addPermanentWidget(widget)
        document.saved.connect(self.show_saved)

    def say(self, text: str) -> None:
        """Show one sentence for a while."""
        self.showMessage(text, _MESSAGE_TIME)

    def show_position(self, position: XY | None) -> None:
        """Show where the pointer is, in image pixels."""
        self.position.setText("" if position is None else f"x {position[0]:.1f}   y {position[1]:.1f}")

    def show_zoom(self, scale: float) -> None:
        """Show the zoom in per cent."""
        self.zoom.setText(f"{100 * scale:.0f} %")

    def show_saved(self) -> None:
        """Say whether all edits are on disk."""
        saved, waits = self._document.is_saved, self._document.is_saved and self._document.unsent > 0
        self.saved_text.setText(self._document.saved_text)
        name = "cloud-arrow-up" if waits else "check-circle" if saved else "warning-circle"
        icons.dress(self.saved_icon, name, "text" if waits else "good" if saved else "bad")
        self.saved_icon.setVisible(bool(self._document.saved_text))


class WorkIndicator(QWidget):
    """A progress bar with a cancel button, for a job that takes longer than a moment."""

    def __init__(self) -> None:
        super().__init__()
        self._job: Job | None = None
        self.text = QLabel()
        self.bar = QProgressBar()
        self.bar.setFixedWidth(120)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(tr("Progress"))
        self.cancel_button = icon_button("x-circle", tr("Cancel"), tr("Cancel this work"))
        self.cancel_button.clicked.connect(self._cancel)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 8, 0)
        for widget in (self.text, self.bar, self.cancel_button):
            row.addWidget(widget)
        self._delay = QTimer(self, interval=_SHOWN_AFTER, singleShot=True)
        self._delay.timeout.connect(self.show)
        self.hide()

    def follow(self, job: Job, text: str) -> None:
        """Show this job until it ends."""
        self._job = job
        self.text.setText(text)
        self.bar.setRange(0, 0)
        self._delay.start()
        job.progressed.connect(self._on_progress)
        for signal in (job.done, job.failed, job.cancelled):
            signal.connect(self._end)

    def _on_progress(self, share: float, text: str) -> None:
        self.bar.setRange(0, 100)
        self.bar.setValue(round(100 * share))
        if text:
            self.text.setText(text)

    def _cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self.text.setText(tr("Cancelling"))

    def _end(self) -> None:
        self._job = None
        self._delay.stop()
        self.hide()
