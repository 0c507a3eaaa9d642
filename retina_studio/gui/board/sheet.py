"""The board's sheet of keys."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from retina_studio.gui.panels.parts import rule, styled_label
from retina_studio.gui.words import tr

_Rows = Sequence[tuple[str, str]]


class BoardSheet(QDialog):
    """A table a menu, in two columns."""

    def __init__(self, tables: Mapping[str, _Rows], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Keys of the board"))
        self.resize(860, 640)
        body = QWidget()
        columns = QHBoxLayout(body)
        columns.setSpacing(36)
        sides = [QVBoxLayout(), QVBoxLayout()]
        filled = [0, 0]
        for title, rows in tables.items():
            side = filled.index(min(filled))
            filled[side] += len(rows) + 2
            sides[side].addLayout(_table(title, rows))
        for side_layout in sides:
            side_layout.setSpacing(18)
            side_layout.addStretch(1)
            columns.addLayout(side_layout, 1)
        area = QScrollArea()
        area.setObjectName("panel")
        area.setWidget(body)
        area.setWidgetResizable(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(area)
        column.addWidget(buttons)


def _table(title: str, rows: _Rows) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(7)
    column.addWidget(styled_label(title, "title"))
    column.addWidget(rule())
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(6)
    grid.setColumnStretch(1, 1)
    for line, (keys, words) in enumerate(rows):
        grid.addWidget(
            styled_label(keys, "key"), line, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        told = styled_label(words, "plain")
        told.setWordWrap(True)
        grid.addWidget(told, line, 1)
    column.addLayout(grid)
    return column
