"""A short tour: one part of the window after another in the light, with a few words beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from retina_studio.gui import theme
from retina_studio.gui.panels.parts import styled_label
from retina_studio.gui.words import tr

_SHADE = QColor(0, 0, 0, 150)
_ROOM, _GAP, _EDGE = 4, 14, 16  # pixels: around what is shown, beside it, and to the window's border
_WIDTH = 340


@dataclass(frozen=True)
class Stop:
    """One part of the window, what it is called, and what it is for; `show` brings it into sight."""

    part: QWidget
    title: str
    text: str
    show: Callable[[], object] = lambda: None


class Tour(QWidget):
    """Lies over the window; Enter and the arrows go on and back, Esc ends it. No key reaches the window below."""

    ended = Signal()

    def __init__(self, stops: Sequence[Stop], window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._stops = stops
        self._place = 0
        self.setAccessibleName(tr("Guided tour"))
        self.card = QFrame(self)
        self.card.setObjectName("tour")
        self.card.setFixedWidth(_WIDTH)
        self.title = styled_label("", "title")
        self.text = styled_label("", "plain")
        self.text.setWordWrap(True)
        self.count = styled_label("", "quiet")
        self.skip_button = _button(tr("Skip the tour"))
        self.back_button = _button(tr("Back"))
        self.next_button = _button(tr("Next"), "main")
        self.skip_button.clicked.connect(self.end)
        self.back_button.clicked.connect(self.back)
        self.next_button.clicked.connect(self.go_on)
        self._lay_out()
        window.installEventFilter(self)

    @property
    def stop(self) -> Stop:
        """What is shown now."""
        return self._stops[self._place]

    def begin(self) -> None:
        """Show the first stop."""
        self._place = 0
        self.resize(self._window.size())
        self.show()
        self.raise_()
        self._show_stop()

    def go_on(self) -> None:
        """To the next stop; after the last one the tour ends."""
        if self._place + 1 == len(self._stops):
            self.end()
        else:
            self._place += 1
            self._show_stop()

    def back(self) -> None:
        """To the stop before."""
        self._place = max(self._place - 1, 0)
        self._show_stop()

    def end(self) -> None:
        """Leave the window as it was."""
        self._window.removeEventFilter(self)
        self.hide()
        self.ended.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Shade everything but what is shown."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        light = QRectF(self._light())
        shade = QPainterPath()
        shade.setFillRule(Qt.FillRule.OddEvenFill)
        shade.addRect(QRectF(self.rect()))
        shade.addRoundedRect(light, 8, 8)
        painter.fillPath(shade, _SHADE)
        painter.setPen(QPen(QColor(theme.colour("accent")), 2))
        painter.drawRoundedRect(light, 8, 8)
        painter.end()

    def event(self, event: QEvent) -> bool:
        """Every key is the tour's: no shortcut of the window may act unseen."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape ends, Right goes on, Left goes back; Enter presses the button that has the focus."""
        if event.key() == Qt.Key.Key_Escape:
            self.end()
        elif event.key() in {Qt.Key.Key_Right, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_PageDown}:
            self.go_on()
        elif event.key() in {Qt.Key.Key_Left, Qt.Key.Key_Backspace, Qt.Key.Key_PageUp}:
            self.back()

    def focusNextPrevChild(self, following: bool) -> bool:
        """Tab stays among the tour's buttons."""
        buttons = [b for b in (self.skip_button, self.back_button, self.next_button) if b.isEnabled()]
        at = next((n for n, button in enumerate(buttons) if button.hasFocus()), -1)
        buttons[(at + (1 if following else -1)) % len(buttons)].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay as large as the window; of its buttons the arrow keys are the tour's."""
        if event.type() == QEvent.Type.Resize and watched is self._window:
            self.resize(self._window.size())
            self._place_card()
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and watched is not self._window
        ):
            if event.key() in {Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down}:
                self.keyPressEvent(event)
                return True
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and isinstance(watched, QPushButton):
                watched.click()
                return True
        return super().eventFilter(watched, event)

    def _show_stop(self) -> None:
        stop = self.stop
        stop.show()
        self.title.setText(stop.title)
        self.text.setText(stop.text)
        self.count.setText(tr("{number} of {all}", number=self._place + 1, all=len(self._stops)))
        self.back_button.setEnabled(self._place > 0)
        is_last = self._place + 1 == len(self._stops)
        self.next_button.setText(tr("Done") if is_last else tr("Next"))
        self.next_button.setAccessibleName(self.next_button.text())
        self.card.setAccessibleName(stop.title)
        self.card.setAccessibleDescription(stop.text)
        self._place_card()
        self.next_button.setFocus(Qt.FocusReason.TabFocusReason)

    def _light(self) -> QRect:
        """What is shown, in our own coordinates; nothing where it is out of sight."""
        part = self.stop.part
        seen = part.visibleRegion().boundingRect()
        if seen.isEmpty():
            return QRect(self.rect().center(), QSize(0, 0))
        corner = part.mapTo(self._window, seen.topLeft())
        around = QRect(corner, seen.size()).adjusted(-_ROOM, -_ROOM, _ROOM, _ROOM)
        return around.intersected(self.rect().adjusted(2, 2, -2, -2))

    def _place_card(self) -> None:
        """Beside what is shown where there is room, else over its middle."""
        self.card.setFixedHeight(self.card.heightForWidth(_WIDTH))
        light, card, room = (
            self._light(),
            self.card.size(),
            self.rect().adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE),
        )
        middle = light.center().y() - card.height() // 2
        level = light.center().x() - card.width() // 2
        for spot in (
            QPoint(light.right() + _GAP, middle),
            QPoint(light.left() - _GAP - card.width(), middle),
            QPoint(level, light.bottom() + _GAP),
            QPoint(level, light.top() - _GAP - card.height()),
        ):
            held = _held(QRect(spot, card), room)
            if not held.intersects(light):
                break
        else:
            held = _held(QRect(QPoint(level, middle), card), room)
        self.card.move(held.topLeft())
        self.update()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.count)
        foot = QHBoxLayout()
        foot.addWidget(self.skip_button)
        foot.addStretch()
        foot.addWidget(self.back_button)
        foot.addWidget(self.next_button)
        column = QVBoxLayout(self.card)
        column.setContentsMargins(18, 14, 18, 14)
        column.setSpacing(10)
        column.addLayout(head)
        column.addWidget(self.text)
        column.addLayout(foot)
        for button in (self.skip_button, self.back_button, self.next_button):
            button.installEventFilter(self)


def _held(card: QRect, room: QRect) -> QRect:
    """The card, moved no further than needed to lie inside."""
    x = min(max(card.x(), room.left()), room.right() - card.width())
    y = min(max(card.y(), room.top()), room.bottom() - card.height())
    return QRect(QPoint(x, y), card.size())


def _button(text: str, style: str = "") -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(style)
    button.setAccessibleName(text)
    button.setToolTip(text)
    return button
