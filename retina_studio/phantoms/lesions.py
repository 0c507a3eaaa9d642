"""The lesions of diabetic retinopathy: which, how many, where and of what outline (models.md 7.2).

Quadrants are counted round the fovea. Every lesion is one shape, so that graders and rules can count them.
"""

import math
from dataclasses import dataclass

import numpy as np

from retina_studio.domain.shapes import Ellipse, Polygon
from retina_studio.phantoms.eye import Frame, Points, count, draw
from retina_studio.phantoms.outlines import blob, boat, strand
from retina_studio.phantoms.settings import LesionSettings
from retina_studio.phantoms.vessels import Vessel

Place = tuple[float, float]


@dataclass(frozen=True)
class Lesion:
    """One lesion in pixels; `look` says how it is painted and `seed` with which texture."""

    label: str
    geometry: Ellipse | Polygon
    look: str
    seed: int


def draw_lesions(
    rng: np.random.Generator, frame: Frame, vessels: list[Vessel], grade: int, settings: LesionSettings
) -> tuple[Lesion, ...]:
    """The lesions of one eye with this DR grade (0 to 4), deepest first as they are painted."""
    if grade == 0:
        return ()
    painter = _Placer(rng, frame, vessels, settings)
    row = grade - 1
    for _ in range(count(rng, settings.cotton_wool_spots[row])):
        painter.cotton_wool_spot()
    for _ in range(count(rng, settings.exudate_clusters[row])):
        painter.exudates()
    for _ in range(count(rng, settings.microaneurysms[row])):
        painter.microaneurysm()
    # Four full quadrants need a field that reaches well beyond the fovea.
    if grade == 3 and frame.sees(frame.fovea, 1.4) and rng.random() < settings.severe_chance:
        for quadrant in range(4):
            painter.haemorrhages(count(rng, settings.severe_count), quadrant)
    else:
        painter.haemorrhages(count(rng, settings.haemorrhages[row]))
    if grade == 4:
        painter.proliferative()
    return tuple(painter.lesions)


