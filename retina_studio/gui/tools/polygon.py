"""Draw a polygon click by click, or freehand in one drag; with Alt, a hole in the shape around it."""

import math

from PySide6.QtGui import QColor, QPainter, QPainterPath

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.geometry import area, contains, repaired, simplified
from retina_studio.domain.shape_edits import cut_hole
from retina_studio.domain.shapes import XY, Point, Polygon, Shape
from retina_studio.gui.canvas.frame import on_frame
from retina_studio.gui.canvas.handles import Handle
from retina_studio.gui.canvas.hover import HANDLE_REACH
from retina_studio.gui.canvas.strokes import ACTIVE, draw_handles, draw_path, polyline
from retina_studio.gui.words import marked, tr

from .base import Cursor, Desk, Pointer, Tool, finish, may_draw, may_edit, selected_areas

_LASSO_FROM = 6.0  # widget pixels that the pointer must travel with the button down to become a lasso
_LASSO_STEP = 2.0
_LASSO_TOLERANCE = 0.8  # widget pixels that simplification may move the outline


class PolygonTool(Tool):
    """The polygon tool."""

    name = "polygon"
    kind = "polygon"
    hint = marked("Click vertices, or drag freehand; Enter or a double click closes; with Alt a hole")

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._points: list[XY] = []
        self._lasso: list[XY] | None = None
        self._pointer: XY | None = None
        self._is_hole = False
        self._hole_is_next = False

    @property
    def busy(self) -> bool:
        """Whether vertices are set or a lasso is being drawn."""
        return bool(self._points) or self._lasso is not None

    def cut_hole_next(self) -> None:
        """The next outline is a hole, as if Alt were held."""
        self._hole_is_next = True

    def press(self, pointer: Pointer) -> None:
        """Set a vertex, or close on the first one."""
        begins = not self._points
        hole = (pointer.alt or self._hole_is_next) if begins else self._is_hole
        if not (may_edit(self.desk) if hole else may_draw(self.desk, "polygon")):
            return
        spot = on_frame(pointer.x, pointer.y, self.desk.frame)
        if len(self._points) >= 3 and self._near(spot, self._points[0]):
            self._close()
            return
        if begins:
            self._lasso, self._is_hole, self._hole_is_next = [spot], hole, False
            if hole:
                self.desk.say(tr("This outline will be a hole. Enter closes it, Esc gives it up."))
        self._points.append(spot)
        self._pointer = spot
        self.desk.update()

    def drag(self, pointer: Pointer) -> None:
        """Draw on freehand, once the pointer has left the first vertex."""
        spot = on_frame(pointer.x, pointer.y, self.desk.frame)
        self._pointer = spot
        if self._lasso is not None and self._apart(spot, self._lasso[-1]) >= _LASSO_STEP:
            self._lasso.append(spot)
        self.desk.update()

    def release(self, pointer: Pointer) -> None:
        """End a lasso; a short drag was a click."""
        lasso, self._lasso = self._lasso, None
        if lasso is not None and self._travelled(lasso):
            self._points = []
            self._finish(lasso, _LASSO_TOLERANCE / self.desk.view.mean_scale)

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
        if key == "Escape" and self._hole_is_next and not self._points:
            self._hole_is_next = False
            return True
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

    def leave(self) -> bool:
        """An outline of three vertices or more is closed and kept; of fewer the person is told."""
        drawn = _without_repeats(
            self._lasso if self._lasso and self._travelled(self._lasso) else self._points
        )
        if not drawn:
            return True
        points, self._points, self._lasso = self._points, [], None
        if len(drawn) < 3:
            self.desk.say(tr("The outline that was begun had fewer than three vertices: it was not kept."))
            return True
        if not self._finish(drawn, 0.0):
            self._points = points  # still there, to be mended or given up
            return False
        self.desk.say(tr("The outline that was under way was closed and kept; Ctrl+Z takes it back."))
        return True

    def take_back(self) -> None:
        """Forget the last vertex."""
        self._points, self._lasso = self._points[:-1], None
        self.desk.update()

    def cancel(self) -> None:
        """Forget the vertices."""
        self._points, self._lasso, self._hole_is_next = [], None, False
        self.desk.update()

    def paint(self, painter: QPainter, colour: QColor) -> None:
        """The outline so far, its vertices, and the line to the pointer."""
        view = self.desk.view
        colour = QColor("white") if self._is_hole and self.busy else colour
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
            self.desk.say(tr("A polygon needs at least three vertices."))
            return
        self._points = []
        self._finish(points, 0.0)

    def _finish(self, points: list[XY], tolerance: float) -> bool:
        self.desk.update()
        drawn = Polygon(tuple(points))
        try:
            polygon = repaired(drawn)
            simple = simplified(polygon, tolerance) if tolerance else polygon
            if self._is_hole:
                return self._cut(simple)
        except RetinaError as error:
            self.desk.say(str(error))
            return False
        kept = finish(self.desk, simple)
        if kept and polygon != drawn:
            self.desk.say(tr("The outline crossed itself: its largest part was kept."))
        return kept

    def _cut(self, hole: Polygon) -> bool:
        target = self._shape_around(hole)
        if target is None:
            self.desk.say(tr("Draw the hole inside a shape, or select the shape first."))
            return False
        return self.desk.put(cut_hole(target, hole.points))

    def _shape_around(self, hole: Polygon) -> Shape | None:
        """The one selected shape, or else the smallest that holds the hole's first vertex."""
        chosen = selected_areas(self.desk)
        if len(chosen) == 1:
            return chosen[0]
        x, y = hole.points[0]
        reachable = [s for s in self.desk.near((x, y, x, y)) if not isinstance(s.geometry, Point)]
        around = [shape for shape in reachable if contains(shape.geometry, x, y)]
        return min(around, key=lambda shape: area(shape.geometry), default=None)

    def _near(self, first: XY, second: XY) -> bool:
        return self._apart(first, second) <= HANDLE_REACH

    def _travelled(self, lasso: list[XY]) -> bool:
        return max(self._apart(lasso[0], spot) for spot in lasso) >= _LASSO_FROM

    def _apart(self, first: XY, second: XY) -> float:
        """The distance of two image positions in widget pixels."""
        return math.dist(self.desk.view.to_widget(*first), self.desk.view.to_widget(*second))


def _without_repeats(points: list[XY]) -> list[XY]:
    return [spot for index, spot in enumerate(points) if spot != points[index - 1] or len(points) == 1]
