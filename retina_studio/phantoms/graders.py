"""Simulated graders: they miss, over-call, draw imprecisely and disagree about grades, each by own habits."""

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields

import numpy as np

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.geometry import repaired
from retina_studio.domain.grading import Grading
from retina_studio.domain.labels import GradeValue, Modality, catalogue, scales
from retina_studio.domain.shapes import XY, Ellipse, Geometry, Point, Polygon, Shape
from retina_studio.phantoms.eye import Points, draw, stream
from retina_studio.phantoms.outlines import wavy
from retina_studio.phantoms.settings import PhantomSettings, default_settings

_LARGE = 0.08  # a lesion of this share of the image height counts as large
# What a grader may see though it is not there, by the least DR grade at which it would be looked for.
_ILLUSIONS = {
    1: ("MA",),
    2: ("MA", "iHE", "HaEx"),
    3: ("MA", "iHE", "HaEx", "CWS"),
    4: ("MA", "iHE", "HaEx", "CWS"),
}


@dataclass(frozen=True)
class GraderProfile:
    """One grader's habits. Lengths are shares of the shape's own size (the mean of its box's sides)."""

    miss_small: float = 0.2  # chance to miss the smallest lesions ...
    miss_large: float = 0.02  # ... and those of a twelfth of the image height and more
    miss_label: Mapping[str, float] = field(default_factory=dict)  # label -> a chance of its own instead
    overcalls: float = 0.5  # mean number of lesions drawn that are not there
    boundary: float = 0.05  # standard deviation of the outline, smooth along it
    centre: float = 0.02  # standard deviation of the centre
    bias: tuple[float, float] = (0.0, 0.0)  # usual shift of the centre (x, y)
    scale: float = 1.0  # usual size over the true size
    grade_confusion: float = 0.1  # chance of a neighbouring (or the other) grade

    def __post_init__(self) -> None:
        chances = (self.miss_small, self.miss_large, self.grade_confusion, *self.miss_label.values())
        if not all(0 <= chance <= 1 for chance in chances):
            raise RetinaError("A grader profile's misses and grade confusion are chances between 0 and 1.")
        if min(self.overcalls, self.boundary, self.centre) < 0 or self.scale <= 0:
            raise RetinaError("A grader profile's errors cannot be negative, and its scale is above 0.")
        unknown = set(self.miss_label) - set(catalogue())
        if unknown:
            raise RetinaError(
                f"A grader profile names labels that do not exist: {', '.join(sorted(unknown))}."
            )


PERFECT = GraderProfile(0, 0, {}, 0, 0, 0, (0, 0), 1, 0)


def profiles(n: int, seed: int, settings: PhantomSettings | None = None) -> list[GraderProfile]:
    """`n` different graders, drawn from the settings."""
    s = (settings or default_settings()).graders
    made = []
    for number in range(n):
        rng = stream(seed, f"grader/{number}")
        turn, shift = rng.uniform(0, 2 * math.pi), draw(rng, s.centre)
        made.append(
            GraderProfile(
                miss_small=draw(rng, s.miss_small),
                miss_large=draw(rng, s.miss_large),
                overcalls=draw(rng, s.overcalls),
                boundary=draw(rng, s.boundary),
                centre=draw(rng, s.centre),
                bias=(shift * math.cos(turn), shift * math.sin(turn)),
                scale=draw(rng, s.scale),
                grade_confusion=draw(rng, s.grade_confusion),
            )
        )
    return made


def simulate(
    truth: Grading, profile: GraderProfile, seed: int, height: int, width: int, modality: Modality
) -> Grading:
    """What a grader with this profile makes of an image of (height, width) pixels whose truth is known.

    Shapes get new ids that follow from the arguments. Disc, cup and fovea are never missed; the cup stays
    inside the disc; every shape stays inside the image; who sees no retinopathy or no PPA draws none.
    """
    told = hashlib.blake2b(repr((sorted(truth.shapes), height, width, _habits(profile))).encode()).hexdigest()
    rng = stream(seed, told)
    grades = {code: _grade(rng, code, value, profile) for code, value in truth.grades.items()}
    hand = _Hand(rng, profile, height, width)
    kept = [shape for shape in truth.shapes.values() if not hand.misses(shape) and _fits(shape.label, grades)]
    if grades.get("ppa") is True and not any(shape.label == "PPA" for shape in kept):
        grades["ppa"] = False
    drawn = [(shape.label, hand.redraw(shape.geometry)) for shape in kept]
    if modality == "fundus":
        seen_more = grades.get("dr", 0) != 0 and truth.grades.get("dr") == 0
        drawn += hand.illusions(int(grades.get("dr", 0)), 1 if seen_more else 0)
    drawn = _cup_in_disc(drawn)
    shapes = [Shape(label, geometry, rng.bytes(16).hex()) for label, geometry in drawn]
    return Grading({shape.id: shape for shape in shapes}, grades)


