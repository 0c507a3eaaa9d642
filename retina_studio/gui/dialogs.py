"""The small window of the keys there are."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from retina_studio.domain.labels import catalogue
from retina_studio.gui.actions import GESTURES, MENUS, ActionSpec, label_key
from retina_studio.gui.panels.parts import rule, styled_label
from retina_studio.gui.words import tr, tr_data

_NATIVE = QKeySequence.SequenceFormat.NativeText
_BESIDE = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_COLUMNS = 2  # of actions on the sheet of keys


class ShortcutSheet(QDialog):
    """Every key and gesture, by menu."""

    change_asked = Signal()

    def __init__(self, specs: Sequence[ActionSpec], actions: Mapping[str, QAction], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Keyboard shortcuts"))
        self.resize(1240, 800)
        body = QWidget()
        sheet = QHBoxLayout(body)
        sheet.setSpacing(36)
        for tables in _in_columns(_keys_by_menu(specs, actions), _COLUMNS):
            sheet.addLayout(_tables(tables))
        labels = [
            (label_key(code), f"{code}   {tr_data(entry.title)}") for code, entry in catalogue().items()
        ]
        gestures = [(tr_data(gesture), tr_data(what)) for gesture, what in GESTURES]
        sheet.addLayout(_tables({tr("On the canvas"): gestures, tr("Labels"): labels}))
        area = QScrollArea()
        area.setAccessibleName(tr("Keyboard shortcuts"))
        area.setWidget(body)
        area.setWidgetResizable(True)
        area.setObjectName("panel")
        column = QVBoxLayout(self)
        column.addWidget(area)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        change = buttons.addButton(tr("Change keys"), QDialogButtonBox.ButtonRole.ActionRole)
        change.clicked.connect(self.reject)
        change.clicked.connect(self.change_asked)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)


_Rows = list[tuple[str, str]]  # keys, words


def _keys_by_menu(specs: Sequence[ActionSpec], actions: Mapping[str, QAction]) -> dict[str, _Rows]:
    """The actions that have a key, under their menu; those for the modality that is not shown are left out."""
    tables: dict[str, _Rows] = {}
    for menu in MENUS:
        for spec in specs:
            action = actions[spec.name]
            if spec.menu.partition("/")[0] == menu and action.shortcuts() and action.isVisible():
                keys = " / ".join(key.toString(_NATIVE) for key in action.shortcuts())
                tables.setdefault(tr_data(menu), []).append((keys, tr_data(spec.text)))
    return tables


def _in_columns(tables: Mapping[str, _Rows], count: int) -> list[dict[str, _Rows]]:
    """The tables in so many columns of about the same height, in order."""
    columns: list[dict[str, _Rows]] = [{} for _ in range(count)]
    share, filled = sum(len(rows) + 2 for rows in tables.values()) / count, 0.0
    for title, rows in tables.items():
        columns[min(int((filled + len(rows) / 2) / share), count - 1)][title] = rows
        filled += len(rows) + 2
    return columns


def _tables(tables: Mapping[str, _Rows]) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(18)
    for title, rows in tables.items():
        column.addLayout(_table(title, rows))
    column.addStretch(1)
    return column


def _table(title: str, rows: Sequence[tuple[str, str]]) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(8)
    column.addWidget(styled_label(title, "title"), 0)
    column.addWidget(rule(), 0)
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(7)
    grid.setColumnStretch(1, 1)
    for row, (keys, words) in enumerate(rows):
        grid.addWidget(styled_label(keys, "key"), row, 0, _BESIDE)
        words_label = styled_label(words, "plain")
        words_label.setWordWrap(True)
        grid.addWidget(words_label, row, 1)
    column.addLayout(grid)
    column.addStretch(1)
    return column
