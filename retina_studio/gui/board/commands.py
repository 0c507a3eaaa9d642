"""The board's actions in one table, with their keys; its menus and its sheet of keys are made of it."""

from collections.abc import Callable, Mapping

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from retina_studio.gui import icons
from retina_studio.gui.actions import ActionSpec, native
from retina_studio.gui.words import marked, tr, tr_data

_KEEP = (
    marked("Keep the first reading"),
    marked("Keep the second reading"),
    marked("Keep the third reading"),
    marked("Keep the fourth reading"),
    marked("Keep the fifth reading"),
)
SPECS: tuple[ActionSpec, ...] = (
    ActionSpec(
        "next_image", "Images", "Next image", "caret-right", ("PgDown",), "Go to the next image of the list"
    ),
    ActionSpec(
        "previous_image",
        "Images",
        "Previous image",
        "caret-left",
        ("PgUp",),
        "Go to the previous image of the list",
    ),
    ActionSpec(
        "next_open_image",
        "Images",
        "Next open image",
        "skip-forward",
        ("Shift+N",),
        "Go to the next image with something open",
    ),
    ActionSpec(
        "auto_next",
        "Images",
        "Go on by itself",
        "play",
        (),
        "When an image is settled, go to the next open one after a moment",
        checkable=True,
    ),
    ActionSpec(
        "return_reading",
        "Images",
        "Return to a grader …",
        "arrow-bend-up-left",
        ("Ctrl+R",),
        "Send a grading back for correction, with a comment",
    ),
    ActionSpec(
        "reload", "Images", "Load again", "arrows-clockwise", ("F5",), "Load the list and the image again"
    ),
    ActionSpec(
        "close", "Images", "Close the board", "x", ("Ctrl+W",), "Close; every decision is saved already"
    ),
    ActionSpec(
        "next_open",
        "Item",
        "Next open item",
        "arrow-right",
        ("N", "Space"),
        "Go to the next item to be decided",
    ),
    ActionSpec("previous_item", "Item", "Previous item", "arrow-left", ("P",), "Go to the item before"),
    ActionSpec(
        "keep", "Item", "Keep a reading", "check", ("K",), "Keep what one reading says: then press its letter"
    ),
    *(
        ActionSpec(
            f"keep:{number}",
            "Item",
            text,
            "",
            (str(number),),
            "Keep what this reading says of the item",
        )
        for number, text in enumerate(_KEEP, 1)
    ),
    ActionSpec("drop", "Item", "Drop", "trash", ("D",), "Settle that there is nothing here"),
    ActionSpec("average", "Item", "Average", "divide", ("A", "V"), "Take the mean of what was drawn"),
    ActionSpec("redraw", "Item", "Redraw", "pencil-simple", ("R",), "Draw the item yourself"),
    ActionSpec(
        "withdraw",
        "Item",
        "Withdraw the decision",
        "arrow-u-up-left",
        ("U", "Ctrl+Z"),
        "Take the decision on this item, or else the last one, back",
    ),
    ActionSpec("reason", "Item", "Reason", "chat-centered-text", ("W",), "Type or choose the reason"),
    ActionSpec(
        "side",
        "Look",
        "Side by side",
        "columns",
        ("S",),
        "Show the readings side by side",
        checkable=True,
        group="mode",
    ),
    ActionSpec(
        "one",
        "Look",
        "One at a time",
        "square",
        ("O",),
        "Show one reading large; Tab goes on",
        checkable=True,
        group="mode",
    ),
    ActionSpec(
        "blend",
        "Look",
        "Blended",
        "circles-three",
        ("B",),
        "Show all readings in one view, each in its own colour",
        checkable=True,
        group="mode",
    ),
    ActionSpec(
        "consensus",
        "Look",
        "Consensus so far",
        "checks",
        ("C",),
        "Show what is settled so far",
        checkable=True,
    ),
    ActionSpec(
        "heat", "Look", "Heat map", "fire-simple", ("H",), "Show where the readings disagree", checkable=True
    ),
    ActionSpec(
        "enhance",
        "Look",
        "Red-free",
        "drop-half",
        ("G",),
        "See a fundus photograph without red, a B-scan with more local contrast",
        checkable=True,
    ),
    ActionSpec(
        "hide_shapes", "Look", "Hide shapes", "eye-slash", ("X",), "See the bare image", checkable=True
    ),
    ActionSpec(
        "names",
        "Look",
        "Show names",
        "identification-badge",
        (),
        "Show who graded; the letters keep your decision blind",
        checkable=True,
    ),
    ActionSpec(
        "go_to_item", "Look", "Go to the item", "crosshair", ("Z",), "Bring the item in focus into view"
    ),
    ActionSpec("fit", "Look", "Fit image", "frame-corners", ("Home", "Ctrl+0"), "Show the whole image"),
    ActionSpec("zoom_in", "Look", "Zoom in", "magnifying-glass-plus", ("+", "="), "Show the image larger"),
    ActionSpec("zoom_out", "Look", "Zoom out", "magnifying-glass-minus", ("-",), "Show the image smaller"),
    ActionSpec(
        "next_part", "Look", "Next part of the window", "", ("F6",), "Go from the views to the lists and back"
    ),
    ActionSpec("sheet", "Help", "Keys of the board", "keyboard", ("F1", "?"), "List all keys"),
)
MENUS = (marked("Images"), marked("Item"), marked("Look"), marked("Help"))
ADJUDICATORS = frozenset(  # nobody else sees them
    {"keep", *(f"keep:{number}" for number in range(1, 6)), "drop", "average", "redraw", "withdraw", "reason"}
    | {"return_reading", "auto_next", "names"}
)
WHILE_DRAWING = frozenset({"zoom_in", "zoom_out", "close", "sheet"})  # all others rest
GESTURES: tuple[tuple[str, str], ...] = (
    (marked("Tab and Shift+Tab in the views"), marked("Next or previous view")),
    (marked("Click on a disputed place"), marked("Put that item in focus")),
    (marked("Drag, wheel"), marked("Move and zoom all views together")),
    (marked("K, then A, B, C"), marked("Keep that reading")),
    (marked("Enter and Esc in the reason"), marked("Back to the views")),
    (marked("Enter and Esc while redrawing"), marked("Take the drawing, or give it up")),
)
_BELOW_A_LINE = frozenset(
    {"auto_next", "return_reading", "close", "keep", "drop", "withdraw", "consensus", "names", "fit"}
)


