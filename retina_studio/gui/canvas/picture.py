"""An image prepared for the canvas: a pyramid of halved pictures, so that a small view is smooth and cheap."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QImage, QPainter

from .view import View

Pixels = npt.NDArray[np.uint8]
Part = tuple[int, int, int, int]  # left, top, right, bottom in whole image pixels
CRISP_FROM = 2.0  # screen pixels per image pixel from which pixels are shown as squares
_SMALLEST_LEVEL = 256


@dataclass(frozen=True, eq=False)
class Picture:
    """`levels[k]` is the image at 1 / 2^k of its size; (width, height) are those of the image."""

    width: int
    height: int
    levels: tuple[QImage, ...]

    @property
    def frame(self) -> tuple[int, int]:
        """(width, height) in image pixels."""
        return (self.width, self.height)

    def paint(self, painter: QPainter, view: View, size: QSize, dpr: float) -> None:
        """Draw the part of the image that a widget of this size shows."""
        part = self.part_in(view, QRectF(0, 0, size.width(), size.height()))
        if part is not None:
            self.paint_part(painter, view, part, dpr)

    def part_in(self, view: View, area: QRectF) -> Part | None:
        """The part of the image that an area of the widget shows; None when it shows nothing of it."""
        left, top = view.to_image(area.left(), area.top())
        right, bottom = view.to_image(area.right(), area.bottom())
        # Whole image pixels, so that the edge of the widget shows a part of a pixel where it should.
        x0, y0 = max(int(left), 0), max(int(top), 0)
        x1, y1 = min(int(right) + 1, self.width), min(int(bottom) + 1, self.height)
        return None if x0 >= x1 or y0 >= y1 else (x0, y0, x1, y1)

    def paint_part(self, painter: QPainter, view: View, part: Part, dpr: float) -> None:
        """Draw a part of the image where it belongs."""
        image = self.levels[self.level_for(view, dpr)]
        fx, fy = image.width() / self.width, image.height() / self.height
        x0, y0, x1, y1 = part
        source = QRectF(x0 * fx, y0 * fy, (x1 - x0) * fx, (y1 - y0) * fy)
        draw_image(painter, view, part, image, source, dpr)

    def level_for(self, view: View, dpr: float) -> int:
        """The smallest level that still has at least one of its pixels per screen pixel."""
        scale = max(view.scale, view.scale_y) * dpr
        level = 0
        while level + 1 < len(self.levels) and scale * 2 ** (level + 1) <= 1.0:
            level += 1
        return level

    def pixels(self, part: Part | None = None) -> Pixels:
        """The image itself, or a part of it: uint8 RGB (H, W, 3), or grey (H, W) where it has no colour."""
        left, top, right, bottom = part or (0, 0, self.width, self.height)
        bgra = bits_of(self.levels[0])[top:bottom, left:right]
        blue, green, red = bgra[..., 0], bgra[..., 1], bgra[..., 2]
        if np.array_equal(blue, green) and np.array_equal(green, red):
            return np.ascontiguousarray(green)
        return np.asarray(cv2.cvtColor(bgra, cv2.COLOR_BGRA2RGB), dtype=np.uint8)


def draw_image(painter: QPainter, view: View, part: Part, image: QImage, source: QRectF, dpr: float) -> None:
    """Draw an area of `image` where a part of the photograph belongs: smooth when small, crisp pixels when large."""
    x0, y0, x1, y1 = part
    scale = view.scale * dpr
    exact = scale == 1.0 and view.aspect == 1.0
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scale < CRISP_FROM and not exact)
    wx, wy = view.to_widget(x0, y0)
    painter.drawImage(QRectF(wx, wy, (x1 - x0) * view.scale, (y1 - y0) * view.scale_y), image, source)


def picture_of(pixels: Pixels) -> Picture:
    """The picture of an image, uint8 RGB (H, W, 3) or grey (H, W). Safe in a worker thread."""
    height, width = pixels.shape[:2]
    levels = []
    current = pixels
    while True:
        levels.append(image_of(current))
        if max(current.shape[:2]) // 2 < _SMALLEST_LEVEL:
            return Picture(width, height, tuple(levels))
        half = (max(current.shape[1] // 2, 1), max(current.shape[0] // 2, 1))
        current = np.asarray(cv2.resize(current, half, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def image_of(pixels: Pixels) -> QImage:
    """A QImage with memory of its own, in the format that Qt's painter scales fastest."""
    code = cv2.COLOR_GRAY2BGRA if pixels.ndim == 2 else cv2.COLOR_RGB2BGRA
    return bgra_image(np.ascontiguousarray(cv2.cvtColor(pixels, code)))


def bgra_image(bgra: Pixels) -> QImage:
    """A QImage with memory of its own from (H, W, 4) blue, green, red, 255."""
    height, width = bgra.shape[:2]
    return QImage(bgra.data, width, height, 4 * width, QImage.Format.Format_RGB32).copy()


def bits_of(image: QImage) -> Pixels:
    """The memory of a picture's level as (H, W, 4) blue, green, red, 255: a view, not to be written."""
    bits = np.frombuffer(image.constBits(), dtype=np.uint8)
    return bits.reshape(image.height(), image.bytesPerLine() // 4, 4)[:, : image.width()]
