"""Put the sides of the window away and bring them back: one of them, or both for the canvas alone."""

from __future__ import annotations

from retina_studio.gui import layout
from retina_studio.gui.actions import ActionSpec

from .base import Feature


class Sides(Feature):
    """The tool bar and the menus stay; a side that was put away before stays away afterwards."""

    specs = (
        ActionSpec(
            "left_side",
            "View",
            "Worklist side",
            "arrow-line-left",
            ("Ctrl+B",),
            "Show the worklist and the lists below it",
            checkable=True,
        ),
        ActionSpec(
            "right_side",
            "View",
            "Grading side",
            "arrow-line-right",
            ("Ctrl+Alt+B",),
            "Show the labels and the grades",
            checkable=True,
        ),
        ActionSpec(
            "focus_canvas",
            "View",
            "Canvas only",
            "corners-out",
            ("F11",),
            "Put both sides away to see the image large",
            checkable=True,
        ),
    )

    def wire(self) -> None:
        """Both sides are there at the start."""
        for name in ("left_side", "right_side"):
            self.window.actions[name].setChecked(True)

    def left_side(self) -> None:
        """Show or hide the left side."""
        self._show()

    def right_side(self) -> None:
        """Show or hide the right side."""
        self._show()

    def focus_canvas(self) -> None:
        """Show the canvas alone, or what was there before."""
        self._show()
        self.window.canvas.setFocus()

    def _show(self) -> None:
        actions = self.window.actions
        alone = actions["focus_canvas"].isChecked()
        for side, name in zip(layout.sides(self.window), ("left_side", "right_side"), strict=True):
            side.setVisible(actions[name].isChecked() and not alone)
            actions[name].setEnabled(not alone)
