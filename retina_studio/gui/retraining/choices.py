"""How, where and when the models are to be retrained."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QDateTime, Qt, QTime, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QDateTimeEdit, QHBoxLayout, QLabel, QWidget

from retina_studio.gui.panels.parts import styled_label
from retina_studio.gui.words import tr

from .phrases import duration
from .work import Device

_BOUNDS = (10 * 60, 30 * 60, 3600, 2 * 3600, 8 * 3600)  # seconds
_EVENING = QTime(20, 0)


class Choices(QWidget):
    """Each has a value to start from. `bounded` when the time that training may take is another one."""

    bounded = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.bound = QComboBox()
        self.bound.addItem(tr("as long as its recipe says"), None)
        for seconds in _BOUNDS:
            self.bound.addItem(tr("at most {time} a model", time=duration(seconds)), float(seconds))
        _name(self.bound, tr("Training time"), tr("When training ends, the best weights so far are kept"))
        self.device = QComboBox()
        _name(self.device, tr("Where"), tr("What training runs on"))
        self.later = QCheckBox(tr("Not before"))
        _name(
            self.later,
            tr("Not before"),
            tr("Begin later, such as over night; the application must be open then"),
        )
        self.time = QDateTimeEdit(_next_evening())
        self.time.setDisplayFormat("yyyy-MM-dd  HH:mm")
        self.time.setCalendarPopup(True)
        self.time.setEnabled(False)
        _name(self.time, tr("Begin at"), tr("Local time at which training may begin"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for title, box in ((tr("Train"), self.bound), (tr("on"), self.device)):
            label: QLabel = styled_label(title, "quiet")
            label.setBuddy(box)
            row.addWidget(label)
            row.addWidget(box)
        row.addSpacing(12)
        row.addWidget(self.later)
        row.addWidget(self.time)
        row.addStretch(1)
        self.later.toggled.connect(self.time.setEnabled)
        self.bound.currentIndexChanged.connect(self.bounded)

    def offer_devices(self, devices: Sequence[Device]) -> None:
        """Offer these; the first is the one that is taken by itself. The chosen one stays."""
        chosen = self.device.currentData()
        self.device.clear()
        for device in devices:
            self.device.addItem(device.title, device.name)
        self.device.setCurrentIndex(max(self.device.findData(chosen), 0))
        self.device.setEnabled(len(devices) > 1)

    @property
    def seconds(self) -> float | None:
        """Bound on the training time of a model."""
        seconds: float | None = self.bound.currentData()
        return seconds

    @property
    def not_before(self) -> str:
        """Local time in ISO 8601, "" for at once."""
        if not self.later.isChecked():
            return ""
        return self.time.dateTime().toString(Qt.DateFormat.ISODate)[:16]


def _next_evening() -> QDateTime:
    now = QDateTime.currentDateTime()
    evening = QDateTime(now.date(), _EVENING)
    return evening if evening > now else evening.addDays(1)


def _name(widget: QWidget, name: str, tip: str) -> None:
    widget.setAccessibleName(name)
    widget.setToolTip(tip)
