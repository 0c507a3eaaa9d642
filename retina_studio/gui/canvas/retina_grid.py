"""Guides on the retina from disc and fovea: the ETDRS grid, quadrants, and clock hours about the disc."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QColor, QFont, QPainter

from retina_studio.domain.retina_map import RetinaMap
from retina_studio.domain.shapes import XY
from retina_studio.gui.words import tr

from .chips import paint_guides, paint_text

if TYPE_CHECKING:
    from .canvas import Canvas

_LINE = QColor(255, 255, 255, 205)
_FAINT = QColor(255, 255, 255, 150)
_LEAST_LABELLED = 60.0  # widget pixels of the middle circle's radius below which fields carry no letters
_DIAL = (1.25, 1.42, 1.72)  # radii of the clock face's ticks and numbers, in disc radii
_BESIDE = 0.12  # radians by which a field's letter stands off the quadrants' lines
_ARM = 2.2  # length of the quadrants' lines, in outer ETDRS radii


def paint_etdrs(painter: QPainter, canvas: Canvas, retina: RetinaMap) -> None:
    """Circles of 1, 3 and 6 mm about the fovea, and the diagonals that split the rings."""
    radii, fovea = retina.etdrs_radii(), retina.landmarks.fovea
    if radii is None or fovea is None:
        return
    lines = [
        _line(canvas, fovea, _turned(retina, math.pi / 4 + turn * math.pi / 2), radii[0], radii[2])
        for turn in range(4)
    ]
    paint_guides(painter, _LINE, 1.2, lines, [_round(canvas, fovea, radius) for radius in radii])
    if radii[1] * canvas.view.scale >= _LEAST_LABELLED:
        _paint_letters(painter, canvas, retina, fovea, (radii[1] + radii[2]) / 2)


def paint_quadrants(painter: QPainter, canvas: Canvas, retina: RetinaMap) -> None:
    """The horizontal and vertical through the fovea, and the clock hours about the disc."""
    fovea, radii = retina.landmarks.fovea, retina.etdrs_radii()
    if fovea is not None:
        reach = _ARM * radii[2] if radii is not None else max(canvas.frame)
        lines = [
            _line(canvas, fovea, _turned(retina, turn * math.pi / 2), 0.03 * reach, reach)
            for turn in range(4)
        ]
        paint_guides(painter, _FAINT, 1.0, lines)
        if retina.temporal is not None:
            _paint_quadrant_names(painter, canvas, retina, fovea, 0.62 * reach)
    if retina.landmarks.disc is not None and retina.landmarks.disc_diameter is not None:
        _paint_clock(painter, canvas, retina.landmarks.disc, retina.landmarks.disc_diameter / 2)


def _paint_clock(painter: QPainter, canvas: Canvas, disc: XY, radius: float) -> None:
    font = _small(canvas)
    ways = {
        hour: (math.sin(math.radians(30 * hour)), -math.cos(math.radians(30 * hour))) for hour in range(1, 13)
    }
    ticks = [_line(canvas, disc, way, _DIAL[0] * radius, _DIAL[1] * radius) for way in ways.values()]
    paint_guides(painter, _LINE, 1.2, ticks)
    if radius * canvas.view.scale < 24:  # numbers would run into each other
        return
    for hour, way in ways.items():
        spot = canvas.to_widget(*_along(disc, way, _DIAL[2] * radius))
        paint_text(painter, spot, str(hour), font)


def _paint_quadrant_names(
    painter: QPainter, canvas: Canvas, retina: RetinaMap, fovea: XY, reach: float
) -> None:
    names = (tr("superotemporal"), tr("superonasal"), tr("inferonasal"), tr("inferotemporal"))
    for turn, name in enumerate(names):
        way = _turned(retina, math.pi / 4 + turn * math.pi / 2)
        paint_text(painter, canvas.to_widget(*_along(fovea, way, reach)), name, _small(canvas), _LINE)


def _paint_letters(painter: QPainter, canvas: Canvas, retina: RetinaMap, fovea: XY, reach: float) -> None:
    if retina.temporal is None:
        return
    letters = (tr("T"), tr("S"), tr("N"), tr("I"))  # temporal, superior, nasal, inferior
    for turn, letter in enumerate(letters):
        way = _turned(retina, turn * math.pi / 2 + _BESIDE)
        paint_text(painter, canvas.to_widget(*_along(fovea, way, reach)), letter, _small(canvas), _LINE)


def _turned(retina: RetinaMap, angle: float) -> XY:
    """The unit vector at an angle from temporal by way of superior; without temporal, from the image's right."""
    (tx, ty), (sx, sy) = retina.temporal or (1.0, 0.0), retina.superior
    cos, sin = math.cos(angle), math.sin(angle)
    return (tx * cos + sx * sin, ty * cos + sy * sin)


def _along(centre: XY, way: XY, distance: float) -> XY:
    return (centre[0] + way[0] * distance, centre[1] + way[1] * distance)


def _line(canvas: Canvas, centre: XY, way: XY, start: float, end: float) -> QLineF:
    """From one distance to another away from a centre, in the widget."""
    return QLineF(canvas.to_widget(*_along(centre, way, start)), canvas.to_widget(*_along(centre, way, end)))


def _round(canvas: Canvas, centre: XY, radius: float) -> QRectF:
    """The box of a circle on the image, in the widget."""
    corner = canvas.to_widget(centre[0] - radius, centre[1] - radius)
    return QRectF(corner, canvas.to_widget(centre[0] + radius, centre[1] + radius))


def _small(canvas: Canvas) -> QFont:
    font = QFont(canvas.font())
    font.setPixelSize(11)
    font.setBold(True)
    return font