def _habits(profile: GraderProfile) -> list[tuple[str, object]]:
    plain = {f.name: getattr(profile, f.name) for f in fields(profile)}
    return [
        (name, sorted(value.items()) if isinstance(value, Mapping) else value)
        for name, value in plain.items()
    ]


def _fits(label: str, grades: Mapping[str, GradeValue]) -> bool:
    """Whether a grader who gave these grades draws the label at all: nobody draws what the grade denies."""
    denied = {"dr": 0, "ppa": False}
    asked = catalogue()[label].answered_by
    return asked not in denied or grades.get(asked) != denied[asked]


def _grade(rng: np.random.Generator, code: str, value: GradeValue, profile: GraderProfile) -> GradeValue:
    values = scales()[code].values
    if code == "oct" or rng.random() >= profile.grade_confusion:
        return value  # the lesions of an OCT class leave no room for doubt
    at = next(
        i for i, v in enumerate(values) if v == value and isinstance(v, bool) == isinstance(value, bool)
    )
    beside = [i for i in (at - 1, at + 1) if 0 <= i < len(values)]
    return values[int(rng.choice(beside))]


class _Hand:
    """Draws like one grader on one image."""

    def __init__(self, rng: np.random.Generator, profile: GraderProfile, height: int, width: int) -> None:
        self.rng, self.profile, self.height, self.width = rng, profile, height, width

    def misses(self, shape: Shape) -> bool:
        if shape.label in ("OD", "OC", "fovea"):
            return False
        p = self.profile
        left, top, right, bottom = shape.geometry.box
        share = min(max(right - left, bottom - top) / (_LARGE * self.height), 1.0)
        chance = p.miss_label.get(shape.label, p.miss_small + (p.miss_large - p.miss_small) * share)
        return bool(self.rng.random() < chance)

    def redraw(self, geometry: Geometry) -> Geometry:
        """The geometry as this hand draws it."""
        left, top, right, bottom = geometry.box
        size = (right - left + bottom - top) / 2 or 0.06 * self.height  # a point: as if of the fovea's size
        dx, dy = self.rng.normal(self.profile.bias, self.profile.centre) * size
        if isinstance(geometry, Point):
            x, y = geometry.x + float(dx), geometry.y + float(dy)
            return Point(min(max(x, 0.0), self.width - 1e-3), min(max(y, 0.0), self.height - 1e-3))
        if isinstance(geometry, Ellipse):
            return self._held(self._ellipse(geometry, float(dx), float(dy)))
        return self._held(self._polygon(geometry, float(dx), float(dy)))

    def _ellipse(self, e: Ellipse, dx: float, dy: float) -> Ellipse:
        p = self.profile
        stretch = p.scale * np.exp(self.rng.normal(0, p.boundary, 2))
        turn = float(self.rng.normal(0, 60 * p.boundary))
        a, b = max(e.a * float(stretch[0]), 0.5), max(e.b * float(stretch[1]), 0.5)
        return Ellipse(e.x + dx, e.y + dy, a, b, e.angle + turn)

    def _polygon(self, polygon: Polygon, dx: float, dy: float) -> Ellipse | Polygon:
        """Redrawn with 12 to 24 vertices (a hole likewise); a small blob often simply as an ellipse."""
        left, top, right, bottom = polygon.box
        small = max(right - left, bottom - top) < 0.06 * self.height and not polygon.holes
        if small and self.profile.boundary > 0 and self.rng.random() < 0.6:
            return self._ellipse(_fitted(np.asarray(polygon.points)), dx, dy)
        rings = [self._ring(np.asarray(ring), dx, dy) for ring in polygon.rings]
        return Polygon(rings[0], tuple(rings[1:]))

    def _ring(self, ring: Points, dx: float, dy: float) -> tuple[XY, ...]:
        """A ring pulled in and out smoothly along it."""
        p = self.profile
        if p.boundary > 0:
            ring = _resampled(ring, int(self.rng.integers(12, 25)))
        middle = (ring.max(axis=0) + ring.min(axis=0)) / 2
        half = (ring.max(axis=0) - ring.min(axis=0)) / 2
        t = np.linspace(0, 2 * math.pi, len(ring), endpoint=False)
        error = (wavy(self.rng, t, p.boundary, 4) - 1) * half.min()
        along = np.roll(ring, 1, axis=0) - np.roll(ring, -1, axis=0)
        normal = along[:, ::-1] * (-1, 1) / np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-9)[:, None]
        return _vertices(middle + (ring - middle) * p.scale + normal * error[:, None] + (dx, dy))

    def _held(self, geometry: Ellipse | Polygon) -> Ellipse | Polygon:
        """Inside the image, and valid: shifted; when too large, an ellipse is shrunk and a polygon cut."""
        left, top, right, bottom = geometry.box
        if isinstance(geometry, Ellipse):
            k = min(1.0, self.width / (right - left), self.height / (bottom - top))
            geometry = Ellipse(geometry.x, geometry.y, geometry.a * k, geometry.b * k, geometry.angle)
            left, top, right, bottom = geometry.box
        dx = max(-left, 0.0) - max(right - self.width, 0.0)
        geometry = geometry.moved(dx, max(-top, 0.0) - max(bottom - self.height, 0.0))
        if isinstance(geometry, Ellipse):
            return geometry
        frame = (self.width, self.height)
        rings = [_vertices(np.clip(np.asarray(ring), 0, frame)) for ring in geometry.rings]
        return repaired(Polygon(rings[0], tuple(rings[1:])))

    def illusions(self, dr: int, least: int) -> list[tuple[str, Geometry]]:
        """Lesions that are not there, of kinds that the grade would allow."""
        if dr not in _ILLUSIONS:
            return []
        found: list[tuple[str, Geometry]] = []
        for _ in range(max(int(self.rng.poisson(self.profile.overcalls)), least)):
            label = str(self.rng.choice(_ILLUSIONS[dr]))
            radius = self.height * float(self.rng.uniform(0.003, 0.015 if label == "CWS" else 0.007))
            x, y = self.rng.uniform(0.25, 0.75, 2) * (self.width, self.height)
            found.append(
                (label, Ellipse(float(x), float(y), radius, radius * float(self.rng.uniform(0.6, 1))))
            )
        return found


