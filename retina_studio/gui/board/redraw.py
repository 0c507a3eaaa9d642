"""Where an adjudicator draws an item anew: the canvas and tools of the desk on a scratch that belongs to no grading."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QColor, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from retina_studio.domain.edits import Edit
from retina_studio.domain.grading import Grading
from retina_studio.domain.labels import label
from retina_studio.domain.shapes import Geometry, new_shape
from retina_studio.domain.voting.outcome import Item
from retina_studio.gui import icons
from retina_studio.gui.actions import native
from retina_studio.gui.canvas.canvas import Canvas
from retina_studio.gui.canvas.picture import Picture
from retina_studio.gui.canvas.scene import EMPTY_SCENE, scene_of
from retina_studio.gui.canvas.strokes import Style, draw_shape
from retina_studio.gui.document import Document
from retina_studio.gui.panels.parts import rule, styled_label
from retina_studio.gui.words import tr

from .case import Case
from .pens import pen_of
from .phrases import place_of, title_of

_FAINT = Style(width=1.2, dashed=True)
_TOOLS = {"select": "V", "ellipse": "E", "polygon": "G", "brush": "B", "eraser": "U", "point": "T"}
_ICONS = {
    "select": "cursor",
    "ellipse": "circle",
    "polygon": "polygon",
    "brush": "paint-brush",
    "eraser": "eraser",
    "point": "crosshair-simple",
}


class Scratch(Document):
    """Edits in memory only, with their own undo."""

    def __init__(self) -> None:
        super().__init__()
        self._drawn = Grading()
        self._edits: list[Edit] = []

    @property
    def grading(self) -> Grading:
        """What is drawn so far."""
        return self._drawn

    @property
    def editable(self) -> bool:
        """Always."""
        return True

    def begin(self, label_code: str, geometries: Sequence[Geometry] = ()) -> None:
        """Start again from these geometries."""
        shapes = [new_shape(label_code, geometry) for geometry in geometries]
        self._drawn, self._edits = Grading({shape.id: shape for shape in shapes}), []
        self.scene = scene_of(shapes) if shapes else EMPTY_SCENE
        self.opened.emit()

    def apply(self, edit: Edit) -> bool:
        """Make an edit."""
        self._drawn = edit.apply(self._drawn)
        self._edits.append(edit)
        self.announce(edit)
        return True

    def take_back(self) -> None:
        """Undo the last edit."""
        if self._edits:
            edit = self._edits.pop()
            self._drawn = edit.revert(self._drawn)
            self.announce(edit)


class ScratchCanvas(Canvas):
    """The desk's canvas over a scratch, with what the readings drew shown faintly below."""

    def __init__(self, scratch: Scratch) -> None:
        super().__init__(scratch)
        self.below: list[tuple[Geometry, int]] = []  # what was drawn, and by which reading
        self.underlays.append(_paint_below)
        self.setAccessibleName(tr("Drawing canvas"))

    @property
    def refusal(self) -> str:
        """A scratch always takes edits."""
        return ""


