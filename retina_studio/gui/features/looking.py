"""Getting about in an image: minimap, loupe, going to the selection or the disc, true proportions of a B-scan."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter

from retina_studio.domain.shapes import XY
from retina_studio.gui.actions import ActionSpec
from retina_studio.gui.canvas.canvas import Canvas
from retina_studio.gui.canvas.loupe import paint_loupe
from retina_studio.gui.canvas.minimap import Minimap
from retina_studio.gui.canvas.scene import union
from retina_studio.gui.words import tr

from .base import Feature

if TYPE_CHECKING:
    from retina_studio.gui.main_window import MainWindow

_POINT_ROOM = 40.0  # image pixels around a point that is gone to


class Looking(Feature):
    """None of it changes the grading."""

    specs = (
        ActionSpec(
            "zoom_selection",
            "View",
            "Zoom to the selection",
            "selection-plus",
            ("Ctrl+2",),
            "Show the selected shapes large",
        ),
        ActionSpec("zoom_disc", "View", "Zoom to the disc", "eye", ("Ctrl+3",), "Show the optic disc large"),
        ActionSpec(
            "minimap",
            "View",
            "Minimap",
            "",
            ("Shift+L",),
            "Show where you are while zoomed in",
            checkable=True,
        ),
        ActionSpec(
            "loupe",
            "View",
            "Loupe",
            "magnifying-glass",
            ("L",),
            "Enlarge what is under the pointer",
            checkable=True,
        ),
        ActionSpec(
            "true_proportions",
            "View",
            "True proportions",
            "arrows-out-line-vertical",
            ("Ctrl+Shift+P",),
            "Show a B-scan as high as the tissue is, by its pixel spacing",
            checkable=True,
        ),
    )

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.map = Minimap(window.canvas)
        self._pointer: XY | None = None

    def wire(self) -> None:
        """Follow the pointer and the image."""
        window = self.window
        window.actions["minimap"].setChecked(True)
        window.image_opened.connect(self._offer)
        window.canvas.pointer_moved.connect(self._follow)
        window.canvas.overlays.append(self._paint)
        self._offer()

    def zoom_selection(self) -> None:
        """Show the selected shapes."""
        canvas = self.window.canvas
        self._show(canvas.selection, tr("Select the shapes to zoom to first."))

    def zoom_disc(self) -> None:
        """Show the disc."""
        discs = [shape.id for shape in self.window.document.grading.labelled("OD")]
        self._show(discs, tr("No optic disc is drawn yet."))

    def minimap(self) -> None:
        """Allow or refuse the minimap."""
        self.map.want(self.window.actions["minimap"].isChecked())

    def loupe(self) -> None:
        """Take the loupe, or put it away."""
        self.window.canvas.update()

    def true_proportions(self) -> None:
        """Stretch or squeeze the scan to its true proportions, or back."""
        self.window.canvas.set_aspect(self._aspect())

    def _show(self, ids: Collection[str], otherwise: str) -> None:
        canvas = self.window.canvas
        box = union(canvas.scene.shape(key).geometry.box for key in ids)
        if box is None:
            self.window.status.say(otherwise)
            return
        if box[2] - box[0] < 1 and box[3] - box[1] < 1:
            box = (box[0] - _POINT_ROOM, box[1] - _POINT_ROOM, box[2] + _POINT_ROOM, box[3] + _POINT_ROOM)
        canvas.show_around(box)

    def _aspect(self) -> float:
        image = self.window.image
        wanted = self.window.actions["true_proportions"].isChecked()
        if not wanted or image is None or image.spacing is None or image.modality != "oct":
            return 1.0
        return image.spacing[1] / image.spacing[0]

    def _offer(self) -> None:
        image = self.window.image
        known = image is not None and image.modality == "oct" and image.spacing is not None
        self.window.actions["true_proportions"].setEnabled(known)
        if self._aspect() != self.window.canvas.view.aspect:
            self.window.canvas.set_aspect(self._aspect())

    def _follow(self, position: XY | None) -> None:
        self._pointer = position
        if self.window.actions["loupe"].isChecked():
            self.window.canvas.update()

    def _paint(self, painter: QPainter, canvas: Canvas) -> None:
        if self._pointer is not None and self.window.actions["loupe"].isChecked():
            paint_loupe(painter, canvas, QPointF(*canvas.view.to_widget(*self._pointer)))
