"""OCT phantoms: synthetic B-scans whose class and lesion outlines are exactly known."""

import math
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.grading import Grading
from retina_studio.domain.shapes import Ellipse, Polygon, Shape
from retina_studio.phantoms.eye import Eye, Floats, count, draw, stream
from retina_studio.phantoms.oct_layers import LAYERS, Geometry, draw_geometry, draw_shadows
from retina_studio.phantoms.oct_lesions import OctDisease, draw_disease, outlines
from retina_studio.phantoms.settings import OctSettings, PhantomSettings, default_settings
from retina_studio.phantoms.texture import Field, Patch, blurred, noise

CLASSES = ("normal", "drusen", "cnv", "dme")
SMALLEST = 64


@dataclass(frozen=True)
class OctPhantom:
    """A synthetic B-scan: `pixels` (H, W) uint8, the eye, and the exact grading."""

    pixels: npt.NDArray[np.uint8]
    eye: Eye
    grading: Grading


def oct_phantom(
    seed: int,
    *,
    size: tuple[int, int] = (496, 512),
    oct_class: str | None = None,
    settings: PhantomSettings | None = None,
) -> OctPhantom:
    """A B-scan of `size` (height, width) pixels; the same arguments give the same phantom.

    The class ("normal", "drusen", "cnv" or "dme") is drawn from the settings when `oct_class` is None. Drusen
    are the area between the raised pigment epithelium and Bruch's membrane.

    Raises:
        RetinaError: a size below 64 pixels, or an unknown class.
    """
    s = (settings or default_settings()).oct
    if min(size) < SMALLEST:
        raise RetinaError(f"An OCT phantom of {size[1]} x {size[0]} pixels is too small; use 64 or more.")
    if oct_class is None:
        weights = np.array(s.class_weights)
        oct_class = CLASSES[int(stream(seed, "oct class").choice(4, p=weights / weights.sum()))]
    if oct_class not in CLASSES:
        raise RetinaError(f"{oct_class!r} is not an OCT class; use one of: {', '.join(CLASSES)}.")
    rng = stream(seed, f"oct/{oct_class}")
    eye: Eye = "OD" if rng.random() < 0.5 else "OS"
    extent = draw(rng, s.width)
    x = (np.arange(size[1]) + 0.5 - size[1] / 2) * (extent / size[1])
    disease = draw_disease(rng, oct_class, x, s)
    geometry = draw_geometry(rng, size, 1 if eye == "OD" else -1, disease.lift, x, s)
    found = outlines(rng, disease, geometry)
    pixels = _render(stream(seed, f"oct render/{oct_class}"), geometry, disease, found, s)
    ids = stream(seed, f"oct ids/{size[0]}x{size[1]}/{oct_class}")
    shapes = [Shape(label, outline, ids.bytes(16).hex()) for label, outline in found]
    grading = Grading(
        MappingProxyType({shape.id: shape for shape in shapes}), {"gradability": "good", "oct": oct_class}
    )
    return OctPhantom(pixels, eye, grading)


def _render(
    rng: np.random.Generator,
    g: Geometry,
    disease: OctDisease,
    found: list[tuple[str, Ellipse | Polygon]],
    s: OctSettings,
) -> npt.NDArray[np.uint8]:
    """The B-scan (H, W) of layers and lesions, seen through speckle."""
    floor = draw(rng, s.floor)
    scan = _layers(rng, g, disease, floor)
    _fill(rng, scan, g, found, floor)
    _foci(rng, scan, g, disease, s)
    for x, half, strength in draw_shadows(rng, g.x, s):
        across = np.exp(-(((g.x - x) / half) ** 2))
        below = np.clip((np.arange(g.height)[:, None] - g.tops["GCL"]) * g.step / 25, 0, 1)
        scan *= 1 - strength * across * below
        vessel = np.exp(-(((np.arange(g.height)[:, None] - g.tops["GCL"]) * g.step - 12) ** 2) / (2 * 16**2))
        scan += 0.14 * across * vessel
    scan *= draw(rng, s.contrast) * (1 + 0.06 * np.sin(g.x / 900 + rng.uniform(0, 6)))
    return _speckled(rng, scan, floor, draw(rng, s.speckle))


