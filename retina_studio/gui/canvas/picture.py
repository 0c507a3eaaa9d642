"""An image prepared for the canvas: a pyramid of halved pictures, so that a small view is smooth and cheap."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QImage, QPainter

from .view import View

_CRISP_FROM = 2.0  # widget pixels per image pixel from which pixels are shown as squares
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
        left, top = view.to_image(0, 0)
        right, bottom = view.to_image(size.width(), size.height())
        # Whole image pixels, so that the edge of the widget shows a part of a pixel where it should.
        x0, y0 = max(int(left), 0), max(int(top), 0)
        x1, y1 = min(int(right) + 1, self.width), min(int(bottom) + 1, self.height)
        if x0 >= x1 or y0 >= y1:
            return
        scale = view.scale * dpr
        level = self._level_for(scale)
        image = self.levels[level]
        fx, fy = image.width() / self.width, image.height() / self.height
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scale < _CRISP_FROM and scale != 1.0)
        wx, wy = view.to_widget(x0, y0)
        painter.drawImage(
            QRectF(wx, wy, (x1 - x0) * view.scale, (y1 - y0) * view.scale),
            image,
            QRectF(x0 * fx, y0 * fy, (x1 - x0) * fx, (y1 - y0) * fy),
        )

    def _level_for(self, scale: float) -> int:
        """The smallest level that still has at least one of its pixels per screen pixel."""
        level = 0
        while level + 1 < len(self.levels) and scale * 2 ** (level + 1) <= 1.0:
            level += 1
        return level


def picture_of(pixels: npt.NDArray[np.uint8]) -> Picture:
    """The picture of an image, uint8 RGB (H, W, 3) or grey (H, W). Safe in a worker thread."""
    height, width = pixels.shape[:2]
    levels = []
    current = pixels
    while True:
        levels.append(_image_of(current))
        if max(current.shape[:2]) // 2 < _SMALLEST_LEVEL:
            return Picture(width, height, tuple(levels))
        half = (max(current.shape[1] // 2, 1), max(current.shape[0] // 2, 1))
        current = np.asarray(cv2.resize(current, half, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _image_of(pixels: npt.NDArray[np.uint8]) -> QImage:
    """A QImage with memory of its own, in the format that Qt's painter scales fastest."""
    code = cv2.COLOR_GRAY2BGRA if pixels.ndim == 2 else cv2.COLOR_RGB2BGRA
    bgra = np.ascontiguousarray(cv2.cvtColor(pixels, code))
    height, width = bgra.shape[:2]
    return QImage(bgra.data, width, height, 4 * width, QImage.Format.Format_RGB32).copy()
