"""Keys that take the focus from one part of the window to another, for who works without a mouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QColor, QFocusEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from retina_studio.gui import theme
from retina_studio.gui.actions import ActionSpec
from retina_studio.gui.panels.parts import reveal
from retina_studio.gui.panels.tabs import SideTabs

from .base import Feature

if TYPE_CHECKING:
    from retina_studio.gui.canvas.canvas import Canvas
    from retina_studio.gui.main_window import MainWindow

_RING = 2  # widget pixels that are seen of it
_BY_KEYS = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


class Going(Feature):
    """Each goes to where the part is worked with: its list, its first button. The image shows where keys put it."""

    specs = (
        ActionSpec(
            "go_worklist", "View/Go to", "The worklist", "", ("Alt+1",), "Put the focus on the worklist"
        ),
        ActionSpec("go_canvas", "View/Go to", "The image", "", ("Alt+2",), "Put the focus on the image"),
        ActionSpec(
            "go_labels", "View/Go to", "The labels", "", ("Alt+3",), "Put the focus on the chosen label"
        ),
        ActionSpec(
            "go_grading", "View/Go to", "The grades", "", ("Alt+4",), "Put the focus on the first grade"
        ),
        ActionSpec(
            "go_lists", "View/Go to", "The lists", "", ("Alt+5",), "Put the focus on the tabs of the lists"
        ),
    )

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.has_ring = False

    def wire(self) -> None:
        """Draw a ring around the image while a key has put the focus there; a mouse needs none."""
        self.window.canvas.overlays.append(self._paint)
        self.watch(self.window.canvas)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The image gets or loses the focus."""
        if isinstance(event, QFocusEvent):
            self.has_ring = event.gotFocus() and event.reason() in _BY_KEYS
            self.window.canvas.update()
        elif event.type() == QEvent.Type.MouseButtonPress:
            self.has_ring = False
        return super().eventFilter(watched, event)

    def _paint(self, painter: QPainter, canvas: Canvas) -> None:
        if self.has_ring:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.colour("accent")), 2 * _RING))
            painter.drawRect(canvas.rect())

    def go_worklist(self) -> None:
        """The list itself."""
        self._go(self.window.worklist.view)

    def go_canvas(self) -> None:
        """The image."""
        self._go(self.window.canvas)

    def go_labels(self) -> None:
        """The label that is drawn now."""
        if self.window.image is not None:
            self._go(self.window.label_panel.button(self.window.canvas.label))

    def go_grading(self) -> None:
        """The first scale."""
        self.window.grading_panel.take_focus()

    def go_lists(self) -> None:
        """The tabs below the worklist; Left and Right change them, Tab goes into the chosen one."""
        tabs = self.window.findChild(SideTabs)
        if tabs is not None:
            self._go(tabs.tabBar())

    def _go(self, part: QWidget) -> None:
        part.setFocus(Qt.FocusReason.ShortcutFocusReason)
        reveal(part)
