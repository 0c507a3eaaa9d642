"""What every tool is, and what it may reach. Tools decide; the canvas paints and the document commits."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from PySide6.QtGui import QColor, QPainter

from retina_studio.domain.edits import ChangeShapes, add_shapes, change_shape
from retina_studio.domain.errors import RetinaError
from retina_studio.domain.grading import Grading
from retina_studio.domain.labels import Kind, label
from retina_studio.domain.shapes import Geometry, Point, new_shape
from retina_studio.gui.canvas.frame import Frame, checked_on_frame
from retina_studio.gui.canvas.hover import Hit
from retina_studio.gui.canvas.view import View

Cursor = Literal["arrow", "cross", "move", "point", "turn"]


@dataclass(frozen=True)
class Pointer:
    """Where the pointer is, image pixels, and which modifier keys are held."""

    x: float
    y: float
    shift: bool = False
    alt: bool = False
    ctrl: bool = False


class Desk(Protocol):
    """What a tool may reach: the canvas."""

    view: View
    label: str
    selection: frozenset[str]
    preview: Mapping[str, Geometry]

    @property
    def frame(self) -> Frame:
        """The image's width and height in pixels."""
        ...

    @property
    def grading(self) -> Grading:
        """The current grading."""
        ...

    @property
    def editable(self) -> bool:
        """Whether edits are taken."""
        ...

    def put(self, edit: ChangeShapes, select: Collection[str] = ()) -> bool:
        """Make an edit and select these shapes; False when it was refused (the person has been told)."""
        ...

    def select(self, ids: Collection[str]) -> None:
        """Select these shapes and no others."""
        ...

    def hit_at(self, x: float, y: float) -> Hit | None:
        """What lies at an image position."""
        ...

    def inside(self, left: float, top: float, right: float, bottom: float) -> frozenset[str]:
        """The visible shapes wholly inside a box."""
        ...

    def show_preview(self, preview: Mapping[str, Geometry]) -> None:
        """Paint these shapes as if they had these geometries, until the next call."""
        ...

    def say(self, text: str) -> None:
        """One sentence in the status bar."""
        ...

    def update(self) -> None:
        """Paint again soon."""
        ...


class Tool:
    """One way to use the pointer. `kind` is the shape it draws, None when it draws none."""

    name: str
    kind: Kind | None = None
    cursor: Cursor = "cross"

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @property
    def busy(self) -> bool:
        """Whether a gesture is under way; Escape ends it."""
        return False

    def press(self, pointer: Pointer) -> None:
        """The left button went down."""

    def drag(self, pointer: Pointer) -> None:
        """The pointer moved with the button down."""

    def hover(self, pointer: Pointer) -> Cursor:
        """The pointer moved with no button down; returns the cursor to show."""
        return self.cursor

    def release(self, pointer: Pointer) -> None:
        """The left button went up."""

    def double_click(self, pointer: Pointer) -> None:
        """The second press of a double click, instead of `press`; a quick second stroke unless the tool says else."""
        self.press(pointer)

    def key(self, key: str, pointer: Pointer) -> bool:
        """A key named as Qt names it ("Escape", "Return", "Left", ...); True when it was used."""
        return False

    def key_released(self) -> None:
        """The key that `key` used went up."""

    def take_back(self) -> None:
        """Undo while a gesture is under way: its last step, or all of it."""
        self.cancel()

    def cancel(self) -> None:
        """Give up what is under way; nothing was committed yet."""

    def shapes_changed(self, ids: Collection[str]) -> None:
        """These shapes were changed or removed, perhaps not by this tool."""

    def paint(self, painter: QPainter, colour: QColor) -> None:
        """Draw what is under way, in widget coordinates."""


def may_draw(desk: Desk, kind: Kind) -> bool:
    """Whether a gesture may begin; the person is told why not."""
    chosen = label(desk.label)
    if not desk.editable:
        desk.say("This grading is submitted: reopen it to change it.")
    elif kind not in chosen.kinds:
        desk.say(f"{chosen.title} is drawn as {' or '.join(chosen.kinds)}, not as {kind}.")
    else:
        return True
    return False


def finish(desk: Desk, geometry: Geometry) -> bool:
    """Put a drawn geometry into the grading under the current label: one edit, whatever it replaces."""
    try:
        edit = drawing_edit(desk.grading, desk.label, checked_on_frame(geometry, desk.frame))
    except RetinaError as error:
        desk.say(str(error))
        return False
    return desk.put(edit, [shape.id for shape in edit.after])


def drawing_edit(grading: Grading, label_code: str, geometry: Geometry) -> ChangeShapes:
    """The edit that draws a geometry; a single label's old shape is replaced, its old point moved.

    Raises:
        RetinaError: the label cannot have this kind of shape.
    """
    old = tuple(grading.labelled(label_code)) if label(label_code).single else ()
    if len(old) == 1 and isinstance(geometry, Point) and isinstance(old[0].geometry, Point):
        return change_shape(old[0], old[0].with_geometry(geometry), "Move")
    shape = new_shape(label_code, geometry)
    return ChangeShapes(old, (shape,), f"Replace {label_code}") if old else add_shapes(shape)
