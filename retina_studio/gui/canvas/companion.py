"""The canvas beside the main one: another image with its grading, to be looked at and not to be changed."""

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent, QTransform, QWheelEvent
from PySide6.QtWidgets import QWidget

from retina_studio.domain.combine import mirrored
from retina_studio.domain.grading import Grading
from retina_studio.gui.document import Document
from retina_studio.gui.words import tr

from .canvas import Canvas
from .picture import Picture
from .scene import scene_of


class StillDocument(Document):
    """A grading that is shown and takes no edit: it has no session."""

    def __init__(self) -> None:
        super().__init__()
        self._shown = Grading()

    @property
    def grading(self) -> Grading:
        """What is shown."""
        return self._shown

    def look_at(self, grading: Grading) -> None:
        """Show another grading."""
        self._shown, self.scene = grading, scene_of(grading.shapes.values())
        self.opened.emit()


class Companion(Canvas):
    """Dragging moves the image. `moved` and `resized` tell the main canvas's side what to follow."""

    moved = Signal()  # by the hand of the person
    resized = Signal()
    left = Signal()  # Esc

    def __init__(self, parent: QWidget | None = None) -> None:
        self._still = StillDocument()
        super().__init__(self._still, parent)
        self.setMinimumSize(160, 240)
        self.setAccessibleName(tr("Image beside"))
        self.setAccessibleDescription(tr("Another image with its shapes, for comparison"))

    def show_grading(self, grading: Grading) -> None:
        """Show these shapes."""
        self._still.look_at(grading)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom, and tell."""
        super().wheelEvent(event)
        self.moved.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Every button moves the image: there is nothing to draw here."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._pan_from = event.position().toPoint()
        self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """As a press."""
        self.mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the image, and tell."""
        super().mouseMoveEvent(event)
        if self._pan_from is not None:
            self.moved.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves; no key edits."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """No key is held here."""
        event.ignore()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tell, so that what is shown is followed again."""
        super().resizeEvent(event)
        self.resized.emit()


def mirrored_picture(picture: Picture) -> Picture:
    """The image with left and right exchanged."""
    flip = QTransform.fromScale(-1, 1)
    return replace(picture, levels=tuple(level.transformed(flip) for level in picture.levels))


def mirrored_grading(grading: Grading, width: float) -> Grading:
    """The grading of an image with left and right exchanged; `width` in pixels."""
    shapes = {
        key: replace(shape, geometry=mirrored(shape.geometry, width)) for key, shape in grading.shapes.items()
    }
    return replace(grading, shapes=shapes)
