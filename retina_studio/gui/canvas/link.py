"""How two images that are compared correspond: a similarity between their pixels. Qt-free."""

import cmath
import math
from dataclasses import dataclass

from retina_studio.domain.retina_map import Landmarks
from retina_studio.domain.shapes import XY

from .view import View

_MOST_TURN = math.radians(
    45
)  # more is no turn of the camera: the two eyes are not mirrored, or a landmark is wrong


@dataclass(frozen=True)
class Link:
    """`second = turn * first + shift`, positions as complex numbers x + iy; |turn| is second's pixels per first's."""

    turn: complex = 1.0
    shift: complex = 0.0

    def to_second(self, x: float, y: float) -> XY:
        """The place in the second image of a place in the first."""
        place = self.turn * complex(x, y) + self.shift
        return (place.real, place.imag)

    @property
    def inverse(self) -> "Link":
        """From the second image to the first."""
        return Link(1 / self.turn, -self.shift / self.turn)

    def follow(self, view: View, size: tuple[int, int], own: View, own_size: tuple[int, int]) -> View:
        """The view of the second image that shows what `view` shows of the first on a widget of `size`.

        Both show the same place in the middle, equally large; the second keeps its aspect and is never turned.
        """
        x, y = self.to_second(*view.to_image(size[0] / 2, size[1] / 2))
        scale = view.scale / abs(self.turn)
        return View(scale, own_size[0] / 2 - x * scale, own_size[1] / 2 - y * scale * own.aspect, own.aspect)


def by_frame(first: tuple[int, int], second: tuple[int, int]) -> Link:
    """Middle to middle, the width of one to the width of the other; (width, height) of each in pixels."""
    turn = second[0] / first[0]
    return Link(turn, complex(second[0], second[1]) / 2 - turn * complex(first[0], first[1]) / 2)


def by_landmarks(first: Landmarks, second: Landmarks) -> Link | None:
    """Disc to disc and fovea to fovea; None where one of the four is not known or they cannot be of like eyes."""
    known = (first.disc, first.fovea, second.disc, second.fovea)
    if None in known:
        return None
    disc, fovea, to_disc, to_fovea = (complex(*place) for place in known if place is not None)
    if disc == fovea or to_disc == to_fovea:
        return None
    turn = (to_fovea - to_disc) / (fovea - disc)
    if abs(cmath.phase(turn)) > _MOST_TURN:
        return None
    return Link(turn, to_disc - turn * disc)
