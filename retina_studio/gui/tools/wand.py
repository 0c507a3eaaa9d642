"""The magic wand: a click takes the area of like colour, as the image is seen now; dragging sets how like."""

from dataclasses import dataclass

from PySide6.QtGui import QColor, QPainter

from retina_studio.domain.edits import ChangeShapes
from retina_studio.domain.errors import RetinaError
from retina_studio.domain.geometry import simplified
from retina_studio.domain.shape_edits import add_area, carve
from retina_studio.domain.shapes import Polygon
from retina_studio.gui.canvas.strokes import HOVERED, draw_shape
from retina_studio.gui.words import marked, tr
from retina_studio.images.read import Pixels
from retina_studio.images.snap import wand

from .base import Pointer, Tool, drawing_edit, may_draw, may_edit, selected_areas
from .options import notches_of

_REACH = 200.0  # widget pixels that the area may go from the click...
_FURTHEST = 200.0  # ...but no more image pixels, so that the preview follows the hand
_TOLERATED = 0.8  # widget pixels that simplification may move the outline
_PER_NOTCH = 16.0  # widget pixels of dragging for one notch of tolerance


@dataclass(frozen=True, eq=False)
class _Part:
    """Pixels (H, W, 3) of the image about the click, from (left, top) on, and how far the area may go."""

    pixels: Pixels
    left: int
    top: int
    reach: float


class WandTool(Tool):
    """Shift adds the area to the selected shape, Alt takes it away; else it is a new shape."""

    name = "wand"
    kind = "polygon"
    adds_to_selection = True
    hint = marked(
        "Click on a lesion; drag right for more, left for less; Shift adds to the selected shape, Alt takes away"
    )

    _start: Pointer | None = None
    _part: _Part | None = None
    _found: Polygon | None = None
    _tolerance = 0.0

    @property
    def busy(self) -> bool:
        """Whether an area is being chosen."""
        return self._start is not None

    def press(self, pointer: Pointer) -> None:
        """Show the area around the click."""
        changes_selected = pointer.shift or pointer.alt
        if changes_selected and len(selected_areas(self.desk)) != 1:
            self.desk.say(tr("Select the one shape that the wand is to change first."))
        elif may_edit(self.desk) if changes_selected else may_draw(self.desk, "polygon"):
            self._start = pointer
            self._part = self._part_around(pointer)
            self._tolerance = self.desk.options.tolerance
            self._flood()

    def drag(self, pointer: Pointer) -> None:
        """Take more to the right, less to the left."""
        if self._start is not None:
            notches = (pointer.x - self._start.x) * self.desk.view.scale / _PER_NOTCH
            self.desk.options.widen(notches, self._tolerance)
            self._flood()

    def release(self, pointer: Pointer) -> None:
        """Commit the area."""
        start, found = self._start, self._found
        self.cancel()
        if start is None or found is None:
            return
        try:
            smooth = simplified(found, _TOLERATED / self.desk.view.mean_scale)
            edit = self._edit_of(start, smooth)
        except RetinaError as error:
            self.desk.say(str(error))
            return
        if edit is None:
            self.desk.say(tr("This area does not touch the selected shape."))
        else:
            self.desk.put(edit)

    def wheel(self, notches: float) -> bool:
        """Set the tolerance."""
        self.desk.options.widen(notches)
        self._say_tolerance()
        if self._start is not None:
            self._tolerance = self.desk.options.tolerance
            self._flood()
        return True

    def key(self, key: str, pointer: Pointer) -> bool:
        """The brackets set the tolerance; Escape gives the area up."""
        if notches_of(key):
            return self.wheel(notches_of(key))
        if key == "Escape" and self.busy:
            self.cancel()
            return True
        return False

    def cancel(self) -> None:
        """Forget the area."""
        self._start = self._part = self._found = None
        self.desk.update()

    def paint(self, painter: QPainter, colour: QColor) -> None:
        """The area so far."""
        if self._found is not None:
            draw_shape(painter, self._found, self.desk.view, colour, HOVERED)

    def _flood(self) -> None:
        start, part = self._start, self._part
        if start is None or part is None:
            return
        x, y, tolerance = start.x - part.left, start.y - part.top, self.desk.options.tolerance
        try:
            self._found = wand(part.pixels, x, y, tolerance, part.reach).moved(part.left, part.top)
        except RetinaError as error:
            self._found = None
            self.desk.say(str(error))
        else:
            self._say_tolerance()
        self.desk.update()

    def _say_tolerance(self) -> None:
        self.desk.say(tr("Wand: colours within {distance}", distance=f"{self.desk.options.tolerance:.1f}"))

    def _part_around(self, pointer: Pointer) -> "_Part":
        """What lies within reach; of a place off the image a single pixel, which the wand refuses."""
        width, height = self.desk.frame
        reach = min(_REACH / self.desk.view.mean_scale, _FURTHEST)
        left, top = int(max(pointer.x - reach, 0)), int(max(pointer.y - reach, 0))
        left, top = min(left, width - 1), min(top, height - 1)
        right, bottom = int(min(pointer.x + reach, width)), int(min(pointer.y + reach, height))
        part = (left, top, max(right, left + 1), max(bottom, top + 1))
        return _Part(self.desk.pixels(part), left, top, reach)

    def _edit_of(self, start: Pointer, found: Polygon) -> ChangeShapes | None:
        desk = self.desk
        if start.shift:
            return add_area(selected_areas(desk)[0], found)
        if start.alt:
            return carve(selected_areas(desk), found)
        return drawing_edit(desk.grading, desk.label, found)
