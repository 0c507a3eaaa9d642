"""What disc, fovea and pixel spacing tell: grids, scale bar, ruler, and the live numbers in the canvas's corner."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from retina_studio.domain.grading import Grading
from retina_studio.domain.labels import catalogue
from retina_studio.domain.measures import areas_of, vcdr_of
from retina_studio.domain.retina_map import RetinaMap, landmarks_of
from retina_studio.domain.shapes import Point, Shape
from retina_studio.gui.actions import ActionSpec
from retina_studio.gui.canvas.canvas import Canvas
from retina_studio.gui.canvas.chips import paint_chip
from retina_studio.gui.canvas.lengths import paint_ruler, paint_scale_bar
from retina_studio.gui.canvas.retina_grid import paint_etdrs, paint_quadrants
from retina_studio.gui.words import tr, tr_data

from .base import Feature

if TYPE_CHECKING:
    from retina_studio.gui.main_window import MainWindow

_LANDMARKS = ("OD", "OC", "fovea")
_LEAST = 0.001  # disc areas or mm2
_FEW = 100  # pixels: of a smaller shape their number is told too


class Measuring(Feature):
    """Follows the shapes as they are committed, and the landmarks also while they are dragged."""

    specs = (
        ActionSpec(
            "etdrs_grid",
            "View",
            "ETDRS grid",
            "target",
            ("O",),
            "Show the ETDRS grid about the fovea",
            checkable=True,
        ),
        ActionSpec(
            "quadrants",
            "View",
            "Quadrants and clock hours",
            "clock",
            ("Shift+O",),
            "Show the quadrants about the fovea and the clock hours about the disc",
            checkable=True,
        ),
        ActionSpec(
            "scale_bar",
            "View",
            "Scale bar",
            "",
            ("Ctrl+Shift+B",),
            "Show a length in the corner, from the pixel spacing or the disc",
            checkable=True,
        ),
        ActionSpec(
            "live_measures",
            "View",
            "Measures",
            "",
            ("Ctrl+Shift+M",),
            "Show cup-disc ratio, disc area, and where the selected shape lies",
            checkable=True,
        ),
    )

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._landmarks: tuple[Shape, ...] = ()
        self._committed: RetinaMap | None = None

    def wire(self) -> None:
        """Paint, and follow the document."""
        window = self.window
        for name in ("scale_bar", "live_measures"):
            window.actions[name].setChecked(True)
        window.canvas.underlays.append(self._paint_guides)
        window.canvas.overlays.append(self._paint_numbers)
        window.document.opened.connect(self._read)
        window.document.changed.connect(self._read)
        window.image_opened.connect(self._read)
        window.image_opened.connect(self._offer_guides)

    def _offer_guides(self) -> None:
        """The grids belong to the fundus: a B-scan has neither disc nor fovea to lay them by."""
        image = self.window.image
        for name in ("etdrs_grid", "quadrants"):
            self.window.actions[name].setEnabled(image is not None and image.modality == "fundus")

    def etdrs_grid(self) -> None:
        """Show or hide the grid; say what it lacks."""
        retina = self.retina_map()
        if self._shown("etdrs_grid") and (retina.landmarks.fovea is None or retina.mm_per_pixel is None):
            self.window.status.say(
                tr("The grid needs the fovea, and the disc's outline for its scale: draw them first.")
            )
        self.window.canvas.update()

    def quadrants(self) -> None:
        """Show or hide quadrants and clock hours; say what they lack."""
        marks = self.retina_map().landmarks
        if self._shown("quadrants") and marks.fovea is None and marks.disc_diameter is None:
            self.window.status.say(
                tr("Draw the fovea for the quadrants, the disc's outline for the clock hours.")
            )
        self.window.canvas.update()

    def scale_bar(self) -> None:
        """Show or hide the scale bar."""
        self.window.canvas.update()

    def live_measures(self) -> None:
        """Show or hide the numbers."""
        self.window.canvas.update()

    def retina_map(self) -> RetinaMap:
        """The map of the image that is open, with landmarks where they are being dragged to."""
        preview = self.window.canvas.preview
        if self._committed is not None and not any(shape.id in preview for shape in self._landmarks):
            return self._committed
        return self._map_of(self._moving())

    def numbers(self) -> list[str]:
        """The lines of the readout; none while there is nothing to say."""
        moving, retina = self._moving(), self.retina_map()
        lines = []
        ratio = vcdr_of(moving)
        if ratio is not None:
            lines.append(tr("vCDR {ratio}", ratio=f"{ratio:.2f}"))
        disc = next((shape for shape in moving.labelled("OD") if not isinstance(shape.geometry, Point)), None)
        if disc is not None:
            lines.append(tr("Disc {size}", size=_area_in_words(disc, retina, with_disc_areas=False)))
        selection = self.window.canvas.selection
        if len(selection) == 1:
            lines += self._of_selected(self.window.canvas.scene.shape(next(iter(selection))), retina)
        return lines

    def _of_selected(self, shape: Shape, retina: RetinaMap) -> list[str]:
        form = self.window.canvas.preview.get(shape.id, shape.geometry)
        shape = shape.with_geometry(form)
        hour = None if shape.label in _LANDMARKS[:2] else retina.clock_hour(*form.centre)
        parts = [] if isinstance(form, Point) else [_area_in_words(shape, retina)]
        if shape.label not in _LANDMARKS:
            places = (retina.quadrant(*form.centre), retina.etdrs_field(*form.centre))
            parts += [tr_data(place) for place in places if place is not None and place != "outside"]
            distance = retina.to_fovea(*form.centre)
            if distance is not None:
                parts.append(tr("{length} DD to the fovea", length=f"{distance:.1f}"))
            if hour is not None and retina.landmarks.disc_diameter is not None:
                parts.append(tr("{hour} o'clock of the disc", hour=hour))
        if shape.label == "OD" or not parts:
            return []
        return [f"{shape.label}  {parts[0]}", *([" · ".join(parts[1:])] if parts[1:] else [])]

    def _read(self) -> None:
        """Find the landmarks, once for each change: a grading may hold tens of thousands of shapes."""
        scene = self.window.canvas.scene
        codes = list(catalogue())
        rows = np.flatnonzero(np.isin(scene.labels, [codes.index(code) for code in _LANDMARKS]))
        self._landmarks = tuple(scene.at(rows.tolist()))
        self._committed = self._map_of(Grading({shape.id: shape for shape in self._landmarks}))

    def _moving(self) -> Grading:
        preview = self.window.canvas.preview
        return Grading(
            {
                shape.id: shape.with_geometry(preview.get(shape.id, shape.geometry))
                for shape in self._landmarks
            }
        )

    def _map_of(self, grading: Grading) -> RetinaMap:
        image = self.window.image
        eye, spacing = (image.eye, image.spacing) if image is not None else ("", None)
        return RetinaMap(landmarks_of(grading, eye), spacing)

    def _shown(self, name: str) -> bool:
        return self.window.actions[name].isChecked()

    def _paint_guides(self, painter: QPainter, canvas: Canvas) -> None:
        if not (self._shown("etdrs_grid") or self._shown("quadrants")):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(QRectF(canvas.to_widget(0, 0), canvas.to_widget(*canvas.frame)))
        retina = self.retina_map()
        if self._shown("etdrs_grid"):
            paint_etdrs(painter, canvas, retina)
        if self._shown("quadrants"):
            paint_quadrants(painter, canvas, retina)
        painter.restore()

    def _paint_numbers(self, painter: QPainter, canvas: Canvas) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        retina = self.retina_map()
        paint_ruler(painter, canvas, retina)
        above = paint_scale_bar(painter, canvas, retina) if self._shown("scale_bar") else 0.0
        lines = self.numbers() if self._shown("live_measures") else []
        if lines:
            paint_chip(painter, canvas, lines, "bottom left", above)


def _area_in_words(shape: Shape, retina: RetinaMap, *, with_disc_areas: bool = True) -> str:
    """An area in disc areas and mm2 where they are known, else, or when it is small, in pixels."""
    areas = areas_of(shape.geometry, retina)
    parts = []
    if with_disc_areas and areas.disc_areas is not None:
        parts.append(tr("{size} DA", size=_short(areas.disc_areas)))
    if areas.mm2 is not None:
        parts.append(tr("{size} mm²", size=_short(areas.mm2)))
    if not parts or areas.pixels < _FEW:
        parts.append(tr("{size} px²", size=f"{areas.pixels:,.0f}".replace(",", "\u202f")))
    return " · ".join(parts)


def _short(size: float) -> str:
    """Three digits, and never a power of ten."""
    return f"{size:.3g}" if size >= _LEAST else f"< {_LEAST}"
