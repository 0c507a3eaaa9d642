"""Draw an ellipse: drag its box, or with Ctrl its long axis and then its width. Shift: circle, Alt: from the centre."""

import math

from PySide6.QtGui import QColor, QPainter

from retina_studio.domain.shapes import XY, Ellipse
from retina_studio.gui.canvas.strokes import ACTIVE, draw_shape
from retina_studio.gui.words import marked, tr

from .base import Cursor, Pointer, Tool, finish, may_draw

_SHORTEST_DRAG = 3.0  # widget pixels; below it a press was a click
_SHORTEST_AXIS = 0.5  # image pixels
_FIRST_WIDTH = 0.5  # of the length, until the pointer says else


class EllipseTool(Tool):
    """The ellipse tool. The axis is kept as the two ends between which the width is asked for."""

    name = "ellipse"
    kind = "ellipse"
    hint = marked("Drag an ellipse; Shift: circle, Alt: from the centre, Ctrl: long axis, then width")

    _start: XY | None = None
    _by_axis = False  # the drag is the long axis, not the box
    _axis: tuple[XY, XY] | None = None  # drawn: the width comes next
    _ellipse: Ellipse | None = None

    @property
    def busy(self) -> bool:
        """Whether a box or axis is being dragged, or the width is asked for."""
        return self._start is not None or self._axis is not None

    def press(self, pointer: Pointer) -> None:
        """Begin the box or the axis, or set the width."""
        if self._axis is not None:
            self._follow_width(pointer)
        elif may_draw(self.desk, "ellipse"):
            self._start, self._by_axis = (pointer.x, pointer.y), pointer.ctrl

    def drag(self, pointer: Pointer) -> None:
        """Show the ellipse so far."""
        if self._axis is not None:
            self._follow_width(pointer)
        elif self._start is not None:
            end = (pointer.x, pointer.y)
            if self._by_axis:
                first = _opposite(self._start, end) if pointer.alt else self._start
                self._ellipse = ellipse_on_axis(first, end)
            else:
                self._ellipse = ellipse_of_drag(self._start, end, circle=pointer.shift, centred=pointer.alt)
            self.desk.update()

    def release(self, pointer: Pointer) -> None:
        """Finish the ellipse, or ask for its width; a click draws none."""
        if self._axis is not None:
            self._finish()
            return
        if self._start is None:
            return
        self.drag(pointer)
        start, ellipse, scale = self._start, self._ellipse, self.desk.view.mean_scale
        if ellipse is None or 2 * max(ellipse.a, ellipse.b) * scale < _SHORTEST_DRAG:
            self.cancel()
            self.desk.say(
                tr("Drag to draw an ellipse; Shift: circle, Alt: from the centre, Ctrl: long axis first.")
            )
        elif self._by_axis:
            end = (pointer.x, pointer.y)
            self._axis = (_opposite(start, end) if pointer.alt else start, end)
            self._start = None
            self.desk.say(tr("Move for the width and click; Enter takes it as it is, Esc gives it up."))
        else:
            self._finish()

    def hover(self, pointer: Pointer) -> Cursor:
        """Show the ellipse as wide as the pointer is off the axis."""
        self._follow_width(pointer)
        return self.cursor

    def key(self, key: str, pointer: Pointer) -> bool:
        """Escape gives up; Return takes the width that is shown."""
        if key == "Escape" and self.busy:
            self.cancel()
        elif key in {"Return", "Enter"} and self._axis is not None:
            self._finish()
        else:
            return False
        return True

    def leave(self) -> bool:
        """An ellipse whose width is being asked for is kept as it is shown."""
        return self._axis is None or self._finish()

    def cancel(self) -> None:
        """Forget what is under way."""
        self._start = self._axis = self._ellipse = None
        self.desk.update()

    def paint(self, painter: QPainter, colour: QColor) -> None:
        """The ellipse so far."""
        if self._ellipse is not None:
            draw_shape(painter, self._ellipse, self.desk.view, colour, ACTIVE)

    def _follow_width(self, pointer: Pointer) -> None:
        if self._axis is not None:
            first, second = self._axis
            half = math.dist(first, second) / 2
            width = half if pointer.shift else _off_line((pointer.x, pointer.y), first, second)
            self._ellipse = ellipse_on_axis(first, second, width)
            self.desk.update()

    def _finish(self) -> bool:
        ellipse = self._ellipse
        self.cancel()
        return ellipse is None or finish(self.desk, ellipse)


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
    return Ellipse(start[0], start[1], max(abs(dx), _SHORTEST_AXIS), max(abs(dy), _SHORTEST_AXIS))


def ellipse_on_axis(first: XY, second: XY, width: float | None = None) -> Ellipse | None:
    """The ellipse with an axis between two positions and `width` for the other semi-axis, image pixels.

    None when the axis has no length; without a width it is half as wide as long.
    """
    half = math.dist(first, second) / 2
    if half == 0:
        return None
    angle = math.degrees(math.atan2(second[1] - first[1], second[0] - first[0])) % 180
    across = half * _FIRST_WIDTH if width is None else width
    x, y = (first[0] + second[0]) / 2, (first[1] + second[1]) / 2
    return Ellipse(x, y, max(half, _SHORTEST_AXIS), max(across, _SHORTEST_AXIS), angle)


def _opposite(centre: XY, end: XY) -> XY:
    return (2 * centre[0] - end[0], 2 * centre[1] - end[1])


def _off_line(spot: XY, first: XY, second: XY) -> float:
    """The distance of a position from the line through two others."""
    ux, uy = second[0] - first[0], second[1] - first[1]
    return abs((spot[0] - first[0]) * uy - (spot[1] - first[1]) * ux) / math.hypot(ux, uy)