class _Placer:
    def __init__(
        self, rng: np.random.Generator, frame: Frame, vessels: list[Vessel], settings: LesionSettings
    ) -> None:
        self.rng, self.frame, self.settings = rng, frame, settings
        self.trunks = [v for v in vessels if len(v.path) > 30][:8]
        self.lesions: list[Lesion] = []

    def microaneurysm(self) -> None:
        radius = draw(self.rng, self.settings.ma_diameter) / 2
        x, y = self.somewhere(1.4, 0.12)
        self.ellipse("MA", (x, y), radius, radius * self.rng.uniform(0.8, 1), 0, "dot")

    def haemorrhages(self, number: int, quadrant: int | None = None) -> None:
        for _ in range(number):
            place = self.somewhere(1.9, 0.2, quadrant)
            if self.rng.random() < self.settings.flame_chance:
                self.flame(place)
            else:
                self.blot(place)

    def blot(self, place: Place) -> None:
        low, high = self.settings.dot_diameter
        radius = (low + (high - low) * self.rng.random() ** 2.2) / 2
        angle = self.rng.uniform(0, math.pi)
        ratio = self.rng.uniform(0.65, 1)
        if radius < 0.05:
            self.ellipse("iHE", place, radius, radius * ratio, math.degrees(angle), "blot")
        else:
            self.polygon("iHE", blob(self.rng, place, radius, radius * ratio, angle, roughness=0.13), "blot")

    def flame(self, place: Place) -> None:
        """Along the nerve fibres, which leave the disc and bend round the macula."""
        half = draw(self.rng, self.settings.flame_length) / 2
        x, y = place
        along = math.atan2(y, x) - 0.35 * math.sin(math.atan2(y, x)) * (x > 0)
        angle = along + self.rng.normal(0, 0.15)
        ring = blob(
            self.rng,
            place,
            half,
            half * self.rng.uniform(0.22, 0.42),
            angle,
            roughness=0.2,
            highest=9,
            points=36,
        )
        self.polygon("iHE", ring, "flame")

    def exudates(self) -> None:
        """A cluster, or a ring round leaking vessels (circinate), mostly in the macula."""
        middle = self.somewhere(1.1, 0.35)
        ringed = self.rng.random() < self.settings.circinate_chance
        spread = self.rng.uniform(0.2, 0.55)
        start, reach = self.rng.uniform(0, 2 * math.pi), self.rng.uniform(2.5, 6.2)
        low, high = self.settings.exudate_diameter
        for _ in range(count(self.rng, self.settings.exudates_per_cluster)):
            turn = start + self.rng.uniform(0, reach if ringed else 2 * math.pi)
            out = spread * (1 + self.rng.normal(0, 0.12) if ringed else abs(self.rng.normal(0, 0.6)))
            place = (middle[0] + out * math.cos(turn), middle[1] + out * math.sin(turn))
            if not self.allowed(place, 0.12):
                continue
            radius = (low + (high - low) * self.rng.random() ** 2.5) / 2
            radius = max(radius, 1.1 / self.frame.scale)  # at least a pixel centre inside
            angle = turn + math.pi / 2 if ringed else self.rng.uniform(0, math.pi)
            ring = blob(
                self.rng, place, radius * self.rng.uniform(1, 1.7), radius, angle, roughness=0.2, points=20
            )
            self.polygon("HaEx", ring, "exudate")

    def cotton_wool_spot(self) -> None:
        place = self.near_trunk(0.35, 2.6)
        half = draw(self.rng, self.settings.cws_diameter) / 2
        angle = self.rng.uniform(0, math.pi)
        ring = blob(
            self.rng, place, half, half * self.rng.uniform(0.5, 0.85), angle, roughness=0.16, highest=7
        )
        self.polygon("CWS", ring, "cotton")

    def proliferative(self) -> None:
        """At least one of NV, vHE and pHE, the evidence that DR4 asks for; fibrous tissue now and then."""
        s, rng = self.settings, self.rng
        chosen = rng.random(4) < (
            s.new_vessel_chance,
            s.preretinal_chance,
            s.vitreous_chance,
            s.fibrous_chance,
        )
        if not chosen[:3].any():
            chosen[0] = True
        if chosen[0]:
            for _ in range(count(rng, s.new_vessels)):
                self.new_vessels()
        if chosen[3]:
            self.fibrous()
        if chosen[1]:
            self.preretinal()
        if chosen[2]:
            self.vitreous()

    def new_vessels(self) -> None:
        half = draw(self.rng, self.settings.nv_diameter) / 2
        at_disc = self.rng.random() < 0.35
        turn = self.rng.uniform(0, 2 * math.pi)
        place = (0.4 * math.cos(turn), 0.4 * math.sin(turn)) if at_disc else self.near_trunk(0.25, 3.0)
        ring = blob(self.rng, place, half, half * self.rng.uniform(0.6, 1), turn, roughness=0.15)
        self.polygon("NV", ring, "tuft")

    def preretinal(self) -> None:
        width = draw(self.rng, self.settings.preretinal_width)
        x, y = self.somewhere(1.5, 0.55)
        # The level follows gravity: level in the image, whatever the tilt of the eye.
        ring = boat(self.rng, (0.0, 0.0), width, width * self.rng.uniform(0.3, 0.6))
        cos, sin = math.cos(self.frame.tilt), math.sin(self.frame.tilt)
        level = np.column_stack([ring[:, 0] * cos + ring[:, 1] * sin, ring[:, 1] * cos - ring[:, 0] * sin])
        self.polygon("pHE", level + np.array([x, y]), "pool")

    def vitreous(self) -> None:
        half = draw(self.rng, self.settings.vitreous_diameter) / 2
        place = self.somewhere(2.0, 0.3)
        ring = blob(
            self.rng, place, half, half * self.rng.uniform(0.5, 0.9), self.rng.uniform(0, math.pi),
            roughness=0.2, points=40, highest=7,
        )  # fmt: skip
        self.polygon("vHE", ring, "haze")

    def fibrous(self) -> None:
        length = draw(self.rng, self.settings.fibrous_length)
        x, y = self.near_trunk(0.3, 2.4)
        heading = math.atan2(y, x) + self.rng.normal(0, 0.4)
        start = (x - 0.5 * length * math.cos(heading), y - 0.5 * length * math.sin(heading))
        self.polygon("FiP", strand(self.rng, start, heading, length), "strand")

    def allowed(self, place: Place, margin: float) -> bool:
        """In the field, and not on the disc."""
        return self.frame.sees(place, margin) and math.hypot(*place) > 0.68

    def somewhere(self, spread: float, margin: float, quadrant: int | None = None) -> Place:
        """A place round the macula; in one quadrant round the fovea when asked (bit 0 nasal, bit 1 below)."""
        fx, fy = self.frame.fovea
        for attempt in range(200):
            reach = spread * (1 + attempt / 100)
            dx, dy = self.rng.normal(0, reach, 2)
            if quadrant is not None:
                dx = abs(dx) * (-1 if quadrant & 1 else 1)
                dy = abs(dy) * (1 if quadrant & 2 else -1)
                if min(abs(dx), abs(dy)) < 0.08:
                    continue
            place = (fx + float(dx), fy + float(dy))
            if self.allowed(place, margin) and math.hypot(dx, dy) > 0.18:
                return place
        return (fx / 2, fy / 2)  # between disc and fovea, which are both in the field

    def near_trunk(self, offset: float, reach: float) -> Place:
        """A place beside one of the large vessels, within `reach` of the disc."""
        for _ in range(60):
            path = self.trunks[int(self.rng.integers(len(self.trunks)))].path
            path = path[(np.hypot(path[:, 0], path[:, 1]) > 0.9) & (np.hypot(path[:, 0], path[:, 1]) < reach)]
            if len(path) == 0:
                continue
            x, y = path[int(self.rng.integers(len(path)))] + self.rng.normal(0, offset, 2)
            if self.allowed((float(x), float(y)), 0.35):
                return float(x), float(y)
        return self.somewhere(1.5, 0.35)

    def ellipse(self, label: str, place: Place, a: float, b: float, angle: float, look: str) -> None:
        self.add(label, self.frame.ellipse(*place, a, b, angle), look)

    def polygon(self, label: str, ring: Points, look: str) -> None:
        seen = self.frame.visible(self.frame.polygon(ring))
        if seen is not None:
            self.add(label, seen, look)

    def add(self, label: str, geometry: Ellipse | Polygon, look: str) -> None:
        self.lesions.append(Lesion(label, geometry, look, int(self.rng.integers(2**31))))
