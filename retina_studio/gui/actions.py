"""What an action is, the window's own actions in one table, and how all of them are built.

A feature (gui/features) brings its own table; `build_actions` and `add_menus` take all of them together.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from retina_studio.domain.labels import catalogue, label
from retina_studio.gui import icons, settings
from retina_studio.gui.words import marked, tr, tr_data

Handler = Callable[..., Any]


@dataclass(frozen=True)
class ActionSpec:
    """One action. `menu` is where it stands, "Menu" or "Menu/Submenu"; `keys` are alternatives, the first is shown.

    Of the checkable actions of one `group` exactly one is checked. `name` is also what its handler is found by.
    Menu, text and tip are English; the extractor of the translations knows where they stand.
    """

    name: str
    menu: str
    text: str
    icon: str
    keys: tuple[str, ...]
    tip: str
    checkable: bool = False
    group: str = ""


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
    ActionSpec(
        "select",
        "Draw",
        "Select",
        "cursor",
        ("V",),
        "Select, move, resize and turn shapes",
        checkable=True,
        group="tools",
    ),
    ActionSpec(
        "ellipse",
        "Draw",
        "Ellipse",
        "circle",
        ("E",),
        "Drag an ellipse; Shift: circle, Alt: from the centre, Ctrl: long axis, then width",
        checkable=True,
        group="tools",
    ),
    ActionSpec(
        "polygon",
        "Draw",
        "Polygon",
        "polygon",
        ("G",),
        "Click vertices, or drag freehand; Enter or a double click closes; with Alt a hole",
        checkable=True,
        group="tools",
    ),
    ActionSpec(
        "point", "Draw", "Point", "crosshair-simple", ("T",), "Set a point", checkable=True, group="tools"
    ),
    ActionSpec(
        "brush",
        "Draw",
        "Brush",
        "paint-brush",
        ("B",),
        "Paint on the selected shape, or a new one of the current label",
        checkable=True,
        group="tools",
    ),
    ActionSpec(
        "eraser",
        "Draw",
        "Eraser",
        "eraser",
        ("U",),
        "Carve the selected shapes, or else those of the current label",
        checkable=True,
        group="tools",
    ),
    ActionSpec(
        "knife",
        "Draw",
        "Knife",
        "knife",
        ("K",),
        "Split a shape along a line",
        checkable=True,
        group="tools",
    ),
    ActionSpec(
        "wand",
        "Draw",
        "Magic wand",
        "magic-wand",
        ("W",),
        "Click to take the area of like colour; drag for more or less",
        checkable=True,
        group="tools",
    ),
    ActionSpec(
        "ruler",
        "Draw",
        "Ruler",
        "ruler",
        ("Q",),
        "Drag to measure in pixels, disc diameters and millimetres; Esc takes it away",
        checkable=True,
        group="tools",
    ),
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
        checkable=True,
    ),
    ActionSpec(
        "show_cam",
        "View",
        "Show the CAM",
        "fire-simple",
        ("M",),
        "Show where the model looked",
        checkable=True,
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
)

MENUS = (
    marked("Image"),
    marked("Edit"),
    marked("Draw"),
    marked("View"),
    marked("Proposals"),
    marked("Study"),
    marked("Help"),
)

# The actions that stand below a line in their menu: what follows belongs together.
_BELOW_A_LINE = frozenset(
    {
        "submit", "import_images", "previous_bscan", "quit",
        "delete", "select_all", "copy", "convert", "snap", "preferences",
        "ellipse", "brush", "ruler", "crosshair",
        "hide_shapes", "view:colour", "zoom_selection", "etdrs_grid", "check", "left_side",
        "people", "vote", "import_labels", "models", "other_study", "tour", "about",
    }
)  # fmt: skip

# Keys and gestures that are not actions, for the shortcut sheet.
GESTURES: tuple[tuple[str, str], ...] = (
    (marked("Wheel"), marked("Zoom to the pointer")),
    (marked("Middle button, or Space and drag"), marked("Move the image")),
    (marked("Two fingers on a trackpad"), marked("Move the image; pinch, or hold Ctrl, to zoom")),
    (marked("Drag with the right button"), marked("Contrast and brightness, or a scan's grey window")),
    (marked("Shift click"), marked("Add a shape to the selection, or take it out")),
    (marked("Drag on empty ground (Ctrl: anywhere)"), marked("Select with a rubber band")),
    (marked("Shift while drawing or resizing"), marked("Circle, or keep the ratio; turn in steps of 15°")),
    (marked("Alt while drawing or resizing"), marked("From the centre")),
    (marked("Ctrl drag with the ellipse"), marked("Its long axis; then move and click for the width")),
    (marked("Alt with the polygon"), marked("Draw a hole in the shape around it")),
    (marked("[ and ], or Ctrl and wheel"), marked("Size of the brush, tolerance of the wand")),
    (marked("Drag with the wand"), marked("To the right takes more, to the left less")),
    (marked("Shift or Alt with the wand"), marked("Add to the selected shape, or take away from it")),
    (marked("Double click or Alt click on an edge"), marked("Insert a vertex")),
    (marked("Alt click on a vertex"), marked("Delete it")),
    (
        marked("Shift click on vertices, or Ctrl and drag around them"),
        marked("Select vertices to move or delete together"),
    ),
    (
        marked("Arrows, Enter and Esc with the crosshair"),
        marked("Move it (Shift: far, Ctrl: one pixel), set points or begin and end a shape, leave"),
    ),
    (marked("Arrows (Shift: 10 pixels)"), marked("Nudge the selection")),
    (marked("Alt+Left and Alt+Right (Shift: 15°)"), marked("Turn the selection")),
    (marked("Alt+Up and Alt+Down (Shift: 10 pixels)"), marked("Grow or shrink the selection")),
    (marked("Enter, double click, or the first vertex"), marked("Close a polygon")),
    (
        marked("Tab with proposals on the image"),
        marked("Review them one by one: A accepts, R rejects, E edits, F refines, Esc leaves"),
    ),
    (marked("Shift+A or Shift+R under review"), marked("Accept or reject all proposals of the label")),
    (marked("Click, or right click, while refining"), marked("This belongs to the shape, or does not")),
    (marked("Backspace, or Ctrl+Z while drawing"), marked("Take the last vertex back")),
    (marked("Esc"), marked("Give up what is under way, or let the selection go")),
)


def build_actions(
    window: QMainWindow, specs: Sequence[ActionSpec], handlers: Mapping[str, Handler]
) -> dict[str, QAction]:
    """All actions by name, each wired to the handler of its name; a label's action is named "label:CODE"."""
    actions = {}
    groups: dict[str, QActionGroup] = {}
    for spec in specs:
        action = QAction(tr_data(spec.text), window)
        if spec.icon:
            icons.dress(action, spec.icon)
        action.setStatusTip(tr_data(spec.tip))
        action.setCheckable(spec.checkable)
        if spec.group:
            groups.setdefault(spec.group, QActionGroup(window)).addAction(action)
        action.triggered.connect(handlers[spec.name])
        window.addAction(action)
        actions[spec.name] = action
    actions |= _label_actions(window, handlers["label"])
    give_keys(actions, specs)
    return actions


