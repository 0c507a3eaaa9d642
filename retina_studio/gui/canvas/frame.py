"""Keeping the pointer and what is moved to the image's frame. Qt-free."""

from retina_studio.domain.shapes import XY, Box

Frame = tuple[int, int]  # width, height in pixels


def on_frame(x: float, y: float, frame: Frame) -> XY:
    """The nearest position on the image."""
    return (min(max(x, 0.0), float(frame[0])), min(max(y, 0.0), float(frame[1])))


def shift_on_frame(box: Box, dx: float, dy: float, frame: Frame) -> XY:
    """The shift, shortened so that a box goes no further over the frame than it does already."""
    dx = min(max(dx, min(-box[0], 0.0)), max(frame[0] - box[2], 0.0))
    dy = min(max(dy, min(-box[1], 0.0)), max(frame[1] - box[3], 0.0))
    return (dx, dy)
