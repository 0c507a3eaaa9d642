"""The history: every edit of the grading with its time, those of earlier sessions too; choose one to go back to it."""

from datetime import datetime

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QUndoStack
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QUndoView, QWidget

from retina_studio.gui import theme
from retina_studio.gui.words import tr, tr_data

from .parts import panel_layout

_ROW_HEIGHT = 26
_TIME_WIDTH = 50


class HistoryPanel(QWidget):
    """The undo stack in words."""

    def __init__(self, stack: QUndoStack, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = QUndoView(stack)
        self.view.setEmptyLabel(tr("Nothing done yet"))
        self.view.setUniformItemSizes(True)
        self.view.setItemDelegate(_Delegate(self.view, stack))
        self.view.setAccessibleName(tr("History"))
        self.view.setToolTip(tr("Every edit of this grading; choose one to go back to it"))
        panel_layout(self).addWidget(self.view)


class _Delegate(QStyledItemDelegate):
    """Title at the left, time at the right; what was undone is faint."""

    def __init__(self, view: QUndoView, stack: QUndoStack) -> None:
        super().__init__(view)
        self._stack = stack

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(80, _ROW_HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        area: QRect = option.rect.adjusted(0, 1, 0, -1)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = (
            "chosen"
            if option.state & QStyle.StateFlag.State_Selected
            else "raised"
            if option.state & QStyle.StateFlag.State_MouseOver
            else ""
        )
        if ground:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.colour(ground)))
            painter.drawRoundedRect(area, 5, 5)
        undone = index.row() > self._stack.index()
        text = area.adjusted(8, 0, -8, 0)
        time = self._time(index.row())
        painter.setPen(QColor(theme.colour("faint")))
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, time)
        painter.setPen(QColor(theme.colour("muted" if undone else "text")))
        room = text.adjusted(0, 0, -_TIME_WIDTH if time else 0, 0)
        words = tr_data(index.data())
        fitting = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, fitting)
        painter.restore()

    def _time(self, row: int) -> str:
        """When the edit of a row was made; "" where that is not known."""
        made = getattr(self._stack.command(row - 1), "made", None) if row else None
        if not isinstance(made, datetime):
            return ""
        local = made.astimezone()
        today = local.date() == datetime.now().astimezone().date()
        return f"{local:%H:%M}" if today else f"{local:%d %b}"
