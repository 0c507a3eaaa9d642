"""The keys of all actions: listed on a sheet, and changed in a dialog."""

from __future__ import annotations

from collections.abc import Sequence

from retina_studio.gui import actions as tables
from retina_studio.gui import settings
from retina_studio.gui.actions import ActionSpec
from retina_studio.gui.dialogs import ShortcutSheet
from retina_studio.gui.key_editor import KeyEditor
from retina_studio.gui.keys import keyed_actions

from .base import Feature


class Shortcuts(Feature):
    """What the person changes holds at once, in every tooltip too, and is kept for the next start."""

    specs = (
        ActionSpec("shortcuts", "Help", "Keyboard shortcuts", "keyboard", ("F1", "?"), "List all keys"),
        ActionSpec(
            "change_keys",
            "Help",
            "Change keys",
            "pencil-simple",
            ("Shift+F1",),
            "Give actions and labels other keys",
        ),
    )

    def shortcuts(self) -> None:
        """Show the sheet."""
        sheet = ShortcutSheet(self.window.specs, self.window.actions, self.window)
        sheet.change_asked.connect(self.change_keys)
        sheet.open()

    def change_keys(self) -> None:
        """Show the dialog."""
        rows = keyed_actions(self.window.specs)
        keys = {row.name: settings.keys_of(row.name, row.usual) for row in rows}
        dialog = KeyEditor(rows, keys, self.window)
        dialog.changed.connect(self._apply)
        dialog.open()

    def _apply(self, name: str, keys: Sequence[str] | None) -> None:
        settings.choose_keys(name, keys)
        tables.give_keys(self.window.actions, self.window.specs)
        self.window.label_panel.show_keys()
