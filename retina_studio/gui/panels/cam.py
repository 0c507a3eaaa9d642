"""The CAM in the proposal panel: which map, how strong, in which colours, the line, and the outline made of it."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from retina_studio.domain.labels import Modality, labels_of
from retina_studio.domain.proposal import Proposal
from retina_studio.gui import icons, settings
from retina_studio.gui.canvas.heat import COLOURS, LEVEL, Heat, heat_of
from retina_studio.gui.words import tr, tr_data

from .maps import MapChoice, maps_of, wanted_map
from .parts import icon_button, styled_label

_START_OPACITY = 60  # per cent
_LEVELS = (5, 95)  # per cent of the evidence


class CamPanel(QWidget):
    """A row that is always there, and the finer choices below it when they are asked for."""

    changed = Signal()
    outline_asked = Signal(str)  # a label's code, or "" for the one that is being drawn

    def __init__(self) -> None:
        super().__init__()
        self._choices: list[MapChoice] = []
        self._picked: tuple[str, str] | None = None
        self._made: tuple[object, Heat] | None = None  # the last picture, and what it is of
        self.box = QCheckBox(tr("CAM"))
        self.box.setAccessibleName(tr("Show the CAM"))
        self.box.setToolTip(tr("Show where the model looked (M)"))
        self.slider = _slider((0, 100), _START_OPACITY, tr("Opacity of the CAM"))
        self.text = _number(f"{_START_OPACITY} %")
        self.more = icon_button(
            "sliders-horizontal",
            tr("More about the CAM"),
            tr("Which map, its colours and its line"),
            checkable=True,
        )
        self.map = _combo(tr("Map"), tr("What the map explains"))
        self.level = _slider(_LEVELS, round(100 * LEVEL), tr("Evidence that the line surrounds"))
        self.level_text = _number(f"{LEVEL:.2f}")
        self.colours = _combo(tr("Colours of the CAM"), tr("Colours of the CAM"))
        for name in COLOURS:
            self.colours.addItem(name.capitalize(), name)
        self.colours.setCurrentIndex(max(self.colours.findData(settings.cam_colours()), 0))
        self.label = _combo(tr("Label of the outline"), tr("What the area inside the line is offered as"))
        self.outline = QPushButton(tr("Outline"))
        icons.dress(self.outline, "selection")
        self.outline.setAccessibleName(tr("Outline as a proposal"))
        self.outline.setToolTip(tr("Offer the area inside the line as a coarse proposal, to be corrected"))
        self.details = self._lay_out()
        self.box.toggled.connect(self.changed)
        self.more.toggled.connect(self.details.setVisible)
        self.slider.valueChanged.connect(self._on_opacity)
        self.level.valueChanged.connect(self._on_level)
        self.map.activated.connect(self._on_map)
        self.colours.activated.connect(self._on_colours)
        self.outline.clicked.connect(self._on_outline)

    @property
    def choice(self) -> MapChoice | None:
        """The map that is chosen."""
        place = self.map.currentIndex()
        return self._choices[place] if 0 <= place < len(self._choices) else None

    @property
    def evidence(self) -> float:
        """The level of the line, 0..1."""
        return self.level.value() / 100

    @property
    def opacity(self) -> float:
        """Of the tint, 0..1."""
        return self.slider.value() / 100

    def heat(self) -> Heat | None:
        """The picture to show; None while it is not wanted, or where there is no map."""
        choice = self.choice
        if choice is None or not self.box.isChecked():
            return None
        cam = choice.cam
        key = (cam.tobytes(), cam.shape, self.colours.currentData(), self.evidence)
        if self._made is None or self._made[0] != key:
            self._made = key, heat_of(cam, self.colours.currentData(), self.evidence)
        return self._made[1]

    def show_maps(self, proposals: Sequence[Proposal], current: Proposal | None) -> None:
        """Offer the maps of these; without a choice of the person's that of the current one is shown."""
        shown = self.choice
        self._choices = maps_of(proposals)
        # A proposal without a map of its own changes nothing: it may be an outline made of the one that is shown.
        stays = shown is not None and current is not None and not current.cams
        chosen = wanted_map(self._choices, shown.key if stays and shown else self._picked, current)
        words = [choice.title for choice in self._choices]
        if words != [self.map.itemText(place) for place in range(self.map.count())]:
            self.map.clear()
            self.map.addItems(words)
        self.map.setCurrentIndex(-1 if chosen is None else self._choices.index(chosen))
        for widget in (self.box, self.slider, self.map, self.level, self.colours, self.label, self.outline):
            widget.setEnabled(chosen is not None)

    def show_modality(self, modality: Modality) -> None:
        """Offer the labels that an outline may have."""
        chosen = self.label.currentData()
        self.label.clear()
        self.label.addItem(tr("Current"), "")
        for entry in labels_of(modality):
            if "polygon" in entry.kinds:
                self.label.addItem(
                    icons.swatch(entry.colour), f"{entry.code}  {tr_data(entry.title)}", entry.code
                )
        self.label.setCurrentIndex(max(self.label.findData(chosen), 0))

    def _on_opacity(self, value: int) -> None:
        self.text.setText(f"{value} %")
        self._want()

    def _on_level(self, value: int) -> None:
        self.level_text.setText(f"{value / 100:.2f}")
        self._want()

    def _on_map(self) -> None:
        choice = self.choice
        self._picked = choice.key if choice else None
        self._want()

    def _on_colours(self) -> None:
        settings.choose_cam_colours(self.colours.currentData())
        self._want()

    def _want(self) -> None:
        """Who moves a slider of the CAM wants to see it."""
        if self.box.isChecked():
            self.changed.emit()
        else:
            self.box.setChecked(True)

    def _on_outline(self) -> None:
        self.outline_asked.emit(self.label.currentData())

    def _lay_out(self) -> QWidget:
        row = QHBoxLayout()
        row.addWidget(self.box)
        row.addWidget(self.slider, 1)
        row.addWidget(self.text)
        row.addWidget(self.more)
        details = QWidget()
        grid = QGridLayout(details)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(6)
        grid.setColumnStretch(1, 1)
        rows = (
            (tr("Map"), self.map, None),
            (tr("Line at"), self.level, self.level_text),
            (tr("Colours"), self.colours, None),
            (tr("Offer as"), self.label, self.outline),
        )
        for place, (title, widget, beside) in enumerate(rows):
            grid.addWidget(styled_label(title, "quiet"), place, 0)
            grid.addWidget(widget, place, 1, 1, 1 if beside else 2)
            if beside is not None:
                grid.addWidget(beside, place, 2)
        details.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(row)
        column.addWidget(details)
        return details


def _slider(bounds: tuple[int, int], value: int, name: str) -> QSlider:
    made = QSlider(Qt.Orientation.Horizontal)
    made.setRange(*bounds)
    made.setValue(value)
    made.setAccessibleName(name)
    made.setToolTip(name)
    return made


def _number(text: str) -> QLabel:
    made = styled_label(text, "quiet")
    made.setFixedWidth(44)
    return made


def _combo(name: str, tip: str) -> QComboBox:
    made = QComboBox()
    made.setAccessibleName(name)
    made.setToolTip(tip)
    made.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    return made
