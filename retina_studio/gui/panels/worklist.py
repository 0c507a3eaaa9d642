"""The worklist: every image of the study and how far the grader is with it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QLineEdit, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from retina_studio.domain.errors import RetinaError
from retina_studio.gui import icons, theme
from retina_studio.study.records import ImageRecord, State, WorklistEntry

from .parts import header, panel_layout, styled_label

_ENTRY = Qt.ItemDataRole.UserRole
_ROW_HEIGHT = 46
_STATES: dict[State, tuple[str, str]] = {  # state -> icon, colour
    "open": ("circle", "muted"),
    "in progress": ("circle-half", "warn"),
    "submitted": ("check-circle", "good"),
    "returned": ("arrow-circle-left", "bad"),
}
_EYES = {"OD": "right eye", "OS": "left eye", "": "eye unknown"}
_Index = QModelIndex | QPersistentModelIndex


def second_line(entry: WorklistEntry) -> str:
    """What stands below an image's name."""
    return f"{entry.state} · {_EYES[entry.image.eye]}"


class WorklistPanel(QWidget):
    """A list that can be filtered; choosing an image emits `chosen`."""

    chosen = Signal(object)  # WorklistEntry

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = _Model(self)
        self._proxy = _Filter(self._model)
        self.counts = styled_label("", "quiet")
        self.filter_field = QLineEdit()
        self.filter_field.setPlaceholderText("Filter by name, eye or state")
        self.filter_field.setClearButtonEnabled(True)
        self.filter_field.setAccessibleName("Filter the worklist")
        self.filter_field.setToolTip("Show only images whose name, eye or state holds this text")
        self.filter_field.textChanged.connect(self._proxy.setFilterFixedString)
        self.view = QListView()
        self.view.setModel(self._proxy)
        self.view.setItemDelegate(_Delegate(self.view))
        self.view.setUniformItemSizes(True)
        self.view.setAccessibleName("Worklist")
        self.view.setToolTip("The images of this study")
        self.view.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.view.selectionModel().currentChanged.connect(self._on_current)
        column = panel_layout(self)
        column.addLayout(header("Worklist", self.counts))
        column.addWidget(self.filter_field)
        column.addWidget(self.view)

    def show_entries(self, entries: Sequence[WorklistEntry]) -> None:
        """Show this worklist; nothing in it is chosen yet."""
        self._model.show_entries(entries)
        self._show_counts()

    def select(self, image_name: str) -> None:
        """Choose an image by name.

        Raises:
            RetinaError: it is not in the worklist.
        """
        row = next((i for i, e in enumerate(self._model.entries) if e.image.name == image_name), None)
        if row is None:
            raise RetinaError(f"There is no image {image_name!r} in the worklist.")
        source = self._model.index(row)
        if not self._proxy.mapFromSource(source).isValid():
            self.filter_field.clear()
        self._go_to(self._proxy.mapFromSource(source))

    def select_first_undone(self) -> None:
        """Choose the first image not submitted, or the first one."""
        entries = self._model.entries
        waiting = [entry for entry in entries if entry.state != "submitted"] or entries[:1]
        if waiting:
            self.select(waiting[0].image.name)

    def go(self, steps: int) -> None:
        """Choose the image some rows below (above when negative) among those shown; stay at the ends."""
        count = self._proxy.rowCount()
        row = self.view.currentIndex().row() if self.view.currentIndex().isValid() else -1
        if count:
            self._go_to(self._proxy.index(min(max(row + steps, 0), count - 1), 0))

    def neighbour(self, steps: int) -> ImageRecord | None:
        """The image some rows below the current one among those shown."""
        index = self._proxy.index(self.view.currentIndex().row() + steps, 0)
        return index.data(_ENTRY).image if index.isValid() else None

    def set_state(self, image: ImageRecord, state: State) -> None:
        """Show an image's new state."""
        self._model.set_state(image, state)
        self._show_counts()

    def _go_to(self, index: QModelIndex) -> None:
        self.view.setCurrentIndex(index)
        self.view.scrollTo(index)

    def _on_current(self, index: QModelIndex) -> None:
        if index.isValid():
            entry: WorklistEntry = index.data(_ENTRY)
            self._proxy.kept = entry.image.id
            self.chosen.emit(entry)

    def _show_counts(self) -> None:
        entries = self._model.entries
        submitted = sum(entry.state == "submitted" for entry in entries)
        self.counts.setText(f"{submitted} of {len(entries)} submitted")


class _Model(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.entries: list[WorklistEntry] = []

    def show_entries(self, entries: Sequence[WorklistEntry]) -> None:
        self.beginResetModel()
        self.entries = list(entries)
        self.endResetModel()

    def set_state(self, image: ImageRecord, state: State) -> None:
        for row, entry in enumerate(self.entries):
            if entry.image.id == image.id and entry.state != state:
                self.entries[row] = replace(entry, state=state)
                self.dataChanged.emit(self.index(row), self.index(row))

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.entries)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        entry = self.entries[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:  # what the filter looks at and a screen reader says
            return f"{entry.image.name}, {second_line(entry)}"
        if role == Qt.ItemDataRole.ToolTipRole:
            size = f"{entry.image.width} × {entry.image.height} pixels"
            return f"{entry.image.name}\n{second_line(entry)}\n{size}, patient {entry.image.patient or 'unknown'}"
        return entry if role == _ENTRY else None


class _Filter(QSortFilterProxyModel):
    """Rows that hold a text. The image being graded stays, whatever becomes of its state or of the text.

    Its row leaves no sooner than the text changes again: rows must not move under a click.
    """

    def __init__(self, entries: _Model) -> None:
        super().__init__(entries)
        self.kept: int | None = None  # an image's id
        self._entries = entries
        self.setSourceModel(entries)
        self.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)

    def filterAcceptsRow(self, row: int, parent: _Index) -> bool:
        is_kept = self._entries.entries[row].image.id == self.kept
        return is_kept or super().filterAcceptsRow(row, parent)


class _Delegate(QStyledItemDelegate):
    """Two lines and the state's icon."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(120, _ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        entry: WorklistEntry = index.data(_ENTRY)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        area: QRect = option.rect.adjusted(0, 1, 0, -1)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if chosen or hovered:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.colour("chosen" if chosen else "raised")))
            painter.drawRoundedRect(area, 6, 6)
        icon, role = _STATES[entry.state]
        icons.icon(icon, role).paint(painter, area.left() + 9, area.center().y() - 10, 20, 20)
        text = area.adjusted(38, 5, -8, -5)
        half = text.height() // 2
        _line(painter, text.adjusted(0, 0, 0, -half), entry.image.name, "text", bold=chosen)
        _line(painter, text.adjusted(0, half, 0, 0), second_line(entry), "muted", bold=False)
        painter.restore()


def _line(painter: QPainter, area: QRect, text: str, role: str, *, bold: bool) -> None:
    font = painter.font()
    font.setBold(bold)
    painter.setFont(font)
    painter.setPen(QColor(theme.colour(role)))
    fitting = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, area.width())
    painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, fitting)
