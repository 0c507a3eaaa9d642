"""Draw a polygon click by click, or freehand in one drag."""

import math

from PySide6.QtGui import QColor, QPainter, QPainterPath

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.geometry import repaired, simplified
from retina_studio.domain.shapes import XY, Polygon
from retina_studio.gui.canvas.frame import on_frame
from retina_studio.gui.canvas.handles import Handle
from retina_studio.gui.canvas.hover import HANDLE_REACH
from retina_studio.gui.canvas.strokes import ACTIVE, draw_handles, draw_path, polyline

from .base import Cursor, Desk, Pointer, Tool, finish, may_draw

_LASSO_FROM = 6.0  # widget pixels that the pointer must travel with the button down to become a lasso
_LASSO_STEP = 2.0
_LASSO_TOLERANCE = 0.8  # widget pixels that simplification may move the outline


class PolygonTool(Tool):
    """The polygon tool."""

    name = "polygon"
    kind = "polygon"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._points: list[XY] = []
        self._lasso: list[XY] | None = None
        self._pointer: XY | None = None

    @property
    def busy(self) -> bool:
        """Whether vertices are set or a lasso is being drawn."""
        return bool(self._points) or self._lasso is not None

    def press(self, pointer: Pointer) -> None:
        """Set a vertex, or close on the first one."""
        if not may_draw(self.desk, "polygon"):
            return
        spot = on_frame(pointer.x, pointer.y, self.desk.frame)
        if len(self._points) >= 3 and self._near(spot, self._points[0]):
            self._close()
            return
        if not self._points:
            self._lasso = [spot]
        self._points.append(spot)
        self._pointer = spot
        self.desk.update()

    def drag(self, pointer: Pointer) -> None:
        """Draw on freehand, once the pointer has left the first vertex."""
        spot = on_frame(pointer.x, pointer.y, self.desk.frame)
        self._pointer = spot
        if self._lasso is not None and math.dist(spot, self._lasso[-1]) * self.desk.view.scale >= _LASSO_STEP:
            self._lasso.append(spot)
        self.desk.update()

    def release(self, pointer: Pointer) -> None:
        """End a lasso; a short drag was a click."""
        lasso, self._lasso = self._lasso, None
        if lasso is None or not self._travelled(lasso):
            return
        self._points = []
        self._finish(lasso, _LASSO_TOLERANCE / self.desk.view.scale)

    def double_click(self, pointer: Pointer) -> None:
        """Close; the first press of the double click has set the last vertex."""
        if self._points:
            self._close()
        else:
            self.press(pointer)

    def hover(self, pointer: Pointer) -> Cursor:
        """Stretch the line to the pointer."""
        self._pointer = on_frame(pointer.x, pointer.y, self.desk.frame)
        if self._points:
            self.desk.update()
            if len(self._points) >= 3 and self._near(self._pointer, self._points[0]):
                return "point"
        return self.cursor

    def key(self, key: str, pointer: Pointer) -> bool:
        """Return closes, Backspace takes the last vertex back, Escape gives up."""
        if not self._points:
            return False
        if key in {"Return", "Enter"}:
            self._close()
        elif key == "Backspace":
            self.take_back()
        elif key == "Escape":
            self.cancel()
        else:
            return False
        return True

    def take_back(self) -> None:
        """Forget the last vertex."""
        self._points, self._lasso = self._points[:-1], None
        self.desk.update()

    def cancel(self) -> None:
        """Forget the vertices."""
        self._points, self._lasso = [], None
        self.desk.update()

    def paint(self, painter: QPainter, colour: QColor) -> None:
        """The outline so far, its vertices, and the line to the pointer."""
        view = self.desk.view
        if self._lasso is not None and self._travelled(self._lasso):
            path = QPainterPath()
            path.addPolygon(polyline(self._lasso, view))
            draw_path(painter, path, colour, ACTIVE)
        elif self._points:
            ends = [*self._points, self._pointer] if self._pointer else self._points
            path = QPainterPath()
            path.addPolygon(polyline(ends, view))
            draw_path(painter, path, colour, ACTIVE, filled=False)
            vertices = [Handle("vertex", x, y) for x, y in self._points]
            draw_handles(painter, vertices, self._points[0], view, colour)

    def _close(self) -> None:
        points = _without_repeats(self._points)
        if len(points) < 3:
            self.desk.say("A polygon needs at least three vertices.")
            return
        self._points = []
        self._finish(points, 0.0)

    def _finish(self, points: list[XY], tolerance: float) -> None:
        self.desk.update()
        drawn = Polygon(tuple(points))
        try:
            polygon = repaired(drawn)
        except RetinaError as error:
            self.desk.say(str(error))
            return
        if finish(self.desk, simplified(polygon, tolerance) if tolerance else polygon) and polygon != drawn:
            self.desk.say("The outline crossed itself: its largest part was kept.")

    def _near(self, first: XY, second: XY) -> bool:
        return math.dist(first, second) * self.desk.view.scale <= HANDLE_REACH

    def _travelled(self, lasso: list[XY]) -> bool:
        return max(math.dist(lasso[0], spot) for spot in lasso) * self.desk.view.scale >= _LASSO_FROM


def _without_repeats(points: list[XY]) -> list[XY]:
    return [spot for index, spot in enumerate(points) if spot != points[index - 1] or len(points) == 1]
