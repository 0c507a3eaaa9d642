"""What the features that edit the selection share."""

from __future__ import annotations

from collections.abc import Callable

from retina_studio.domain.edits import ChangeShapes
from retina_studio.domain.errors import RetinaError
from retina_studio.domain.shapes import Shape
from retina_studio.gui.tools.base import may_edit
from retina_studio.gui.words import tr

from .base import Feature


class EditingFeature(Feature):
    """Each of its actions makes one edit, or says why not."""

    def selected(self) -> list[Shape]:
        """The selected shapes in drawing order."""
        canvas = self.window.canvas
        if len(canvas.selection) < 2:
            return [canvas.grading.shapes[key] for key in canvas.selection]
        return [shape for key, shape in canvas.grading.shapes.items() if key in canvas.selection]

    def ready(self) -> bool:
        """Whether an edit may be made now; the person is told why not. A nudge under way is committed first."""
        canvas = self.window.canvas
        canvas.release_keys()
        if canvas.tool.busy:
            canvas.say(tr("Finish the outline first (Enter), or press Esc."))
            return False
        return may_edit(canvas)

    def put(self, make: Callable[[], ChangeShapes]) -> bool:
        """Make the edit and select what it leaves; False when it was refused, which the person is told."""
        canvas = self.window.canvas
        if not self.ready():
            return False
        try:
            edit = make()
        except RetinaError as error:
            canvas.say(str(error))
            return False
        return canvas.put(edit)


def in_words(count: int) -> str:
    """How many shapes, for a sentence."""
    return tr("1 shape") if count == 1 else tr("{count} shapes", count=count)
