"""The view transform: where an image pixel lies on the widget. Qt-free."""

from dataclasses import dataclass

from retina_studio.domain.shapes import XY

LOWEST_SCALE = 0.05
HIGHEST_SCALE = 64.0
_VISIBLE_REST = 48.0  # widget pixels of the image that panning never pushes out of sight


@dataclass(frozen=True)
class View:
    """`widget = image * scale + offset`; `scale` is widget pixels per image pixel."""

    scale: float = 1.0
    dx: float = 0.0
    dy: float = 0.0

    def to_widget(self, x: float, y: float) -> XY:
        """The widget position of an image position."""
        return (x * self.scale + self.dx, y * self.scale + self.dy)

    def to_image(self, wx: float, wy: float) -> XY:
        """The image position under a widget position."""
        return ((wx - self.dx) / self.scale, (wy - self.dy) / self.scale)

    def panned(self, dx: float, dy: float) -> "View":
        """Shifted by widget pixels."""
        return View(self.scale, self.dx + dx, self.dy + dy)

    def zoomed(self, factor: float, wx: float, wy: float, lowest: float = LOWEST_SCALE) -> "View":
        """Scaled by `factor` within the limits; the image position under (wx, wy) stays there."""
        scale = min(max(self.scale * factor, min(lowest, self.scale)), max(HIGHEST_SCALE, self.scale))
        x, y = self.to_image(wx, wy)
        return View(scale, wx - x * scale, wy - y * scale)


def fitted(frame: tuple[int, int], viewport: tuple[int, int], margin: float = 16.0) -> View:
    """The view that shows a whole frame (width, height) in the middle of a viewport (width, height)."""
    room = (max(viewport[0] - 2 * margin, 1.0), max(viewport[1] - 2 * margin, 1.0))
    scale = min(room[0] / frame[0], room[1] / frame[1], HIGHEST_SCALE)
    return centred(frame, viewport, scale)


def centred(frame: tuple[int, int], viewport: tuple[int, int], scale: float) -> View:
    """The view at a scale with the frame in the middle, on whole widget pixels so that 1:1 stays crisp."""
    return View(
        scale,
        float(round((viewport[0] - frame[0] * scale) / 2)),
        float(round((viewport[1] - frame[1] * scale) / 2)),
    )


def kept_in_sight(view: View, frame: tuple[int, int], viewport: tuple[int, int]) -> View:
    """The view shifted back as far as needed for a strip of the frame to stay on the widget."""
    dx = _held(view.dx, frame[0] * view.scale, viewport[0])
    dy = _held(view.dy, frame[1] * view.scale, viewport[1])
    return View(view.scale, dx, dy)


def _held(offset: float, length: float, room: float) -> float:
    rest = min(_VISIBLE_REST, length)
    return min(max(offset, rest - length), room - rest)
