"""The layers of a B-scan: where they lie in every column and how strongly they reflect.

Lengths are micrometres; x runs over the B-scan, 0 at its middle, positive towards the nose; heights grow
upwards from Bruch's membrane. Layer names are those of the IN-OCT consensus (Staurenghi et al., 2014).
"""

import math
from dataclasses import dataclass

import numpy as np

from retina_studio.phantoms.eye import Floats, count, draw
from retina_studio.phantoms.settings import OctSettings

# From the vitreous down: usual thickness beside the fovea, the share of it lost in the middle of the pit,
# reflectivity (0 to 1 of the display) and the softness of its upper border.
LAYERS = (
    ("NFL", 24.0, 0.97, 0.60, 2.5),
    ("GCL", 46.0, 0.97, 0.42, 5.0),
    ("IPL", 40.0, 0.94, 0.48, 6.0),
    ("INL", 40.0, 0.92, 0.31, 5.0),
    ("OPL", 30.0, 0.75, 0.44, 5.0),
    ("ONL", 78.0, -0.28, 0.25, 7.0),
    ("ELM", 7.0, 0.0, 0.36, 3.0),
    ("MZ", 17.0, -0.15, 0.29, 3.0),
    ("EZ", 16.0, -0.1, 0.74, 4.0),
    ("OS", 15.0, -0.35, 0.45, 4.0),
    ("RPE", 24.0, 0.0, 0.86, 4.0),
)
NAMES = tuple(layer[0] for layer in LAYERS)


@dataclass(frozen=True)
class Lift:
    """What disease adds to the layers, per column (micrometres, (W,))."""

    rpe: Floats  # the pigment epithelium stands off Bruch's membrane (drusen)
    retina: Floats  # the neural retina stands off the pigment epithelium (fluid or new vessels below it)
    swelling: Floats  # added to the inner and outer nuclear layers (oedema)


@dataclass(frozen=True)
class Geometry:
    """One B-scan: pixel sizes, Bruch's membrane, and the tops of the layers, all per column (W,)."""

    height: int
    width: int
    step: float  # micrometres per row
    x: Floats
    bruch: Floats  # row of Bruch's membrane
    tops: dict[str, Floats]  # row of each layer's upper border
    rpe_bottom: Floats
    choroid: float  # micrometres


def draw_geometry(
    rng: np.random.Generator, size: tuple[int, int], nasal: int, lift: Lift, x: Floats, s: OctSettings
) -> Geometry:
    """The layers of one eye with its disease; `nasal` is +1 when the nose is to the right."""
    height, width = size
    step = draw(rng, s.depth) / height
    level = draw(rng, s.level) * height
    slope, bend = draw(rng, s.tilt), draw(rng, s.curvature)
    wave = 9 * np.sin(x / 1300 + rng.uniform(0, 2 * math.pi)) + 4 * np.sin(
        x / 480 + rng.uniform(0, 2 * math.pi)
    )
    bruch = level + (slope * x - bend * (x / 10) ** 2 * 0.1 + wave) / step
    thick = _thicknesses(rng, x, nasal, lift, s)
    rpe_bottom = bruch - lift.rpe / step
    tops = {}
    row = rpe_bottom
    for name in reversed(NAMES):
        row = row - thick[name] / step
        tops[name] = row
        if name == "RPE":
            row = row - lift.retina / step
    # Keep the retina in the frame: the vitreous takes at least a tenth.
    shift = max(0.1 * height - float(tops["NFL"].min()), 0.0)
    shift = min(shift, max(0.93 * height - float(bruch.max()), 0.0))
    tops = {name: top + shift for name, top in tops.items()}
    return Geometry(height, width, step, x, bruch + shift, tops, rpe_bottom + shift, draw(rng, s.choroid))


def _thicknesses(
    rng: np.random.Generator, x: Floats, nasal: int, lift: Lift, s: OctSettings
) -> dict[str, Floats]:
    pit, width = draw(rng, s.pit), draw(rng, s.pit_width)
    middle = rng.normal(0, 220)
    scale = draw(rng, s.thickness)
    away = x - middle
    hole = np.exp(-(np.abs(away / width) ** 2.3))
    rim = np.exp(-((np.abs(away) - 1000) ** 2) / (2 * 520**2))
    thick = {}
    for name, usual, lost, _, _ in LAYERS:
        inner = name in ("NFL", "GCL", "IPL", "INL")
        profile = usual * scale * (1 + (0.32 if inner else 0.0) * rim - pit * lost * hole)
        if name in ("GCL", "IPL"):
            profile *= 1 - 0.12 * np.clip(np.abs(away) / 3000, 0, 1.2)
        if name == "NFL":  # thickens towards the disc
            profile *= 1 + 1.5 * np.clip(nasal * away / 3000, 0, 1.2) ** 1.5
        thick[name] = np.maximum(profile + 1.2 * np.sin(x / 310 + rng.uniform(0, 6)), 1.5)
    for name, share in (("INL", 0.4), ("OPL", 0.1), ("ONL", 0.5)):
        thick[name] = thick[name] + share * lift.swelling
    # Over a bump the outer nuclear layer gives way, so that the inner retina follows it only softly.
    bump = lift.rpe + lift.retina
    thick["ONL"] = np.maximum(thick["ONL"] - bump + 0.75 * _softened(bump, x), 14.0)
    return thick


def _softened(bump: Floats, x: Floats) -> Floats:
    reach = np.arange(-700.0, 700.0, x[1] - x[0])
    kernel = np.exp(-(reach**2) / (2 * 230.0**2))
    padded = np.pad(bump, len(kernel), mode="edge")
    return np.asarray(np.convolve(padded, kernel / kernel.sum(), "same")[len(kernel) : -len(kernel)])


def draw_shadows(rng: np.random.Generator, x: Floats, s: OctSettings) -> list[tuple[float, float, float]]:
    """Retinal vessels across the B-scan: (x, half width, strength of the shadow)."""
    return [
        (float(rng.uniform(x[0], x[-1])), float(rng.uniform(20, 70)), draw(rng, s.shadow_strength))
        for _ in range(count(rng, s.shadows))
    ]
