"""Drusen, new vessels and fluid in a B-scan: as bumps of the layers, then as exact polygons in pixels."""

import math
from dataclasses import dataclass, field

import numpy as np

from retina_studio.domain.shapes import Ellipse, Polygon
from retina_studio.phantoms.eye import Floats, count, draw
from retina_studio.phantoms.oct_layers import Geometry, Lift
from retina_studio.phantoms.outlines import blob, wavy
from retina_studio.phantoms.settings import OctSettings

_VISIBLE = 8.0  # micrometres: a lower hump is no druse


@dataclass
class OctDisease:
    """What one B-scan has; heights per column (W,), micrometres."""

    rpe: Floats
    lesion: Floats  # subretinal new vessels, on the pigment epithelium
    fluid: Floats  # subretinal fluid, on top of these
    swelling: Floats
    cysts: list[tuple[float, float, float]] = field(default_factory=list)  # x, share of the depth, radius

    @property
    def lift(self) -> Lift:
        """The bumps of the layers."""
        return Lift(self.rpe, self.lesion + self.fluid, self.swelling)


def draw_disease(rng: np.random.Generator, oct_class: str, x: Floats, s: OctSettings) -> OctDisease:
    """The disease of a B-scan of this class over the columns `x` (micrometres)."""
    zero = np.zeros_like(x)
    disease = OctDisease(zero, zero, zero, zero)
    {"normal": lambda *_: None, "drusen": _drusen, "cnv": _cnv, "dme": _dme}[oct_class](rng, disease, x, s)
    return disease


def _hump(
    rng: np.random.Generator, x: Floats, middle: float, radius: float, height: float, power: float
) -> Floats:
    """A bump that ends at `radius`; a larger power makes it flatter on top."""
    t = np.clip(np.abs(x - middle) / radius, 0, 1)
    uneven = wavy(rng, np.asarray((x - middle) / radius, np.float64), 0.07, 6)
    return np.asarray(height * (1 - t**power) ** 1.3 * uneven)


def _drusen(rng: np.random.Generator, disease: OctDisease, x: Floats, s: OctSettings) -> None:
    for _ in range(count(rng, s.drusen_count)):
        radius = draw(rng, s.drusen_radius)
        height = min(draw(rng, s.drusen_height), 0.9 * radius)
        middle = float(np.clip(rng.normal(0, 0.24), -0.46, 0.46)) * (x[-1] - x[0])
        disease.rpe = np.maximum(disease.rpe, _hump(rng, x, middle, radius, height, 2.0))


