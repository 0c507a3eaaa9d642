"""Where the eye lies in the frame: eye coordinates, the field of view, and drawing from ranges.

Eye coordinates are in (vertical) disc diameters: the origin is the disc centre, x points temporally in both
eyes, y points down. So everything is drawn once, and laterality and resolution are one mapping at the end.
"""

import hashlib
import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from retina_studio.domain.geometry import area, from_shapely, repaired, to_shapely
from retina_studio.domain.shapes import XY, Ellipse, Point, Polygon
from retina_studio.phantoms.settings import FieldSettings, Range

Eye = Literal["OD", "OS"]
Floats = npt.NDArray[np.floating]
Points = npt.NDArray[np.float64]


def stream(seed: int, name: str) -> np.random.Generator:
    """A random generator of its own for one part of a phantom, so that parts do not disturb each other."""
    digest = hashlib.blake2b(f"{seed}/{name}".encode(), digest_size=16).digest()
    return np.random.default_rng(int.from_bytes(digest, "big"))


def draw(rng: np.random.Generator, between: Range) -> float:
    """A number drawn uniformly from a range."""
    return float(rng.uniform(*between))


def count(rng: np.random.Generator, between: Range) -> int:
    """A whole number drawn uniformly from a range, both ends included."""
    return int(rng.integers(round(between[0]), round(between[1]) + 1))


