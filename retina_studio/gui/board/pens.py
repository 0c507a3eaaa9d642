"""How the readings are told apart: a colour, a kind of line and a letter each."""

from collections.abc import Sequence
from functools import cache

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QIcon, QPainter, QPixmap

from retina_studio.gui.canvas.raster import Pen

# Far from a retina's red-orange and from each other, to a colour-blind eye too; every second line is double.
PENS = (
    Pen("#4FC3FF", "single"),
    Pen("#FFD84A", "double"),
    Pen("#FF8AD8", "single"),
    Pen("#8CFF9E", "double"),
    Pen("#FFFFFF", "single"),
)


def pen_of(place: int) -> Pen:
    """The pen of the reading at this place."""
    return PENS[place % len(PENS)]


def chips(letters: Sequence[str]) -> QPixmap:
    """The plates of several readings in a row: the legend of a view that shows all of them."""
    side, step = 18, 21
    strip = QPixmap(QSize(2 * (step * len(letters)), 2 * side))
    strip.setDevicePixelRatio(2.0)
    strip.fill(Qt.GlobalColor.transparent)
    painter = QPainter(strip)
    for place, letter in enumerate(letters):
        painter.drawPixmap(step * place, 0, chip(letter, place).pixmap(QSize(side, side)))
    painter.end()
    return strip


@cache
def chip(letter: str, place: int) -> QIcon:
    """A round plate in the reading's colour with its letter."""
    pixmap = QPixmap(QSize(36, 36))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QColor(0, 0, 0, 110))
    painter.setBrush(QColor(pen_of(place).colour))
    painter.drawEllipse(QRectF(1.5, 1.5, 33, 33))
    font = QFont(painter.font())
    font.setPixelSize(20)
    font.setBold(True)
    painter.setFont(font)
    painter.setPen(QColor("#101418"))
    painter.drawText(QRectF(0, 0, 36, 36), Qt.AlignmentFlag.AlignCenter, letter)
    painter.end()
    pixmap.setDevicePixelRatio(2.0)
    return QIcon(pixmap)
