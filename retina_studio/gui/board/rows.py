"""The rows of the board's two lists, and of a comparison's: two lines, a state and a number each."""

from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from retina_studio.gui import icons, theme
from retina_studio.gui.words import marked, tr_data

RowState = Literal["open", "saving", "done", "away", "better", "worse", "same", "unknown"]
_HEIGHT, _ICON = 46, 18
_ROW = Qt.ItemDataRole.UserRole
_STATES: dict[RowState, tuple[str, str, str]] = {  # state -> icon, colour, words
    "open": ("circle", "warn", marked("open")),
    "saving": ("circle-dashed", "muted", marked("being saved")),
    "done": ("check-circle", "good", marked("decided")),
    "away": ("arrow-circle-left", "bad", marked("returned")),
    "better": ("trend-up", "good", marked("better")),
    "worse": ("trend-down", "bad", marked("worse")),
    "same": ("equals", "muted", marked("unchanged")),
    "unknown": ("question", "warn", marked("not settled")),
}
_Index = QModelIndex | QPersistentModelIndex


class Row(NamedTuple):
    """One row; `key` says what it stands for, `colour` is that of a label ("" for none)."""

    key: str
    title: str
    note: str
    state: RowState = "open"
    badge: str = ""
    colour: str = ""
    tip: str = ""


class RowModel(QAbstractListModel):
    """The rows as they were last told."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.rows: list[Row] = []
        self._places: dict[str, int] = {}  # by key
        self.tip_of: Callable[[Row], str] = lambda row: row.tip

    def show(self, rows: Sequence[Row]) -> None:
        """Show these rows; where only their content differs the list stays where it is."""
        if [row.key for row in rows] == [row.key for row in self.rows]:
            changed = [place for place, row in enumerate(rows) if row != self.rows[place]]
            self.rows = list(rows)
            for place in changed:
                self.dataChanged.emit(self.index(place), self.index(place))
            return
        self.beginResetModel()
        self.rows = list(rows)
        self._places = {row.key: place for place, row in enumerate(rows)}
        self.endResetModel()

    def change(self, place: int, row: Row) -> None:
        """Show what has become of one row."""
        self.rows[place] = row
        self.dataChanged.emit(self.index(place), self.index(place))

    def place_of(self, key: str) -> int:
        """The place of a row, -1 when it is not there."""
        return self._places.get(key, -1)

    def rowCount(self, parent: _Index | None = None) -> int:
        """How many there are."""
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Words for a screen reader, a tip, or the row itself."""
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            words = (row.title, row.note, tr_data(_STATES[row.state][2]), row.badge)
            return ", ".join(word for word in words if word)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.tip_of(row)
        return row if role == _ROW else None


class RowView(QListView):
    """A list of such rows."""

    def __init__(self, name: str, tip: str) -> None:
        super().__init__()
        self.rows = RowModel(self)
        self.setModel(self.rows)
        self.setItemDelegate(_RowDelegate(self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setAccessibleName(name)
        self.setToolTip(tip)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    @property
    def chosen(self) -> str:
        """The key of the current row; "" for none."""
        place = self.currentIndex().row()
        return self.rows.rows[place].key if 0 <= place < len(self.rows.rows) else ""

    def choose(self, key: str) -> None:
        """Make a row the current one, and show it."""
        index = self.rows.index(self.rows.place_of(key))
        if index.isValid() and index != self.currentIndex():
            self.setCurrentIndex(index)
            self.scrollTo(index)


class _RowDelegate(QStyledItemDelegate):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """All rows are equally high."""
        return QSize(120, _HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw a row."""
        row: Row = index.data(_ROW)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        area: QRect = option.rect.adjusted(2, 1, -2, -1)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if chosen or hovered:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.colour("chosen" if chosen else "raised")))
            painter.drawRoundedRect(area, 6, 6)
        icon, role, _ = _STATES[row.state]
        left = area.left() + 7
        icons.icon(icon, role).paint(painter, left, area.center().y() - _ICON // 2, _ICON, _ICON)
        left += _ICON + 8
        right = area.right() - 8 - _paint_badge(painter, area, row.badge)
        top = QRect(left, area.top() + 4, right - left, 18)
        if row.colour:
            painter.setPen(QColor(0, 0, 0, 90))
            painter.setBrush(QColor(row.colour))
            painter.drawEllipse(QRectF(left + 0.5, top.center().y() - 4, 9, 9))
            top.setLeft(left + 15)
        _paint_line(
            painter, top, row.title, "muted" if row.state == "done" and not chosen else "text", bold=chosen
        )
        _paint_line(painter, QRect(left, area.top() + 22, right - left, 17), row.note, "muted", bold=False)
        painter.restore()


def _paint_badge(painter: QPainter, area: QRect, text: str) -> int:
    """A number on a plate at the right; returns the width it takes."""
    if not text:
        return 0
    width = max(painter.fontMetrics().horizontalAdvance(text) + 12, 22)
    plate = QRectF(area.right() - 8 - width, area.center().y() - 9, width, 18)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.colour("hover")))
    painter.drawRoundedRect(plate, 9, 9)
    painter.setPen(QColor(theme.colour("text")))
    painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)
    return width + 6


def _paint_line(painter: QPainter, area: QRect, text: str, role: str, *, bold: bool) -> None:
    font = painter.font()
    font.setBold(bold)
    painter.setFont(font)
    painter.setPen(QColor(theme.colour(role)))
    fitting = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, area.width())
    painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, fitting)