def build(window: QMainWindow, handler_of: Callable[[str], Callable[..., object]]) -> dict[str, QAction]:
    """All actions by name, each wired and in its menu."""
    actions: dict[str, QAction] = {}
    menus: dict[str, QMenu] = {name: window.menuBar().addMenu(tr_data(name)) for name in MENUS}
    for spec in SPECS:
        action = QAction(tr_data(spec.text), window)
        if spec.icon:
            icons.dress(action, spec.icon)
        keys = [key for key in spec.keys if key != "Space"]  # of the views and the list only: buttons need it
        action.setShortcuts([QKeySequence(key) for key in keys])
        action.setStatusTip(tr_data(spec.tip))
        action.setToolTip(tr_data(spec.tip) + (f" ({native(keys[0])})" if keys else ""))
        action.setCheckable(spec.checkable)
        action.setData(spec.name)
        action.triggered.connect(handler_of(spec.name))
        window.addAction(action)
        actions[spec.name] = action
        if spec.name in _BELOW_A_LINE:
            menus[spec.menu].addSeparator()
        menus[spec.menu].addAction(action)
    return actions


def keys_by_menu(actions: Mapping[str, QAction]) -> dict[str, list[tuple[str, str]]]:
    """(keys, words) of every action that has a key, under its menu, and the gestures."""
    tables: dict[str, list[tuple[str, str]]] = {}
    for spec in SPECS:
        if spec.keys and actions[spec.name].isVisible():
            keys = " / ".join(native(key) for key in spec.keys)
            tables.setdefault(tr_data(spec.menu), []).append((keys, tr_data(spec.text)))
    tables[tr("Mouse and more")] = [(tr_data(gesture), tr_data(what)) for gesture, what in GESTURES]
    return tables
