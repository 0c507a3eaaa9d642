"""A heat map of graders by graders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from retina_studio.gui import theme
from retina_studio.gui.words import tr

from .looks import Cast

_SMALLEST, _LARGEST, _NUMBERS_FROM = (
    13.0,
    52.0,
    34.0,
)  # pixels of a cell; and those that have room for a number
_NAMES = 170.0  # pixels, the widest names
_GAP = 8.0
_SCALE = 74.0  # pixels at the right, where the colours are explained


@dataclass(frozen=True)
class Cell:
    """A figure of two graders; `words` tell it in full, without their names."""

    value: float
    words: str


class Matrix(QWidget):
    """Rows and columns are names; a cell tells its figure under the pointer, and picks its row when clicked."""

    picked = Signal(str)
    told = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.rows: Sequence[str] = ()
        self.columns: Sequence[str] = ()
        self._cells: Mapping[tuple[str, str], Cell] = {}
        self._cast = Cast((), blind=False)
        self._names = (0.0, 0.0)

    def show_cells(
        self, rows: Sequence[str], columns: Sequence[str], cells: Mapping[tuple[str, str], Cell], cast: Cast
    ) -> None:
        """Draw figures by (row, column), either way round."""
        self.rows, self.columns, self._cells, self._cast = rows, columns, cells, cast
        metrics = QFontMetricsF(self.font())
        wide = [metrics.horizontalAdvance(cast.called(name)) for name in (*rows, *columns)]
        widest = min(max(wide, default=0.0), _NAMES)
        self._names = (widest + _GAP, widest + _GAP)
        self.setMinimumSize(
            QSize(
                round(self._names[0] + _SMALLEST * len(columns) + _SCALE),
                round(self._names[1] + _SMALLEST * len(rows) + _GAP),
            )
        )
        self.update()

    def wanted_width(self) -> int:
        """Pixels at which the cells are as large as they get."""
        return round(self._names[0] + _LARGEST * len(self.columns) + _SCALE)

    def cell(self, row: str, column: str) -> Cell | None:
        """The figure of two; None where they have none in common, or are the same."""
        return self._cells.get((row, column)) or self._cells.get((column, row))

    def place_of(self, row: str, column: str) -> QPoint:
        """The middle of a cell on the widget."""
        return self._box(self.rows.index(row), self.columns.index(column)).center().toPoint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Cells, names, and what the colours mean."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor(theme.colour("panel")))
        if not self.rows:
            return
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        side = self._side()
        font = QFont(self.font())
        font.setPixelSize(max(8, min(12, int(side - 3))))
        painter.setFont(font)
        for number, row in enumerate(self.rows):
            for place, column in enumerate(self.columns):
                self._paint_cell(painter, self._box(number, place), self.cell(row, column))
        self._paint_names(painter, side)
        self._paint_picked(painter)
        self._paint_scale(painter)

    def _paint_cell(self, painter: QPainter, box: QRectF, cell: Cell | None) -> None:
        if cell is None:
            painter.fillRect(box.adjusted(0, 0, -1, -1), QColor(theme.colour("raised")))
            return
        colour = _colour(cell.value)
        painter.fillRect(box.adjusted(0, 0, -1, -1), colour)
        if box.width() >= _NUMBERS_FROM:
            painter.setPen(QColor("#000000" if _is_bright(colour) else "#ffffff"))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, f"{cell.value:.2f}")

    def _paint_names(self, painter: QPainter, side: float) -> None:
        metrics, elide = QFontMetricsF(painter.font()), Qt.TextElideMode.ElideMiddle
        middle, right = Qt.AlignmentFlag.AlignVCenter, Qt.AlignmentFlag.AlignRight
        for number, name in enumerate(self.rows):
            painter.setPen(self._pen(name))
            words = metrics.elidedText(self._cast.called(name), elide, self._names[0] - _GAP)
            box = QRectF(0, self._names[1] + number * side, self._names[0] - _GAP, side)
            painter.drawText(box, middle | right, words)
        for number, name in enumerate(self.columns):
            painter.setPen(self._pen(name))
            words = metrics.elidedText(self._cast.called(name), elide, self._names[1] - _GAP)
            painter.save()
            painter.translate(self._names[0] + (number + 0.5) * side, self._names[1] - _GAP / 2)
            painter.rotate(-90)
            painter.drawText(QRectF(0, -side / 2, self._names[1], side), middle, words)
            painter.restore()

    def _paint_picked(self, painter: QPainter) -> None:
        painter.setPen(QPen(QColor(theme.colour("text")), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        last = (len(self.rows) - 1, len(self.columns) - 1)
        if self._cast.picked in self.rows:
            row = self.rows.index(self._cast.picked)
            painter.drawRect(self._box(row, 0).united(self._box(row, last[1])).adjusted(-1, -1, 0, 0))
        if self._cast.picked in self.columns:
            column = self.columns.index(self._cast.picked)
            painter.drawRect(self._box(0, column).united(self._box(last[0], column)).adjusted(-1, -1, 0, 0))

    def _paint_scale(self, painter: QPainter) -> None:
        left = self._names[0] + len(self.columns) * self._side() + 20
        top, height = self._names[1], max(self._side() * len(self.rows), 96.0)
        height = min(height, 220.0)
        for step in range(int(height)):
            painter.fillRect(QRectF(left, top + step, 12, 1), _colour(1 - step / height))
        painter.setPen(QColor(theme.colour("muted")))
        font = QFont(self.font())
        font.setPixelSize(11)
        painter.setFont(font)
        for value, words in ((1.0, "1"), (0.5, "0.5"), (0.0, "≤ 0")):
            box = QRectF(left + 18, top + (1 - value) * height - 8, 40, 16)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, words)

    def _pen(self, name: str) -> QColor:
        return QColor(theme.colour("accent" if name == self._cast.picked else "text"))

    def _side(self) -> float:
        across = (self.width() - self._names[0] - _SCALE) / max(len(self.columns), 1)
        down = (self.height() - self._names[1] - _GAP) / max(len(self.rows), 1)
        return max(_SMALLEST, min(across, down, _LARGEST))

    def _box(self, row: int, column: int) -> QRectF:
        side = self._side()
        return QRectF(self._names[0] + column * side, self._names[1] + row * side, side, side)

    def _at(self, place: QPoint) -> tuple[str, str] | None:
        side = self._side()
        column, row = (
            int((place.x() - self._names[0]) // side),
            int((place.y() - self._names[1]) // side),
        )
        if 0 <= row < len(self.rows) and 0 <= column < len(self.columns):
            return self.rows[row], self.columns[column]
        return None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell the cell under the pointer."""
        found = self._at(event.position().toPoint())
        cell = self.cell(*found) if found else None
        words = ""
        if found and cell:
            first, second = map(self._cast.called, found)
            words = tr("{first} and {second}: {figure}", first=first, second=second, figure=cell.words)
        QToolTip.showText(event.globalPosition().toPoint(), words, self)
        self.told.emit(words)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Pick the row's grader; elsewhere nobody."""
        found = self._at(event.position().toPoint())
        self.picked.emit(found[0] if found else "")

    def leaveEvent(self, event: QEvent) -> None:
        """Tell nothing."""
        super().leaveEvent(event)
        self.told.emit("")


# Cividis (Nuñez, Anderton and Renslow 2018) at nine even steps: the same to a colour-blind eye.
_CIVIDIS = (
    "#00224e", "#123570", "#3b496c", "#575d6d", "#707173", "#8a8678", "#a59c74", "#c3b369", "#fee838",
)  # fmt: skip


def _colour(value: float) -> QColor:
    return _ramp()[round(min(max(value, 0.0), 1.0) * 255)]


@cache
def _ramp() -> tuple[QColor, ...]:
    places = np.linspace(0, 1, len(_CIVIDIS))
    colours = [QColor(step) for step in _CIVIDIS]
    known = np.array([[colour.red(), colour.green(), colour.blue()] for colour in colours])
    channels = [np.interp(np.linspace(0, 1, 256), places, known[:, n]) for n in range(3)]
    return tuple(QColor(*(round(part) for part in colour)) for colour in zip(*channels, strict=True))


def _is_bright(colour: QColor) -> bool:
    return 0.299 * colour.red() + 0.587 * colour.green() + 0.114 * colour.blue() > 118
