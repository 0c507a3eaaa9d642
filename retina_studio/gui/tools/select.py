"""Select, move, resize and turn shapes by pointer or keys; move, insert and delete vertices, one or several."""

from collections.abc import Collection, Mapping

from PySide6.QtGui import QColor, QPainter

from retina_studio.domain.edits import ChangeShapes, change_shape, remove_shapes
from retina_studio.domain.errors import RetinaError
from retina_studio.domain.geometry import repaired
from retina_studio.domain.shape_edits import named
from retina_studio.domain.shapes import XY, Box, Geometry, Polygon, Shape
from retina_studio.gui.canvas.frame import on_frame, shift_on_frame
from retina_studio.gui.canvas.handles import Vertex, dragged, with_vertex_added, with_vertex_removed
from retina_studio.gui.canvas.hover import Hit
from retina_studio.gui.canvas.scene import union
from retina_studio.gui.canvas.strokes import draw_band
from retina_studio.gui.words import tr

from .base import Cursor, Desk, Pointer, Tool, may_edit
from .held import Held
from .vertices import VertexChoice

_SHORTEST_DRAG = 3.0  # widget pixels; below it a press was a click
_CURSORS: Mapping[str, Cursor] = {"handle": "point", "edge": "move", "body": "move"}
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
        self._held = Held()
        self._vertices = VertexChoice(desk)

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
        elif pointer.shift and (vertex := self._vertex_under(self._hit)) is not None:
            self._vertices.toggle(vertex)
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
        self._moved = self._moved or travelled * self.desk.view.mean_scale >= _SHORTEST_DRAG
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
            self._take_band(_box_between(start, (pointer.x, pointer.y)), pointer)
        elif moved and hit is not None:
            if may_edit(self.desk):
                self._commit(preview, _VERBS[hit.handle.kind] if hit.handle else "Move")
        elif hit is not None and hit.part == "body" and not pointer.shift:
            self.desk.select((hit.shape_id,))

    def _take_band(self, band: Box, pointer: Pointer) -> None:
        """Select what the band holds: with Ctrl vertices of the selected polygon, else shapes."""
        vertices = self._vertices.in_band(band) if pointer.ctrl else frozenset[Vertex]()
        if vertices:
            self._vertices.choose(vertices | self._vertices.chosen if pointer.shift else vertices)
            self.desk.say(
                tr("{count} vertices selected: drag one of them, or press Delete.", count=len(vertices))
            )
            return
        kept = self.desk.selection if pointer.shift or pointer.ctrl else frozenset[str]()
        self.desk.select(kept | self.desk.inside(*band))

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
        held = self._held.with_key(key, pointer) if self.desk.selection and not self.busy else None
        if held is not None:
            if may_edit(self.desk):
                self._held = held
                self.desk.show_preview(self._changed_by_keys())
            return True
        if key == "Escape" and (self.busy or self.desk.selection):
            self._let_go()
            return True
        return False

    def _let_go(self) -> None:
        if self.busy:
            self.cancel()
        elif self._vertices.chosen:
            self._vertices.choose(())
        else:
            self.desk.select(())

    def key_released(self) -> None:
        """Commit what a held arrow key did as one edit."""
        if self._held.verb:
            preview, verb = dict(self.desk.preview), self._held.verb
            self.cancel()
            self._commit(preview, verb)

    def cancel(self) -> None:
        """Put everything back where it is committed."""
        self._start = self._end = self._hit = None
        self._banding = self._moved = False
        self._held = Held()
        self.desk.show_preview({})

    def put_away(self) -> None:
        """Let chosen vertices go: no other tool shows them."""
        self._vertices.choose(())

    def shapes_changed(self, ids: Collection[str]) -> None:
        """A shape in the hand that was changed by other means is let go."""
        held = {*self.desk.preview, *([self._hit.shape_id] if self._hit else [])}
        if not held.isdisjoint(ids):
            self.cancel()

    def paint(self, painter: QPainter, colour: QColor) -> None:
        """The chosen vertices, and the rubber band."""
        self._vertices.paint(painter, colour)
        if self._banding and self._moved and self._start and self._end:
            draw_band(painter, self._start, self._end, self.desk.view, colour)

    def _selected(self) -> list[Shape]:
        shapes = self.desk.grading.shapes
        return [shapes[key] for key in self.desk.selection if key in shapes]

    def _dragged(self, hit: Hit, pointer: Pointer) -> Mapping[str, Geometry]:
        if hit.handle is not None:
            shape = self.desk.grading.shapes[hit.shape_id]
            x, y = pointer.x, pointer.y
            if hit.handle.kind == "vertex":
                if self._vertex_under(hit) in self._vertices.chosen:
                    return self._vertices.shifted(x - hit.handle.x, y - hit.handle.y)
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

    def _changed_by_keys(self) -> Mapping[str, Geometry]:
        held = self._held
        if self._vertices.chosen:
            return self._vertices.shifted(held.dx, held.dy)
        return {key: held.turned_and_grown(form) for key, form in self._shifted(held.dx, held.dy).items()}

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
        chosen = self._vertices.chosen
        put = self.desk.put(ChangeShapes(before, after, named(verb, after)))
        moved = self._vertices.shape
        if put and chosen and moved is not None and moved.geometry == preview.get(moved.id):
            self._vertices.choose(chosen)  # they are where they were dragged to, in the same order

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
        self.desk.put(edit)
        return True

    def _vertex_under(self, hit: Hit) -> Vertex | None:
        return (hit.handle.ring, hit.handle.index) if hit.handle and hit.handle.kind == "vertex" else None

    def _delete(self, pointer: Pointer) -> bool:
        if not self.desk.selection:
            return False
        if not may_edit(self.desk):
            return True
        self.key_released()
        self.cancel()
        if self._vertices.chosen:
            return self._delete_vertices()
        hit = self.desk.hit_at(pointer.x, pointer.y)
        if hit is not None and hit.handle is not None and hit.handle.kind == "vertex":
            return self._change_vertex(hit, pointer)
        self.desk.put(remove_shapes(*self._selected()))
        return True

    def _delete_vertices(self) -> bool:
        shape, count = self._vertices.shape, len(self._vertices.chosen)
        assert shape is not None  # noqa: S101  (its vertices are chosen)
        try:
            after = shape.with_geometry(self._vertices.removed())
        except RetinaError as error:
            self.desk.say(str(error))
            return True
        self.desk.put(change_shape(shape, after, f"Delete {count} vertices of"))
        return True


def _valid(geometry: Geometry) -> Geometry:
    return repaired(geometry) if isinstance(geometry, Polygon) else geometry


def _box_between(first: XY, second: XY) -> Box:
    left, right = sorted((first[0], second[0]))
    top, bottom = sorted((first[1], second[1]))
    return (left, top, right, bottom)
