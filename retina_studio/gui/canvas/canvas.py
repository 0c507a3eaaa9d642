"""The canvas: shows one image with its shapes, and hands the pointer and keys to the current tool."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from retina_studio.domain.edits import ChangeShapes
from retina_studio.domain.errors import RetinaError
from retina_studio.domain.grading import Grading
from retina_studio.domain.shape_edits import within_frame
from retina_studio.domain.shapes import XY, Box, Geometry, Shape
from retina_studio.gui.document import Document
from retina_studio.gui.tools import TOOLS
from retina_studio.gui.tools.base import Cursor, Pointer, Tool
from retina_studio.gui.tools.options import ToolOptions
from retina_studio.gui.words import tr, tr_data

from . import layers
from .hover import Hit, find_hover_target, inside_band
from .overlay import Overlay
from .picture import Picture
from .scene import EMPTY_SCENE, Scene, scene_of
from .surface import Surface

_WHEEL_STEP = 1.2  # zoom factor of one notch
_NOWHERE = -1e9  # a key beside the select tool means the selection, not the vertex under the pointer
_CURSORS: Mapping[Cursor, Qt.CursorShape] = {
    "arrow": Qt.CursorShape.ArrowCursor,
    "cross": Qt.CursorShape.CrossCursor,
    "move": Qt.CursorShape.SizeAllCursor,
    "point": Qt.CursorShape.PointingHandCursor,
    "turn": Qt.CursorShape.OpenHandCursor,
}


class Canvas(Surface):
    """Implements `tools.base.Desk`."""

    selection_changed = Signal(object)  # frozenset of shape ids
    pointer_moved = Signal(object)  # (x, y) in image pixels, or None off the canvas
    tone_dragged = Signal(QPoint)  # by how far the pointer moved with the right button down, widget pixels
    tool_changed = Signal(str)
    said = Signal(str)
    drew_hidden = Signal(object)  # frozenset of hidden labels that have just been drawn
    set_aside_changed = Signal()  # other shapes are hidden or locked

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.ruler: tuple[XY, XY] | None = None
        self.scene: Scene = EMPTY_SCENE
        self.overlay = Overlay(self)
        self.offers = layers.Offers()
        self.offered = Overlay(self, dashed=True)  # the picture of many offers
        self.refining = ""  # the proposed shape of which another outline is being shown
        self.underlays: list[layers.Layer] = []  # painted on the image, below the shapes
        self.overlays: list[layers.Layer] = []  # painted above everything
        self.selection: frozenset[str] = frozenset()
        self.preview: Mapping[str, Geometry] = {}
        self.hidden_labels: frozenset[str] = frozenset()
        self.hidden_ids: frozenset[str] = frozenset()
        self.locked: frozenset[str] = frozenset()  # seen, but neither hit nor edited
        self._out_of_reach: frozenset[str] = frozenset()  # hidden or locked, by their ids
        self.options = ToolOptions()
        self.label = "OD"
        self._tools: Mapping[str, Tool] = {name: tool(self) for name, tool in TOOLS.items()}
        self._select = self._tools["select"]
        self.tool: Tool = self._select
        self.hovered: Hit | None = None
        self._pan_from: QPoint | None = None
        self._tone_from: QPoint | None = None
        self._space_down = False
        self._last_pointer = Pointer(0.0, 0.0)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(320, 240)
        self.setAccessibleName(tr("Canvas"))
        self.setAccessibleDescription(tr("The image and the shapes drawn on it"))
        for overlay in (self.overlay, self.offered):
            overlay.ready.connect(self.update)
        document.opened.connect(self._on_opened)
        document.changed.connect(self._on_changed)

    # What is seen

    def show_picture(self, picture: Picture | None) -> None:
        """Show an image, fitted; None clears the canvas."""
        self.ruler = None
        super().show_picture(picture)

    def hide_labels(self, labels: Collection[str]) -> None:
        """Show no shape of these labels."""
        self.hidden_labels = frozenset(labels)
        visible = [key for key in self.selection if self.scene.shape(key).label not in self.hidden_labels]
        self.select(visible)
        self._sync_overlay()
        self.update()

    def set_aside(
        self, *, hidden: Collection[str] | None = None, locked: Collection[str] | None = None
    ) -> None:
        """Hide or lock exactly these shapes; None leaves as it is what is hidden, or locked."""
        self.hidden_ids = self.hidden_ids if hidden is None else frozenset(hidden)
        self.locked = self.locked if locked is None else frozenset(locked)
        self._out_of_reach = self.hidden_ids | self.locked
        self.select(self.selection - self.hidden_ids)
        self.hovered = None
        self._sync_overlay()
        self.set_aside_changed.emit()
        self.update()

    def set_offers(self, offers: layers.Offers) -> None:
        """Show these proposals and this CAM."""
        if offers.shapes != self.offers.shapes:
            many = offers.shapes if len(offers.shapes) > layers.LIVE_OFFERS else ()
            self.offered.set_scene(scene_of(many))
        self.offers = offers
        self.update()

    def settle(self) -> None:
        """Wait until no worker draws for this canvas any more."""
        for overlay in (self.overlay, self.offered):
            overlay.settle()

    # Tools, label and selection

    def use_tool(self, name: str) -> None:
        """Change the tool; a nudge is committed, any other gesture under way is given up."""
        self.release_keys()
        self.tool.cancel()
        changes = self.tool.name != name
        if changes:
            self.tool.put_away()
        self.tool = self._tools[name]
        if self.tool.kind is not None and not self.tool.adds_to_selection:
            self.select(())
        self.hovered = None
        self.setCursor(_CURSORS[self.tool.cursor])
        self.tool_changed.emit(name)
        if changes:
            self.say(tr_data(self.tool.hint))
        self.update()

    @property
    def grading(self) -> Grading:
        """The current grading."""
        return self.document.grading

    @property
    def editable(self) -> bool:
        """Whether edits are taken."""
        return self.document.editable

    @property
    def refusal(self) -> str:
        """Why no edit is taken now; "" while edits are."""
        if self.document.session is None:
            return tr("The shapes are not loaded yet: they can be changed in a moment.")
        return "" if self.editable else tr("This grading is submitted: reopen it to change it.")

    def put(self, edit: ChangeShapes, select: Collection[str] | None = None) -> bool:
        """Make an edit, clipped to the frame, and select these shapes (None: what it leaves); False when refused."""
        try:
            self._refuse_locked(edit)
            made = within_frame(edit, *self.frame)
        except RetinaError as error:
            self.say(str(error))
            return False
        if not self.document.put(made):
            return False
        unseen = {shape.label for shape in made.after} & self.hidden_labels
        if unseen:
            self.drew_hidden.emit(frozenset(unseen))
        self.select([shape.id for shape in made.after] if select is None else select)
        if made is not edit:
            self.say(tr("What reached beyond the image was cut off."))
        return True

    def _refuse_locked(self, edit: ChangeShapes) -> None:
        for shape in edit.before:
            if shape.id in self.locked:
                raise RetinaError(tr("{label} is locked: unlock it first (Ctrl+K).", label=shape.label))

    def select(self, ids: Collection[str]) -> None:
        """Select these shapes and no others."""
        chosen = frozenset(key for key in ids if key in self.scene)
        if chosen != self.selection:
            self.selection = chosen
            self._sync_overlay()
            self.selection_changed.emit(chosen)
        self.update()

    def select_all(self) -> None:
        """Select every visible shape."""
        self.use_tool("select")
        self.select([shape.id for shape in self.within_reach])

    @property
    def within_reach(self) -> list[Shape]:
        """The shapes that a gesture may take: neither hidden nor locked, in drawing order."""
        shapes = self.scene.at(self.scene.rows.values())
        return [shape for shape in shapes if self._is_within_reach(shape)]

    def near(self, box: Box) -> list[Shape]:
        """Those of them whose boxes meet a box: a stroke meets few of tens of thousands."""
        return [shape for shape in self.scene.at(self.scene.touching(box)) if self._is_within_reach(shape)]

    def _is_within_reach(self, shape: Shape) -> bool:
        return shape.id not in self._out_of_reach and shape.label not in self.hidden_labels

    def hit_at(self, x: float, y: float) -> Hit | None:
        """What lies at an image position."""
        return find_hover_target(
            self.scene,
            x,
            y,
            self.view.mean_scale,
            self.selection,
            self.hidden_labels,
            self._out_of_reach,
        )

    def inside(self, left: float, top: float, right: float, bottom: float) -> frozenset[str]:
        """The visible shapes wholly inside a box."""
        found = inside_band(self.scene, left, top, right, bottom, self.hidden_labels)
        return found - self._out_of_reach

    def show_preview(self, preview: Mapping[str, Geometry]) -> None:
        """Paint these shapes as if they had these geometries."""
        self.preview = preview
        self.update()

    def say(self, text: str) -> None:
        """One sentence in the status bar."""
        self.said.emit(text)

    def press_key(self, name: str, pointer: Pointer | None = None) -> bool:
        """Give the tool a key that came by way of an action or of itself; True when it used it.

        What no other tool has a use for works on the selection, as it does with the select tool.
        """
        pointer = self._last_pointer if pointer is None else pointer
        if self.tool.key(name, pointer):
            return True
        # Backspace is the polygon's: one too many must not delete the shape drawn before.
        if self.tool is self._select or self.tool.busy or name == "Backspace":
            return False
        return self._select.key(name, replace(pointer, x=_NOWHERE, y=_NOWHERE))

    def release_keys(self) -> None:
        """Commit what a held key does."""
        self.tool.key_released()
        self._select.key_released()

    def leave(self) -> bool:
        """Keep what is under way, before the image is left; False when that could not be saved."""
        self._select.key_released()
        return self.tool.leave()

    # What the document tells

    def _on_opened(self) -> None:
        self.tool.cancel()
        self._select.cancel()
        self.hovered = None
        self.scene = self.document.scene
        self.selection = frozenset()
        self.overlay.set_scene(self.scene)
        self._sync_overlay()
        self.selection_changed.emit(self.selection)
        self.update()

    def _on_changed(self, ids: frozenset[str]) -> None:
        self.hovered = None
        self.tool.shapes_changed(ids)
        self._select.shapes_changed(ids)
        before = self._boxes(ids)
        self.scene = self.document.scene
        self.overlay.set_scene(self.scene, [*before, *self._boxes(ids)])
        self.select([key for key in self.selection if key in self.scene])
        self.update()

    def _boxes(self, ids: Collection[str]) -> list[Box]:
        return [self.scene.shape(key).geometry.box for key in ids if key in self.scene]

    def _sync_overlay(self) -> None:
        live = self.selection if len(self.selection) <= layers.LIVE_LIMIT else frozenset()
        self.overlay.hide(live | self.hidden_ids, self.hidden_labels)
        self.offered.hide(frozenset(), self.hidden_labels)

    # Events

    def paintEvent(self, event: QPaintEvent) -> None:
        """Image, CAM, what features lay below, shapes, what is alive, what features lay above."""
        painter = QPainter(self)
        try:
            for bare in self.bare_parts(event.region()):
                painter.fillRect(bare, self.palette().dark())
            if self.picture is not None:
                layers.paint_ground(painter, self)
                for layer in self.underlays:
                    layer(painter, self)
                layers.paint_shapes(painter, self)
                self.tool.paint(painter, layers.colour_of(self.label))
                for layer in self.overlays:
                    layer(painter, self)
        finally:
            painter.end()  # a painter that an error leaves open crashes Qt at the next paint

    def wheelEvent(self, event: QWheelEvent) -> None:
        """A wheel zooms to the pointer, or with Ctrl or Shift sets the tool's size.

        Two fingers on a trackpad move the image, with Ctrl they zoom.
        """
        shift = event.pixelDelta()
        held, turned = _held(event.modifiers()), event.angleDelta()
        if (held.shift or held.ctrl) and self.tool.wheel((turned.y() or turned.x()) / 120):
            self.update()
            event.accept()
            return
        from_trackpad = not shift.isNull() and event.phase() != Qt.ScrollPhase.NoScrollPhase
        if from_trackpad and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._set_view(self.view.panned(shift.x(), shift.y()))
        else:
            self.zoom(_WHEEL_STEP ** (event.angleDelta().y() / 120), event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Middle button or Space and left: pan. Left: the tool."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        left = event.button() == Qt.MouseButton.LeftButton
        if event.button() == Qt.MouseButton.MiddleButton or (left and self._space_down):
            self._pan_from = event.position().toPoint()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif event.button() == Qt.MouseButton.RightButton:
            self._tone_from = event.position().toPoint()
        elif left and self.picture is not None:
            self.release_keys()
            self.tool.press(self._pointer_at(event))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The second press of a double click."""
        if event.button() == Qt.MouseButton.LeftButton and not self._space_down and self.picture is not None:
            self.tool.double_click(self._pointer_at(event))
        else:
            self.mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pan, drag, or see what lies under the pointer."""
        pointer = self._pointer_at(event)
        self.pointer_moved.emit((pointer.x, pointer.y))
        if self._pan_from is not None:
            spot = event.position().toPoint()
            shift = spot - self._pan_from
            self._pan_from = spot
            self._set_view(self.view.panned(shift.x(), shift.y()))
        elif self._tone_from is not None:
            shift = event.position().toPoint() - self._tone_from
            self._tone_from += shift
            self.tone_dragged.emit(shift)
        elif event.buttons() & Qt.MouseButton.LeftButton:
            self.tool.drag(pointer)
        elif self.picture is not None and not self._space_down:
            self._hover(pointer)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the pan or the drag."""
        if self._pan_from is not None:
            self._pan_from = None
            self._show_cursor()
        elif event.button() == Qt.MouseButton.RightButton:
            self._tone_from = None
        elif event.button() == Qt.MouseButton.LeftButton and self.picture is not None:
            self.tool.release(self._pointer_at(event))

    def event(self, event: QEvent) -> bool:
        """While a gesture is under way, the keys of undo belong to it and not to the action."""
        if event.type() == QEvent.Type.ShortcutOverride and self._is_taking_back(event):
            event.accept()
            return True
        if isinstance(event, QNativeGestureEvent):
            return self._pinch(event)
        return super().event(event)

    def _is_taking_back(self, event: QEvent) -> bool:
        is_undo = isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Undo)
        return is_undo and self.tool.busy

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space gets ready to pan; the other keys are the tool's."""
        if self._is_taking_back(event):
            self.tool.take_back()
            return
        if event.key() == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self._space_down = True
                self._show_cursor()
            return
        spot = _held(event.modifiers(), self._last_pointer.x, self._last_pointer.y)
        if self.press_key(Qt.Key(event.key()).name.removeprefix("Key_"), spot):
            return
        if event.key() == Qt.Key.Key_Escape and self.ruler is not None:
            self.ruler = None
            self.update()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """A held key commits what it did when it goes up."""
        if event.isAutoRepeat():
            return
        if event.key() == Qt.Key.Key_Space:
            self._space_down = False
            self._show_cursor()
        else:
            self.release_keys()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """A key that is held while the focus goes never comes up here."""
        self._space_down = False
        self.release_keys()
        self._show_cursor()
        super().focusOutEvent(event)

    def leaveEvent(self, event: object) -> None:
        """Forget the hover."""
        self.pointer_moved.emit(None)
        self.tool.pointer_left()
        if self.hovered is not None:
            self.hovered = None
            self.update()

    def _hover(self, pointer: Pointer) -> None:
        self.setCursor(_CURSORS[self.tool.hover(pointer)])
        looks = self.tool.kind is None and not self.tool.adds_to_selection
        hit = self.hit_at(pointer.x, pointer.y) if looks else None
        if hit != self.hovered:
            self.hovered = hit
            self.update()

    def _show_cursor(self) -> None:
        self.setCursor(Qt.CursorShape.OpenHandCursor if self._space_down else _CURSORS[self.tool.cursor])

    def _pointer_at(self, event: QMouseEvent) -> Pointer:
        self._last_pointer = _held(event.modifiers(), *self.to_image(event.position()))
        return self._last_pointer


def _held(modifiers: Qt.KeyboardModifier, x: float = 0.0, y: float = 0.0) -> Pointer:
    """The pointer at an image position with the modifier keys of an event."""
    keys = Qt.KeyboardModifier
    return Pointer(
        x,
        y,
        shift=bool(modifiers & keys.ShiftModifier),
        alt=bool(modifiers & keys.AltModifier),
        ctrl=bool(modifiers & keys.ControlModifier),
    )
