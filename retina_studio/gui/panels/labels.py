"""The label panel: pick the label to draw, see what is drawn, hide it, or answer "none"."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QGridLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from retina_studio.domain.grading import Answer, Grading
from retina_studio.domain.labels import Label, Modality, labels_of
from retina_studio.gui import icons

from .parts import icon_button, panel_layout, styled_label

_COLUMNS = (34, 28, 28, 26)  # least widths of drawn, none, show, key
_ANSWERS = {Answer.NONE: "none", Answer.SILENT: "–"}


class LabelPanel(QWidget):
    """One row a label."""

    chosen = Signal(str)
    absent_chosen = Signal(str, bool)
    hidden_changed = Signal(object)  # frozenset of label codes

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._modality: Modality | None = None
        self._rows: dict[str, _Row] = {}
        self._hidden: set[str] = set()  # of every modality: what is hidden stays so from image to image
        self._group = QButtonGroup(self)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(2)
        self._grid.setVerticalSpacing(1)
        self._grid.setColumnStretch(0, 1)
        for place, width in enumerate(_COLUMNS, start=1):
            self._grid.setColumnMinimumWidth(place, width)
        column = panel_layout(self)
        for place, words in enumerate(("drawn", "none", "show", "key"), start=1):
            self._grid.addWidget(styled_label(words, "small"), 0, place, Qt.AlignmentFlag.AlignHCenter)
        self._grid.addWidget(styled_label("Labels", "heading"), 0, 0)
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
            row.eye.setChecked(entry.code not in self._hidden)
            self._group.addButton(row.pick)
            row.pick.clicked.connect(self._on_picked)
            row.none.clicked.connect(self._on_absent)
            row.eye.toggled.connect(self._on_visibility)
            row.add_to(self._grid, place)
            self._rows[entry.code] = row

    def show_chosen(self, label_code: str) -> None:
        """Mark a label as the one being drawn."""
        self._rows[label_code].pick.setChecked(True)

    def show_grading(self, grading: Grading, counts: Mapping[str, int], *, editable: bool) -> None:
        """Show what a grading says; `counts` are the shapes of each label."""
        undrawn = replace(
            grading, shapes={}
        )  # the answer of a label without shapes needs no look at the others
        for code, row in self._rows.items():
            count = counts.get(code, 0)
            row.count.setText(str(count) if count else _ANSWERS[undrawn.answer(code)])
            row.none.setChecked(code in grading.absent and not count)
            row.none.setEnabled(editable and not count)

    def _on_picked(self) -> None:
        self.chosen.emit(self.sender().property("code"))

    def _on_absent(self, absent: bool) -> None:
        self.absent_chosen.emit(self.sender().property("code"), absent)

    def _on_visibility(self, shown: bool) -> None:
        (self._hidden.discard if shown else self._hidden.add)(self.sender().property("code"))
        self.hidden_changed.emit(self.hidden)


class _Row:
    """The widgets of one label."""

    def __init__(self, entry: Label) -> None:
        self.pick = QPushButton(icons.swatch(entry.colour), f"{entry.code}   {entry.title}")
        self.pick.setObjectName("label")
        self.pick.setCheckable(True)
        self.pick.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.pick.setAccessibleName(f"{entry.code}, {entry.title}")
        self.pick.setToolTip(f"Draw {entry.title.lower()} ({entry.key})")
        self.count = styled_label("–", "quiet")
        self.count.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.count.setMinimumWidth(_COLUMNS[0])
        self.none = QCheckBox()
        self.none.setAccessibleName(f"No {entry.title.lower()}")
        self.none.setToolTip(f"There is no {entry.title.lower()} in this image")
        self.eye = icon_button(
            "eye", f"Show {entry.title.lower()}", "Show or hide these shapes", checkable=True
        )
        self.eye.setChecked(True)
        self.eye.setObjectName("eye")
        self.eye.toggled.connect(self._show_eye)
        self.key = styled_label(entry.key, "key")
        self.key.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.key.setFixedSize(22, 18)
        for widget in (self.pick, self.none, self.eye):
            widget.setProperty("code", entry.code)

    def add_to(self, grid: QGridLayout, place: int) -> None:
        for column, widget in enumerate((self.pick, self.count, self.none, self.eye, self.key)):
            grid.addWidget(widget, place, column)
        for widget in (self.none, self.eye, self.key):
            grid.setAlignment(widget, Qt.AlignmentFlag.AlignCenter)

    def remove(self, grid: QGridLayout) -> None:
        for widget in (self.pick, self.count, self.none, self.eye, self.key):
            grid.removeWidget(widget)
            widget.deleteLater()

    def _show_eye(self, shown: bool) -> None:
        icons.dress(self.eye, "eye" if shown else "eye-slash", "muted" if shown else "warn")
