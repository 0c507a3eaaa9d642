"""Peripapillary atrophy composed onto real photographs with a known disc, since no set here has a PPA mask.

The outline comes from the phantoms (`draw_anatomy`: an irregular crescent on the temporal side, sometimes a ring),
laid round the photograph's own disc. A photograph is parted into a ground without vessels (a morphological closing
wider than a vessel) and what the vessels and the grain take of its light; the atrophy is painted on the ground, and
the vessels and the grain are put back on top. The mask is the outline without the disc.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from retina_studio.domain.geometry import rasterise
from retina_studio.phantoms.anatomy import draw_anatomy
from retina_studio.phantoms.eye import Frame
from retina_studio.phantoms.settings import PpaSettings, Range, default_settings
from retina_studio.phantoms.texture import Field, blurred, noise

Pixels = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]

_UNDER = 0.9  # the outline begins inside the disc by so much, so that no gap stays between the two
_BLOOD = np.array([0.3, 1.0, 0.9], np.float32)  # what choroidal vessels take of the light of bare sclera
_COARSE = 80  # pixels of a disc diameter, on the grid that the ground is made on
_LEAST = 0.04  # a crescent below this share of the disc's area is drawn again


@dataclass(frozen=True)
class Disc:
    """The disc of a photograph: centre and half axes in pixels, and where temporal is (+1 right, -1 left)."""

    centre: tuple[float, float]
    half_width: float
    half_height: float
    temporal: int


def disc_of(pixels: Pixels, disc: Mask) -> Disc:
    """The disc of a photograph (H, W, 3) from its mask (H, W).

    Temporal is where the macula is darker, two to three disc diameters away; on a crop, the brighter half of the disc
    (the vessels leave it nasally).
    """
    rows, columns = np.flatnonzero(disc.any(axis=1)), np.flatnonzero(disc.any(axis=0))
    half_height, half_width = (rows[-1] - rows[0] + 1) / 2, (columns[-1] - columns[0] + 1) / 2
    x, y = (columns[0] + columns[-1] + 1) / 2, (rows[0] + rows[-1] + 1) / 2
    return Disc((x, y), half_width, half_height, _temporal(pixels, disc, x, y, 2 * half_height))


def _temporal(pixels: Pixels, disc: Mask, x: float, y: float, diameter: float) -> int:
    green, width = pixels[..., 1].astype(np.float32), pixels.shape[1]
    band = slice(max(int(y - 0.3 * diameter), 0), int(y + 0.9 * diameter))
    sides = {}
    for side in (-1, 1):
        near, far = sorted((x + side * 1.7 * diameter, x + side * 3.2 * diameter))
        if near >= 0 and far < width and (values := green[band, int(near) : int(far)]).min(initial=255) > 8:
            sides[side] = float(np.median(values))
    if len(sides) == 2:
        return min(sides, key=lambda side: sides[side])
    column = np.arange(width) + 0.5
    if (
        sides
    ):  # only one side is in the picture: the macula is in the field of a photograph that is not a crop
        return next(iter(sides))
    light = blurred(green, 0.06 * diameter) * disc
    return 1 if (light * (column > x)).sum() > (light * (column <= x)).sum() else -1


def paleness(pixels: Pixels, disc: Mask) -> float:
    """How much paler the ring beside the disc is, at its palest, than the retina further out: near 0 without PPA."""
    factor = min(_COARSE / max(np.count_nonzero(disc.any(axis=1)), 1), 1.0)
    pixels = cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    disc = cv2.resize(disc.astype(np.float32), pixels.shape[1::-1], interpolation=cv2.INTER_AREA) >= 0.5
    about = disc_of(pixels, disc)
    ground = _ground(pixels, about.half_height * 2)[..., 1]
    y, x = np.indices(disc.shape, dtype=np.float32) + 0.5
    u, v = (x - about.centre[0]) / about.half_width, (y - about.centre[1]) / about.half_height
    radius, turn = np.hypot(u, v), np.arctan2(v, u)
    worst = 0.0
    for start in np.arange(-np.pi, np.pi, np.pi / 4):
        sector = (turn >= start) & (turn < start + np.pi / 4) & ~disc
        near = ground[sector & (radius > 1.12) & (radius < 1.35)]
        far = ground[sector & (radius > 1.5) & (radius < 1.9)]
        if near.size > 20 and far.size > 20:
            worst = max(worst, float(np.median(near) / max(np.median(far), 1) - 1))
    return worst


def compose(
    rng: np.random.Generator, pixels: Pixels, disc: Mask, width: Range = (0.12, 0.75)
) -> tuple[Pixels, Mask]:
    """A photograph (H, W, 3) with atrophy beside its disc, and the atrophy's mask (H, W).

    Args:
        rng: draws the outline and the looks.
        pixels: the photograph, RGB.
        disc: its disc.
        width: of the crescent at its widest, in disc diameters.
    """
    about = disc_of(pixels, disc)
    mask, under = _outline(rng, pixels, disc, about, width)
    return _painted(rng, pixels, disc, mask, under, about), mask


def _outline(
    rng: np.random.Generator, pixels: Pixels, disc: Mask, about: Disc, width: Range
) -> tuple[Mask, Mask]:
    """The atrophy's mask, and the same with the part that lies under the disc."""
    height, columns = disc.shape
    field = blurred(pixels.max(axis=2), 2) > 12
    settings = default_settings().fundus
    aspect = about.half_height / about.half_width
    shape = replace(settings.disc, aspect=(aspect, aspect), angle=(0.0, 0.0))
    chosen: PpaSettings = replace(settings.ppa, chance=1.0, width=width, spread=(0.55, 1.5), ring_chance=0.18)
    frame = Frame(
        height, columns, "OS" if about.temporal > 0 else "OD", about.centre, 2 * about.half_height * _UNDER,
        float(rng.normal(0, 0.1)), (columns / 2, height / 2), 10.0 * max(height, columns),
        10.0 * max(height, columns), False, (2.5, 0.2),
    )  # fmt: skip
    while True:
        ppa = draw_anatomy(rng, frame, shape, chosen).ppa
        drawn = np.zeros_like(disc) if ppa is None else rasterise(ppa, height, columns)
        under = (blurred(drawn, 0.05 * about.half_height) >= 0.5) & field  # borders of atrophy are round
        mask = under & ~disc
        if mask.sum() >= _LEAST * disc.sum():
            return mask, under