def give_keys(actions: Mapping[str, QAction], specs: Sequence[ActionSpec]) -> None:
    """Give every action the keys that the person chose, else those of its table; the tips name the first of them."""
    tables = {spec.name: spec.keys for spec in specs}
    tables |= {label_action(code): (entry.key,) for code, entry in catalogue().items()}
    for name, usual in tables.items():
        action, keys = actions[name], settings.keys_of(name, usual)
        action.setShortcuts([QKeySequence(key) for key in keys])
        action.setToolTip(action.statusTip() + (f" ({native(keys[0])})" if keys else ""))


def label_action(code: str) -> str:
    """The name of the action that picks a label."""
    return f"label:{code}"


def label_key(code: str) -> str:
    """The key that picks a label, as this system writes it; "" where the person took it away."""
    keys = settings.keys_of(label_action(code), (label(code).key,))
    return native(keys[0]) if keys else ""


def _label_actions(window: QMainWindow, choose: Handler) -> dict[str, QAction]:
    actions = {}
    for code, entry in catalogue().items():
        title = tr_data(entry.title)
        action = QAction(icons.swatch(entry.colour), f"{code}  {title}", window)
        action.setStatusTip(tr("Draw {label}", label=title.lower()))
        # The code travels as the action's data: a closure here would keep the window alive.
        action.setData(code)
        action.triggered.connect(choose)
        window.addAction(action)
        actions[label_action(code)] = action
    return actions


def add_menus(window: QMainWindow, specs: Sequence[ActionSpec], actions: Mapping[str, QAction]) -> None:
    """The menu bar: menus in the order of MENUS, actions in the order of the tables, to quit last."""
    menus: dict[str, QMenu] = {name: window.menuBar().addMenu(tr_data(name)) for name in MENUS}
    for spec in sorted(specs, key=lambda spec: spec.name == "quit"):
        parent, _, name = spec.menu.partition("/")
        if spec.name in _BELOW_A_LINE:
            menus[parent].addSeparator()
        if spec.menu not in menus:
            menus[spec.menu] = menus[parent].addMenu(tr_data(name))
        menus[spec.menu].addAction(actions[spec.name])


def native(key: str) -> str:
    """A key as this system writes it."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