def _layers(rng: np.random.Generator, g: Geometry, disease: OctDisease, floor: float) -> Field:
    """Smooth reflectivity (H, W): soft steps from layer to layer, then the choroid fading with depth."""
    rows = np.arange(g.height, dtype=np.float32)[:, None] + 0.5
    scan = np.full((g.height, g.width), floor, np.float32)
    before: Floats = np.full(g.width, floor)
    damage = 1 - 0.55 * np.clip((disease.rpe + disease.lesion) / 60, 0, 1)
    for name, _, _, reflectivity, soft in LAYERS:
        level = np.full(g.width, reflectivity) * (damage if name in ("EZ", "OS", "ELM") else 1.0)
        level = level * (1 + 0.05 * np.sin(g.x / 700 + rng.uniform(0, 6)))
        scan += (level - before) * _step_at(rows, g.tops[name], soft / g.step)
        before = level
    below = np.full(g.width, 0.4)
    scan += (below - before) * _step_at(rows, g.rpe_bottom, 5 / g.step)
    depth = (rows - g.bruch) * g.step
    behind = depth > 0
    shrink = 12.0 / g.step
    lumens = noise(rng, g.height, g.width, max(3.2 * shrink, 2)) + 0.5 * noise(
        rng, g.height, g.width, max(7 * shrink, 2)
    )
    vessels = 1 - 0.26 * np.clip(lumens, -1, 1.5) * np.clip(depth / 50, 0, 1)
    fading = np.exp(-np.clip(depth, 0, None) / g.choroid) * 0.92 + 0.08 * np.exp(
        -np.clip(depth, 0, None) / 700
    )
    scan = np.where(behind, floor + (scan - floor) * vessels * fading, scan)
    scan *= 1 + 0.05 * noise(rng, g.height, g.width, 10 / g.step)
    return scan.astype(np.float32)


def _step_at(rows: Floats, top: Floats, soft: float) -> Floats:
    """0 above a line, 1 below it, (H, W)."""
    return np.asarray(1 / (1 + np.exp(np.clip((top - rows) / max(soft / 2, 0.25), -30, 30))))


def _fill(
    rng: np.random.Generator,
    scan: Field,
    g: Geometry,
    found: list[tuple[str, Ellipse | Polygon]],
    floor: float,
) -> None:
    """Paint the lesions inside their exact outlines: drusen grey, new vessels bright and uneven, fluid dark."""
    for label, outline in found:
        patch = Patch(outline, g.height, g.width, 4)
        if patch.empty:
            continue
        rows, columns = patch.mask.shape
        uneven = noise(rng, rows, columns, max(22 / g.step, 1.5))
        inside = {
            "drusen": 0.5 + 0.05 * uneven,
            "CNV": 0.62 + 0.13 * uneven,
            "fluid": floor + 0.035 + 0.01 * uneven,
        }
        view = scan[patch.at]
        view += patch.soft(1.8 / g.step if label == "CNV" else 2.5 / g.step) * (inside[label] - view)


def _foci(rng: np.random.Generator, scan: Field, g: Geometry, disease: OctDisease, s: OctSettings) -> None:
    """Bright foci (exudates) in a swollen retina."""
    if not disease.swelling.any():
        return
    for _ in range(count(rng, s.bright_foci)):
        column = int(rng.choice(g.width, p=disease.swelling / disease.swelling.sum()))
        row = rng.uniform(g.tops["IPL"][column], g.tops["ELM"][column])
        patch = Patch(Ellipse(column + 0.5, row, *rng.uniform(8, 20, 2) / g.step), g.height, g.width, 3)
        if not patch.empty:
            scan[patch.at] += 0.35 * patch.soft(0.8)


def _speckled(rng: np.random.Generator, scan: Field, floor: float, strength: float) -> npt.NDArray[np.uint8]:
    """Multiplicative speckle, sharper across than along, and the black grain of the vitreous."""
    height, width = scan.shape
    fine = blurred(rng.standard_normal((height, width), dtype=np.float32), 0.55)
    fine = (fine / fine.std() + 0.45 * noise(rng, height, width, 2.5)) / math.hypot(1, 0.45)
    signal = scan * np.exp(strength * fine - strength**2 / 2)
    signal += 0.35 * floor * rng.standard_normal((height, width), dtype=np.float32)
    return np.asarray(np.clip(signal * 255 + 0.5, 0, 255), np.uint8)