def _cnv(rng: np.random.Generator, disease: OctDisease, x: Floats, s: OctSettings) -> None:
    middle = rng.normal(0, 0.1) * (x[-1] - x[0])
    radius = draw(rng, s.cnv_radius)
    disease.lesion = _hump(rng, x, middle, radius, draw(rng, s.cnv_height), 2.4)
    disease.rpe = 0.12 * disease.lesion * np.clip(1 + 0.5 * np.sin(x / 90 + rng.uniform(0, 6)), 0, None)
    if rng.random() < s.cnv_fluid_chance:
        beside = middle + rng.choice((-1, 1)) * radius * rng.uniform(0.7, 1.2)
        _add_fluid(rng, disease, x, float(beside), s)
    disease.swelling = _hump(rng, x, middle, 2 * radius, 0.4 * draw(rng, s.swelling), 2.0)
    if rng.random() < 0.5:
        _add_cysts(rng, disease, middle, 0.6 * radius, count(rng, s.cyst_count) // 3, s)


def _dme(rng: np.random.Generator, disease: OctDisease, x: Floats, s: OctSettings) -> None:
    middle = rng.normal(0, 500)
    radius = rng.uniform(900, 2400)
    disease.swelling = _hump(rng, x, middle, radius, draw(rng, s.swelling), 2.0)
    _add_cysts(rng, disease, middle, 0.45 * radius, count(rng, s.cyst_count), s)
    if rng.random() < s.subretinal_chance:
        _add_fluid(rng, disease, x, rng.normal(0, 300), s)


def _add_fluid(
    rng: np.random.Generator, disease: OctDisease, x: Floats, middle: float, s: OctSettings
) -> None:
    radius, height = draw(rng, s.subretinal_radius), draw(rng, s.subretinal_height)
    disease.fluid = _hump(rng, x, middle, radius, height, 2.0)


def _add_cysts(
    rng: np.random.Generator, disease: OctDisease, middle: float, spread: float, number: int, s: OctSettings
) -> None:
    low, high = s.cyst_radius
    for _ in range(max(number, 1)):
        radius = low + (high - low) * rng.random() ** 1.8
        disease.cysts.append((rng.normal(middle, spread), rng.uniform(0.25, 0.8), radius))


def outlines(
    rng: np.random.Generator, disease: OctDisease, g: Geometry
) -> list[tuple[str, Ellipse | Polygon]]:
    """The exact shapes (label, geometry in pixels) of a disease laid into a B-scan."""
    found: list[tuple[str, Ellipse | Polygon]] = []
    found += (
        [("drusen", p) for p in _between(g.rpe_bottom, g.bruch, disease.rpe, g)]
        if not disease.lesion.any()
        else []
    )
    floor = g.tops["RPE"]
    found += [("CNV", p) for p in _between(floor - disease.lesion / g.step, floor, disease.lesion, g)]
    roof = floor - (disease.lesion + disease.fluid) / g.step
    found += [("fluid", p) for p in _between(roof, floor - disease.lesion / g.step, disease.fluid, g)]
    found += [("fluid", cyst) for place in disease.cysts for cyst in _cyst(rng, place, g)]
    return found


def _between(top: Floats, bottom: Floats, height: Floats, g: Geometry) -> list[Polygon]:
    """The area between two lines (rows per column) wherever it is high enough to see."""
    seen = np.concatenate([[0], (height > max(_VISIBLE, 1.2 * g.step)).astype(int), [0]])
    starts, ends = np.flatnonzero(np.diff(seen) == 1), np.flatnonzero(np.diff(seen) == -1)
    polygons = []
    for start, end in zip(starts, ends, strict=True):
        if end - start < 3:
            continue
        columns = np.arange(start, end) + 0.5
        upper = np.column_stack([columns, top[start:end]])
        lower = np.column_stack([columns, bottom[start:end]])[::-1]
        polygons.append(Polygon(tuple((float(a), float(b)) for a, b in np.concatenate([upper, lower]))))
    return polygons


def _cyst(rng: np.random.Generator, place: tuple[float, float, float], g: Geometry) -> list[Polygon]:
    """A cyst in the inner or outer nuclear layer, kept between OPL or INL and the outer limiting membrane."""
    x, share, radius = place
    column = float(np.interp(x, g.x, np.arange(g.width)))
    k = round(column)
    if not 0.03 * g.width < column < 0.97 * g.width:
        return []
    top, bottom = float(g.tops["INL"][k]), float(g.tops["ELM"][k])
    room = 0.46 * (bottom - top)
    tall = min(radius / g.step, room)
    if tall < 2:
        return []
    row = float(np.clip(top + share * (bottom - top), top + tall, bottom - tall))
    wide = radius / (g.x[1] - g.x[0]) * rng.uniform(0.8, 1.5)
    wide = float(min(wide, column - 1, g.width - 1 - column))
    ring = blob(rng, (column + 0.5, row + 0.5), max(wide, 1.5), tall * 0.9, 0.0, roughness=0.09, points=26)
    slope = math.atan2(float(g.bruch[min(k + 5, g.width - 1)] - g.bruch[max(k - 5, 0)]), 10)
    ring[:, 1] += (ring[:, 0] - column) * math.tan(slope)
    return [Polygon(tuple((float(a), float(b)) for a, b in ring))]
