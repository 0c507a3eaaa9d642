"""The class activation map (CAM) on the canvas: where the model looked."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QPolygonF, QTransform

from retina_studio.domain.evidence import smooth

COLOURS = {  # perceptually uniform, all of them
    "viridis": cv2.COLORMAP_VIRIDIS,
    "cividis": cv2.COLORMAP_CIVIDIS,
    "plasma": cv2.COLORMAP_PLASMA,
    "inferno": cv2.COLORMAP_INFERNO,
}
LEVEL = 0.5  # of the evidence: what a line surrounds
_TOP = 225  # of the table's 255: its yellow end, seen through on red, would be orange
_CLEAR, _FULL = 0.15, 0.5  # evidence up to which the tint is clear, and from which it is as opaque as it gets
_WIDTH = 1.8  # of the line, widget pixels
_LINE, _HALO = QColor(255, 255, 255), QColor(0, 0, 0, 150)


@dataclass(frozen=True, eq=False)
class Heat:
    """A tint, and the lines around strong evidence, in a unit square that stands for the whole image."""

    tint: QImage
    lines: tuple[tuple[QPainterPath, float], ...]  # path, width in widget pixels

    def paint(self, painter: QPainter, area: QRectF, opacity: float) -> None:
        """Draw on the area that the image takes up in the widget; lines stay clear where the tint is faint."""
        if opacity <= 0:
            return
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.SmoothPixmapTransform | QPainter.RenderHint.Antialiasing)
        painter.setOpacity(opacity)
        painter.drawImage(area, self.tint)
        painter.setOpacity(min(2 * opacity, 1.0))
        onto = QTransform(area.width(), 0, 0, area.height(), area.x(), area.y())
        for path, width in self.lines:
            for colour, wider in ((_HALO, 2.0), (_LINE, 0.0)):
                painter.strokePath(onto.map(path), QPen(colour, width + wider))
        painter.restore()


def heat_of(cam: npt.NDArray[np.float32], colours: str = "viridis", level: float = LEVEL) -> Heat:
    """The picture of a CAM (h, w) in 0..1, in one of COLOURS, with a line around evidence of at least `level`.

    Viridis and cividis are far from the red-orange of a retina.
    """
    evidence = smooth(cam)
    bgr = cv2.applyColorMap(np.rint(evidence * _TOP).astype(np.uint8), COLOURS[colours])
    alpha = np.clip(
        (evidence[..., None] - _CLEAR) / (_FULL - _CLEAR), 0.0, 1.0
    )  # premultiplied, as Qt wants it
    bgra = np.ascontiguousarray(np.rint(np.concatenate([bgr * alpha, 255 * alpha], axis=2)).astype(np.uint8))
    height, width = bgra.shape[:2]
    tint = QImage(bgra.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied).copy()
    return Heat(tint, ((_line_around(evidence >= level), _WIDTH),))


def _line_around(strong: npt.NDArray[np.bool_]) -> QPainterPath:
    height, width = strong.shape
    path = QPainterPath()
    rings, _ = cv2.findContours(strong.astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_TC89_L1)
    for ring in rings:
        corners = (ring.reshape(-1, 2) + 0.5) / (width, height)
        path.addPolygon(QPolygonF([QPointF(x, y) for x, y in corners.tolist()]))
        path.closeSubpath()
    return path
