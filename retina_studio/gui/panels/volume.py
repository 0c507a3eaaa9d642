"""The bar below the canvas for the B-scans of a volume: which one is shown, and a slider to the others."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QWidget

from retina_studio.gui.words import tr

from .parts import icon_button

_REST = 60  # ms without a move of the slider after which its B-scan is opened


class VolumeBar(QWidget):
    """Shown while the open image is one of several."""

    asked = Signal(int)  # the place of a B-scan in its volume, from 1

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.text = QLabel()
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName(tr("B-scan"))
        self.slider.setToolTip(tr("Go through the B-scans of this volume (Ctrl+Up, Ctrl+Down)"))
        self.slider.setPageStep(5)
        self.slider.valueChanged.connect(self._on_moved)
        self.before = icon_button("caret-up", tr("Previous B-scan"), tr("Previous B-scan (Ctrl+Up)"))
        self.after = icon_button("caret-down", tr("Next B-scan"), tr("Next B-scan (Ctrl+Down)"))
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 8, 4)
        row.setSpacing(8)
        row.addWidget(self.text)
        row.addWidget(self.slider, 1)
        row.addWidget(self.before)
        row.addWidget(self.after)
        self._rest = QTimer(self, interval=_REST, singleShot=True)
        self._rest.timeout.connect(self._ask)
        self.hide()

    def show_place(self, place: int, count: int) -> None:
        """Show that the B-scan at this place, of so many, is open; fewer than two hide the bar."""
        self._rest.stop()
        self.slider.blockSignals(True)
        self.slider.setRange(1, max(count, 1))
        self.slider.setValue(place)
        self.slider.blockSignals(False)
        self._say(place)
        self.setVisible(count > 1)

    def _on_moved(self, place: int) -> None:
        self._say(place)
        self._rest.start()

    def _ask(self) -> None:
        self.asked.emit(self.slider.value())

    def _say(self, place: int) -> None:
        self.text.setText(tr("B-scan {place} / {count}", place=place, count=self.slider.maximum()))
        self.before.setEnabled(place > 1)
        self.after.setEnabled(place < self.slider.maximum())