def _vertices(ring: Points) -> tuple[XY, ...]:
    return tuple((float(x), float(y)) for x, y in ring)


def _fitted(ring: Points) -> Ellipse:
    """The ellipse whose outline has the mean and the spread of this ring."""
    even = _resampled(ring, 48)
    spread, axes = np.linalg.eigh(np.cov(even.T))
    b, a = np.sqrt(2 * np.maximum(spread, 0.05))
    x, y = even.mean(axis=0)
    return Ellipse(float(x), float(y), float(a), float(b), math.degrees(math.atan2(axes[1, 1], axes[0, 1])))


def _resampled(ring: Points, number: int) -> Points:
    """`number` vertices at equal steps along a ring."""
    closed = np.vstack([ring, ring[:1]])
    length = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(closed, axis=0).T))])
    even = np.linspace(0, length[-1], number, endpoint=False)
    return np.column_stack([np.interp(even, length, closed[:, k]) for k in range(2)])


def _cup_in_disc(drawn: list[tuple[str, Geometry]]) -> list[tuple[str, Geometry]]:
    """With every cup shrunk towards the disc centre until it lies inside the disc (graders are told to)."""
    disc = next((g for label, g in drawn if label == "OD" and isinstance(g, Ellipse)), None)
    if disc is None:
        return drawn
    return [
        (label, _inside(g, disc) if label == "OC" and isinstance(g, Ellipse) else g) for label, g in drawn
    ]


def _inside(cup: Ellipse, disc: Ellipse) -> Ellipse:
    cos, sin = math.cos(math.radians(disc.angle)), math.sin(math.radians(disc.angle))
    d = np.asarray(cup.outline(72)) - (disc.x, disc.y)
    u, v = (d[:, 0] * cos + d[:, 1] * sin) / disc.a, (d[:, 1] * cos - d[:, 0] * sin) / disc.b
    reach = float(np.hypot(u, v).max())
    if reach <= 0.99:
        return cup
    k = 0.99 / reach
    return Ellipse(
        disc.x + (cup.x - disc.x) * k, disc.y + (cup.y - disc.y) * k, cup.a * k, cup.b * k, cup.angle
    )
