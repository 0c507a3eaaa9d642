"""Select, move, resize, turn and nudge shapes; move, insert and delete vertices."""

from collections.abc import Collection, Mapping

from PySide6.QtGui import QColor, QPainter

from retina_studio.domain.edits import ChangeShapes, change_shape, remove_shapes
from retina_studio.domain.errors import RetinaError
from retina_studio.domain.geometry import repaired
from retina_studio.domain.shapes import XY, Geometry, Polygon, Shape
from retina_studio.gui.canvas.frame import on_frame, shift_on_frame
from retina_studio.gui.canvas.handles import dragged, with_vertex_added, with_vertex_removed
from retina_studio.gui.canvas.hover import Hit
from retina_studio.gui.canvas.scene import union
from retina_studio.gui.canvas.strokes import draw_band

from .base import Cursor, Desk, Pointer, Tool

_SHORTEST_DRAG = 3.0  # widget pixels; below it a press was a click
_ARROWS: Mapping[str, XY] = {"Left": (-1, 0), "Right": (1, 0), "Up": (0, -1), "Down": (0, 1)}
_CURSORS: Mapping[str, Cursor] = {"handle": "point", "edge": "move", "body": "move"}
_NUDGE, _BIG_NUDGE = 1.0, 10.0  # image pixels
_VERBS = {"axis": "Resize", "rotate": "Rotate", "vertex": "Reshape"}


