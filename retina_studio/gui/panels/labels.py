"""The label panel: pick the label to draw, see what is drawn, hide or fade it, or answer "none"."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QGridLayout, QLabel, QPushButton, QToolButton, QWidget

from retina_studio.domain.grading import Answer, Grading
from retina_studio.domain.labels import Label, Modality, label, labels_of
from retina_studio.gui import icons
from retina_studio.gui.actions import label_key
from retina_studio.gui.words import marked, tr, tr_data

from .opacity import FULL, OpacityMenu
from .parts import ElidedButton, icon_button, panel_layout, styled_label

_COLUMNS = (34, 28, 28, 26)  # least widths of drawn, none, show, key
_TITLES = (marked("drawn"), marked("none"), marked("show"), marked("key"))
_ANSWERS = {Answer.NONE: marked("none"), Answer.SILENT: "–"}


class LabelPanel(QWidget):
    """One row a label."""

    chosen = Signal(str)
    all_chosen = Signal(str)  # a label whose shapes are all to be selected
    absent_chosen = Signal(str, bool)
    hidden_changed = Signal(object)  # frozenset of label codes
    opacity_changed = Signal(object)  # {label code: 0..1}, without those that are opaque

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._modality: Modality | None = None
        self._rows: dict[str, _Row] = {}
        # Of every modality: what is hidden or faded stays so from image to image.
        self._hidden: set[str] = set()
        self._opacity: dict[str, float] = {}
        self._group = QButtonGroup(self)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(2)
        self._grid.setVerticalSpacing(1)
        self._grid.setColumnStretch(0, 1)
        for place, width in enumerate(_COLUMNS, start=1):
            self._grid.setColumnMinimumWidth(place, width)
        column = panel_layout(self)
        for place, words in enumerate(_TITLES, start=1):
            self._grid.addWidget(
                styled_label(tr_data(words), "small"), 0, place, Qt.AlignmentFlag.AlignHCenter
            )
        self._grid.addWidget(styled_label(tr("Labels"), "heading"), 0, 0)
        column.addLayout(self._grid)

    def button(self, label_code: str) -> QPushButton:
        """The button that picks a label."""
        return self._rows[label_code].pick

    def none_box(self, label_code: str) -> QCheckBox:
        """The box that answers "none"."""
        return self._rows[label_code].none

    def visible_button(self, label_code: str) -> QToolButton:
        """The button that shows and hides a label's shapes."""
        return self._rows[label_code].eye

    def count(self, label_code: str) -> QLabel:
        """How many shapes are drawn, or what the grading says instead."""
        return self._rows[label_code].count

    @property
    def hidden(self) -> frozenset[str]:
        """The labels whose shapes are hidden."""
        return frozenset(self._hidden)

    def show_labels(self, label_codes: Iterable[str]) -> None:
        """Show the shapes of these labels again."""
        for code in label_codes:
            self._rows[code].eye.setChecked(True)

    def show_keys(self) -> None:
        """Show the keys that pick the labels, after the person has changed some."""
        for row in self._rows.values():
            row.show_key()

    def show_modality(self, modality: Modality) -> None:
        """Show the labels of this modality."""
        if modality == self._modality:
            return
        self._modality = modality
        for row in self._rows.values():
            row.remove(self._grid)
        self._rows = {}
        for place, entry in enumerate(labels_of(modality), start=1):
            row = _Row(entry)
            self._rows[entry.code] = row
            row.eye.setChecked(entry.code not in self._hidden)
            row.show_opacity(self._opacity.get(entry.code, FULL))
            self._group.addButton(row.pick)
            row.pick.clicked.connect(self._on_picked)
            row.none.clicked.connect(self._on_absent)
            row.eye.toggled.connect(self._on_visibility)
            row.pick.installEventFilter(self)
            for widget in (row.pick, row.eye):
                widget.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
                widget.customContextMenuRequested.connect(self._ask_opacity)
            row.add_to(self._grid, place)

    def show_chosen(self, label_code: str) -> None:
        """Mark a label as the one being drawn."""
        self._rows[label_code].pick.setChecked(True)

    def show_grading(self, grading: Grading, counts: Mapping[str, int], *, editable: bool) -> None:
        """Show what a grading says; `counts` are the shapes of each label."""
        # The answer of a label without shapes needs no look at the others.
        undrawn = replace(grading, shapes={})
        for code, row in self._rows.items():
            count = counts.get(code, 0)
            row.count.setText(str(count) if count else tr_data(_ANSWERS[undrawn.answer(code)]))
            row.none.setChecked(code in grading.absent and not count)
            row.none.setEnabled(editable and not count)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A double click asks for all shapes of the label."""
        if event.type() == QEvent.Type.MouseButtonDblClick:
            self.all_chosen.emit(watched.property("code"))
            return True
        return super().eventFilter(watched, event)

    def _on_picked(self) -> None:
        self.chosen.emit(self.sender().property("code"))

    def _on_absent(self, absent: bool) -> None:
        self.absent_chosen.emit(self.sender().property("code"), absent)

    def _on_visibility(self, shown: bool) -> None:
        (self._hidden.discard if shown else self._hidden.add)(self.sender().property("code"))
        self.hidden_changed.emit(self.hidden)

    def _ask_opacity(self, spot: QPoint) -> None:
        asked = self.sender()
        if isinstance(asked, QWidget):
            code = asked.property("code")
            menu = OpacityMenu(tr_data(label(code).title), self._opacity.get(code, FULL), self)
            menu.setProperty("code", code)
            menu.changed.connect(self._on_opacity)
            menu.popup(asked.mapToGlobal(spot))

    def _on_opacity(self, opacity: float) -> None:
        code = self.sender().property("code")
        self._opacity[code] = opacity
        self._rows[code].show_opacity(opacity)
        self.opacity_changed.emit({key: value for key, value in self._opacity.items() if value < FULL})


class _Row:
    """The widgets of one label."""

    def __init__(self, entry: Label) -> None:
        self._entry = entry
        self._faded = False
        title = tr_data(entry.title)
        self.pick = ElidedButton(icons.swatch(entry.colour), f"{entry.code}   {title}")
        self.pick.setObjectName("label")
        self.pick.setCheckable(True)
        self.pick.setAccessibleName(f"{entry.code}, {title}")
        self.count = styled_label("–", "quiet")
        self.count.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.count.setMinimumWidth(_COLUMNS[0])
        self.none = QCheckBox()
        self.none.setAccessibleName(tr("No {label}", label=title.lower()))
        self.none.setToolTip(tr("There is no {label} in this image", label=title.lower()))
        self.eye = icon_button("eye", tr("Show {label}", label=title.lower()), "", checkable=True)
        self.eye.setToolTip(tr("Show or hide these shapes; right click: how opaque they are"))
        self.eye.setChecked(True)
        self.eye.setObjectName("eye")
        self.eye.toggled.connect(self._show_eye)
        self.key = styled_label("", "key")
        self.key.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.key.setMinimumSize(22, 18)
        self.show_key()
        for widget in (self.pick, self.none, self.eye):
            widget.setProperty("code", entry.code)

    def add_to(self, grid: QGridLayout, place: int) -> None:
        grid.addWidget(self.pick, place, 0)
        for column, widget in enumerate((self.count, self.none, self.eye, self.key), start=1):
            grid.addWidget(widget, place, column)
            grid.setAlignment(widget, Qt.AlignmentFlag.AlignCenter)

    def remove(self, grid: QGridLayout) -> None:
        for widget in (self.pick, self.count, self.none, self.eye, self.key):
            grid.removeWidget(widget)
            widget.deleteLater()

    def show_key(self) -> None:
        key, title = label_key(self._entry.code), tr_data(self._entry.title)
        self.key.setText(key)
        draws = (
            tr("{label}: draw it ({key})", label=title, key=key)
            if key
            else tr("{label}: draw it", label=title)
        )
        self.pick.setToolTip(
            f"{draws}\n{tr('Double click selects all; right click sets how opaque they are')}"
        )

    def show_opacity(self, opacity: float) -> None:
        self._faded = opacity < FULL
        self._show_eye(self.eye.isChecked())

    def _show_eye(self, shown: bool) -> None:
        name = "eye-slash" if not shown else "drop-half" if self._faded else "eye"
        icons.dress(self.eye, name, "muted" if shown else "warn")
