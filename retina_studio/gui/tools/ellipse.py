"""Draw an ellipse by dragging its box; Shift makes a circle, Alt draws from the centre outwards."""

from PySide6.QtGui import QColor, QPainter

from retina_studio.domain.shapes import XY, Ellipse
from retina_studio.gui.canvas.strokes import ACTIVE, draw_shape

from .base import Pointer, Tool, finish, may_draw

_SHORTEST_DRAG = 3.0  # widget pixels; below it a press was a click


class EllipseTool(Tool):
    """The ellipse tool."""

    name = "ellipse"
    kind = "ellipse"

    _start: XY | None = None
    _ellipse: Ellipse | None = None

    @property
    def busy(self) -> bool:
        """Whether a box is being dragged."""
        return self._start is not None

    def press(self, pointer: Pointer) -> None:
        """Begin the box."""
        if may_draw(self.desk, "ellipse"):
            self._start = (pointer.x, pointer.y)

    def drag(self, pointer: Pointer) -> None:
        """Show the ellipse of the box so far."""
        if self._start is not None:
            self._ellipse = ellipse_of_drag(
                self._start, (pointer.x, pointer.y), circle=pointer.shift, centred=pointer.alt
            )
            self.desk.update()

    def release(self, pointer: Pointer) -> None:
        """Finish the ellipse; a click draws none."""
        if self._start is None:
            return
        self.drag(pointer)
        ellipse, scale = self._ellipse, self.desk.view.scale
        self.cancel()
        if ellipse is None or 2 * max(ellipse.a, ellipse.b) * scale < _SHORTEST_DRAG:
            self.desk.say("Drag to draw an ellipse; Shift draws a circle, Alt starts from the centre.")
        else:
            finish(self.desk, ellipse)

    def key(self, key: str, pointer: Pointer) -> bool:
        """Escape gives the drag up."""
        if key == "Escape" and self.busy:
            self.cancel()
            return True
        return False

    def cancel(self) -> None:
        """Forget the box."""
        self._start = self._ellipse = None
        self.desk.update()

    def paint(self, painter: QPainter, colour: QColor) -> None:
        """The ellipse so far."""
        if self._ellipse is not None:
            draw_shape(painter, self._ellipse, self.desk.view, colour, ACTIVE)


def ellipse_of_drag(start: XY, end: XY, *, circle: bool, centred: bool) -> Ellipse | None:
    """The upright ellipse of a drag, image pixels; None when it has no area.

    A circle takes the longer side of the box. `centred` takes `start` for the centre, not for a corner.
    """
    dx, dy = end[0] - start[0], end[1] - start[1]
    if circle:
        side = max(abs(dx), abs(dy))
        dx, dy = (side if dx >= 0 else -side), (side if dy >= 0 else -side)
    if not centred:
        start, dx, dy = (start[0] + dx / 2, start[1] + dy / 2), dx / 2, dy / 2
    if dx == 0 or dy == 0:
        return None
    return Ellipse(start[0], start[1], max(abs(dx), 0.5), max(abs(dy), 0.5))
