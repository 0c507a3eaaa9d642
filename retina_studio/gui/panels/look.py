"""The view panel: which view, how much of it, and its tone. Lies over the canvas's corner while it is wanted."""

import math
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from retina_studio.domain.labels import Modality
from retina_studio.gui.canvas.look import Look
from retina_studio.gui.words import tr, tr_data
from retina_studio.images.enhance import views_of

from .parts import icon_button, rule, styled_label

_EDGE = 14
_WIDTH = 308
_FINE = 100  # steps of a slider from its middle to its end


class LookPanel(QFrame):
    """Stays at the top right of its parent; `changed` carries the Look that was set by hand."""

    changed = Signal(object)
    closed = Signal()
    fill_changed = Signal(float)  # opacity of the shapes' insides, 0..1

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self.setAttribute(Qt.WidgetAttribute.WA_NoMousePropagation)  # the canvas below must not draw
        self.setAccessibleName(tr("View"))
        self.setFixedWidth(_WIDTH)
        self.look: Look | None = None
        self.buttons: dict[str, QPushButton] = {}
        self._grid = QGridLayout()
        self._grid.setSpacing(5)
        self.sliders = {name: _Slider(name, self._read) for name in _TITLES}
        self.reset = QPushButton(tr("Reset"))
        self.reset.setToolTip(tr("The view in full, with its own brightness and contrast"))
        self.reset.clicked.connect(self._reset)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 12)
        column.setSpacing(8)
        column.addLayout(self._head())
        column.addLayout(self._grid)
        for slider in self.sliders.values():
            column.addWidget(slider)
        column.addWidget(self.reset)
        column.addWidget(rule())
        self.fill = _Slider("fill", self._fill)
        self.fill.show_number(0.0)
        column.addWidget(self.fill)
        parent.installEventFilter(self)
        self.hide()

    def show_look(self, look: Look) -> None:
        """Follow a look that was chosen elsewhere."""
        if self.look is None or self.look.modality != look.modality:
            self._fill_grid(look.modality)
        self.look = look
        self.buttons[look.view].setChecked(True)
        shown = _OCT if look.modality == "oct" else _FUNDUS
        for name, slider in self.sliders.items():
            slider.setVisible(name in shown)
            slider.put(look)
        self.sliders["blend"].setEnabled(not look.is_plain_view)
        self.reset.setEnabled(look != look.without_tone())
        self.adjustSize()
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the parent's corner."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addWidget(styled_label(tr("View"), "heading"))
        row.addStretch()
        close = icon_button("x", tr("Close"), tr("Close this panel"))
        close.clicked.connect(self.closed)
        row.addWidget(close)
        return row

    def _fill_grid(self, modality: Modality) -> None:
        for button in self.buttons.values():
            button.deleteLater()
        self.buttons = {}
        for place, view in enumerate(views_of(modality)):
            button = QPushButton(tr_data(view.title))
            button.setObjectName("grade")
            button.setCheckable(True)
            button.setAutoExclusive(True)
            button.setAccessibleName(tr_data(view.title))
            button.setProperty("view", view.code)
            button.clicked.connect(self._choose)
            self.buttons[view.code] = button
            self._grid.addWidget(button, place // 2, place % 2)

    def _choose(self) -> None:
        if self.look is not None:
            self.changed.emit(replace(self.look, view=str(self.sender().property("view"))))

    def _read(self) -> None:
        if self.look is not None:
            look = self.look
            for slider in self.sliders.values():
                look = slider.applied(look)
            self.changed.emit(look)

    def _fill(self) -> None:
        self.fill_changed.emit(self.fill.slider.value() / _FINE)

    def _reset(self) -> None:
        if self.look is not None:
            self.changed.emit(self.look.without_tone())

    def _place(self) -> None:
        parent = self.parentWidget()
        if parent is not None:
            self.move(parent.width() - self.width() - _EDGE, _EDGE)


_FUNDUS = ("blend", "brightness", "contrast", "gamma")
_OCT = ("blend", "level", "width", "gamma")
_TITLES = (*_FUNDUS, "level", "width")


def _title(name: str) -> str:
    return {
        "blend": tr("Blend"),
        "brightness": tr("Brightness"),
        "contrast": tr("Contrast"),
        "gamma": tr("Gamma"),
        "level": tr("Grey level"),
        "width": tr("Grey width"),
        "fill": tr("Shape fill"),
    }[name]


class _Slider(QWidget):
    """One number of a look: its name, a slider, its value."""

    def __init__(self, name: str, on_change: Callable[[], None]) -> None:
        super().__init__()
        self.name = name
        title = QLabel(_title(name))
        title.setFixedWidth(72)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        lowest, highest = {"blend": (0, _FINE), "fill": (0, _FINE), "level": (0, 255), "width": (2, 255)}.get(
            name, (-_FINE, _FINE)
        )
        self.slider.setRange(lowest, highest)
        self.slider.setAccessibleName(_title(name))
        self.slider.setToolTip(_tip(name))
        self.slider.valueChanged.connect(on_change)
        self.value = styled_label("", "quiet")
        self.value.setFixedWidth(38)
        self.value.setAlignment(Qt.AlignmentFlag.AlignRight)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        for widget in (title, self.slider, self.value):
            row.addWidget(widget)

    def put(self, look: Look) -> None:
        """Show the look's number."""
        self.show_number(getattr(look, self.name))

    def show_number(self, number: float) -> None:
        """Show a number in its own unit."""
        if self.name == "gamma":
            step, text = round(_FINE * math.log(number, 4)), f"{number:.2f}"
        elif self.name in {"level", "width"}:
            step, text = round(number), f"{number:.0f}"
        else:
            step, text = round(_FINE * number), f"{_FINE * number:.0f} %"
        with QSignalBlocker(self.slider):
            self.slider.setValue(step)
        self.value.setText(text)

    def applied(self, look: Look) -> Look:
        """The look with this slider's number, where the slider was moved off it."""
        step = self.slider.value()
        if self.name == "gamma":
            return (
                look
                if step == round(_FINE * math.log(look.gamma, 4))
                else look.with_tone(gamma=4 ** (step / _FINE))
            )
        if self.name in {"level", "width"}:
            return (
                look
                if step == round(getattr(look, self.name))
                else look.with_tone(**{self.name: float(step)})
            )
        if step == round(_FINE * getattr(look, self.name)):
            return look
        if self.name == "blend":
            return replace(look, blend=step / _FINE)
        return look.with_tone(**{self.name: step / _FINE})


def _tip(name: str) -> str:
    if name == "fill":
        return tr("How much the shapes are filled; a fill falsifies the colour of what is graded")
    if name == "blend":
        return tr("How much of the view lies over the plain image")
    if name in {"level", "width"}:
        return tr(
            "Or drag on the scan with the right mouse button: sideways the width, up and down the level"
        )
    if name == "gamma":
        return tr("Above 1 lifts the dark parts")
    return tr("Or drag on the image with the right mouse button: sideways contrast, up and down brightness")
