"""What changed over all images: one line for each label and grading scale."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QTreeWidget, QWidget

from retina_studio.domain.comparison import Compared, Total, totals
from retina_studio.gui.panels.parts import add_row, header, panel_layout
from retina_studio.gui.words import marked, tr, tr_data

from .phrases import figure, signed

_KINDS = {
    "mask": marked("Dice"),
    "point": marked("nearness of the point"),
    "grade": marked("chance given to the settled grade"),
}
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_NAME = Qt.ItemDataRole.UserRole


class FiguresPanel(QWidget):
    """Choosing a line picks its label or scale."""

    picked = Signal(str)

    def __init__(self, cases: Sequence[Compared]) -> None:
        super().__init__()
        self.lines = totals(cases)
        heads = (
            tr("Label or grade"),
            tr("Figure"),
            tr("Images"),
            tr("Before"),
            tr("After"),
            tr("Change"),
            tr("Better"),
            tr("Worse"),
            tr("Right grades"),
        )
        self.table = QTreeWidget()
        self.table.setHeaderLabels(heads)
        self.table.setRootIsDecorated(False)
        self.table.setAccessibleName(tr("In total"))
        self.table.setToolTip(tr("Means over all images; choose a line to list the images by it"))
        for column in range(2, len(heads)):
            self.table.headerItem().setTextAlignment(column, _RIGHT)
        for line in self.lines:
            self._add(line)
        self.table.setColumnWidth(1, 230)
        self.table.itemSelectionChanged.connect(self._on_chosen)
        column_ = panel_layout(self)
        column_.addLayout(header(tr("In total")))
        column_.addWidget(self.table, 1)

    def _add(self, line: Total) -> None:
        right = (
            tr("{before} before, {after} after", before=line.right[0], after=line.right[1])
            if line.right
            else ""
        )
        cells = [
            *(line.name, tr_data(_KINDS[line.kind]), str(line.images), figure(line.old), figure(line.new)),
            *(signed(line.new - line.old), str(line.better), str(line.worse), right),
        ]
        item = add_row(self.table, cells)
        for column in range(2, len(cells)):
            item.setTextAlignment(column, _RIGHT)
        item.setData(0, _NAME, line.name)

    def _on_chosen(self) -> None:
        for item in self.table.selectedItems():
            self.picked.emit(item.data(0, _NAME))
