"""Lengths in words, the scale bar, and the ruler's line: pixels, disc diameters, millimetres."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath

from retina_studio.domain.retina_map import RetinaMap
from retina_studio.domain.shapes import XY
from retina_studio.gui.words import tr

from .chips import EDGE, paint_line, paint_text

if TYPE_CHECKING:
    from .canvas import Canvas

_SHORTEST_BAR, _LONGEST_BAR = 60.0, 170.0  # widget pixels
_STEPS = tuple(step * 10.0**power for power in range(-3, 3) for step in (1, 2, 5))
_INK = QColor(255, 255, 255, 235)
_TICK = 4.0
_END = 5.0  # half the ruler's end strokes


def in_millimetres(millimetres: float) -> str:
    """A length as it is written in a clinic."""
    if millimetres < 1:
        return tr("{length} µm", length=round(1000 * millimetres))
    return tr("{length} mm", length=f"{millimetres:.2f}")


def measured(start: XY, end: XY, retina: RetinaMap) -> str:
    """The distance between two image positions in every unit that is known; "≈" where a standard disc is assumed."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    distance = math.hypot(dx, dy)
    parts = [tr("{length} px", length=f"{distance:.0f}" if distance >= 100 else f"{distance:.1f}")]
    if retina.landmarks.disc_diameter is not None:
        parts.append(tr("{length} DD", length=f"{distance / retina.landmarks.disc_diameter:.2f}"))
    if retina.spacing is not None:
        parts.append(in_millimetres(math.hypot(dx * retina.spacing[0], dy * retina.spacing[1])))
    elif retina.mm_per_pixel is not None:
        parts.append("≈ " + in_millimetres(distance * retina.mm_per_pixel))
    return "  ·  ".join(parts)


def paint_ruler(painter: QPainter, canvas: Canvas, retina: RetinaMap) -> None:
    """The line with its ends, and its length beside the end while that is in sight."""
    if canvas.ruler is None:
        return
    start, end = (canvas.to_widget(*spot) for spot in canvas.ruler)
    way = end - start
    length = max(math.hypot(way.x(), way.y()), 1e-6)
    across = QPointF(-way.y(), way.x()) * (_END / length)
    path = QPainterPath(start)
    path.lineTo(end)
    for spot in (start, end):
        path.moveTo(spot - across)
        path.lineTo(spot + across)
    paint_line(painter, path, _INK, 1.5)
    if not canvas.rect().contains(end.toPoint()):
        return
    font = _font(canvas)
    text = measured(*canvas.ruler, retina)
    half = QFontMetricsF(font).horizontalAdvance(text) / 2
    x = end.x() + (half + 12 if way.x() >= 0 else -half - 12)
    y = end.y() + (14 if way.y() >= 0 else -14)
    x = min(max(x, half + 6), canvas.width() - half - 6)
    y = min(max(y, 14.0), canvas.height() - 14.0)
    paint_text(painter, QPointF(x, y), text, font)


def paint_scale_bar(painter: QPainter, canvas: Canvas, retina: RetinaMap) -> float:
    """A bar of a round length in the lower left corner, upright too where the two differ; returns its height."""
    steps = bar_lengths(canvas, retina)
    if steps is None:
        return 0.0
    (text, length), upright = steps
    left, base = EDGE + 2, canvas.height() - EDGE - 4
    path = QPainterPath(QPointF(left, base - _TICK))
    path.lineTo(left, base)
    path.lineTo(left + length, base)
    path.lineTo(left + length, base - _TICK)
    height = 0.0
    if upright is not None:
        height = upright[1]
        path.moveTo(left + _TICK, base - height)
        path.lineTo(left, base - height)
        path.lineTo(left, base)
    paint_line(painter, path, _INK, 1.6)
    font = _font(canvas)
    words = text if upright is None or upright[0] == text else f"{text}  (↕ {upright[0]})"
    half = QFontMetricsF(font).horizontalAdvance(words) / 2
    paint_text(painter, QPointF(left + max(length / 2, half) + (6 if height else 0), base - 12), words, font)
    return max(height, 22.0) + 12


def bar_lengths(
    canvas: Canvas, retina: RetinaMap
) -> tuple[tuple[str, float], tuple[str, float] | None] | None:
    """(words, widget pixels) of the bar and of the upright one, which only a B-scan has; None without a scale."""
    scale_x, scale_y = canvas.view.scale, canvas.view.scale_y
    if retina.spacing is not None:
        across = _round_length(scale_x / retina.spacing[0])
        down = _round_length(scale_y / retina.spacing[1])
        same = math.isclose(scale_x / retina.spacing[0], scale_y / retina.spacing[1], rel_tol=0.01)
        upright = None if same else (_round_words(down), down * scale_y / retina.spacing[1])
        return (_round_words(across), across * scale_x / retina.spacing[0]), upright
    diameter = retina.landmarks.disc_diameter
    if diameter is None:
        return None
    across = _round_length(diameter * scale_x)
    return (tr("{length} DD", length=f"{across:g}"), across * diameter * scale_x), None


def _round_words(millimetres: float) -> str:
    if millimetres < 1:
        return in_millimetres(millimetres)
    return tr("{length} mm", length=f"{millimetres:g}")


def _round_length(pixels_per_unit: float) -> float:
    """The longest round number of units that fits."""
    fitting = [step for step in _STEPS if _SHORTEST_BAR <= step * pixels_per_unit <= _LONGEST_BAR]
    return fitting[-1] if fitting else _STEPS[-1 if _STEPS[-1] * pixels_per_unit < _SHORTEST_BAR else 0]


def _font(canvas: Canvas) -> QFont:
    font = QFont(canvas.font())
    font.setBold(True)
    return font