def _painted(
    rng: np.random.Generator, pixels: Pixels, disc: Mask, mask: Mask, under: Mask, about: Disc
) -> Pixels:
    diameter = 2 * about.half_height
    image = pixels.astype(np.float32)
    ground = _ground(pixels, diameter)
    takes = image / np.maximum(ground, 1)  # of the light, by vessels and grain
    pale = _sclera(rng, ground, disc, mask, about)
    edge = float(rng.uniform(0.02, 0.05))
    soft = blurred(under | (disc & _beside(mask, diameter)), edge * diameter)
    soft = np.minimum(soft, 1 - blurred(disc, 0.012 * diameter))
    patchy = 1 + 0.1 * noise(rng, *disc.shape, 0.3 * diameter)
    alpha = np.clip(soft * float(rng.uniform(0.7, 0.95)) * patchy, 0, 1)[..., None]
    ground = ground * _rim(rng, mask, disc, diameter)[..., None]
    made = ground * (1 - alpha) * takes + pale * alpha * np.clip(takes, 0.15, 1.25)
    return np.clip(made + 0.5, 0, 255).astype(np.uint8)


def _ground(pixels: Pixels, diameter: float) -> Field:
    """The photograph without its vessels: each channel closed by more than a vessel's width, on a coarse grid."""
    height, width = pixels.shape[:2]
    factor = min(_COARSE / diameter, 1.0)
    size = max(round(width * factor), 1), max(round(height * factor), 1)
    coarse = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    across = max(round(0.17 * diameter * factor) | 1, 3)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (across, across))
    closed = blurred(cv2.morphologyEx(coarse, cv2.MORPH_CLOSE, kernel), 0.03 * diameter * factor)
    return np.asarray(cv2.resize(closed, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)


def _wide(field: Field, sigma: float) -> Field:
    """A field (H, W) blurred by many pixels, on a coarse grid."""
    height, width = field.shape
    factor = min(4 / sigma, 1.0)
    size = max(round(width * factor), 1), max(round(height * factor), 1)
    coarse = blurred(cv2.resize(field, size, interpolation=cv2.INTER_AREA), sigma * factor)
    return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)


