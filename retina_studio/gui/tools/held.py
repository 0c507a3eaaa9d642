"""What held keys ask for: arrows nudge, with Alt they turn and grow. All of one hold is one edit."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from retina_studio.domain.shapes import XY, Geometry
from retina_studio.gui.canvas.reshape import grown, turned

from .base import Pointer

_ARROWS: Mapping[str, XY] = {"Left": (-1, 0), "Right": (1, 0), "Up": (0, -1), "Down": (0, 1)}
_NUDGE, _BIG_NUDGE = 1.0, 10.0  # image pixels; also by how much the longer half side grows
_TURN, _BIG_TURN = 1.0, 15.0  # degrees


@dataclass(frozen=True)
class Held:
    """A shift in pixels, a turn in degrees and a growth in pixels; `verb` names the last of them."""

    dx: float = 0.0
    dy: float = 0.0
    degrees: float = 0.0
    growth: float = 0.0
    verb: str = ""

    def with_key(self, key: str, pointer: Pointer) -> "Held | None":
        """After one more press; None when the key is none of ours."""
        if key not in _ARROWS or pointer.ctrl:
            return None
        x, y = _ARROWS[key]
        step = _BIG_NUDGE if pointer.shift else _NUDGE
        if not pointer.alt:
            return replace(self, dx=self.dx + x * step, dy=self.dy + y * step, verb="Nudge")
        if x:
            turn = _BIG_TURN if pointer.shift else _TURN
            return replace(self, degrees=self.degrees + x * turn, verb="Rotate")
        return replace(self, growth=self.growth - y * step, verb="Resize")

    def turned_and_grown(self, geometry: Geometry) -> Geometry:
        """The geometry about its own centre."""
        return grown(turned(geometry, self.degrees), self.growth)
