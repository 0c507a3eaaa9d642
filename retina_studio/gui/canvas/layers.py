"""The layers of the canvas, from the ground up: image, CAM, committed shapes, proposals, what is alive."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from retina_studio.domain.labels import label
from retina_studio.domain.shapes import Geometry, Shape

from .handles import handles_of
from .heat import Heat
from .scene import union
from .strokes import (
    ACTIVE,
    CHOSEN_OFFER,
    COMMITTED,
    HOVERED,
    OFFERED,
    Style,
    draw_band,
    draw_handles,
    draw_shape,
)

if TYPE_CHECKING:
    from .canvas import Canvas

Layer = Callable[[QPainter, "Canvas"], None]  # a feature's own painting, in widget coordinates
LIVE_OFFERS = 60  # proposed shapes that are painted one by one; more are one picture, as committed shapes are
LIVE_LIMIT = 300  # selected shapes that are painted one by one; more stay in the overlay, inside one band
_TAG_LIMIT = 12  # shapes that carry their label's code on the screen


@dataclass(frozen=True, eq=False)
class Offers:
    """What is on offer: proposed shapes not decided yet, the one chosen in the panel, and the CAM."""

    shapes: tuple[Shape, ...] = ()
    chosen: str = ""
    cam: Heat | None = None
    opacity: float = 0.0  # of the CAM, 0..1


def style_of(label_code: str, style: Style, canvas: Canvas) -> Style:
    """A style with the label's kind of line, and the fill that was asked for."""
    fill = max(style.fill, round(255 * canvas.overlay.fill))
    return replace(style, double=label(label_code).outline == "double", fill=fill)


def colour_of(label_code: str) -> QColor:
    """The colour of a label."""
    return QColor(label(label_code).colour)


def paint_ground(painter: QPainter, canvas: Canvas) -> None:
    """The image and the CAM on it."""
    view, offers = canvas.view, canvas.offers
    canvas.ground.paint(painter, view, QRectF(canvas.rect()), canvas.devicePixelRatioF())
    if offers.cam is not None:
        width, height = canvas.frame
        area = QRectF(view.dx, view.dy, width * view.scale, height * view.scale_y)
        offers.cam.paint(painter, area, offers.opacity)


def paint_shapes(painter: QPainter, canvas: Canvas) -> None:
    """Committed, proposed, hovered and selected shapes."""
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    canvas.overlay.paint(painter, canvas.view, canvas.size(), canvas.devicePixelRatioF())
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _paint_offers(painter, canvas)
    if canvas.hovered is not None and canvas.hovered.shape_id not in canvas.selection:
        shape = canvas.scene.shape(canvas.hovered.shape_id)
        style = style_of(shape.label, HOVERED, canvas)
        draw_shape(painter, shape.geometry, canvas.view, colour_of(shape.label), style)
        _paint_tag(painter, canvas, shape.geometry, shape.label, shape.label)
    _paint_selection(painter, canvas)


def _paint_offers(painter: QPainter, canvas: Canvas) -> None:
    offers = canvas.offers
    tagged = len(offers.shapes) <= _TAG_LIMIT
    live = offers.shapes
    if len(offers.shapes) > LIVE_OFFERS:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        canvas.offered.paint(painter, canvas.view, canvas.size(), canvas.devicePixelRatioF())
        live = tuple(shape for shape in offers.shapes if shape.id == offers.chosen)
    for shape in live:
        if shape.label in canvas.hidden_labels or shape.id == canvas.refining:
            continue
        chosen = shape.id == offers.chosen
        style = style_of(shape.label, CHOSEN_OFFER if chosen else OFFERED, canvas)
        draw_shape(painter, shape.geometry, canvas.view, colour_of(shape.label), style)
        if chosen or tagged:
            _paint_tag(painter, canvas, shape.geometry, shape.label, f"{shape.label} proposed")


def _paint_selection(painter: QPainter, canvas: Canvas) -> None:
    shapes = [canvas.scene.shape(key) for key in canvas.selection]
    if len(shapes) > LIVE_LIMIT:
        box = union(canvas.preview.get(shape.id, shape.geometry).box for shape in shapes)
        if box is not None:
            draw_band(painter, box[:2], box[2:], canvas.view, canvas.palette().highlight().color())
        return
    for shape in shapes:
        form = canvas.preview.get(shape.id, shape.geometry)
        style = style_of(shape.label, ACTIVE if canvas.editable else COMMITTED, canvas)
        draw_shape(painter, form, canvas.view, colour_of(shape.label), style)
        if len(shapes) <= _TAG_LIMIT:
            _paint_tag(painter, canvas, form, shape.label, shape.label)
    # Only the select tool takes them: another one would draw where it is shown a grip.
    by_handles = canvas.editable and not canvas.preview and canvas.tool.name == "select"
    if len(shapes) == 1 and by_handles and shapes[0].id not in canvas.locked:
        form = shapes[0].geometry
        grips = handles_of(form, canvas.view.mean_scale)
        draw_handles(painter, grips, form.centre, canvas.view, colour_of(shapes[0].label))


def _paint_tag(painter: QPainter, canvas: Canvas, form: Geometry, label_code: str, text: str) -> None:
    """The label's code on a plate of its colour, at the lower right of the shape, out of the handles' way."""
    left, _, right, bottom = form.box
    x, y = canvas.view.to_widget(left + (right - left) * 0.85, bottom - (bottom - form.centre[1]) * 0.3)
    font = QFont(canvas.font())
    font.setBold(True)
    painter.setFont(font)
    width = QFontMetricsF(font).horizontalAdvance(text) + 12
    plate = QRectF(x + 10, y + 6, width, 20)
    room = QRectF(canvas.rect())
    plate.moveLeft(min(max(plate.left(), 4.0), room.width() - width - 4))
    plate.moveTop(min(max(plate.top(), 4.0), room.height() - 24))
    colour = colour_of(label_code)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRoundedRect(plate, 4, 4)
    painter.setPen(QColor("#101418") if colour.lightnessF() > 0.42 else QColor("white"))
    painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)