def _beside(mask: Mask, diameter: float) -> Mask:
    """What lies within a tenth of a disc diameter of the mask: the soft border must reach under the disc."""
    reach = max(round(0.1 * diameter), 1)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    near: Mask = cv2.dilate(mask.astype(np.uint8), kernel) > 0
    return near


def _sclera(rng: np.random.Generator, ground: Field, disc: Mask, mask: Mask, about: Disc) -> Field:
    """The look of the atrophy (H, W, 3): pale, lit as the place is, choroidal vessels and specks of pigment in it."""
    diameter = 2 * about.half_height
    height, width = disc.shape
    light = _wide(ground[..., 1], 0.8 * diameter)
    light = light / max(float(np.median(light[mask])), 1.0)
    of_disc, of_place = np.median(ground[disc], axis=0), np.median(ground[mask], axis=0)
    share = float(rng.uniform(0.6, 1.1))
    colour = of_place * (1 - share) + of_disc * share * np.array([0.97, 1.04, rng.uniform(0.75, 1.2)])
    colour = np.clip(colour, of_place * [1.1, 1.35, 1.3], 248).astype(np.float32)
    colour[1:] = np.minimum(colour[1:], [0.85 * colour[0], 0.75 * colour[0]])  # ivory, never green
    choroid = _streaks(rng, height, width, about)
    strength = float(rng.uniform(0.05, 0.3))
    mottle = 1 + float(rng.uniform(0.03, 0.08)) * (
        noise(rng, height, width, 0.2 * diameter) + 0.6 * noise(rng, height, width, 0.07 * diameter)
    )
    specks = np.clip(noise(rng, height, width, 0.05 * diameter) - float(rng.uniform(1.7, 4.0)), 0, 0.7)
    clumps = specks * np.clip(0.6 + noise(rng, height, width, 0.3 * diameter), 0, 1.3)
    takes = strength * choroid[..., None] * _BLOOD + clumps[..., None] * np.array([0.8, 1.0, 1.0], np.float32)
    return blurred(colour * (light * mottle)[..., None] * np.exp(-takes), 0.014 * diameter)


def _streaks(rng: np.random.Generator, height: int, width: int, about: Disc) -> Field:
    """Choroidal vessels, 0 to 1: ridges of noise that run round the disc."""
    diameter = 2 * about.half_height
    y, x = np.indices((height, width), dtype=np.float32)
    dx, dy = x - about.centre[0], y - about.centre[1]
    radius, turn = np.hypot(dx, dy), np.arctan2(dy, dx)
    across = max(float(radius.max()), 1.0)
    # Noise over (radius, angle): fine across the streaks, long along them.
    rows = max(int(across / diameter * 60), 8)
    sheet = noise(rng, rows, 360, 8.0)
    sheet = np.concatenate([sheet, sheet[:, ::-1]], axis=1)
    wander = 0.14 * diameter * noise(rng, height, width, 0.3 * diameter)
    ridges = cv2.remap(
        sheet,
        ((turn + np.pi) / (2 * np.pi) * (sheet.shape[1] - 1)).astype(np.float32),
        np.clip((radius + wander) / across * (rows - 1), 0, rows - 1).astype(np.float32),
        cv2.INTER_LINEAR,
    )
    return np.clip(1.1 - 1.3 * np.abs(np.asarray(ridges, np.float32)), 0, 1)


def _rim(rng: np.random.Generator, mask: Mask, disc: Mask, diameter: float) -> Field:
    """Pigment heaped up at the outer border now and then: a factor (H, W) of the ground."""
    if rng.random() > 0.3:
        return np.ones(mask.shape, np.float32)
    near = blurred(mask, 0.05 * diameter) * (1 - blurred(mask | disc, 0.012 * diameter))
    uneven = np.clip(0.6 + 0.6 * noise(rng, *mask.shape, 0.2 * diameter), 0, 1.6)
    rim: Field = np.exp(-float(rng.uniform(0.4, 1.2)) * near * uneven).astype(np.float32)
    return rim
