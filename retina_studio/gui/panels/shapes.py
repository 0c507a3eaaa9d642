"""The shape list: every shape of the grading in words; choosing rows selects on the canvas."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QAbstractListModel, QItemSelection, QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtCore import QPersistentModelIndex as _PersistentIndex
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHeaderView, QTableView, QWidget

from retina_studio.domain.labels import label
from retina_studio.domain.shapes import Ellipse, Polygon, Shape
from retina_studio.gui import icons

from .parts import panel_layout, styled_label

_ROW_HEIGHT = 28
_MOST_SHOWN = 2000  # selected shapes that the list marks; beyond it the canvas alone shows them


def in_words(shape: Shape) -> str:
    """A shape's label, kind and size."""
    form = shape.geometry
    if isinstance(form, Ellipse):
        return f"{shape.label}   ellipse, {2 * form.a:.0f} × {2 * form.b:.0f} px"
    if isinstance(form, Polygon):
        return f"{shape.label}   polygon, {len(form.points)} vertices"
    return f"{shape.label}   point at {form.x:.0f}, {form.y:.0f}"


class ShapePanel(QWidget):
    """A list that follows the grading and the selection."""

    selection_asked = Signal(object)  # frozenset of shape ids

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = _Model(self)
        self._following = False
        self._shapes: Mapping[str, Shape] = {}
        self._selected: frozenset[str] = frozenset()
        self.counts = styled_label("", "quiet")
        # A table of one column: with fixed rows it never asks for all of tens of thousands, as a list does.
        self.view = QTableView()
        self.view.setModel(self._model)
        self.view.setShowGrid(False)
        self.view.setSelectionMode(QTableView.SelectionMode.ExtendedSelection)
        self.view.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.view.horizontalHeader().hide()
        self.view.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.view.verticalHeader().hide()
        self.view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.view.verticalHeader().setDefaultSectionSize(_ROW_HEIGHT)
        self.view.setAccessibleName("Shapes")
        self.view.setToolTip("The shapes of this grading")
        self.view.selectionModel().selectionChanged.connect(self._on_selected)
        column = panel_layout(self)
        column.addWidget(self.view)
        column.addWidget(self.counts)

    def show_shapes(self, shapes: Mapping[str, Shape]) -> None:
        """Show these shapes; while the panel is hidden, only how many there are."""
        self._shapes = shapes
        if self.isVisible():
            self._following = True
            self._model.show_shapes(shapes)
            self._following = False
        self.counts.setText(
            f"{len(shapes)} shape{'' if len(shapes) == 1 else 's'}" if shapes else "Nothing drawn yet"
        )

    def show_selection(self, ids: frozenset[str]) -> None:
        """Mark these shapes, without asking for them again."""
        self._selected = ids
        if self._following or not self.isVisible():
            return
        self._following = True
        marked = ids if len(ids) <= _MOST_SHOWN else frozenset[str]()
        rows = [row for row, key in enumerate(self._model.ids) if key in marked]
        chosen = QItemSelection()
        for row in rows:
            index = self._model.index(row)
            chosen.select(index, index)
        self.view.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        if rows:
            self.view.scrollTo(self._model.index(rows[0]))
        self._following = False

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened while the panel was hidden."""
        super().showEvent(event)
        self.show_shapes(self._shapes)
        self.show_selection(self._selected)

    def _on_selected(self) -> None:
        if self._following:
            return
        self._following = True
        rows = self.view.selectionModel().selectedIndexes()
        self.selection_asked.emit(frozenset(self._model.ids[index.row()] for index in rows))
        self._following = False


class _Model(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.ids: list[str] = []
        self._shapes: Mapping[str, Shape] = {}

    def show_shapes(self, shapes: Mapping[str, Shape]) -> None:
        ids = list(shapes)
        if ids == self.ids:
            self._shapes = shapes
            if ids:
                self.dataChanged.emit(self.index(0), self.index(len(ids) - 1))
            return
        self.beginResetModel()
        self.ids, self._shapes = ids, shapes
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | _PersistentIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.ids)

    def data(self, index: QModelIndex | _PersistentIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        shape = self._shapes[self.ids[index.row()]]
        if role == Qt.ItemDataRole.DisplayRole:
            return in_words(shape)
        if role == Qt.ItemDataRole.DecorationRole:
            return icons.swatch(label(shape.label).colour)
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{label(shape.label).title}, {shape.origin}"
        return None
