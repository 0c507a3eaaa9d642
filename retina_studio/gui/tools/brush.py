"""The brush adds to the selected shape or begins a new one; the eraser carves. One stroke is one edit."""

import math
from abc import abstractmethod

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from retina_studio.domain.combine import brushed
from retina_studio.domain.edits import ChangeShapes
from retina_studio.domain.labels import label
from retina_studio.domain.shape_edits import add_area, carve
from retina_studio.domain.shapes import XY, Polygon
from retina_studio.gui.words import marked, tr

from .base import Cursor, Pointer, Tool, drawing_edit, may_draw, may_edit, selected_areas
from .options import notches_of

_STEP = 0.15  # of the radius, that the pointer must travel to add to the stroke
_TINT = 90


class _Stroke(Tool):
    """What brush and eraser share: the ring around the pointer, its size, and the stroke under way."""

    adds_to_selection = True

    _path: list[XY] | None = None
    _pointer: XY | None = None

    @property
    def busy(self) -> bool:
        """Whether a stroke is under way."""
        return self._path is not None

    @property
    def radius(self) -> float:
        """Of the brush in image pixels, in this view."""
        return self.desk.options.brush_radius / self.desk.view.mean_scale

    @abstractmethod
    def may_begin(self) -> bool:
        """Whether a stroke may begin; the person is told why not."""

    @abstractmethod
    def edit_of(self, swept: Polygon) -> ChangeShapes | None:
        """What the stroke changes; None when nothing (the person is told)."""

    def press(self, pointer: Pointer) -> None:
        """Begin a stroke."""
        self._pointer = (pointer.x, pointer.y)
        if self.may_begin():
            self._path = [self._pointer]
            self.desk.update()

    def drag(self, pointer: Pointer) -> None:
        """Paint on."""
        self._pointer = (pointer.x, pointer.y)
        if self._path is not None and math.dist(self._path[-1], self._pointer) >= _STEP * self.radius:
            self._path.append(self._pointer)
        self.desk.update()

    def release(self, pointer: Pointer) -> None:
        """Commit the stroke."""
        if self._path is not None:
            self._path.append((pointer.x, pointer.y))
            self.leave()

    def leave(self) -> bool:
        """Commit the stroke under way."""
        path, self._path = self._path, None
        self.desk.update()
        if path is None:
            return True
        edit = self.edit_of(brushed(path, self.radius))
        if edit is None:
            return True
        selected = [shape.id for shape in edit.after if shape.id in self.desk.selection]
        return self.desk.put(edit, selected or None)

    def hover(self, pointer: Pointer) -> Cursor:
        """Carry the ring along."""
        self._pointer = (pointer.x, pointer.y)
        self.desk.update()
        return self.cursor

    def pointer_left(self) -> None:
        """No ring off the canvas."""
        self._pointer = None
        self.desk.update()

    def wheel(self, notches: float) -> bool:
        """Set the size."""
        self.desk.options.size_brush(notches)
        self.desk.say(tr("Brush: {size} pixels across", size=f"{2 * self.radius:.0f}"))
        self.desk.update()
        return True

    def key(self, key: str, pointer: Pointer) -> bool:
        """The brackets set the size; Escape gives the stroke up."""
        if notches_of(key):
            return self.wheel(notches_of(key))
        if key == "Escape" and self.busy:
            self.cancel()
            return True
        return False

    def cancel(self) -> None:
        """Forget the stroke."""
        self._path = None
        self.desk.update()

    def paint(self, painter: QPainter, colour: QColor) -> None:
        """The stroke under way, and the ring."""
        view = self.desk.view
        painter.save()
        painter.translate(view.dx, view.dy)
        painter.scale(view.scale, view.scale_y)
        if self._path:
            painter.setPen(_pen(self.tint(colour), 2 * self.radius))
            painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in [*self._path, self._path[-1]]]))
        if self._pointer is not None:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for shade, width in ((QColor(0, 0, 0, 150), 3.0), (self.ring(colour), 1.5)):
                pen = QPen(shade, width)
                pen.setCosmetic(True)
                painter.setPen(pen)
                painter.drawEllipse(QPointF(*self._pointer), self.radius, self.radius)
        painter.restore()

    def tint(self, colour: QColor) -> QColor:
        """The colour of the stroke: seen through."""
        return QColor(colour.red(), colour.green(), colour.blue(), _TINT)

    def ring(self, colour: QColor) -> QColor:
        """The colour of the ring."""
        return colour


class BrushTool(_Stroke):
    """Adds to the one selected shape that the stroke touches, else draws a shape of the current label."""

    name = "brush"
    kind = "polygon"
    hint = marked("Paint on the selected shape, or beside it for a new one; [ and ] or Ctrl and wheel: size")

    def may_begin(self) -> bool:
        """Whether the current label may be painted; a selected shape may always be."""
        if len(selected_areas(self.desk)) == 1:
            return may_edit(self.desk)
        return may_draw(self.desk, "polygon")

    def edit_of(self, swept: Polygon) -> ChangeShapes | None:
        """The selected shape with the stroke, or a new shape."""
        desk, chosen = self.desk, selected_areas(self.desk)
        edit = add_area(chosen[0], swept) if len(chosen) == 1 else None
        if edit is not None:
            return edit
        if not may_draw(desk, "polygon"):
            return None
        if label(desk.label).single and desk.grading.labelled(desk.label):
            desk.say(tr("{label} is drawn already: select it and paint on it.", label=desk.label))
            return None
        return drawing_edit(desk.grading, desk.label, swept)


class EraserTool(_Stroke):
    """Carves the selected shapes, or without a selection those of the current label."""

    name = "eraser"
    hint = marked(
        "Erase from the selected shapes, or else from those of the current label; [ and ] or Ctrl and wheel: size"
    )

    def may_begin(self) -> bool:
        """Whether the grading may be changed."""
        return may_edit(self.desk)

    def edit_of(self, swept: Polygon) -> ChangeShapes | None:
        """The shapes that are touched, without the stroke."""
        desk = self.desk
        chosen = selected_areas(desk) or [s for s in desk.near(swept.box) if s.label == desk.label]
        edit = carve(chosen, swept)
        if edit is None:
            words = tr("Nothing to erase here: select the shape first, or choose its label.")
            desk.say(words)
        return edit

    def tint(self, colour: QColor) -> QColor:
        """Dark: what goes."""
        return QColor(20, 20, 20, 130)

    def ring(self, colour: QColor) -> QColor:
        """White, whatever the label."""
        return QColor("white")


def _pen(colour: QColor, width: float) -> QPen:
    return QPen(
        colour,
        width,
        Qt.PenStyle.SolidLine,
        Qt.PenCapStyle.RoundCap,
        Qt.PenJoinStyle.RoundJoin,
    )
