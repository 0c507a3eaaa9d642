"""The loupe: a round glass at the pointer that shows the image, and the outlines on it, a few times larger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen

from .raster import Window, render
from .view import HIGHEST_SCALE

if TYPE_CHECKING:
    from .canvas import Canvas

RADIUS = 110.0  # widget pixels
_POWER = 3.0  # times the canvas's own scale
_LEAST_SCALE = 1.0  # widget pixels per image pixel that the glass shows at least
_MOST_SHAPES = 400  # outlines in the glass; beyond it they would be a carpet, and slow
_CROSS = 7.0  # half the length of the cross in the middle


def paint_loupe(painter: QPainter, canvas: Canvas, spot: QPointF) -> None:
    """Draw the glass about a widget position."""
    area = QRectF(spot.x() - RADIUS, spot.y() - RADIUS, 2 * RADIUS, 2 * RADIUS)
    glass = QPainterPath()
    glass.addEllipse(area)
    scale = min(max(canvas.view.scale * _POWER, _LEAST_SCALE), HIGHEST_SCALE)
    view = canvas.view.zoomed(scale / canvas.view.scale, spot.x(), spot.y())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setClipPath(glass)
    painter.fillRect(area, canvas.palette().dark())
    dpr = canvas.devicePixelRatioF()
    part = canvas.picture.part_in(view, area) if canvas.picture is not None else None
    if part is not None:
        canvas.ground.paint_close(painter, view, part, dpr)
    left, top = view.to_image(area.left(), area.top())
    side = round(2 * RADIUS * dpr)
    window = Window(view.scale * dpr, left, top, side, side, view.aspect, dpr)
    if len(canvas.scene.touching(window.box)) <= _MOST_SHAPES:
        pixels = render(canvas.scene, window, (), canvas.hidden_labels)
        image = QImage(pixels.data, side, side, 4 * side, QImage.Format.Format_ARGB32_Premultiplied)
        painter.drawImage(area, image)
    painter.setClipping(False)
    _paint_rim(painter, area, spot)
    painter.restore()


def _paint_rim(painter: QPainter, area: QRectF, spot: QPointF) -> None:
    cross = QPainterPath()
    for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
        cross.moveTo(spot + QPointF(dx, dy) * 3)
        cross.lineTo(spot + QPointF(dx, dy) * _CROSS)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, wider in ((QColor(0, 0, 0, 150), 2.0), (QColor(255, 255, 255, 225), 0.0)):
        painter.setPen(QPen(colour, 1.2 + wider))
        painter.drawPath(cross)
        painter.setPen(QPen(colour, 1.6 + wider))
        painter.drawEllipse(area)
