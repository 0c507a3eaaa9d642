"""The table behind the shape list: a row a shape, worked out when it is shown; tens of thousands are no matter."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt, Signal
from PySide6.QtCore import QPersistentModelIndex as _PersistentIndex

from retina_studio.domain.labels import label
from retina_studio.domain.retina_map import Landmarks, RetinaMap
from retina_studio.domain.shapes import Shape
from retina_studio.gui import icons
from retina_studio.gui.words import tr, tr_data

from .shape_rows import COLUMNS, told

EYE, LOCK = 0, 1  # columns
FIRST = 2  # of COLUMNS
_FEW = 50  # rows that are taken out or put in one by one
NOWHERE = RetinaMap(Landmarks(None, None, None, ""))
_Index = QModelIndex | _PersistentIndex


class ShapeTable(QAbstractTableModel):
    """Two columns of icons (hidden, locked), then `COLUMNS`."""

    toggled = Signal(str, int)  # shape id, EYE or LOCK

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.ids: list[str] = []
        self.shapes: Mapping[str, Shape] = {}
        self.where = NOWHERE
        self._rows: dict[str, int] = {}
        self._hidden: Collection[str] = frozenset()
        self._locked: Collection[str] = frozenset()

    def show(self, ids: Sequence[str], shapes: Mapping[str, Shape], where: RetinaMap) -> None:
        """Show these shapes in this order."""
        self.beginResetModel()
        self.shapes, self.where = shapes, where
        self._take(list(ids))
        self.endResetModel()

    def update(self, ids: Collection[str], kept: Collection[str], shapes: Mapping[str, Shape]) -> None:
        """Follow an edit of the shapes `ids`; of these only `kept` are shown. New rows come last."""
        gone = sorted((self._rows[key] for key in ids if key in self._rows and key not in kept), reverse=True)
        new = (
            [key for key in shapes if key in kept and key not in self._rows]
            if len(kept) > 1
            else [key for key in kept if key not in self._rows]
        )
        if len(gone) + len(new) > _FEW:
            out = {self.ids[row] for row in gone}
            self.show([*(key for key in self.ids if key not in out), *new], shapes, self.where)
            return
        for row in gone:
            self.beginRemoveRows(QModelIndex(), row, row)
            self.ids.pop(row)
            self.endRemoveRows()
        self.shapes = shapes
        if new:
            self.beginInsertRows(QModelIndex(), len(self.ids), len(self.ids) + len(new) - 1)
            self.ids += new
            self.endInsertRows()
        self._take(self.ids)
        for row in self.rows_of(kept):
            self.dataChanged.emit(self.index(row, 0), self.index(row, self.columnCount() - 1))

    def relocate(self, where: RetinaMap) -> None:
        """Name places by another map."""
        self.where = where
        self._changed(FIRST, self.columnCount() - 1)

    def set_aside(self, hidden: Collection[str], locked: Collection[str]) -> None:
        """Show which shapes are hidden and locked."""
        self._hidden, self._locked = hidden, locked
        self._changed(EYE, LOCK)

    def rows_of(self, ids: Collection[str]) -> list[int]:
        """The rows of those ids that are shown."""
        return sorted(self._rows[key] for key in ids if key in self._rows)

    def rowCount(self, parent: _Index | None = None) -> int:
        """One a shape."""
        return 0 if parent is not None and parent.isValid() else len(self.ids)

    def columnCount(self, parent: _Index | None = None) -> int:
        """Icons, then words."""
        return FIRST + len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Titles and tips of the columns."""
        if orientation != Qt.Orientation.Horizontal or section < FIRST:
            return None
        column = COLUMNS[section - FIRST]
        if role == Qt.ItemDataRole.DisplayRole:
            return tr_data(column.title)
        return tr_data(column.tip) if role == Qt.ItemDataRole.ToolTipRole else None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """One cell; Qt asks for those in sight."""
        key, column = self.ids[index.row()], index.column()
        if column < FIRST:
            return self._icon(key, column, role)
        shape = self.shapes[key]
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[column - FIRST].words(shape, self.where)
        if role == Qt.ItemDataRole.DecorationRole and column == FIRST:
            return icons.swatch(label(shape.label).colour)
        if role == Qt.ItemDataRole.ToolTipRole:
            return told(shape, self.where)
        return None

    def _icon(self, key: str, column: int, role: int) -> Any:
        is_set = key in (self._hidden if column == EYE else self._locked)
        if role == Qt.ItemDataRole.DecorationRole:
            if column == EYE:
                return icons.icon("eye-slash", "warn") if is_set else icons.icon("eye", "edge")
            return icons.icon("lock-simple", "warn") if is_set else icons.icon("lock-simple-open", "edge")
        if role in {Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole}:
            if column == EYE:
                return tr("Hidden; click to show it") if is_set else tr("Seen; click to hide it")
            return tr("Locked; click to unlock it") if is_set else tr("Not locked; click to lock it")
        return None

    def _take(self, ids: list[str]) -> None:
        self.ids = ids
        self._rows = {key: row for row, key in enumerate(ids)}

    def _changed(self, first: int, last: int) -> None:
        if self.ids:
            self.dataChanged.emit(self.index(0, first), self.index(len(self.ids) - 1, last))