@dataclass(frozen=True)
class Frame:
    """The mapping from eye coordinates to image pixels, and the field of view (pixels)."""

    height: int
    width: int
    eye: Eye
    disc: XY
    scale: float  # pixels per disc diameter
    tilt: float  # radians
    field_centre: XY
    field_radius: float
    cut: float  # half the height left of the circle
    notch: bool
    fovea: XY  # eye coordinates

    @property
    def mirror(self) -> int:
        """+1 where temporal is to the right (OS), -1 in a right eye."""
        return 1 if self.eye == "OS" else -1

    def to_pixels(self, points: npt.ArrayLike) -> Points:
        """(N, 2) eye coordinates as (N, 2) pixels."""
        p = np.asarray(points, dtype=np.float64).reshape(-1, 2)
        cos, sin = math.cos(self.tilt), math.sin(self.tilt)
        x = self.disc[0] + self.scale * self.mirror * (p[:, 0] * cos - p[:, 1] * sin)
        y = self.disc[1] + self.scale * (p[:, 0] * sin + p[:, 1] * cos)
        return np.column_stack([x, y])

    def to_eye(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Pixel coordinates (any shape) as eye coordinates."""
        u = (x - self.disc[0]) * (self.mirror / self.scale)
        v = (y - self.disc[1]) / self.scale
        cos, sin = math.cos(self.tilt), math.sin(self.tilt)
        return u * cos + v * sin, v * cos - u * sin

    def sees(self, point: XY, margin: float = 0.0) -> bool:
        """Whether an eye point lies in the field, at least `margin` disc diameters from its border."""
        cos, sin = math.cos(self.tilt), math.sin(self.tilt)
        dx = (
            self.disc[0] + self.scale * self.mirror * (point[0] * cos - point[1] * sin) - self.field_centre[0]
        )
        dy = self.disc[1] + self.scale * (point[0] * sin + point[1] * cos) - self.field_centre[1]
        m = margin * self.scale
        return math.hypot(dx, dy) <= self.field_radius - m and abs(dy) <= self.cut - m

    def visible(self, polygon: Polygon) -> Polygon | None:
        """The part of a polygon (pixels) inside the field of view, the largest if it falls apart."""
        left, top, right, bottom = polygon.box
        reach = max(math.dist((x, y), self.field_centre) for x in (left, right) for y in (top, bottom))
        if (
            reach < self.field_radius
            and max(self.field_centre[1] - top, bottom - self.field_centre[1]) < self.cut
        ):
            return polygon
        turn = np.linspace(0, 2 * math.pi, 240, endpoint=False)
        radius = self.field_radius
        x = self.field_centre[0] + radius * np.cos(turn)
        y = self.field_centre[1] + np.clip(radius * np.sin(turn), -self.cut, self.cut)
        field = Polygon(tuple(zip(x.tolist(), y.tolist(), strict=True)))
        parts = from_shapely(to_shapely(repaired(polygon)).intersection(to_shapely(field)))
        return max(parts, key=area, default=None)

    def ellipse(self, x: float, y: float, a: float, b: float, angle: float = 0.0) -> Ellipse:
        """An ellipse of eye coordinates (angle in degrees from temporal, downwards) in pixels."""
        (cx, cy), (ex, ey) = self.to_pixels(
            [(x, y), (x + math.cos(math.radians(angle)), y + math.sin(math.radians(angle)))]
        )
        turned = math.degrees(math.atan2(ey - cy, ex - cx))
        # Never so small that no pixel centre could lie inside: a lesion is there, so its mask is not empty.
        a, b = max(a * self.scale, 0.75), max(b * self.scale, 0.75)
        return Ellipse(float(cx), float(cy), a, b, turned)

    def polygon(self, ring: npt.ArrayLike, hole: npt.ArrayLike | None = None) -> Polygon:
        """A polygon of eye coordinates in pixels."""
        holes = () if hole is None else (self._ring(hole),)
        return Polygon(self._ring(ring), holes)

    def point(self, at: XY) -> Point:
        """An eye point in pixels."""
        x, y = self.to_pixels([at])[0]
        return Point(float(x), float(y))

    def _ring(self, points: npt.ArrayLike) -> tuple[XY, ...]:
        return tuple((float(x), float(y)) for x, y in self.to_pixels(points))


def draw_frame(rng: np.random.Generator, size: tuple[int, int], settings: FieldSettings) -> Frame:
    """Eye, field of view, and the place of disc and fovea in it; both lie inside the field."""
    height, width = size
    eye: Eye = "OD" if rng.random() < 0.5 else "OS"
    diameter, cut = _field(rng, height, width, settings)
    macular = rng.random() < settings.macula_chance
    share = draw(rng, settings.disc_share_macula if macular else settings.disc_share)
    scale = share * diameter
    tilt = math.radians(draw(rng, settings.tilt))
    fovea = (draw(rng, settings.fovea_distance), draw(rng, settings.fovea_drop))
    # The middle of the field as a point on the line from disc (0) to fovea (1), held so that both are seen.
    radius = diameter / 2 / scale
    along = rng.uniform(0.75, 1.1) if macular else rng.uniform(-0.15, 0.35)
    distance = math.hypot(*fovea)
    along = min(max(along, 1 - (radius - 0.35) / distance), (radius - 0.85) / distance)
    drop = rng.uniform(-0.35, 0.35) * min(radius - 2.2, 1.0)
    middle = (fovea[0] * along, fovea[1] * along + drop)
    centre = (width / 2, height / 2)
    for attempt in range(5):  # a vertical shift may push one of them out: give it up by halves
        at_origin = Frame(
            height, width, eye, (0.0, 0.0), scale, tilt, (0.0, 0.0), diameter / 2, cut, False, fovea
        )
        x, y = at_origin.to_pixels([(middle[0], middle[1] - drop * attempt / 4)])[0]
        disc = (centre[0] - float(x), centre[1] - float(y))
        notch = bool(rng.random() < settings.notch_chance)
        frame = Frame(height, width, eye, disc, scale, tilt, centre, diameter / 2, cut, notch, fovea)
        if frame.sees((0, 0), 0.65) and frame.sees(fovea, 0.2):
            break
    return frame


def _field(rng: np.random.Generator, height: int, width: int, settings: FieldSettings) -> tuple[float, float]:
    """Diameter of the field and half the height left of it, in pixels."""
    fill = draw(rng, settings.fill)
    if width > 1.15 * height or rng.random() < settings.cut_chance:
        share = draw(rng, settings.cut_height)
        diameter = fill * min(width, height / share)
        return diameter, min(share * diameter, height) / 2
    diameter = fill * min(height, width)
    return diameter, diameter / 2
