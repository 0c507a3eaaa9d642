"""What every tool is, and what it may reach. Tools decide; the canvas paints and the document commits."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from PySide6.QtGui import QColor, QPainter

from retina_studio.domain.edits import ChangeShapes, add_shapes, change_shape
from retina_studio.domain.grading import Grading
from retina_studio.domain.labels import Kind, label
from retina_studio.domain.shapes import XY, Box, Geometry, Point, Shape, new_shape
from retina_studio.gui.canvas.frame import Frame
from retina_studio.gui.canvas.hover import Hit
from retina_studio.gui.canvas.view import View
from retina_studio.gui.words import tr, tr_data
from retina_studio.images.read import Pixels

from .options import ToolOptions

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
    options: ToolOptions
    ruler: tuple[XY, XY] | None  # what the ruler measures, from and to in image pixels

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

    def pixels(self, part: tuple[int, int, int, int] | None = None) -> Pixels:
        """The image as it is seen now, or a part (left, top, right, bottom) of it: uint8 RGB (H, W, 3)."""
        ...

    @property
    def refusal(self) -> str:
        """Why no edit is taken now; "" while edits are."""
        ...

    def near(self, box: Box) -> Sequence[Shape]:
        """The shapes whose boxes meet a box and that a gesture may take: neither hidden nor locked."""
        ...

    def put(self, edit: ChangeShapes, select: Collection[str] | None = None) -> bool:
        """Make an edit and select these shapes (None: what it leaves).

        False when it was refused; then the person has been told. What reaches over the frame is clipped.
        """
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
    """One way to use the pointer. `kind` is the shape it draws, None when it draws none.

    `adds_to_selection`: it may work on what is selected, so choosing it, or another label, changes neither.
    `hint` is said when the tool is chosen.
    """

    name: str
    kind: Kind | None = None
    cursor: Cursor = "cross"
    adds_to_selection = False
    hint = ""

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

    def wheel(self, notches: float) -> bool:
        """The wheel turned with Ctrl or Shift held; True when it was used."""
        return False

    def key(self, key: str, pointer: Pointer) -> bool:
        """A key named as Qt names it ("Escape", "Return", "Left", ...); True when it was used."""
        return False

    def key_released(self) -> None:
        """The key that `key` used went up."""

    def leave(self) -> bool:
        """The image is about to be left: keep what is worth keeping. False when that could not be saved."""
        self.key_released()
        return True

    def pointer_left(self) -> None:
        """The pointer is no longer over the canvas."""

    def take_back(self) -> None:
        """Undo while a gesture is under way: its last step, or all of it."""
        self.cancel()

    def cancel(self) -> None:
        """Give up what is under way; nothing was committed yet."""

    def put_away(self) -> None:
        """Another tool is taken."""

    def shapes_changed(self, ids: Collection[str]) -> None:
        """These shapes were changed or removed, perhaps not by this tool."""

    def paint(self, painter: QPainter, colour: QColor) -> None:
        """Draw what is under way, in widget coordinates."""


def may_edit(desk: Desk) -> bool:
    """Whether the grading may be changed; the person is told why not."""
    if desk.refusal:
        desk.say(desk.refusal)
    return not desk.refusal


def may_draw(desk: Desk, kind: Kind) -> bool:
    """Whether a shape may be begun under the current label; the person is told why not."""
    chosen = label(desk.label)
    if not may_edit(desk):
        return False
    if kind not in chosen.kinds:
        words = tr("{label} is drawn as {kinds}, not as {kind}.")
        kinds = tr(" or ").join(_kind_in_words(each) for each in chosen.kinds)
        desk.say(words.format(label=tr_data(chosen.title), kinds=kinds, kind=_kind_in_words(kind)))
    return kind in chosen.kinds


def _kind_in_words(kind: Kind) -> str:
    return {"ellipse": tr("ellipse"), "polygon": tr("polygon"), "point": tr("point")}[kind]


def finish(desk: Desk, geometry: Geometry) -> bool:
    """Put a drawn geometry into the grading under the current label: one edit, whatever it replaces."""
    return desk.put(drawing_edit(desk.grading, desk.label, geometry))


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


def selected_areas(desk: Desk) -> list[Shape]:
    """The selected ellipses and polygons."""
    shapes = desk.grading.shapes
    chosen = [shapes[key] for key in desk.selection if key in shapes]
    return [shape for shape in chosen if not isinstance(shape.geometry, Point)]
