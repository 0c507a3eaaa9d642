"""A crosshair moved by the arrow keys, so that everything the mouse draws can be drawn by keys alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QLineF, QObject, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen

from retina_studio.domain.shapes import XY
from retina_studio.gui.actions import ActionSpec
from retina_studio.gui.canvas.frame import on_frame
from retina_studio.gui.tools.base import Pointer
from retina_studio.gui.words import tr

from .base import Feature

if TYPE_CHECKING:
    from retina_studio.gui.canvas.canvas import Canvas
    from retina_studio.gui.main_window import MainWindow

Key = Qt.Key
_MODIFIERS = Qt.KeyboardModifier
_ARROWS: Mapping[int, XY] = {
    Key.Key_Left: (-1, 0),
    Key.Key_Right: (1, 0),
    Key.Key_Up: (0, -1),
    Key.Key_Down: (0, 1),
}
_ENTER = (Key.Key_Return, Key.Key_Enter)
_STEP, _BIG_STEP = 4.0, 40.0  # widget pixels
_FINE_STEP = 1.0  # image pixels
_CLICKS = (
    "polygon",
    "point",
    "select",
)  # tools that Enter clicks with; of the others it begins and ends a drag
_GAP, _ARM = 5.0, 26.0  # widget pixels: the middle stays free, so that what lies there is seen
_SEEN = 40.0  # widget pixels around the crosshair that stay in sight


class Pointing(Feature):
    """While it is on, the arrows, Enter and Esc on the canvas are the crosshair's; other keys mean what they always do.

    Enter clicks, or begins and ends what the mouse would drag. Enter twice on one place closes a polygon.
    """

    specs = (
        ActionSpec(
            "crosshair",
            "Draw",
            "Draw by keys",
            "crosshair",
            ("Ctrl+Space",),
            "A crosshair: arrows move it (Shift: far, Ctrl: one pixel), Enter sets points and ends; Esc leaves",
            checkable=True,
        ),
    )

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.spot: XY | None = None  # image pixels; None while it is off
        self._is_dragging = False
        self._clicked: XY | None = None  # where Enter clicked last

    def wire(self) -> None:
        """Hear the canvas's keys before its tool does; be painted above everything."""
        canvas = self.window.canvas
        canvas.overlays.append(self._paint)
        self.watch(canvas)
        canvas.tool_changed.connect(self._forget)
        self.window.image_shown.connect(self._begin_anew)

    def crosshair(self) -> None:
        """Show it in the middle of what is seen of the image, or put it away."""
        if self.window.actions["crosshair"].isChecked():
            self._begin_anew()
            self.window.canvas.setFocus()
            self.window.status.say(
                tr(
                    "Arrows move the crosshair (Shift: far, Ctrl: one pixel); Enter sets points and ends; Esc leaves."
                )
            )
        else:
            self._leave()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The crosshair's keys; the mouse takes over where it is used."""
        if self.spot is None or self.window.canvas.picture is None:
            return super().eventFilter(watched, event)
        if isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.ShortcutOverride and self._is_ours(event):
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress and self._is_ours(event):
                self._on_key(event)
                return True
        elif isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseButtonPress:
            self._leave()
        return super().eventFilter(watched, event)

    def _is_ours(self, event: QKeyEvent) -> bool:
        held = event.modifiers() & ~_MODIFIERS.KeypadModifier
        if event.key() in _ARROWS:
            return held in {_MODIFIERS.NoModifier, _MODIFIERS.ShiftModifier, _MODIFIERS.ControlModifier}
        if event.key() in _ENTER:
            return held in {_MODIFIERS.NoModifier, _MODIFIERS.ShiftModifier, _MODIFIERS.AltModifier}
        return event.key() == Key.Key_Escape and not held

    def _on_key(self, event: QKeyEvent) -> None:
        if event.key() in _ARROWS:
            self._move(_ARROWS[Key(event.key())], event.modifiers())
        elif event.key() == Key.Key_Escape:
            self._escape()
        elif not event.isAutoRepeat():
            self._enter(event.modifiers())

    def _move(self, way: XY, held: Qt.KeyboardModifier) -> None:
        canvas = self.window.canvas
        assert self.spot is not None  # noqa: S101  (only while it is on)
        step = _BIG_STEP if held & _MODIFIERS.ShiftModifier else _STEP
        pixels = _FINE_STEP if held & _MODIFIERS.ControlModifier else max(step / canvas.view.mean_scale, 1.0)
        x, y = self.spot[0] + way[0] * pixels, self.spot[1] + way[1] * pixels
        self.spot = on_frame(x, y, canvas.frame)
        pointer = Pointer(*self.spot)
        if self._is_dragging:
            canvas.tool.drag(pointer)
        else:
            canvas.tool.hover(pointer)
        self._keep_in_sight()
        canvas.pointer_moved.emit(self.spot)
        canvas.update()

    def _enter(self, held: Qt.KeyboardModifier) -> None:
        canvas = self.window.canvas
        assert self.spot is not None  # noqa: S101  (only while it is on)
        tool, plain = canvas.tool, Pointer(*self.spot)
        pointer = replace(
            plain, shift=bool(held & _MODIFIERS.ShiftModifier), alt=bool(held & _MODIFIERS.AltModifier)
        )
        again = self._clicked == self.spot and tool.busy
        if self._is_dragging:
            self._is_dragging = False
            tool.release(pointer)
        elif again:
            tool.double_click(pointer)
        else:
            tool.press(pointer)
            if tool.name in _CLICKS or not tool.busy:
                tool.release(pointer)
                self._clicked = self.spot
            else:
                self._is_dragging = True
        canvas.update()

    def _escape(self) -> None:
        """First what is under way, then the crosshair."""
        tool = self.window.canvas.tool
        self._forget()
        if tool.busy:
            tool.cancel()
        else:
            self._leave()

    def _begin_anew(self) -> None:
        if self.window.actions["crosshair"].isChecked():
            canvas = self.window.canvas
            x, y = canvas.view.to_image(canvas.width() / 2, canvas.height() / 2)
            self.spot = on_frame(x, y, canvas.frame)
            self._forget()
            canvas.update()

    def _leave(self) -> None:
        canvas = self.window.canvas
        if self._is_dragging:
            canvas.tool.cancel()
        self.spot = None
        self._forget()
        self.window.actions["crosshair"].setChecked(False)
        canvas.update()

    def _forget(self) -> None:
        self._is_dragging, self._clicked = False, None

    def _keep_in_sight(self) -> None:
        canvas = self.window.canvas
        assert self.spot is not None  # noqa: S101  (only while it is on)
        place = canvas.to_widget(*self.spot)
        dx = max(_SEEN - place.x(), 0.0) - max(place.x() - (canvas.width() - _SEEN), 0.0)
        dy = max(_SEEN - place.y(), 0.0) - max(place.y() - (canvas.height() - _SEEN), 0.0)
        if (dx or dy) and not canvas.is_fitted:
            canvas.show_view(canvas.view.panned(dx, dy))

    def _paint(self, painter: QPainter, canvas: Canvas) -> None:
        if self.spot is None:
            return
        place = canvas.to_widget(*self.spot)
        lines = []
        for dx, dy in _ARROWS.values():
            near, far = (_GAP, _ARM)
            lines.append(
                QLineF(
                    place.x() + dx * near, place.y() + dy * near, place.x() + dx * far, place.y() + dy * far
                )
            )
        for colour, width in ((QColor(0, 0, 0, 190), 4.0), (QColor("white"), 1.5)):
            painter.setPen(QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
            painter.drawLines(lines)
