"""What the network answers on the same few validation images, epoch after epoch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QSlider, QVBoxLayout, QWidget

from retina_studio.gui import theme
from retina_studio.gui.jobs import Job, JobState
from retina_studio.gui.panels.parts import styled_label
from retina_studio.gui.words import tr
from retina_studio.retraining.follow import Example

_SMALLEST = QSize(200, 110)


class Strip(QWidget):
    """One picture, as large as fits, never enlarged beyond twice its size."""

    _LARGEST = 2.0

    def __init__(self) -> None:
        super().__init__()
        self.image = QImage()
        self.words = ""
        self.setMinimumSize(_SMALLEST)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_image(self, image: QImage, words: str) -> None:
        """Show a picture, or these words where there is none."""
        self.image, self.words = image, words
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it in the middle."""
        painter = QPainter(self)
        if self.image.isNull():
            painter.setPen(theme.colour("muted"))
            flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
            painter.drawText(self.rect().adjusted(12, 12, -12, -12), flags, self.words)
            return
        size = self.image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        size = size.boundedTo(self.image.size() * self._LARGEST)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        place = self.rect().center() - self.rect().topLeft()
        frame = self.rect().adjusted(0, 0, 0, 0)
        frame.setSize(size)
        frame.moveCenter(place)
        painter.drawImage(frame, self.image)


class ExamplesView(QWidget):
    """A slider goes through the epochs; at its end it stays with the newest."""

    def __init__(self) -> None:
        super().__init__()
        self.strip = Strip()
        self.strip.setAccessibleName(tr("Example answers"))
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName(tr("Epoch of the examples"))
        self.slider.setToolTip(
            tr("Which epoch's answers are shown (arrow keys); at the end, always the newest")
        )
        self.slider.setPageStep(1)
        self.caption = styled_label("", "quiet")
        row = QHBoxLayout()
        row.addWidget(self.slider, 1)
        row.addWidget(self.caption)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.addWidget(self.strip, 1)
        column.addLayout(row)
        self._examples: tuple[Example, ...] = ()
        self._job: Job | None = None
        self._shown: Path | None = None
        self.slider.valueChanged.connect(self._show)
        self.show_examples(())

    def show_examples(self, found: Sequence[Example]) -> None:
        """Offer these, oldest first."""
        if tuple(found) == self._examples and found:
            return
        was_last = self.slider.value() >= self.slider.maximum()
        is_other = not self._examples or not found or found[0].picture != self._examples[0].picture
        self._examples = tuple(found)
        self.slider.blockSignals(True)
        self.slider.setRange(0, max(len(found) - 1, 0))
        if was_last or is_other:
            self.slider.setValue(self.slider.maximum())
        self.slider.blockSignals(False)
        self.slider.setEnabled(len(found) > 1)
        self._show()

    def _show(self) -> None:
        if not self._examples:
            self._shown = None
            self.caption.setText("")
            self.strip.show_image(QImage(), tr("Examples are drawn after each epoch."))
            return
        example = self._examples[self.slider.value()]
        self.caption.setText(tr("{stage}, epoch {epoch}", stage=example.stage, epoch=example.epoch))
        if example.picture != self._shown and self._job is None:
            self._read(example.picture)

    def _read(self, path: Path) -> None:
        job = Job(_read_picture, path)
        job.done.connect(self._on_read)
        job.failed.connect(self._on_failed)
        job.cancelled.connect(self._end)
        self._job = job
        job.start()

    def _on_read(self, found: tuple[Path, QImage]) -> None:
        self._job = None
        path, image = found
        if not self._examples:
            return
        self._shown = path
        self.strip.show_image(image, tr("The picture of this epoch cannot be read."))
        self._show()  # the person may have moved on

    def _on_failed(self, sentence: str) -> None:
        self._job = None
        self.strip.show_image(QImage(), sentence)

    def _end(self) -> None:
        self._job = None


def _read_picture(state: JobState, path: Path) -> tuple[Path, QImage]:
    """A picture; a null image where it cannot be read."""
    image = QImage(str(path))
    state.check()
    return path, image
