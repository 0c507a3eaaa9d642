"""The models' window: every version of their weights, where it comes from, and which of them is used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from retina_studio.gui import icons
from retina_studio.gui.panels.job_dialog import JobDialog
from retina_studio.gui.panels.parts import add_row
from retina_studio.gui.panels.path_field import PathField
from retina_studio.gui.words import tr, tr_data

from .phrases import STATES, card, first_figures
from .work import Listed

if TYPE_CHECKING:
    from retina_studio.inference.registry import Version

_SIZE, _SMALLEST = QSize(1040, 720), QSize(960, 640)
_WIDTHS = (90, 125, 105, 100, 130, 120)  # of the columns but the last
_ICONS = {
    "current": ("check-circle", "good"),
    "candidate": ("circle", "warn"),
    "retired": ("minus-circle", "muted"),
}


class ModelsDialog(JobDialog):
    """Importing is the main button; the others are about the chosen version."""

    promote_wanted = Signal(object, str)  # Version, reason
    retire_wanted = Signal(object, str)
    roll_back_wanted = Signal(str, str)  # stem, reason
    export_wanted = Signal(object, str)  # Version, path
    compare_wanted = Signal(object)  # Version

    def __init__(self, may_change: bool, parent: QWidget) -> None:
        note = tr("One version of each model makes the proposals. A candidate is used once it is promoted.")
        super().__init__(tr("Models"), note, tr("Import"), parent)
        self.setMinimumSize(_SMALLEST)
        self.resize(_SIZE)
        self.may_change = may_change
        self._listed = Listed((), ())
        self.table = self._table()
        self.card = QPlainTextEdit()
        self.card.setReadOnly(True)
        self.card.setAccessibleName(tr("Model card"))
        self.card.setToolTip(tr("Where the chosen version comes from, and what was done with it"))
        self.reason = QLineEdit()
        self.reason.setAccessibleName(tr("Reason"))
        self.reason.setPlaceholderText(tr("Reason (needed to promote, roll back or retire)"))
        self.reason.setToolTip(tr("Why; it is kept in the history"))
        self.reason.textChanged.connect(self.refresh)
        self.promote_button = _button(
            tr("Promote"), tr("Use this version from now on; the one before is retired"), self._on_promote
        )
        self.roll_back_button = _button(
            tr("Roll back"),
            tr("Use the version of this model again that was used before"),
            self._on_roll_back,
        )
        self.retire_button = _button(
            tr("Retire"), tr("Put this version away: no roll back leads to it"), self._on_retire
        )
        self.export_button = _button(tr("Export …"), tr("Copy the file of this version"), self._on_export)
        self.compare_button = _button(
            tr("What changed …"), tr("Compare this version with another on held-out images"), self._on_compare
        )
        self.file = PathField(
            tr("Weights file"), tr("A safetensors file of Retina Studio"), [(tr("Choose …"), _ask_weights)]
        )
        self.file.text.setPlaceholderText(tr("Weights file to import (*.safetensors)"))
        self.file.changed.connect(self.refresh_start)
        self.expected = QLineEdit()
        self.expected.setAccessibleName(tr("SHA-256"))
        self.expected.setPlaceholderText(tr("The file's SHA-256, if you were told it"))
        self.expected.setToolTip(tr("The file is refused where it has another one"))
        self._lay_out_form()
        self.refresh()

    def _table(self) -> QTreeWidget:
        table = QTreeWidget()
        heads = (
            tr("Model"),
            tr("Version"),
            tr("State"),
            tr("Added"),
            tr("By"),
            tr("Snapshot"),
            tr("Figures"),
        )
        table.setHeaderLabels(heads)
        table.setRootIsDecorated(False)
        table.setAccessibleName(tr("Models"))
        table.setToolTip(tr("Every version of the models' weights"))
        table.header().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for place, width in enumerate(_WIDTHS):
            table.setColumnWidth(place, width)
        table.itemSelectionChanged.connect(self._on_chosen)
        return table

    def _lay_out_form(self) -> None:
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(self.table)
        split.addWidget(self.card)
        split.setSizes([260, 220])
        deeds = _row(self.reason, self.promote_button, self.roll_back_button, self.retire_button)
        column = QVBoxLayout()
        column.addWidget(split, 1)
        column.addLayout(_row(self.compare_button, self.export_button, stretch=True))
        column.addLayout(deeds)
        column.addLayout(_row(self.file, self.expected))
        self.fields.addRow(column)
        changing = (self.reason, self.promote_button, self.roll_back_button, self.retire_button)
        for widget in (*changing, self.file, self.expected, self.start_button):
            widget.setVisible(self.may_change)

    # What is shown

    def show_listed(self, listed: Listed) -> None:
        """Show these versions; the chosen one stays chosen."""
        chosen = self.chosen
        self._listed = listed
        self.table.clear()
        items = [self._add(version) for version in listed.versions]
        same = [
            item
            for item, version in zip(items, listed.versions, strict=True)
            if chosen is not None and (version.stem, version.hash) == (chosen.stem, chosen.hash)
        ]
        for item in (same or items)[:1]:
            self.table.setCurrentItem(item)
        self.reason.clear()
        self.show_details(listed.refused)
        self._on_chosen()

    def _add(self, version: Version) -> QTreeWidgetItem:
        facts = version.facts
        by = version.by or (tr("shipped") if version.origin == "shipped" else "")
        item = add_row(
            self.table,
            [
                *(version.stem, version.short, tr_data(STATES[version.state]), version.added[:10], by),
                *(facts.store_hash[:12], first_figures(version)),
            ],
        )
        item.setIcon(2, icons.icon(*_ICONS[version.state]))
        if version.state == "current":
            font = item.font(1)
            font.setBold(True)
            item.setFont(1, font)
        return item

    @property
    def versions(self) -> Sequence[Version]:
        """The versions that are shown."""
        return self._listed.versions

    @property
    def chosen(self) -> Version | None:
        """The version that the buttons are about."""
        items = self.table.selectedItems()
        return self._listed.versions[self.table.indexOfTopLevelItem(items[0])] if items else None

    @property
    def can_start(self) -> bool:
        """A file is named, and the person may import."""
        return self.may_change and self.file.path is not None

    def refresh(self) -> None:
        """Offer what can be done with the chosen version."""
        version, has_reason = self.chosen, bool(self.reason.text().strip())
        is_there = version is not None
        state = version.state if version is not None else ""
        self.promote_button.setEnabled(is_there and has_reason and state != "current")
        self.roll_back_button.setEnabled(is_there and has_reason)
        is_shipped = version is not None and version.origin == "shipped"
        self.retire_button.setEnabled(is_there and has_reason and state != "retired" and not is_shipped)
        self.export_button.setEnabled(is_there)
        others = [v for v in self.versions if version is not None and v.stem == version.stem]
        self.compare_button.setEnabled(len(others) > 1)
        self.refresh_start()

    def _on_chosen(self) -> None:
        version = self.chosen
        self.card.setPlainText(card(version, self._listed.events) if version is not None else "")
        self.refresh()

    # What is asked for

    def _on_promote(self) -> None:
        self.promote_wanted.emit(self.chosen, self.reason.text())

    def _on_retire(self) -> None:
        self.retire_wanted.emit(self.chosen, self.reason.text())

    def _on_roll_back(self) -> None:
        if self.chosen is not None:
            self.roll_back_wanted.emit(self.chosen.stem, self.reason.text())

    def _on_export(self) -> None:
        version = self.chosen
        if version is None:
            return
        name = f"{version.stem}-{version.short}.safetensors"
        out = QFileDialog.getSaveFileName(self, tr("Export weights"), name)[0]
        if out:
            self.export_wanted.emit(version, out)

    def _on_compare(self) -> None:
        self.compare_wanted.emit(self.chosen)


def _ask_weights(parent: QWidget) -> str:
    kinds = tr("Weights (*.safetensors)")
    return QFileDialog.getOpenFileName(parent, tr("Choose a weights file"), "", kinds)[0]


def _row(*widgets: QWidget, stretch: bool = False) -> QHBoxLayout:
    row = QHBoxLayout()
    for widget in widgets:
        row.addWidget(widget, 0 if isinstance(widget, QPushButton) else 1)
    if stretch:
        row.addStretch()
    return row


def _button(text: str, tip: str, call: object) -> QPushButton:
    button = QPushButton(text)
    button.setAutoDefault(False)
    button.setAccessibleName(text)
    button.setToolTip(tip)
    button.clicked.connect(call)
    return button
