"""Split a shape along a line: the selected ones, or else the smallest that the line divides."""

from PySide6.QtGui import QColor, QPainter, QPainterPath

from retina_studio.domain.edits import ChangeShapes
from retina_studio.domain.errors import RetinaError
from retina_studio.domain.geometry import area
from retina_studio.domain.shape_edits import divide, named
from retina_studio.domain.shapes import XY, Box, Point, Shape
from retina_studio.gui.canvas.strokes import ACTIVE, draw_path, polyline
from retina_studio.gui.words import marked, tr

from .base import Pointer, Tool, may_edit, selected_areas


class KnifeTool(Tool):
    """One drag is one cut."""

    name = "knife"
    adds_to_selection = True
    hint = marked("Drag a line right across a shape to split it")

    _line: tuple[XY, XY] | None = None

    @property
    def busy(self) -> bool:
        """Whether a line is being drawn."""
        return self._line is not None

    def press(self, pointer: Pointer) -> None:
        """Begin the line."""
        if may_edit(self.desk):
            self._line = ((pointer.x, pointer.y), (pointer.x, pointer.y))

    def drag(self, pointer: Pointer) -> None:
        """Show the line."""
        if self._line is not None:
            self._line = (self._line[0], (pointer.x, pointer.y))
            self.desk.update()

    def release(self, pointer: Pointer) -> None:
        """Cut."""
        if self._line is None:
            return
        self.drag(pointer)
        line = self._line
        self.cancel()
        try:
            self.desk.put(self._cut(line))
        except RetinaError as error:
            self.desk.say(str(error))

    def key(self, key: str, pointer: Pointer) -> bool:
        """Escape gives the line up."""
        if key == "Escape" and self.busy:
            self.cancel()
            return True
        return False

    def cancel(self) -> None:
        """Forget the line."""
        self._line = None
        self.desk.update()

    def paint(self, painter: QPainter, colour: QColor) -> None:
        """The line."""
        if self._line is not None:
            path = QPainterPath()
            path.addPolygon(polyline(self._line, self.desk.view))
            draw_path(painter, path, QColor("white"), ACTIVE, filled=False)

    def _cut(self, line: tuple[XY, XY]) -> ChangeShapes:
        chosen = selected_areas(self.desk)
        if not chosen:
            return self._cut_smallest(line)
        edits, refusal = _divided(chosen, line)
        if not edits:
            raise refusal
        before = tuple(shape for edit in edits for shape in edit.before)
        after = tuple(shape for edit in edits for shape in edit.after)
        return ChangeShapes(before, after, named("Split", before))

    def _cut_smallest(self, line: tuple[XY, XY]) -> ChangeShapes:
        crossed = [s for s in self.desk.near(_box_of(line)) if not isinstance(s.geometry, Point)]
        edits, refusal = _divided(sorted(crossed, key=lambda shape: area(shape.geometry)), line)
        if not edits:
            raise refusal
        return edits[0]


def _divided(shapes: list[Shape], line: tuple[XY, XY]) -> tuple[list[ChangeShapes], RetinaError]:
    """The edits of the shapes that a line divides, and why the last of the others was not."""
    edits = []
    refusal = RetinaError(tr("Draw the line right across a shape, from outside to outside."))
    for shape in shapes:
        try:
            edits.append(divide(shape, line))
        except RetinaError as error:
            refusal = error
    return edits, refusal


def _box_of(line: tuple[XY, XY]) -> Box:
    (x0, y0), (x1, y1) = line
    return (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
