"""Work on many shapes: select by label, relabel, duplicate, lock and hide."""

from __future__ import annotations

from retina_studio.domain.shape_edits import duplicate, relabel
from retina_studio.gui.actions import ActionSpec
from retina_studio.gui.words import tr

from .editing import EditingFeature, in_words

_APART = 12.0  # widget pixels between a shape and its duplicate


class Arranging(EditingFeature):
    """Locked and hidden shapes stay so while the window is open; neither is part of the grading."""

    specs = (
        ActionSpec(
            "select_same",
            "Edit",
            "Select same label",
            "selection-plus",
            ("Ctrl+Shift+A",),
            "Select every visible shape of the selected labels, or of the current one",
        ),
        ActionSpec(
            "relabel",
            "Edit",
            "Relabel",
            "tag",
            ("Ctrl+L",),
            "Give the selected shapes the current label",
        ),
        ActionSpec(
            "duplicate",
            "Edit",
            "Duplicate",
            "copy-simple",
            ("Ctrl+D",),
            "Copy the selected shapes beside themselves",
        ),
        ActionSpec(
            "lock",
            "Edit",
            "Lock or unlock",
            "lock-simple",
            ("Ctrl+K",),
            "Lock the selected shapes against clicks and edits, or unlock them; with nothing selected, unlock all",
        ),
        ActionSpec(
            "hide_selected",
            "View",
            "Hide selected shapes",
            "eye-closed",
            ("Ctrl+H",),
            "Hide the selected shapes",
        ),
        ActionSpec(
            "show_hidden",
            "View",
            "Show hidden shapes",
            "eye",
            ("Ctrl+Shift+H",),
            "Show the shapes that were hidden one by one",
        ),
    )

    def select_same(self) -> None:
        """Select all shapes of the selected labels; without a selection, of the current label."""
        canvas = self.window.canvas
        if canvas.tool.busy:
            canvas.say(tr("Finish the outline first (Enter), or press Esc."))
            return
        codes = {shape.label for shape in self.selected()} or {canvas.label}
        canvas.use_tool("select")
        canvas.select([shape.id for shape in canvas.within_reach if shape.label in codes])
        canvas.say(
            tr(
                "{shapes} selected: {labels}",
                shapes=in_words(len(canvas.selection)),
                labels=", ".join(sorted(codes)),
            )
        )

    def relabel(self) -> None:
        """Give the selection the current label."""
        canvas = self.window.canvas
        self.put(lambda: relabel(canvas.grading, self.selected(), canvas.label))

    def duplicate(self) -> None:
        """Copy the selection, a little to the lower right."""
        apart = _APART / self.window.canvas.view.mean_scale
        self.put(lambda: duplicate(self.selected(), apart, apart))

    def lock(self) -> None:
        """Lock the selection, or unlock it when all of it is locked; without a selection unlock everything."""
        canvas = self.window.canvas
        chosen = frozenset(canvas.selection)
        here = canvas.locked & canvas.grading.shapes.keys()
        if not chosen:
            canvas.set_aside(locked=canvas.locked - here)
            canvas.say(
                tr("{shapes} unlocked.", shapes=in_words(len(here))) if here else tr("No shape is locked.")
            )
        elif chosen <= canvas.locked:
            canvas.set_aside(locked=canvas.locked - chosen)
            canvas.say(tr("{shapes} unlocked.", shapes=in_words(len(chosen))))
        else:
            canvas.select(())
            canvas.set_aside(locked=canvas.locked | chosen)
            canvas.say(
                tr("{shapes} locked; Ctrl+K with nothing selected unlocks all.", shapes=in_words(len(chosen)))
            )

    def hide_selected(self) -> None:
        """Hide the selection."""
        canvas = self.window.canvas
        if not canvas.selection:
            canvas.say(tr("Select the shapes to hide first."))
            return
        count = len(canvas.selection)
        canvas.set_aside(hidden=canvas.hidden_ids | canvas.selection)
        canvas.say(tr("{shapes} hidden; Ctrl+Shift+H shows again what is hidden.", shapes=in_words(count)))

    def show_hidden(self) -> None:
        """Show what was hidden shape by shape."""
        canvas = self.window.canvas
        here = canvas.hidden_ids & canvas.grading.shapes.keys()
        canvas.set_aside(hidden=canvas.hidden_ids - here)
        canvas.say(
            tr("{shapes} shown again.", shapes=in_words(len(here))) if here else tr("No shape is hidden.")
        )
