"""New shapes from the selected ones: ellipse to polygon and back, union, difference, holes."""

from __future__ import annotations

from retina_studio.domain.shape_edits import convert, fill_holes, subtract, unite
from retina_studio.gui.actions import ActionSpec
from retina_studio.gui.tools.base import selected_areas
from retina_studio.gui.tools.polygon import PolygonTool
from retina_studio.gui.words import tr

from .editing import EditingFeature


class Combining(EditingFeature):
    """Each action is one edit of the selected shapes."""

    specs = (
        ActionSpec(
            "convert",
            "Edit",
            "Ellipse to polygon or back",
            "swap",
            ("Ctrl+E",),
            "Make polygons of the selected ellipses, and ellipses of the selected polygons",
        ),
        ActionSpec(
            "unite",
            "Edit",
            "Unite",
            "intersect",
            ("Ctrl+U",),
            "Make one shape of the selected shapes of one label where they touch",
        ),
        ActionSpec(
            "subtract",
            "Edit",
            "Subtract",
            "circle-half",
            ("Ctrl+Shift+U",),
            "Take the smaller selected shapes out of the largest; the smaller ones stay",
        ),
        ActionSpec(
            "cut_hole",
            "Edit",
            "Cut a hole",
            "circle-dashed",
            (),
            "Draw the next outline as a hole in the selected shape, or in the shape around it",
        ),
        ActionSpec(
            "fill_holes", "Edit", "Fill holes", "paint-bucket", (), "Close the holes of the selected shapes"
        ),
    )

    def convert(self) -> None:
        """Change the kind of the selected shapes."""
        self.put(lambda: convert(self.selected()))

    def unite(self) -> None:
        """Unite the selected shapes."""
        self.put(lambda: unite(self.selected()))

    def subtract(self) -> None:
        """Subtract the smaller selected shapes from the largest."""
        if self.put(lambda: subtract(self.selected())):
            kept = self.selected()[0].label
            self.window.canvas.say(
                tr("Taken out of the largest, {label}; the smaller shapes stay as they were.", label=kept)
            )

    def cut_hole(self) -> None:
        """Take the polygon tool, set to draw a hole."""
        canvas = self.window.canvas
        if not self.ready():
            return
        target = [shape.id for shape in selected_areas(canvas)]
        canvas.use_tool("polygon")
        canvas.select(target)
        if isinstance(canvas.tool, PolygonTool):
            canvas.tool.cut_hole_next()
        canvas.say(tr("Draw the hole: click its vertices, or drag around it. Esc gives it up."))

    def fill_holes(self) -> None:
        """Fill the holes of the selected shapes."""
        self.put(lambda: fill_holes(self.selected()))
