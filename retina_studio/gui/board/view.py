"""One view of the board: the image with one reading, or with all of them in one, and the item in focus made plain."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF, Qt, QVariantAnimation, Signal
from PySide6.QtGui import QColor, QFont, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from retina_studio.domain.labels import catalogue, label
from retina_studio.domain.shapes import XY, Box, Geometry, Shape
from retina_studio.gui.canvas.canvas import Canvas
from retina_studio.gui.canvas.companion import Companion
from retina_studio.gui.canvas.layers import LIVE_LIMIT
from retina_studio.gui.canvas.overlay import Overlay
from retina_studio.gui.canvas.raster import Pen
from retina_studio.gui.canvas.scene import Scene
from retina_studio.gui.canvas.strokes import Style, draw_shape
from retina_studio.gui.words import tr

_DIMMED = 0.3  # opacity of what is not in focus
_AT_ONCE = 0  # shapes that each of several views may draw within one frame: they share it
_CLICK = 4.0  # widget pixels that the pointer may move between press and release
_FRAME_MARGIN, _LEAST_FRAME = 10.0, 40.0  # widget pixels of the frame around the item
_PLATE = 17.0  # widget pixels across, of a letter beside the frame
_FLASH = 700  # ms
_FLASH_REACH = 46.0  # widget pixels from which the flash closes in
_FOCUSED = Style(width=2.4)
_PREVIEW = Style(width=2.0, dashed=True)
_FLAGGED = "#ff9d3c"
_ARM = 12  # of the crosshair, widget pixels
_PREVIEW_COLOUR = QColor("white")


@dataclass(frozen=True, eq=False)
class Layer:
    """One reading as a view draws it: each shape as its label, or all with one pen and a letter."""

    scene: Scene
    name: str = ""
    letter: str = ""
    pen: Pen | None = None


class BoardView(Companion):
    """Dragging moves the image; a click asks for what lies there. It takes no edit."""

    picked = Signal(float, float)  # image position of a click
    cycled = Signal(int)  # Tab (1) or Shift+Tab (-1)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumSize(120, 100)
        self.setAccessibleDescription(tr("The image with what was drawn; all views move together"))
        self.pointed: XY | None = None  # where the pointer is in another view
        self.frame_box: Box | None = None
        self.layers: list[tuple[Layer, Overlay]] = []
        self._focus: list[tuple[Layer, Shape]] = []
        self.result: tuple[Geometry, ...] = ()  # what a decision would leave, shown dashed
        self._flagged: tuple[Shape, ...] = ()
        self._pressed: QPointF | None = None
        self._flash = QVariantAnimation(self, duration=_FLASH, startValue=1.0, endValue=0.0)
        self._flash.valueChanged.connect(self._on_flash)
        self.overlays += [_paint_readings, _paint_focus, _paint_pointed]
        self.shapes_shown = True

    def show_layers(self, layers: Sequence[Layer]) -> None:
        """Show these readings."""
        for _, old in self.layers:
            old.give_up()
            old.deleteLater()
        self.layers = []
        for layer in layers:
            overlay = Overlay(self, _AT_ONCE)
            overlay.set_pen(layer.pen)
            overlay.set_scene(layer.scene)
            overlay.ready.connect(self.update)
            self.layers.append((layer, overlay))
        self._focus, self.result, self.frame_box = [], (), None
        self.update()

    def update_layer(self, scene: Scene) -> None:
        """Show what has become of the one reading that is shown."""
        layer, overlay = self.layers[0]
        self.layers[0] = (replace(layer, scene=scene), overlay)
        overlay.set_scene(scene)
        self.update()

    def flag(self, shapes: Sequence[Shape]) -> None:
        """Mark shapes that are kept although the guideline does not allow them."""
        self._flagged = tuple(shapes[:LIVE_LIMIT])
        self.update()

    def focus(
        self, drawn: Mapping[str, Sequence[Shape]], box: Box | None, *, in_focus: bool, flash: bool
    ) -> None:
        """Make these shapes plain, by the layer's name; the others are dimmed while something is in focus."""
        faded = dict.fromkeys(catalogue(), _DIMMED) if in_focus else {}
        self._focus, self.frame_box = [], box
        for layer, overlay in self.layers:
            shapes = drawn.get(layer.name, ())
            self._focus += [(layer, shape) for shape in shapes]
            overlay.set_opacity(faded)
            overlay.hide(frozenset(shape.id for shape in shapes), frozenset())
        if flash and box is not None:
            self._flash.stop()
            self._flash.start()
        self.update()

    def show_result(self, geometries: tuple[Geometry, ...]) -> None:
        """Show dashed what a decision would leave."""
        if geometries != self.result:
            self.result = geometries
            self.update()

    @property
    def focused(self) -> list[Shape]:
        """The shapes that are made plain."""
        return [shape for _, shape in self._focus]

    @property
    def is_current(self) -> bool:
        """Whether all shapes on the screen are drawn as they are."""
        return all(overlay.is_current for _, overlay in self.layers)

    def settle(self) -> None:
        """Wait until no worker draws for this view."""
        self._flash.stop()
        for _, overlay in self.layers:
            overlay.settle()

    def focusNextPrevChild(self, next_one: bool) -> bool:
        """Tab goes from view to view; F6 leaves them."""
        self.cycled.emit(1 if next_one else -1)
        return True

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember where, to tell a click from a drag."""
        self._pressed = event.position() if event.button() == Qt.MouseButton.LeftButton else None
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click asks for what lies there."""
        super().mouseReleaseEvent(event)
        pressed, self._pressed = self._pressed, None
        if pressed is not None and (event.position() - pressed).manhattanLength() <= _CLICK:
            self.picked.emit(*self.to_image(event.position()))

    def paint_readings(self, painter: QPainter) -> None:
        """The shapes of all layers."""
        if not self.shapes_shown:
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        for _, overlay in self.layers:
            overlay.paint(painter, self.view, self.size(), self.devicePixelRatioF())

    def paint_focus(self, painter: QPainter) -> None:
        """The item's frame, what was drawn of it, and what a decision would leave."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.shapes_shown:
            for layer, shape in self._focus:
                colour = QColor(layer.pen.colour if layer.pen else label(shape.label).colour)
                outline = layer.pen.outline if layer.pen else label(shape.label).outline
                style = Style(width=_FOCUSED.width, double=outline == "double")
                draw_shape(painter, shape.geometry, self.view, colour, style)
            for shape in self._flagged:
                draw_shape(painter, shape.geometry, self.view, QColor(_FLAGGED), _PREVIEW)
            for geometry in self.result:
                draw_shape(painter, geometry, self.view, _PREVIEW_COLOUR, _PREVIEW)
        self._paint_frame(painter)
        if self.shapes_shown:
            self._paint_letters(painter)

    def _paint_frame(self, painter: QPainter) -> None:
        area = self._frame_area()
        if area is None:
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in ((QColor(0, 0, 0, 150), 3.5), (QColor(255, 255, 255, 235), 1.5)):
            painter.setPen(QPen(colour, width))
            _draw_corners(painter, area)
        share = float(self._flash.currentValue() or 0.0)
        if self._flash.state() == QVariantAnimation.State.Running and share > 0:
            reach = share * _FLASH_REACH
            colour = QColor(255, 255, 255, round(255 * min(1.0, 2 * share)))
            painter.setPen(QPen(colour, 2.5))
            painter.drawRoundedRect(area.adjusted(-reach, -reach, reach, reach), 8, 8)

    def _frame_area(self) -> QRectF | None:
        """Where the frame of the item lies on the widget."""
        if self.frame_box is None:
            return None
        left, top, right, bottom = self.frame_box
        area = QRectF(self.to_widget(left, top), self.to_widget(right, bottom))
        spare_x = max(_FRAME_MARGIN, (_LEAST_FRAME - area.width()) / 2)
        spare_y = max(_FRAME_MARGIN, (_LEAST_FRAME - area.height()) / 2)
        return area.adjusted(-spare_x, -spare_y, spare_x, spare_y)

    def _paint_letters(self, painter: QPainter) -> None:
        """Beside the frame, whose reading drew there: on a plate in its colour, each at a place of its own."""
        area, drew = self._frame_area(), {layer.name for layer, _ in self._focus if layer.letter}
        if area is None or not drew:
            return
        font = QFont(self.font())
        font.setBold(True)
        painter.setFont(font)
        spot = area.topRight() + QPointF(_PLATE, 0)
        for layer, _ in self.layers:
            if layer.name not in drew or layer.pen is None:
                continue
            plate = QRectF(spot.x() - _PLATE / 2, spot.y() - _PLATE / 2, _PLATE, _PLATE)
            painter.setPen(QPen(QColor(0, 0, 0, 160), 1))
            painter.setBrush(QColor(layer.pen.colour))
            painter.drawEllipse(plate)
            painter.setPen(QColor("#101418"))
            painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, layer.letter)
            spot += QPointF(_PLATE + 3, 0)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def paint_pointed(self, painter: QPainter) -> None:
        """A crosshair where the pointer is in another view."""
        if self.pointed is None:
            return
        spot = self.to_widget(*self.pointed)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for colour, width in ((QColor(0, 0, 0, 170), 3), (QColor("white"), 1)):
            painter.setPen(QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
            for dx, dy in ((1, 0), (0, 1), (-1, 0), (0, -1)):
                way = QPointF(dx, dy)
                painter.drawLine(spot + way * 4, spot + way * _ARM)

    def _on_flash(self) -> None:
        area = self._frame_area()
        if area is not None:
            reach = _FLASH_REACH + 4
            self.update(area.adjusted(-reach, -reach, reach, reach).toAlignedRect())


def _draw_corners(painter: QPainter, area: QRectF) -> None:
    """The four corners of a frame: they point at what is inside and hide little around it."""
    arm = min(area.width(), area.height()) * 0.28
    for corner, x, y in (
        (area.topLeft(), 1, 1),
        (area.topRight(), -1, 1),
        (area.bottomRight(), -1, -1),
        (area.bottomLeft(), 1, -1),
    ):
        painter.drawPolyline([corner + QPointF(x * arm, 0), corner, corner + QPointF(0, y * arm)])


# Layers of a canvas are functions, not bound methods: those would keep the view alive by itself.
def _paint_readings(painter: QPainter, canvas: Canvas) -> None:
    if isinstance(canvas, BoardView):
        canvas.paint_readings(painter)


def _paint_focus(painter: QPainter, canvas: Canvas) -> None:
    if isinstance(canvas, BoardView):
        canvas.paint_focus(painter)


def _paint_pointed(painter: QPainter, canvas: Canvas) -> None:
    if isinstance(canvas, BoardView):
        canvas.paint_pointed(painter)
