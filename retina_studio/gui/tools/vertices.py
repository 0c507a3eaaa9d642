"""The chosen vertices of the one selected polygon, to be moved and deleted together."""

from collections.abc import Collection, Mapping

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPainter

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.shapes import Box, Geometry, Polygon, Shape
from retina_studio.gui.canvas.frame import shift_on_frame
from retina_studio.gui.canvas.handles import Vertex, with_vertices_moved, with_vertices_removed
from retina_studio.gui.canvas.scene import union

from .base import Desk

_RADIUS = 5.0  # widget pixels
_NONE: frozenset[Vertex] = frozenset()


class VertexChoice:
    """Holds as long as the polygon stays what it was when its vertices were chosen."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._of: Geometry | None = None
        self._kept = _NONE

    @property
    def shape(self) -> Shape | None:
        """The one selected polygon."""
        ids = self._desk.selection
        shape = self._desk.grading.shapes.get(next(iter(ids))) if len(ids) == 1 else None
        return shape if shape is not None and isinstance(shape.geometry, Polygon) else None

    @property
    def chosen(self) -> frozenset[Vertex]:
        """The chosen vertices."""
        shape = self.shape
        return self._kept if shape is not None and shape.geometry is self._of else _NONE

    def choose(self, vertices: Collection[Vertex]) -> None:
        """Choose these vertices of the selected polygon and no others."""
        self._of = self.shape.geometry if self.shape else None
        self._kept = frozenset(vertices)
        self._desk.update()

    def toggle(self, vertex: Vertex) -> None:
        """Choose a vertex too, or no longer."""
        self.choose(self.chosen ^ {vertex})

    def in_band(self, band: Box) -> frozenset[Vertex]:
        """The vertices in a band; none when it holds all of them, as it is the shape then that is meant."""
        shape = self.shape
        if shape is None or not isinstance(shape.geometry, Polygon):
            return _NONE
        left, top, right, bottom = band
        places = {
            (ring, index): left <= x <= right and top <= y <= bottom
            for ring, points in enumerate(shape.geometry.rings)
            for index, (x, y) in enumerate(points)
        }
        return _NONE if all(places.values()) else frozenset(v for v, inside in places.items() if inside)

    def shifted(self, dx: float, dy: float) -> Mapping[str, Geometry]:
        """The polygon with the chosen vertices shifted, none of them off the image; {} without any."""
        shape, chosen = self.shape, self.chosen
        if shape is None or not isinstance(shape.geometry, Polygon) or not chosen:
            return {}
        spots = [shape.geometry.rings[ring][index] for ring, index in chosen]
        box = union((x, y, x, y) for x, y in spots)
        if box is not None:
            dx, dy = shift_on_frame(box, dx, dy, self._desk.frame)
        return {shape.id: with_vertices_moved(shape.geometry, chosen, dx, dy)}

    def removed(self) -> Polygon:
        """The polygon without the chosen vertices.

        Raises:
            RetinaError: too few vertices, or no area, would be left.
        """
        shape = self.shape
        if shape is None or not isinstance(shape.geometry, Polygon):
            raise RetinaError("Select one polygon first.")
        return with_vertices_removed(shape.geometry, self.chosen)

    def paint(self, painter: QPainter, colour: QColor) -> None:
        """A disc on each chosen vertex."""
        shape, chosen, desk = self.shape, self.chosen, self._desk
        if shape is None or not chosen:
            return
        form = desk.preview.get(shape.id, shape.geometry)
        if isinstance(form, Polygon):
            painter.setPen(QColor(20, 20, 20))
            painter.setBrush(colour)
            for ring, index in chosen:
                spot = QPointF(*desk.view.to_widget(*form.rings[ring][index]))
                painter.drawEllipse(spot, _RADIUS, _RADIUS)
