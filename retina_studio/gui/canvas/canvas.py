"""The canvas: shows one image with its shapes, and hands the pointer and keys to the current tool."""

from collections.abc import Callable, Collection, Mapping

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from retina_studio.domain.edits import ChangeShapes
from retina_studio.domain.grading import Grading
from retina_studio.domain.shapes import XY, Box, Geometry
from retina_studio.gui.document import Document
from retina_studio.gui.tools import TOOLS
from retina_studio.gui.tools.base import Cursor, Pointer, Tool

from . import layers
from .hover import Hit, find_hover_target, inside_band
from .overlay import Overlay
from .picture import Picture
from .scene import EMPTY_SCENE, Scene, scene_of
from .view import View, centred, fitted, kept_in_sight

_WHEEL_STEP = 1.2  # zoom factor of one notch
_CURSORS: Mapping[Cursor, Qt.CursorShape] = {
    "arrow": Qt.CursorShape.ArrowCursor,
    "cross": Qt.CursorShape.CrossCursor,
    "move": Qt.CursorShape.SizeAllCursor,
    "point": Qt.CursorShape.PointingHandCursor,
    "turn": Qt.CursorShape.OpenHandCursor,
}


class Canvas(QWidget):
    """Implements `tools.base.Desk`."""

    image_shown = Signal()
    selection_changed = Signal(object)  # frozenset of shape ids
    pointer_moved = Signal(object)  # (x, y) in image pixels, or None off the canvas
    view_changed = Signal(float)  # widget pixels per image pixel
    tool_changed = Signal(str)
    said = Signal(str)
    drew_hidden = Signal(object)  # frozenset of hidden labels that have just been drawn

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.picture: Picture | None = None
        self.view = View()
        self.scene: Scene = EMPTY_SCENE
        self.overlay = Overlay(self)
        self.offers = layers.Offers()
        self.underlays: list[layers.Layer] = []  # painted on the image, below the shapes
        self.overlays: list[layers.Layer] = []  # painted above everything
        self.selection: frozenset[str] = frozenset()
        self.preview: Mapping[str, Geometry] = {}
        self.hidden_labels: frozenset[str] = frozenset()
        self.label = "OD"
        self._tools: Mapping[str, Tool] = {name: tool(self) for name, tool in TOOLS.items()}
        self.tool: Tool = self._tools["select"]
        self.hovered: Hit | None = None
        self._pan_from: QPoint | None = None
        self._space_down = False
        self._is_fitted = True
        self._last_pointer = Pointer(0.0, 0.0)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(320, 240)
        self.setAccessibleName("Canvas")
        self.setAccessibleDescription("The image and the shapes drawn on it")
        self.overlay.ready.connect(self.update)
        document.opened.connect(self._on_opened)
        document.changed.connect(self._on_changed)

    # What the image is, and how it is seen

    @property
    def frame(self) -> tuple[int, int]:
        """The image's width and height in pixels; 1 by 1 while there is none."""
        return self.picture.frame if self.picture else (1, 1)

    def show_picture(self, picture: Picture | None) -> None:
        """Show an image, fitted; None clears the canvas."""
        self.picture = picture
        self.fit()
        if picture is not None:
            self.image_shown.emit()

    def fit(self) -> None:
        """Show the whole image."""
        self._set_view(fitted(self.frame, (self.width(), self.height())))
        self._is_fitted = True

    def show_actual_size(self) -> None:
        """One image pixel to one screen pixel, about the middle of the widget."""
        if self._is_fitted:
            self._set_view(centred(self.frame, (self.width(), self.height()), 1 / self.devicePixelRatioF()))
        else:
            self.zoom(1 / self.devicePixelRatioF() / self.view.scale)

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        """Scale by a factor about a widget position, or the middle of the widget."""
        spot = at if at is not None else QPointF(self.width() / 2, self.height() / 2)
        self._set_view(self.view.zoomed(factor, spot.x(), spot.y()))

    def to_widget(self, x: float, y: float) -> QPointF:
        """The widget position of an image position."""
        return QPointF(*self.view.to_widget(x, y))

    def to_image(self, position: QPointF | QPoint) -> XY:
        """The image position under a widget position."""
        return self.view.to_image(position.x(), position.y())

    def hide_labels(self, labels: Collection[str]) -> None:
        """Show no shape of these labels."""
        self.hidden_labels = frozenset(labels)
        visible = [key for key in self.selection if self.scene.shape(key).label not in self.hidden_labels]
        self.select(visible)
        self._sync_overlay()
        self.update()

    def set_offers(self, offers: layers.Offers) -> None:
        """Show these proposals and this CAM."""
        self.offers = offers
        self.update()

    def _set_view(self, view: View) -> None:
        self.view = kept_in_sight(view, self.frame, (self.width(), self.height()))
        self._is_fitted = False
        self.view_changed.emit(self.view.scale)
        self.update()

    # Tools, label and selection

    def use_tool(self, name: str) -> None:
        """Change the tool; a nudge is committed, any other gesture under way is given up."""
        self.tool.key_released()
        self.tool.cancel()
        self.tool = self._tools[name]
        if self.tool.kind is not None:
            self.select(())
        self.hovered = None
        self.setCursor(_CURSORS[self.tool.cursor])
        self.tool_changed.emit(name)
        self.update()

    @property
    def grading(self) -> Grading:
        """The current grading."""
        return self.document.grading

    @property
    def editable(self) -> bool:
        """Whether edits are taken."""
        return self.document.editable

    def put(self, edit: ChangeShapes, select: Collection[str] = ()) -> bool:
        """Make an edit and select these shapes; False when it was refused."""
        if not self.document.put(edit):
            return False
        unseen = {shape.label for shape in edit.after} & self.hidden_labels
        if unseen:
            self.drew_hidden.emit(frozenset(unseen))
        self.select(select)
        return True

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
        self.select(
            [s.id for s in self.scene.at(self.scene.rows.values()) if s.label not in self.hidden_labels]
        )

    def hit_at(self, x: float, y: float) -> Hit | None:
        """What lies at an image position."""
        return find_hover_target(self.scene, x, y, self.view.scale, self.selection, self.hidden_labels)

    def inside(self, left: float, top: float, right: float, bottom: float) -> frozenset[str]:
        """The visible shapes wholly inside a box."""
        return inside_band(self.scene, left, top, right, bottom, self.hidden_labels)

    def show_preview(self, preview: Mapping[str, Geometry]) -> None:
        """Paint these shapes as if they had these geometries."""
        self.preview = preview
        self.update()

    def say(self, text: str) -> None:
        """One sentence in the status bar."""
        self.said.emit(text)

    def press_key(self, name: str) -> bool:
        """Give the tool a key that came by way of an action; True when it used it."""
        return self.tool.key(name, self._last_pointer)

    # What the document tells

    def _on_opened(self) -> None:
        self.tool.cancel()
        self.hovered = None
        self.scene = scene_of(self.grading.shapes.values())
        self.selection = frozenset()
        self.overlay.set_scene(self.scene)
        self._sync_overlay()
        self.selection_changed.emit(self.selection)
        self.update()

    def _on_changed(self, ids: frozenset[str]) -> None:
        self.hovered = None
        self.tool.shapes_changed(ids)
        before = self._boxes(ids)
        self.scene = self.scene.updated(ids, self.grading.shapes)
        self.overlay.set_scene(self.scene, [*before, *self._boxes(ids)])
        self.select([key for key in self.selection if key in self.scene])
        self.update()

    def _boxes(self, ids: Collection[str]) -> list[Box]:
        return [self.scene.shape(key).geometry.box for key in ids if key in self.scene]

    def _sync_overlay(self) -> None:
        live = self.selection if len(self.selection) <= layers.LIVE_LIMIT else frozenset()
        self.overlay.hide(live, self.hidden_labels)

    # Events

    def paintEvent(self, event: QPaintEvent) -> None:
        """Image, CAM, what features lay below, shapes, what is alive, what features lay above."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), self.palette().dark())
        if self.picture is not None:
            layers.paint_ground(painter, self)
            for layer in self.underlays:
                layer(painter, self)
            layers.paint_shapes(painter, self)
            self.tool.paint(painter, layers.colour_of(self.label))
            for layer in self.overlays:
                layer(painter, self)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stay fitted, or keep the middle of the picture in the middle."""
        if self._is_fitted:
            self.fit()
        else:
            old, new = event.oldSize(), event.size()
            self._set_view(
                self.view.panned((new.width() - old.width()) // 2, (new.height() - old.height()) // 2)
            )

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom to the pointer."""
        self.zoom(_WHEEL_STEP ** (event.angleDelta().y() / 120), event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Middle button or Space and left: pan. Left: the tool."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        left = event.button() == Qt.MouseButton.LeftButton
        if event.button() == Qt.MouseButton.MiddleButton or (left and self._space_down):
            self._pan_from = event.position().toPoint()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif left and self.picture is not None:
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
        elif event.buttons() & Qt.MouseButton.LeftButton:
            self.tool.drag(pointer)
        elif self.picture is not None and not self._space_down:
            self._hover(pointer)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the pan or the drag."""
        if self._pan_from is not None:
            self._pan_from = None
            self._show_cursor()
        elif event.button() == Qt.MouseButton.LeftButton and self.picture is not None:
            self.tool.release(self._pointer_at(event))

    def event(self, event: QEvent) -> bool:
        """While a gesture is under way, the keys of undo belong to it and not to the action."""
        if event.type() == QEvent.Type.ShortcutOverride and self._is_taking_back(event):
            event.accept()
            return True
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
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        spot = Pointer(self._last_pointer.x, self._last_pointer.y, shift=shift)
        if not self.tool.key(Qt.Key(event.key()).name.removeprefix("Key_"), spot):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """A held key commits what it did when it goes up."""
        if event.isAutoRepeat():
            return
        if event.key() == Qt.Key.Key_Space:
            self._space_down = False
            self._show_cursor()
        else:
            self.tool.key_released()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """A key that is held while the focus goes never comes up here."""
        self._space_down = False
        self.tool.key_released()
        self._show_cursor()
        super().focusOutEvent(event)

    def leaveEvent(self, event: object) -> None:
        """Forget the hover."""
        self.pointer_moved.emit(None)
        if self.hovered is not None:
            self.hovered = None
            self.update()

    def _hover(self, pointer: Pointer) -> None:
        self.setCursor(_CURSORS[self.tool.hover(pointer)])
        hit = self.hit_at(pointer.x, pointer.y) if self.tool.kind is None else None
        if hit != self.hovered:
            self.hovered = hit
            self.update()

    def _show_cursor(self) -> None:
        self.setCursor(Qt.CursorShape.OpenHandCursor if self._space_down else _CURSORS[self.tool.cursor])

    def _pointer_at(self, event: QMouseEvent) -> Pointer:
        x, y = self.to_image(event.position())
        held: Callable[[Qt.KeyboardModifier], bool] = lambda key: bool(event.modifiers() & key)  # noqa: E731
        modifiers = Qt.KeyboardModifier
        self._last_pointer = Pointer(
            x, y, held(modifiers.ShiftModifier), held(modifiers.AltModifier), held(modifiers.ControlModifier)
        )
        return self._last_pointer
