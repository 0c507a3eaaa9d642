"""The view transform: where an image pixel lies on the widget. Qt-free."""

import math
from dataclasses import dataclass, replace

from retina_studio.domain.shapes import XY, Box

LOWEST_SCALE = 0.05
HIGHEST_SCALE = 64.0
_CLOSEST = 24.0  # scale up to which a tiny shape is enlarged when it is gone to
_TINY, _SEEN = (
    20.0,
    48.0,
)  # widget pixels: a smaller shape is enlarged when it is brought into sight, to this size
_WHOLE = 0.8  # of the viewport's shorter side: a larger shape is made smaller
_EDGE = 28.0  # widget pixels that a shape in sight keeps from the border
_VISIBLE_REST = 48.0  # widget pixels of the image that panning never pushes out of sight


@dataclass(frozen=True)
class View:
    """`widget = image * (scale, scale_y) + offset`; `scale` is widget pixels per image pixel.

    `aspect` is the height at which a pixel is shown over its width: 1 but for a B-scan that is shown true to scale.
    """

    scale: float = 1.0
    dx: float = 0.0
    dy: float = 0.0
    aspect: float = 1.0

    @property
    def scale_y(self) -> float:
        """Widget pixels per image pixel, downwards."""
        return self.scale * self.aspect

    @property
    def mean_scale(self) -> float:
        """The geometric mean of both: what a reach on the screen is turned into image pixels by."""
        return self.scale * math.sqrt(self.aspect)

    def to_widget(self, x: float, y: float) -> XY:
        """The widget position of an image position."""
        return (x * self.scale + self.dx, y * self.scale_y + self.dy)

    def to_image(self, wx: float, wy: float) -> XY:
        """The image position under a widget position."""
        return ((wx - self.dx) / self.scale, (wy - self.dy) / self.scale_y)

    def panned(self, dx: float, dy: float) -> "View":
        """Shifted by widget pixels."""
        return replace(self, dx=self.dx + dx, dy=self.dy + dy)

    def zoomed(self, factor: float, wx: float, wy: float, lowest: float = LOWEST_SCALE) -> "View":
        """Scaled by `factor` within the limits; the image position under (wx, wy) stays there."""
        scale = min(max(self.scale * factor, min(lowest, self.scale)), max(HIGHEST_SCALE, self.scale))
        x, y = self.to_image(wx, wy)
        return View(scale, wx - x * scale, wy - y * scale * self.aspect, self.aspect)


def fitted(
    frame: tuple[int, int], viewport: tuple[int, int], margin: float = 16.0, aspect: float = 1.0
) -> View:
    """The view that shows a whole frame (width, height) in the middle of a viewport (width, height)."""
    room = (max(viewport[0] - 2 * margin, 1.0), max(viewport[1] - 2 * margin, 1.0))
    scale = min(room[0] / frame[0], room[1] / (frame[1] * aspect), HIGHEST_SCALE)
    return centred(frame, viewport, scale, aspect)


def centred(frame: tuple[int, int], viewport: tuple[int, int], scale: float, aspect: float = 1.0) -> View:
    """The view at a scale with the frame in the middle, on whole widget pixels so that 1:1 stays crisp."""
    return View(
        scale,
        float(round((viewport[0] - frame[0] * scale) / 2)),
        float(round((viewport[1] - frame[1] * scale * aspect) / 2)),
        aspect,
    )


def around(box: Box, viewport: tuple[int, int], aspect: float = 1.0) -> View:
    """The view that shows a box of the image, with as much again of what surrounds it, in the middle of a viewport."""
    left, top, right, bottom = box
    width, height = max(right - left, 1.0), max((bottom - top) * aspect, 1.0)
    scale = min(viewport[0] / (2 * width), viewport[1] / (2 * height), _CLOSEST)
    x, y = (left + right) / 2, (top + bottom) / 2
    return View(scale, viewport[0] / 2 - x * scale, viewport[1] / 2 - y * scale * aspect, aspect)


def brought(view: View, box: Box, viewport: tuple[int, int]) -> View:
    """The view, changed no more than needed for a box of the image to be seen well in a viewport.

    It is enlarged where the box would be tiny, made smaller where it does not fit, and moved where it is out of sight.
    """
    left, top = view.to_widget(box[0], box[1])
    right, bottom = view.to_widget(box[2], box[3])
    side, room = max(right - left, bottom - top), float(min(viewport))
    factor = 1.0
    if 0 < side < _TINY:
        factor = _SEEN / side
    elif side > _WHOLE * room:
        factor = _WHOLE * room / side
    middle = ((left + right) / 2, (top + bottom) / 2)
    inside = left >= _EDGE and top >= _EDGE and right <= viewport[0] - _EDGE and bottom <= viewport[1] - _EDGE
    if factor == 1.0 and inside:
        return view
    moved = view.panned(viewport[0] / 2 - middle[0], viewport[1] / 2 - middle[1])
    return moved.zoomed(factor, viewport[0] / 2, viewport[1] / 2)


def kept_in_sight(view: View, frame: tuple[int, int], viewport: tuple[int, int]) -> View:
    """The view shifted back as far as needed for a strip of the frame to stay on the widget."""
    dx = _held(view.dx, frame[0] * view.scale, viewport[0])
    dy = _held(view.dy, frame[1] * view.scale_y, viewport[1])
    return replace(view, dx=dx, dy=dy)


def _held(offset: float, length: float, room: float) -> float:
    rest = min(_VISIBLE_REST, length)
    return min(max(offset, rest - length), room - rest)
