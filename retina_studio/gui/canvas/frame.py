"""Keeping shapes to the image's frame. Qt-free.

A vertex or point stays on the image. An ellipse may reach over the border (a disc at the edge of the field),
as long as its centre is on the image; rasterisation leaves out what lies outside.
"""

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.shapes import XY, Box, Geometry

Frame = tuple[int, int]  # width, height in pixels


def on_frame(x: float, y: float, frame: Frame) -> XY:
    """The nearest position on the image."""
    return (min(max(x, 0.0), float(frame[0])), min(max(y, 0.0), float(frame[1])))


def shift_on_frame(box: Box, dx: float, dy: float, frame: Frame) -> XY:
    """The shift, shortened so that the middle of a box does not leave the image."""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    to_x, to_y = on_frame(x + dx, y + dy, frame)
    return (to_x - x, to_y - y)


def checked_on_frame(geometry: Geometry, frame: Frame) -> Geometry:
    """The geometry, when its centre is on the image.

    Raises:
        RetinaError: it lies outside.
    """
    x, y = geometry.centre
    if not (0 <= x <= frame[0] and 0 <= y <= frame[1]):
        raise RetinaError("This shape lies outside the image; draw it on the image.")
    return geometry
