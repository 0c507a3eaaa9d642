"""How a shape that is alive (selected, drawn, proposed) is painted with QPainter."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from retina_studio.domain.shapes import XY, Ellipse, Geometry, Point, Polygon

from .handles import Handle
from .view import View

_HALO = QColor(0, 0, 0, 120)
_CORE = QColor(15, 15, 15)
_POINT_RADIUS = 9.0
_GRIP = 3.5  # half the side of a handle, widget pixels


@dataclass(frozen=True)
class Style:
    """Line width in widget pixels, opacity of the fill 0..255, whether the line is dashed, and whether it is double."""

    width: float = 1.5
    fill: int = 0
    dashed: bool = False
    double: bool = False


# Only what the pointer is over has a fill, and only while it is: a fill falsifies the colour being graded.
COMMITTED = Style()
ACTIVE = Style(width=2.0)
HOVERED = Style(width=2.0, fill=30)
OFFERED = Style(dashed=True)
CHOSEN_OFFER = Style(width=2.5, dashed=True)


def path_of(geometry: Geometry, view: View) -> QPainterPath:
    """The outline in widget coordinates."""
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.OddEvenFill)
    if isinstance(geometry, Polygon):
        for ring in geometry.rings:
            path.addPolygon(polyline(ring, view))
            path.closeSubpath()
    elif isinstance(geometry, Ellipse):
        path.addPolygon(polyline(geometry.outline(_smoothness(geometry, view)), view))
        path.closeSubpath()
    else:
        centre = QPointF(*view.to_widget(geometry.x, geometry.y))
        path.addEllipse(centre, _POINT_RADIUS, _POINT_RADIUS)
        for dx, dy in ((1, 0), (0, 1), (-1, 0), (0, -1)):
            arm = QPointF(dx, dy) * _POINT_RADIUS
            path.moveTo(centre + arm * 0.45)
            path.lineTo(centre + arm * 1.7)
    return path


def polyline(points: tuple[XY, ...] | list[XY], view: View) -> QPolygonF:
    """Image positions as a line in widget coordinates."""
    return QPolygonF([QPointF(*view.to_widget(x, y)) for x, y in points])


def draw_shape(painter: QPainter, geometry: Geometry, view: View, colour: QColor, style: Style) -> None:
    """One shape: fill, dark halo, line."""
    path = path_of(geometry, view)
    draw_path(painter, path, colour, style, filled=not isinstance(geometry, Point))


def draw_path(
    painter: QPainter, path: QPainterPath, colour: QColor, style: Style, *, filled: bool = True
) -> None:
    """A path in widget coordinates: fill, dark halo, line."""
    if filled and style.fill:
        tint = QColor(colour)
        tint.setAlpha(style.fill)
        painter.fillPath(path, tint)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    width = style.width + 2 if style.double else style.width
    painter.setPen(_pen(_HALO, width + 2, Qt.PenStyle.SolidLine))
    painter.drawPath(path)
    painter.setPen(_pen(colour, width, Qt.PenStyle.DashLine if style.dashed else Qt.PenStyle.SolidLine))
    painter.drawPath(path)
    if style.double:
        painter.setPen(_pen(_CORE, width / 3, Qt.PenStyle.SolidLine))
        painter.drawPath(path)


def draw_handles(painter: QPainter, handles: list[Handle], centre: XY, view: View, colour: QColor) -> None:
    """Squares on vertices and axis ends, a round grip on a stalk for the rotation."""
    painter.setPen(_pen(QColor(20, 20, 20), 1.0, Qt.PenStyle.SolidLine))
    for handle in handles:
        spot = QPointF(*view.to_widget(handle.x, handle.y))
        if handle.kind == "rotate":
            _draw_rotate_grip(painter, spot, QPointF(*view.to_widget(*centre)), colour)
            continue
        painter.setBrush(QColor("white"))
        painter.drawRect(QRectF(spot.x() - _GRIP, spot.y() - _GRIP, 2 * _GRIP, 2 * _GRIP))


def _draw_rotate_grip(painter: QPainter, spot: QPointF, centre: QPointF, colour: QColor) -> None:
    painter.save()
    painter.setPen(_pen(colour, 1.0, Qt.PenStyle.DotLine))
    painter.drawLine(centre, spot)
    painter.setPen(_pen(QColor(20, 20, 20), 1.0, Qt.PenStyle.SolidLine))
    painter.setBrush(colour)
    painter.drawEllipse(spot, _GRIP + 1.5, _GRIP + 1.5)
    painter.restore()


def draw_band(painter: QPainter, first: XY, second: XY, view: View, colour: QColor) -> None:
    """The rubber band between two image positions."""
    area = QRectF(QPointF(*view.to_widget(*first)), QPointF(*view.to_widget(*second))).normalized()
    tint = QColor(colour)
    tint.setAlpha(40)
    painter.fillRect(area, tint)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(_pen(colour, 1.0, Qt.PenStyle.DashLine))
    painter.drawRect(area)


def _pen(colour: QColor, width: float, line: Qt.PenStyle) -> QPen:
    pen = QPen(colour, width, line, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    if line == Qt.PenStyle.DashLine:
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        pen.setDashPattern([4.0, 2.5])
    return pen


def _smoothness(ellipse: Ellipse, view: View) -> int:
    radius = max(ellipse.a, ellipse.b) * view.scale
    return int(min(max(radius, 24), 256))
