"""What the person sets for the tools with [ and ] or the wheel; it stays while the window is open."""

from dataclasses import dataclass

_STEP = 1.2
_RADII = (2.0, 300.0)  # widget pixels
_TOLERANCES = (0.5, 60.0)  # CIE Lab distance


@dataclass
class ToolOptions:
    """The brush keeps its size on the screen, so that zooming in makes it finer.

    brush_radius: widget pixels. tolerance: of the wand, CIE Lab distance.
    """

    brush_radius: float = 16.0
    tolerance: float = 4.0

    def size_brush(self, notches: float) -> None:
        """Make the brush larger or smaller."""
        self.brush_radius = _held(self.brush_radius * _STEP**notches, _RADII)

    def widen(self, notches: float, start: float | None = None) -> None:
        """Let the wand take more or less than now, or than from a start."""
        self.tolerance = _held((start or self.tolerance) * _STEP**notches, _TOLERANCES)


def notches_of(key: str) -> float:
    """What a bracket key asks for; 0 for any other key."""
    return {"BracketLeft": -1.0, "BracketRight": 1.0}.get(key, 0.0)


def _held(value: float, limits: tuple[float, float]) -> float:
    return min(max(value, limits[0]), limits[1])
