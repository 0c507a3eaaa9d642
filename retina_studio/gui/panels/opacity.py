"""A slider in a small menu: how opaque the shapes of one label are."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSlider, QWidget, QWidgetAction

from retina_studio.gui.words import tr

from .parts import styled_label

FULL = 1.0
_LEAST = 10  # per cent; a shape that cannot be seen is hidden, not faded


class OpacityMenu(QMenu):
    """Closes as any menu does; every move of the slider is seen at once."""

    changed = Signal(float)

    def __init__(self, title: str, opacity: float, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(_LEAST, 100)
        self.slider.setPageStep(10)
        self.slider.setValue(round(100 * opacity))
        self.slider.setFixedWidth(140)
        self.slider.setAccessibleName(tr("Opacity of {label}", label=title))
        self.slider.setToolTip(tr("Opacity of {label}", label=title))
        self._text = styled_label("", "quiet")
        self._text.setFixedWidth(40)
        body = QWidget()
        row = QHBoxLayout(body)
        row.setContentsMargins(10, 6, 10, 6)
        row.addWidget(styled_label(title, "plain"))
        row.addWidget(self.slider)
        row.addWidget(self._text)
        holder = QWidgetAction(self)
        holder.setDefaultWidget(body)
        self.addAction(holder)
        self._show_value()
        self.slider.valueChanged.connect(self._on_moved)

    def showEvent(self, event: QShowEvent) -> None:
        """The arrows move the slider at once."""
        super().showEvent(event)
        self.slider.setFocus(Qt.FocusReason.PopupFocusReason)

    def _on_moved(self, value: int) -> None:
        self._show_value()
        self.changed.emit(value / 100)

    def _show_value(self) -> None:
        self._text.setText(f"{self.slider.value()} %")
