"""What lies below the shapes: the image, an enhanced view blended over it, and the tone table both are seen through.

What is shown is composed only where the widget looks, with a margin, and kept: panning draws one image. What is seen
twice from the same place is kept as it was scaled: while shapes change above it, it is only copied.
"""

import cv2
import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from .picture import Part, Picture, Pixels, bgra_image, bits_of, draw_image
from .view import View

_Place = tuple[View, object, float]  # view, area of the widget, device pixels per widget pixel
_MARGIN = 0.3  # of the shown area's size, on each side


class Ground:
    """Holds the picture, its enhanced twin of the same frame, the blend (1 = enhanced only) and the table (256,)."""

    def __init__(self) -> None:
        self.picture: Picture | None = None
        self.enhanced: Picture | None = None
        self.blend = 1.0
        self.table: Pixels | None = None
        self._kept: tuple[int, Part, QImage] | None = None
        self._place: _Place | None = None  # where the widget looked last
        self._scaled: QImage | None = None  # what it saw there

    def show(self, picture: Picture | None) -> None:
        """Take another image; its enhanced twin comes later."""
        self.picture, self.enhanced, self._kept = picture, None, None
        self._place = self._scaled = None

    def look(self, enhanced: Picture | None, blend: float, table: Pixels | None) -> None:
        """See the image through these from now on."""
        self.enhanced, self.blend, self.table, self._kept = enhanced, blend, table, None
        self._place = self._scaled = None

    def paint(self, painter: QPainter, view: View, area: QRectF, dpr: float) -> None:
        """Draw what an area of the widget shows."""
        place = (view, area.getRect(), dpr)
        if place != self._place:
            self._place, self._scaled = place, None
            self._draw(painter, view, area, dpr)
            return
        if self._scaled is None:
            self._scaled = QImage((area.size() * dpr).toSize(), QImage.Format.Format_ARGB32_Premultiplied)
            self._scaled.setDevicePixelRatio(dpr)
            self._scaled.fill(Qt.GlobalColor.transparent)
            within = QPainter(self._scaled)
            within.translate(-area.topLeft())
            self._draw(within, view, area, dpr)
            within.end()
        painter.drawImage(area.topLeft(), self._scaled)

    def _draw(self, painter: QPainter, view: View, area: QRectF, dpr: float) -> None:
        plain = self._plain()
        top = plain or self.picture
        part = top.part_in(view, area) if top is not None else None
        if part is None or top is None:
            return
        if plain is not None:
            plain.paint_part(painter, view, part, dpr)
            return
        level = top.level_for(view, dpr)
        if self._kept is None or self._kept[0] != level or not _within(part, self._kept[1]):
            kept = _widened(part, top.frame, 2**level)
            self._kept = (level, kept, bgra_image(self._composed(level, kept)))
        _, (left, upper, right, lower), image = self._kept
        fx, fy = image.width() / (right - left), image.height() / (lower - upper)
        x0, y0, x1, y1 = part
        source = QRectF((x0 - left) * fx, (y0 - upper) * fy, (x1 - x0) * fx, (y1 - y0) * fy)
        draw_image(painter, view, part, image, source, dpr)

    def paint_close(self, painter: QPainter, view: View, part: Part, dpr: float) -> None:
        """Draw a small part of the image much enlarged, without touching what is kept for the canvas."""
        image = bgra_image(self._composed(0, part))
        draw_image(painter, view, part, image, QRectF(image.rect()), dpr)

    def pixels(self, part: Part | None = None) -> Pixels:
        """The image, or a part of it, as it is shown: uint8 RGB (H, W, 3)."""
        assert self.picture is not None  # noqa: S101  (asked for while an image is shown)
        bgra = self._composed(0, part or (0, 0, *self.picture.frame))
        return np.asarray(cv2.cvtColor(bgra, cv2.COLOR_BGRA2RGB), dtype=np.uint8)

    def _plain(self) -> Picture | None:
        """The one picture that is shown as it is, when nothing has to be composed."""
        if self.table is not None:
            return None
        if self.enhanced is None or self.blend <= 0:
            return self.picture
        return self.enhanced if self.blend >= 1 else None

    def _composed(self, level: int, part: Part) -> Pixels:
        assert self.picture is not None  # noqa: S101
        below = _cut(self.picture, level, part)
        if self.enhanced is not None and self.blend > 0:
            above = _cut(self.enhanced, level, part)
            below = (
                above
                if self.blend >= 1
                else np.asarray(cv2.addWeighted(above, self.blend, below, 1 - self.blend, 0), np.uint8)
            )
        if self.table is not None:
            opaque = np.full(256, 255, np.uint8)
            table = np.stack([self.table, self.table, self.table, opaque], axis=-1).reshape(256, 1, 4)
            below = np.asarray(cv2.LUT(below, table), dtype=np.uint8)
        return np.ascontiguousarray(below)


def _cut(picture: Picture, level: int, part: Part) -> Pixels:
    image = picture.levels[level]
    fx, fy = image.width() / picture.width, image.height() / picture.height
    x0, y0, x1, y1 = part
    return bits_of(image)[round(y0 * fy) : round(y1 * fy), round(x0 * fx) : round(x1 * fx)]


def _widened(part: Part, frame: tuple[int, int], step: int) -> Part:
    """With the margin, from and to whole pixels of a level whose pixels are `step` image pixels wide."""
    x0, y0, x1, y1 = part
    dx, dy = (x1 - x0) * _MARGIN, (y1 - y0) * _MARGIN
    left, top = max(int(x0 - dx), 0) // step * step, max(int(y0 - dy), 0) // step * step
    right, bottom = -(-int(x1 + dx) // step) * step, -(-int(y1 + dy) // step) * step
    return (left, top, min(right, frame[0]), min(bottom, frame[1]))


def _within(part: Part, other: Part) -> bool:
    return part[0] >= other[0] and part[1] >= other[1] and part[2] <= other[2] and part[3] <= other[3]
