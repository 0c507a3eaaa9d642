"""Every action of the window in one table: its words, icon and keys."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow

from retina_studio.domain.labels import catalogue
from retina_studio.gui import icons


@dataclass(frozen=True)
class ActionSpec:
    """One action. `menu` is where it stands; `keys` are alternatives, the first one is shown."""

    name: str
    menu: str
    text: str
    icon: str
    keys: tuple[str, ...]
    tip: str
    checkable: bool = False


ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec(
        "previous",
        "Image",
        "Previous image",
        "caret-left",
        ("P", "PgUp"),
        "Go to the previous image of the worklist",
    ),
    ActionSpec(
        "next", "Image", "Next image", "caret-right", ("N", "PgDown"), "Go to the next image of the worklist"
    ),
    ActionSpec(
        "submit", "Image", "Submit grading", "paper-plane-tilt", ("Ctrl+Return",), "Hand in this grading"
    ),
    ActionSpec(
        "reopen",
        "Image",
        "Reopen grading",
        "lock-simple-open",
        ("Ctrl+Shift+O",),
        "Open a submitted grading again, as a new version",
    ),
    ActionSpec(
        "quit", "Image", "Quit", "sign-out", ("Ctrl+Q",), "Close the window; everything is saved already"
    ),
    ActionSpec("undo", "Edit", "Undo", "arrow-u-up-left", ("Ctrl+Z",), "Take the last edit back"),
    ActionSpec(
        "redo", "Edit", "Redo", "arrow-u-up-right", ("Ctrl+Shift+Z", "Ctrl+Y"), "Make the undone edit again"
    ),
    ActionSpec(
        "delete",
        "Edit",
        "Delete",
        "trash",
        ("Del",),
        "Delete the selected shapes, or the vertex under the pointer",
    ),
    ActionSpec(
        "select_all", "Edit", "Select all shapes", "selection-all", ("Ctrl+A",), "Select every visible shape"
    ),
    ActionSpec("select", "Draw", "Select", "cursor", ("V",), "Select, move, resize and turn shapes", True),
    ActionSpec(
        "ellipse",
        "Draw",
        "Ellipse",
        "circle",
        ("E",),
        "Drag an ellipse; Shift: circle, Alt: from the centre",
        True,
    ),
    ActionSpec(
        "polygon",
        "Draw",
        "Polygon",
        "polygon",
        ("G",),
        "Click vertices, or drag freehand; Enter or a double click closes",
        True,
    ),
    ActionSpec("point", "Draw", "Point", "crosshair-simple", ("T",), "Set a point", True),
    ActionSpec("fit", "View", "Fit image", "frame-corners", ("Home", "Ctrl+0"), "Show the whole image"),
    ActionSpec(
        "actual_size",
        "View",
        "Actual size",
        "number-square-one",
        ("Ctrl+1",),
        "One image pixel to one screen pixel",
    ),
    ActionSpec("zoom_in", "View", "Zoom in", "magnifying-glass-plus", ("+", "="), "Show the image larger"),
    ActionSpec("zoom_out", "View", "Zoom out", "magnifying-glass-minus", ("-",), "Show the image smaller"),
    ActionSpec(
        "hide_shapes",
        "View",
        "Hide shapes",
        "eye-slash",
        ("H",),
        "Hide all shapes to see the bare image",
        True,
    ),
    ActionSpec(
        "show_cam", "View", "Show the CAM", "fire-simple", ("M",), "Show where the model looked", True
    ),
    ActionSpec(
        "propose", "Proposals", "Propose", "sparkle", ("Ctrl+M",), "Ask the model for shapes on this image"
    ),
    ActionSpec(
        "accept", "Proposals", "Accept proposal", "check", ("Y",), "Take the chosen proposal into the grading"
    ),
    ActionSpec(
        "edit",
        "Proposals",
        "Accept and edit",
        "pencil-simple",
        ("R",),
        "Take the chosen proposal into the grading and correct it",
    ),
    ActionSpec("reject", "Proposals", "Reject proposal", "x", ("X",), "Refuse the chosen proposal"),
    ActionSpec(
        "accept_all",
        "Proposals",
        "Accept all proposals",
        "checks",
        ("Shift+Y",),
        "Take every open proposal into the grading",
    ),
    ActionSpec("shortcuts", "Help", "Keyboard shortcuts", "keyboard", ("F1", "?"), "List all keys"),
)

TOOL_NAMES = ("select", "ellipse", "polygon", "point")

# Keys and gestures that are not actions, for the shortcut sheet.
GESTURES: tuple[tuple[str, str], ...] = (
    ("Wheel", "Zoom to the pointer"),
    ("Middle button, or Space and drag", "Move the image"),
    ("Shift click", "Add a shape to the selection, or take it out"),
    ("Drag on empty ground (Ctrl: anywhere)", "Select with a rubber band"),
    ("Shift while drawing or resizing", "Circle, or keep the ratio; turn in steps of 15°"),
    ("Alt while drawing or resizing", "From the centre"),
    ("Double click or Alt click on an edge", "Insert a vertex"),
    ("Alt click on a vertex", "Delete it"),
    ("Arrows (Shift: 10 pixels)", "Nudge the selection"),
    ("Enter, double click, or the first vertex", "Close a polygon"),
    ("Backspace, or Ctrl+Z while drawing", "Take the last vertex back"),
    ("Esc", "Give up what is under way, or let the selection go"),
)


def build_actions(window: QMainWindow, handlers: Mapping[str, Callable[..., object]]) -> dict[str, QAction]:
    """All actions by name, each wired to the handler of its name; a label's action is named "label:CODE"."""
    actions = {}
    tools = QActionGroup(window)
    for spec in ACTIONS:
        action = QAction(spec.text, window)
        icons.dress(action, spec.icon)
        action.setShortcuts([QKeySequence(key) for key in spec.keys])
        action.setToolTip(f"{spec.tip} ({native(spec.keys[0])})")
        action.setStatusTip(spec.tip)
        action.setCheckable(spec.checkable)
        if spec.name in TOOL_NAMES:
            tools.addAction(action)
        action.triggered.connect(handlers[spec.name])
        window.addAction(action)
        actions[spec.name] = action
    return actions | _label_actions(window, handlers["label"])


def _label_actions(window: QMainWindow, choose: Callable[..., object]) -> dict[str, QAction]:
    actions = {}
    for code, entry in catalogue().items():
        action = QAction(icons.swatch(entry.colour), f"{code}  {entry.title}", window)
        action.setShortcut(QKeySequence(entry.key))
        action.setStatusTip(f"Draw {entry.title.lower()}")
        # The code travels as the action's data: a closure here would keep the window alive.
        action.setData(code)
        action.triggered.connect(choose)
        window.addAction(action)
        actions[f"label:{code}"] = action
    return actions


def add_menus(window: QMainWindow, actions: Mapping[str, QAction]) -> None:
    """The menu bar, in the order of the table."""
    bar = window.menuBar()
    for menu_name in dict.fromkeys(spec.menu for spec in ACTIONS):
        menu = bar.addMenu(menu_name)
        for spec in ACTIONS:
            if spec.menu == menu_name:
                menu.addAction(actions[spec.name])


def native(key: str) -> str:
    """A key as this system writes it."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
