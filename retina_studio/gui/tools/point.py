"""Set a point by a click; a second point of a single label moves the first."""

from retina_studio.domain.shapes import Point
from retina_studio.gui.canvas.frame import on_frame
from retina_studio.gui.words import tr

from .base import Pointer, Tool, finish, may_draw


class PointTool(Tool):
    """The point tool."""

    name = "point"
    kind = "point"

    def press(self, pointer: Pointer) -> None:
        """Set the point; outside the image there is none."""
        if not may_draw(self.desk, "point"):
            return
        if (pointer.x, pointer.y) != on_frame(pointer.x, pointer.y, self.desk.frame):
            self.desk.say(tr("A point must lie on the image."))
            return
        finish(self.desk, Point(pointer.x, pointer.y))
