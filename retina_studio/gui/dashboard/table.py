"""A table of figures that sorts by any column and can be copied."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFont, QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QTableView

from retina_studio.exchange.agreement_sections import NOTHING, figure
from retina_studio.gui.panels.parts import ROW
from retina_studio.gui.words import tr
from retina_studio.study.estimates import Estimate

_Index = QModelIndex | QPersistentModelIndex
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True)
class Figure:
    """A cell: its words, and what it sorts by."""

    words: str
    key: float


Value = str | Figure


@dataclass(frozen=True)
class TableRow:
    """Cells from left to right, and the graders whom the row is about."""

    cells: tuple[Value, ...]
    graders: tuple[str, ...]


def estimate(found: Estimate, digits: int = 3) -> Figure:
    """The cell of a figure with its interval."""
    return Figure(figure(found, digits), -9.0 if found.value is None else found.value)


def number(value: float | None, digits: int = 0) -> Figure:
    """The cell of a plain number."""
    return Figure(NOTHING, -9.0) if value is None else Figure(f"{value:.{digits}f}", value)


class TableModel(QAbstractTableModel):
    """Rows of figures; those of the picked grader are bold."""

    def __init__(self) -> None:
        super().__init__()
        self.heads: Sequence[str] = ()
        self.rows: list[TableRow] = []
        self._picked = ""
        self._sorted: tuple[int, Qt.SortOrder] | None = None
        self._bold = QFont()
        self._bold.setBold(True)

    def put(self, heads: Sequence[str], rows: Sequence[TableRow]) -> None:
        """Show other rows, in the order that the person chose while the heads stay the same."""
        self.beginResetModel()
        if tuple(heads) != tuple(self.heads):
            self._sorted = None
        self.heads, self.rows = heads, list(rows)
        self._arrange()
        self.endResetModel()

    def pick(self, grader: str) -> int:
        """Make a grader's rows bold; returns the first of them, -1 where there is none."""
        self._picked = grader
        if self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, len(self.heads) - 1))
        return next((place for place, row in enumerate(self.rows) if grader in row.graders), -1)

    def text(self, places: Sequence[int]) -> str:
        """Rows as text with tabs, heads first: what a spreadsheet takes."""
        lines = [self.heads, *([_words(cell) for cell in self.rows[place].cells] for place in places)]
        return "\n".join("\t".join(line) for line in lines)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort; equal rows stay in the order they had."""
        self.layoutAboutToBeChanged.emit()
        self._sorted = (column, order) if 0 <= column < len(self.heads) else None
        self._arrange()
        self.layoutChanged.emit()

    def _arrange(self) -> None:
        if self._sorted is None:
            return
        column, order = self._sorted
        self.rows.sort(key=lambda row: _key(row.cells[column]), reverse=order == Qt.SortOrder.DescendingOrder)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """How many rows."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """How many columns."""
        return 0 if parent.isValid() else len(self.heads)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """The heads."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.heads):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.heads[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            return tr("Sort by {column}", column=self.heads[section])
        return self._alignment(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: _Index, role: int = 0) -> Any:
        """Words, alignment, and weight of a cell."""
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return _words(row.cells[index.column()])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(index.column())
        if role == Qt.ItemDataRole.FontRole and self._picked and self._picked in row.graders:
            return self._bold
        return None

    def _alignment(self, column: int) -> Qt.AlignmentFlag:
        is_words = not self.rows or isinstance(self.rows[0].cells[column], str)
        return _LEFT if is_words else _RIGHT


class FigureTable(QTableView):
    """Choosing a row picks its grader."""

    picked = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.figures = TableModel()
        self.setModel(self.figures)
        self.setAccessibleName(name)
        self.setToolTip(tr("Choose a row to see its grader in every chart; Ctrl+C copies the chosen rows"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setSortingEnabled(True)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW)
        head = self.horizontalHeader()
        head.setSectionsMovable(False)
        head.setHighlightSections(False)
        head.setSortIndicatorClearable(True)
        head.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        head.setStretchLastSection(False)
        head.setResizeContentsPrecision(20)
        self.selectionModel().currentRowChanged.connect(self._on_row)
        self._is_filling = False

    def put(self, heads: Sequence[str], rows: Sequence[TableRow]) -> None:
        """Show these rows."""
        self._is_filling = True
        is_other = tuple(heads) != tuple(self.figures.heads)
        self.figures.put(heads, rows)
        self._is_filling = False
        if is_other:
            self.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self._fit()

    def pick(self, grader: str) -> None:
        """Show a grader's rows bold, the first of them in sight."""
        row = self.figures.pick(grader)
        if row >= 0 and not self.hasFocus():
            self.scrollTo(self.figures.index(row, 0))

    def copy_all(self) -> None:
        """Put the whole table on the clipboard."""
        QGuiApplication.clipboard().setText(self.figures.text(range(len(self.figures.rows))))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy the chosen rows."""
        if event.matches(QKeySequence.StandardKey.Copy):
            places = sorted(index.row() for index in self.selectionModel().selectedRows())
            QGuiApplication.clipboard().setText(self.figures.text(places))
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the room out anew."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Columns as wide as their words, and equally wider where there is room."""
        head = self.horizontalHeader()
        wanted = [max(self.sizeHintForColumn(n), head.sectionSizeHint(n)) for n in range(head.count())]
        spare = max(self.viewport().width() - sum(wanted), 0) // max(len(wanted), 1)
        for column, width in enumerate(wanted):
            head.resizeSection(column, width + spare)

    def _on_row(self, index: QModelIndex) -> None:
        if index.isValid() and not self._is_filling:
            self.picked.emit(self.figures.rows[index.row()].graders[0])


def _words(cell: Value) -> str:
    return cell if isinstance(cell, str) else cell.words


def _key(cell: Value) -> tuple[float, str, int]:
    """Grader 2 before Grader 10."""
    if isinstance(cell, Figure):
        return (cell.key, "", 0)
    word, _, digits = cell.rpartition(" ")
    return (0.0, word.casefold(), int(digits)) if digits.isdecimal() else (0.0, cell.casefold(), 0)
