"""One row a grading scale: its title and a button for each value, by mouse or by keyboard."""

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QBoxLayout,
    QCheckBox,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from retina_studio.domain.labels import GradeValue, Scale
from retina_studio.gui.words import tr, tr_data

from .parts import ElidedLabel, styled_label

_TITLE_WIDTH = 132
_INLINE_FROM = 320  # pixels; a narrower row puts its buttons below the title
_MANY = 3  # more values than this get two-line buttons, where they are words
_STEPS: Mapping[int, tuple[int, int]] = {  # key -> steps along the row, rows down
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class ScaleRow(QWidget):
    """The buttons of one scale. One of them is reached by Tab, the others by the arrows from there.

    A scale that counts (its titles are the numbers themselves) has a tick box for its title: ticked from 1 on.
    """

    given = Signal(str, object)  # scale code, the value, or None to take the grade back
    pointed = Signal(object)  # the value under the pointer or the focus; None when it left
    moved = Signal(int)  # the person asks for the row below (1) or above (-1)

    def __init__(self, scale: Scale, *, is_heading: bool = False) -> None:
        """`is_heading`: its title stands for the whole section, and its buttons take the full width."""
        super().__init__()
        self.scale = scale
        self._is_heading = is_heading
        self.box: QCheckBox | None = self._tick_box() if _counts(scale) else None
        self.due = styled_label("•", "due")
        self.due.setToolTip(tr("Needed before you submit"))
        self.buttons = {value: self._button(value) for value in scale.values}
        self._controls: list[QAbstractButton] = [*([self.box] if self.box else []), *self.buttons.values()]
        for control in self._controls:
            control.installEventFilter(self)
        self._lay_out()
        self.show_value(None, editable=False, due=False)

    def button(self, value: GradeValue) -> QPushButton:
        """The button that gives a value."""
        return self.buttons[value]

    def show_value(self, given: GradeValue | None, *, editable: bool, due: bool) -> None:
        """Show the grade; `due` marks the scale as one that is still needed."""
        for value, button in self.buttons.items():
            button.setChecked(given is not None and given == value)
        if self.box is not None:
            self.box.setChecked(bool(given))
        for control in self._controls:
            control.setEnabled(editable)
        self.due.setVisible(due)
        self._offer_focus(next((b for b in self.buttons.values() if b.isChecked()), self._controls[0]))

    def take_focus(self) -> None:
        """Put the focus on the given value, or on the first."""
        first = next(c for c in self._controls if c.focusPolicy() == Qt.FocusPolicy.StrongFocus)
        first.setFocus(Qt.FocusReason.TabFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows move along the row and between rows; pointer and focus say which value is looked at."""
        kind = event.type()
        if isinstance(watched, QAbstractButton):
            if isinstance(event, QKeyEvent) and kind == QEvent.Type.KeyPress:
                return self._on_key(watched, event)
            if kind in {QEvent.Type.Enter, QEvent.Type.FocusIn}:
                self.pointed.emit(watched.property("value"))
            elif kind in {QEvent.Type.Leave, QEvent.Type.FocusOut}:
                self.pointed.emit(None)
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Title and buttons share a line where there is room."""
        super().resizeEvent(event)
        self._arrange(event.size().width())

    def _on_key(self, control: QAbstractButton, event: QKeyEvent) -> bool:
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            control.click()
            return True
        along, down = _STEPS.get(event.key(), (0, 0))
        if along:
            place = self._controls.index(control) + along
            self._controls[min(max(place, 0), len(self._controls) - 1)].setFocus(
                Qt.FocusReason.TabFocusReason
            )
        elif down:
            self.moved.emit(down)
        return bool(along or down)

    def _offer_focus(self, chosen: QAbstractButton) -> None:
        for control in self._controls:
            is_stop = control is chosen
            control.setFocusPolicy(Qt.FocusPolicy.StrongFocus if is_stop else Qt.FocusPolicy.ClickFocus)

    def _tick_box(self) -> QCheckBox:
        title = tr_data(self.scale.title)
        box = QCheckBox(title.partition(",")[0])
        box.setAccessibleName(title)
        box.setToolTip(tr("{title}: tick when it is seen, then say in how many quadrants", title=title))
        box.setProperty("value", 1)
        box.clicked.connect(self._on_ticked)
        return box

    def _button(self, value: GradeValue) -> QPushButton:
        scale = self.scale
        title, place = tr_data(scale.title), scale.values.index(value)
        words, hint = tr_data(scale.titles[place]), tr_data(scale.hints[place])
        tall = len(scale.values) > _MANY and not _counts(scale)
        button = QPushButton(words.replace(" ", "\n", 1) if tall else words)
        button.setObjectName("tallgrade" if tall else "grade")
        button.setCheckable(True)
        if not tall:  # all equally wide; words of several lengths take what they need
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        button.setAccessibleName(f"{title}: {words}")
        button.setAccessibleDescription(hint)
        told = f"{title}: {words}. {hint}" if hint else f"{title}: {words}."
        button.setToolTip(f"<p>{told}</p><p>{tr('Press again to take it back.')}</p>")
        button.setProperty("value", value)
        button.clicked.connect(self._on_pressed)
        return button

    def _on_pressed(self, given: bool) -> None:
        self.given.emit(self.scale.code, self.sender().property("value") if given else None)

    def _on_ticked(self, ticked: bool) -> None:
        self.given.emit(self.scale.code, self.scale.values[1 if ticked else 0])

    def _lay_out(self) -> None:
        self._line = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.setSpacing(4)
        self._head = QWidget()
        head = QHBoxLayout(self._head)
        head.setContentsMargins(0, 0, 0, 0)
        head.setSpacing(4)
        style = "heading" if self._is_heading else "quiet"
        head.addWidget(self.box or ElidedLabel(tr_data(self.scale.title), style), 1)
        head.addWidget(self.due)
        row = QHBoxLayout()
        row.setSpacing(4)
        for button in self.buttons.values():
            row.addWidget(button, 1)
        self._line.addWidget(self._head)
        self._line.addLayout(row, 1)

    def _arrange(self, width: int) -> None:
        inline = width >= _INLINE_FROM and not self._is_heading
        way = QBoxLayout.Direction.LeftToRight if inline else QBoxLayout.Direction.TopToBottom
        if way != self._line.direction():
            self._line.setDirection(way)
        self._head.setMinimumWidth(_TITLE_WIDTH if inline else 0)
        self._head.setMaximumWidth(_TITLE_WIDTH if inline else 16_777_215)


def _counts(scale: Scale) -> bool:
    return scale.titles[1:] == tuple(str(value) for value in scale.values[1:])