class SelectTool(Tool):
    """The select tool."""

    name = "select"
    cursor = "arrow"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._hit: Hit | None = None  # what the press took
        self._start: XY | None = None
        self._end: XY | None = None
        self._moved = False
        self._banding = False
        self._nudge: XY = (0.0, 0.0)

    @property
    def busy(self) -> bool:
        """Whether something is being dragged."""
        return self._start is not None

    def press(self, pointer: Pointer) -> None:
        """Take a handle or a shape, or begin a rubber band on empty ground (Ctrl: anywhere)."""
        self.key_released()
        self._start = self._end = (pointer.x, pointer.y)
        self._moved = False
        self._hit = None if pointer.ctrl else self.desk.hit_at(pointer.x, pointer.y)
        self._banding = self._hit is None
        if self._hit is None:
            if not (pointer.shift or pointer.ctrl):
                self.desk.select(())
        elif pointer.alt and self._change_vertex(self._hit, pointer):
            self.cancel()
        elif pointer.shift and self._hit.part == "body":
            self.desk.select(self.desk.selection ^ {self._hit.shape_id})
            self.cancel()
        elif self._hit.shape_id not in self.desk.selection:
            self.desk.select((self._hit.shape_id,))

    def drag(self, pointer: Pointer) -> None:
        """Show the shapes where they would go."""
        if self._start is None:
            return
        self._end = (pointer.x, pointer.y)
        travelled = max(abs(pointer.x - self._start[0]), abs(pointer.y - self._start[1]))
        self._moved = self._moved or travelled * self.desk.view.scale >= _SHORTEST_DRAG
        if self._moved and self._hit is not None and self.desk.editable:
            self.desk.show_preview(self._dragged(self._hit, pointer))
        self.desk.update()

    def release(self, pointer: Pointer) -> None:
        """Commit the drag as one edit, or select what the band holds."""
        if self._start is None:
            return
        self.drag(pointer)
        hit, start, moved, banding = self._hit, self._start, self._moved, self._banding
        preview = dict(self.desk.preview)
        self.cancel()
        if banding and moved:
            found = self.desk.inside(*_box_between(start, (pointer.x, pointer.y)))
            kept = self.desk.selection if pointer.shift or pointer.ctrl else frozenset[str]()
            self.desk.select(kept | found)
        elif moved and hit is not None:
            if self.desk.editable:
                self._commit(preview, _VERBS[hit.handle.kind] if hit.handle else "Move")
            else:
                self.desk.say("This grading is submitted: reopen it to change it.")
        elif hit is not None and hit.part == "body" and not pointer.shift:
            self.desk.select((hit.shape_id,))

    def double_click(self, pointer: Pointer) -> None:
        """Insert a vertex into the edge under the pointer."""
        hit = self.desk.hit_at(pointer.x, pointer.y)
        if hit is None or hit.part != "edge" or not self._change_vertex(hit, pointer):
            self.press(pointer)

    def hover(self, pointer: Pointer) -> Cursor:
        """A hint of what a press would take."""
        hit = self.desk.hit_at(pointer.x, pointer.y)
        if hit is None:
            return self.cursor
        if hit.handle is not None and hit.handle.kind == "rotate":
            return "turn"
        return _CURSORS[hit.part]

    def key(self, key: str, pointer: Pointer) -> bool:
        """Delete a vertex or the selection, nudge it, or let it go."""
        if key in {"Delete", "Backspace"}:
            return self._delete(pointer)
        if key in _ARROWS and self.desk.selection and not self.busy:
            return self._nudge_on(key, pointer)
        if key == "Escape" and (self.busy or self.desk.selection):
            if self.busy:
                self.cancel()
            else:
                self.desk.select(())
            return True
        return False

    def key_released(self) -> None:
        """Commit the nudges of a held arrow key as one edit."""
        if self._nudge != (0.0, 0.0):
            preview = dict(self.desk.preview)
            self.cancel()
            self._commit(preview, "Nudge")

    def cancel(self) -> None:
        """Put everything back where it is committed."""
        self._start = self._end = self._hit = None
        self._banding = self._moved = False
        self._nudge = (0.0, 0.0)
        self.desk.show_preview({})

    def shapes_changed(self, ids: Collection[str]) -> None:
        """A shape in the hand that was changed by other means is let go."""
        held = {*self.desk.preview, *([self._hit.shape_id] if self._hit else [])}
        if not held.isdisjoint(ids):
            self.cancel()

    def paint(self, painter: QPainter, colour: QColor) -> None:
        """The rubber band."""
        if self._banding and self._moved and self._start and self._end:
            draw_band(painter, self._start, self._end, self.desk.view, colour)

    def _selected(self) -> list[Shape]:
        shapes = self.desk.grading.shapes
        return [shapes[key] for key in self.desk.selection if key in shapes]

    def _dragged(self, hit: Hit, pointer: Pointer) -> dict[str, Geometry]:
        if hit.handle is not None:
            shape = self.desk.grading.shapes[hit.shape_id]
            x, y = pointer.x, pointer.y
            if hit.handle.kind == "vertex":
                x, y = on_frame(x, y, self.desk.frame)
            form = dragged(shape.geometry, hit.handle, x, y, even=pointer.shift, centred=pointer.alt)
            return {hit.shape_id: form}
        assert self._start is not None  # noqa: S101  (a drag has begun)
        return self._shifted(pointer.x - self._start[0], pointer.y - self._start[1])

    def _shifted(self, dx: float, dy: float) -> dict[str, Geometry]:
        selected = self._selected()
        box = union(shape.geometry.box for shape in selected)
        if box is None:
            return {}
        dx, dy = shift_on_frame(box, dx, dy, self.desk.frame)
        return {shape.id: shape.geometry.moved(dx, dy) for shape in selected}

    def _commit(self, preview: Mapping[str, Geometry], verb: str) -> None:
        shapes = self.desk.grading.shapes
        try:
            after = tuple(shapes[key].with_geometry(_valid(form)) for key, form in preview.items())
        except RetinaError as error:
            self.desk.say(str(error))
            return
        before = tuple(shapes[shape.id] for shape in after)
        if after == before:
            return
        title = f"{verb} {after[0].label}" if len(after) == 1 else f"{verb} {len(after)} shapes"
        self.desk.put(ChangeShapes(before, after, title), [shape.id for shape in after])

    def _change_vertex(self, hit: Hit, pointer: Pointer) -> bool:
        """Delete the vertex, or insert one into the edge, that the pointer is on; False when it is on neither."""
        shape = self.desk.grading.shapes[hit.shape_id]
        polygon = shape.geometry
        if not isinstance(polygon, Polygon) or not self.desk.editable:
            return False
        try:
            if hit.part == "edge":
                changed = with_vertex_added(polygon, hit.ring, hit.index, pointer.x, pointer.y)
                edit = change_shape(shape, shape.with_geometry(changed), "Add vertex to")
            elif hit.handle is not None:
                changed = with_vertex_removed(polygon, hit.handle.ring, hit.handle.index)
                edit = change_shape(shape, shape.with_geometry(changed), "Delete vertex of")
            else:
                return False
        except RetinaError as error:
            self.desk.say(str(error))
            return True
        self.desk.put(edit, (shape.id,))
        return True

    def _delete(self, pointer: Pointer) -> bool:
        if not self.desk.selection:
            return False
        if not self.desk.editable:
            self.desk.say("This grading is submitted: reopen it to change it.")
            return True
        self.key_released()
        self.cancel()
        hit = self.desk.hit_at(pointer.x, pointer.y)
        if hit is not None and hit.handle is not None and hit.handle.kind == "vertex":
            return self._change_vertex(hit, pointer)
        self.desk.put(remove_shapes(*self._selected()))
        return True

    def _nudge_on(self, key: str, pointer: Pointer) -> bool:
        if self.desk.editable:
            step = _BIG_NUDGE if pointer.shift else _NUDGE
            self._nudge = (self._nudge[0] + _ARROWS[key][0] * step, self._nudge[1] + _ARROWS[key][1] * step)
            self.desk.show_preview(self._shifted(*self._nudge))
        return True


def _valid(geometry: Geometry) -> Geometry:
    return repaired(geometry) if isinstance(geometry, Polygon) else geometry


def _box_between(first: XY, second: XY) -> tuple[float, float, float, float]:
    left, right = sorted((first[0], second[0]))
    top, bottom = sorted((first[1], second[1]))
    return (left, top, right, bottom)