class RedrawPane(QWidget):
    """Tools, the canvas, and what takes the drawing or gives it up."""

    taken = Signal(object)  # tuple of geometries
    given_up = Signal()
    said = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.scratch = Scratch()
        self.canvas = ScratchCanvas(self.scratch)
        self.canvas.said.connect(self.said)
        self.canvas.tool_changed.connect(self._on_tool)
        self._item: Item | None = None
        self.title = styled_label("", "heading")
        self.actions_of: dict[str, QAction] = {}
        row = QHBoxLayout()
        row.setContentsMargins(8, 5, 8, 5)
        row.setSpacing(4)
        row.addWidget(self.title)
        row.addSpacing(10)
        group = QActionGroup(self)
        names = {
            "select": tr("Select"),
            "ellipse": tr("Ellipse"),
            "polygon": tr("Polygon"),
            "brush": tr("Brush"),
            "eraser": tr("Eraser"),
            "point": tr("Point"),
        }
        for name, key in _TOOLS.items():
            action = self._action(names[name], _ICONS[name], key)
            action.setCheckable(True)
            group.addAction(action)
            action.triggered.connect(self._use)
            self.actions_of[name] = action
            row.addWidget(self._button(action))
        self._average = self._action(tr("Start from the average"), "divide", "S")
        self._average.triggered.connect(self._start_from_average)
        row.addWidget(self._button(self._average))
        undo = self._action(tr("Undo"), "arrow-u-up-left", "Ctrl+Z")
        undo.triggered.connect(self._undo)
        row.addWidget(self._button(undo))
        row.addStretch(1)
        self.take_button = QPushButton(tr("Take it (Enter)"))
        self.take_button.setObjectName("main")
        self.take_button.setAccessibleName(tr("Take the drawing"))
        self.take_button.setToolTip(tr("Decide the item by what is drawn here (Enter)"))
        self.take_button.clicked.connect(self.take)
        leave = QPushButton(tr("Cancel (Esc)"))
        leave.setAccessibleName(tr("Give the drawing up"))
        leave.setToolTip(tr("Go back; nothing is decided (Esc)"))
        leave.clicked.connect(self.give_up)
        row.addWidget(leave)
        row.addWidget(self.take_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(rule())
        column.addWidget(self.canvas, 1)

    def begin(self, case: Case, item: Item, picture: Picture) -> None:
        """Draw an item anew."""
        self._item = item
        kinds = label(item.code).kinds
        self.title.setText(tr("Redraw: {item}", item=title_of(item)))
        self.canvas.label = item.code
        self.canvas.below = [
            (shape.geometry, place)
            for place, reading in enumerate(case.readings)
            for shape in item.drawn.get(reading.name, ())
        ]
        for name, action in self.actions_of.items():
            action.setEnabled(
                name in {"select", *kinds} or (name in {"brush", "eraser"} and "polygon" in kinds)
            )
        self._average.setEnabled(bool(item.average))
        self.scratch.begin(item.code)
        self.canvas.show_picture(picture)
        self.canvas.use_tool(kinds[0])
        self.canvas.setFocus()

    def go_to_item(self) -> None:
        """Show the place of the item; once the canvas has its size."""
        place = place_of(self._item, self.canvas.frame) if self._item else None
        if place is not None:
            self.canvas.show_around(place)

    def take(self) -> None:
        """Decide by what is drawn; an outline under way is closed first."""
        if not self.canvas.leave():
            return
        drawn = tuple(shape.geometry for shape in self.scratch.grading.shapes.values())
        if drawn:
            self.taken.emit(drawn)
        else:
            self.said.emit(
                tr("Draw something first; to settle that there is nothing, press Esc and drop the item (D).")
            )

    def give_up(self) -> None:
        """Leave without a decision."""
        self.canvas.tool.cancel()
        self.given_up.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What no tool had a use for: Enter takes the drawing, Esc gives it up."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.take()
        elif event.key() == Qt.Key.Key_Escape:
            self.give_up()
        elif event.key() in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace}:
            self.canvas.press_key("Delete")
        else:
            super().keyPressEvent(event)

    def settle(self) -> None:
        """Wait for what is being drawn."""
        self.canvas.overlay.settle()

    def _action(self, words: str, icon: str, key: str) -> QAction:
        action = QAction(words, self)
        icons.dress(action, icon)
        action.setShortcut(QKeySequence(key))
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.setToolTip(f"{words} ({native(key)})")
        self.addAction(action)
        return action

    def _button(self, action: QAction) -> QToolButton:
        button = QToolButton()
        button.setDefaultAction(action)
        button.setAccessibleName(action.text())
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _use(self) -> None:
        name = next(name for name, action in self.actions_of.items() if action is self.sender())
        self.canvas.use_tool(name)
        self.canvas.setFocus()

    def _on_tool(self, name: str) -> None:
        if name in self.actions_of:
            self.actions_of[name].setChecked(True)

    def _start_from_average(self) -> None:
        if self._item is not None:
            self.scratch.begin(self._item.code, self._item.average)
            self.canvas.use_tool("select")
            self.canvas.select(list(self.scratch.grading.shapes))
            self.canvas.setFocus()

    def _undo(self) -> None:
        if self.canvas.tool.busy:
            self.canvas.tool.take_back()
        else:
            self.scratch.take_back()


def _paint_below(painter: QPainter, canvas: Canvas) -> None:
    if isinstance(canvas, ScratchCanvas):
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for geometry, place in canvas.below:
            draw_shape(painter, geometry, canvas.view, QColor(pen_of(place).colour), _FAINT)
