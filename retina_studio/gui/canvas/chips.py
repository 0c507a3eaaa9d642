"""Small plates of text in a corner of the canvas: readable on any image, in the way of none."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPainterPath, QPen

if TYPE_CHECKING:
    from .canvas import Canvas

Corner = Literal["top left", "top", "bottom left", "bottom right"]
EDGE = 14.0  # widget pixels from the canvas's border
_PAD = 8.0
_PLATE, _INK, _HALO = QColor(10, 13, 16, 175), QColor(238, 241, 244), QColor(0, 0, 0, 170)
_LINE_HALO = QColor(0, 0, 0, 110)
_HALO_WIDTH = 3.0


def paint_chip(
    painter: QPainter, canvas: Canvas, lines: Sequence[str], corner: Corner, above: float = 0.0
) -> float:
    """Draw lines of text on a dark plate, `above` pixels further in; returns its height and the gap, for the next."""
    font = QFont(canvas.font())
    metrics = QFontMetricsF(font)
    width = max(metrics.horizontalAdvance(line) for line in lines) + 2 * _PAD
    height = metrics.lineSpacing() * len(lines) + _PAD
    room = QRectF(canvas.rect())
    places = {"top": (room.width() - width) / 2, "bottom right": room.right() - EDGE - width}
    x = places.get(corner, EDGE)
    y = EDGE + above if corner.startswith("top") else room.bottom() - EDGE - height - above
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_PLATE)
    painter.drawRoundedRect(QRectF(x, y, width, height), 6, 6)
    painter.setFont(font)
    painter.setPen(_INK)
    for place, line in enumerate(lines):
        base = y + _PAD / 2 + metrics.ascent() + place * metrics.lineSpacing()
        painter.drawText(QPointF(x + _PAD, base), line)
    painter.restore()
    return height + 6


def paint_text(painter: QPainter, middle: QPointF, text: str, font: QFont, colour: QColor = _INK) -> None:
    """Text about a position, with a dark halo instead of a plate."""
    dpr = painter.device().devicePixelRatio()
    stamp = _stamp(text, font.toString(), colour.rgba(), dpr)
    size = stamp.deviceIndependentSize()
    # On whole screen pixels: letters that lie between them are blurred.
    left, top = middle.x() - size.width() / 2, middle.y() - size.height() / 2
    painter.drawImage(QPointF(round(left * dpr) / dpr, round(top * dpr) / dpr), stamp)


@lru_cache(maxsize=256)
def _stamp(text: str, font_name: str, colour: int, dpr: float) -> QImage:
    """Haloed text as a picture: stroking letters is a hundred times as slow as drawing one."""
    font = QFont()
    font.fromString(font_name)
    metrics = QFontMetricsF(font)
    width = math.ceil((metrics.horizontalAdvance(text) + 2 * _HALO_WIDTH) * dpr)
    height = math.ceil((metrics.height() + 2 * _HALO_WIDTH) * dpr)
    stamp = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    stamp.setDevicePixelRatio(dpr)
    stamp.fill(Qt.GlobalColor.transparent)
    path = QPainterPath()
    path.addText(QPointF(_HALO_WIDTH, _HALO_WIDTH + metrics.ascent()), font, text)
    painter = QPainter(stamp)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.strokePath(path, _round_pen(_HALO, _HALO_WIDTH))
    painter.fillPath(path, QColor.fromRgba(colour))
    painter.end()
    return stamp


def _round_pen(colour: QColor, width: float) -> QPen:
    return QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)


def paint_line(painter: QPainter, path: QPainterPath, colour: QColor, width: float = 1.2) -> None:
    """A thin line with a dark halo, for guides that lie on the retina."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for ink, wide in ((_LINE_HALO, width + 2.0), (colour, width)):
        painter.setPen(_round_pen(ink, wide))
        painter.drawPath(path)


def paint_guides(
    painter: QPainter, colour: QColor, width: float, lines: Sequence[QLineF], rounds: Sequence[QRectF] = ()
) -> None:
    """Straight lines and ellipses as `paint_line` draws paths, at a fifth of its cost."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for ink, wide in ((_LINE_HALO, width + 2.0), (colour, width)):
        painter.setPen(QPen(ink, wide, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        for area in rounds:
            painter.drawEllipse(area)
        for line in lines:
            painter.drawLine(line)
