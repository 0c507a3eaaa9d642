"""How each lesion is painted: soft borders and typical texture inside its exact mask.

Blood absorbs (`canvas *= exp(-density)` per channel), lipid and tissue cover (blended towards their colour).
"""

import math
from collections.abc import Callable

import cv2
import numpy as np

from retina_studio.domain.shapes import XY
from retina_studio.phantoms.eye import Floats, Frame
from retina_studio.phantoms.lesions import Lesion
from retina_studio.phantoms.texture import Field, Patch, noise

BLOOD = np.array([0.34, 1.0, 0.75], np.float32)  # absorption per channel, relative to green
Look = Callable[["Brush"], None]


class Brush:
    """One lesion on the canvas (H, W, 3 float): its patch, its random generator, the scale."""

    def __init__(self, canvas: Field, lesion: Lesion, frame: Frame, ground: Floats) -> None:
        self.patch = Patch(lesion.geometry, frame.height, frame.width, 0.12 * frame.scale + 2)
        self.rng = np.random.default_rng(lesion.seed)
        self.scale = frame.scale
        self.ground = ground  # mean colour of the fundus
        self.view = canvas[self.patch.at]
        left, top, right, bottom = lesion.geometry.box
        self.size = min(right - left, bottom - top)  # pixels across
        self.centre: XY = lesion.geometry.centre

    def soft(self, share: float) -> Field:
        """The mask with a border blurred by a share of the lesion's width, at least half a pixel."""
        return self.patch.soft(max(share * self.size, 0.45))

    def noise(self, size: float) -> Field:
        """Noise over the patch with blots of `size` disc diameters."""
        rows, columns = self.patch.mask.shape
        return noise(self.rng, rows, columns, max(size * self.scale, 1.2))

    def absorb(self, density: Floats) -> None:
        """Darken like blood of this density (H, W)."""
        self.view *= np.exp(-density[..., None].astype(np.float32) * BLOOD)

    def cover(self, alpha: Floats, colour: Floats) -> None:
        """Blend towards a colour (3,) by alpha (H, W)."""
        a = np.clip(alpha, 0, 1)[..., None].astype(np.float32)
        self.view += a * (colour.astype(np.float32) - self.view)


def _dot(brush: Brush) -> None:
    brush.absorb(brush.soft(0.2) * brush.rng.uniform(0.4, 0.75))


def _blot(brush: Brush) -> None:
    uneven = 1 + 0.16 * brush.noise(0.05)
    brush.absorb(brush.soft(0.13) * brush.rng.uniform(0.5, 0.95) * uneven)


def _flame(brush: Brush) -> None:
    uneven = np.clip(1 + 0.3 * brush.noise(0.035), 0.5, None)
    brush.absorb(brush.soft(0.2) * brush.rng.uniform(0.5, 0.9) * uneven)


def _exudate(brush: Brush) -> None:
    bright = brush.rng.uniform(1.35, 1.8)
    colour = brush.ground * np.array([1.05, 1.5, 1.2]) * bright
    brush.cover(brush.soft(0.12) * brush.rng.uniform(0.6, 0.95), colour)


def _cotton(brush: Brush) -> None:
    colour = brush.ground * np.array([1.3, 1.75, 2.3]) + 12
    fluff = np.clip(0.75 + 0.2 * brush.noise(0.06), 0.25, 1)
    brush.cover(brush.soft(0.2) * fluff * brush.rng.uniform(0.5, 0.85), colour)


def _pool(brush: Brush) -> None:
    """Settled blood: thick below the level, thinner towards it."""
    rows = brush.patch.mask.shape[0]
    inside = np.flatnonzero(brush.patch.mask.any(axis=1))
    if inside.size == 0:
        return
    down = (np.arange(rows)[:, None] - inside[0]) / max(inside.size, 1)
    density = np.clip(0.75 + 0.5 * down, 0.6, 1.3) * (1 + 0.06 * brush.noise(0.2))
    brush.absorb(brush.soft(0.02) * density * brush.rng.uniform(0.95, 1.2))


def _haze(brush: Brush) -> None:
    """Blood in the vitreous: dark red haze that hides what lies behind, dense in parts."""
    uneven = np.clip(1 + 0.35 * brush.noise(0.3) + 0.15 * brush.noise(0.1), 0.35, None)
    soft = brush.soft(0.07)
    brush.cover(soft * np.clip(0.5 * uneven, 0, 0.85), brush.ground * np.array([0.72, 0.5, 0.55]))
    brush.absorb(soft * uneven * brush.rng.uniform(0.3, 0.65))


def _tuft(brush: Brush) -> None:
    """A net of fine tortuous vessels that stays inside the mask, with a slight blush."""
    rows, columns = brush.patch.mask.shape
    lines = np.zeros((rows, columns), np.uint8)
    middle = np.array(brush.centre) - brush.patch.origin
    step = 0.012 * brush.scale
    across = max(round(0.009 * brush.scale), 1)
    for _ in range(int(brush.rng.integers(9, 17))):
        start = middle + brush.rng.normal(0, 0.15 * brush.size, 2)
        turns = np.cumsum(brush.rng.normal(0, 0.34, 70)) + brush.rng.uniform(0, 2 * math.pi)
        path = start + np.cumsum(np.column_stack([np.cos(turns), np.sin(turns)]) * step, axis=0)
        cv2.polylines(lines, [np.round(path * 16).astype(np.int32)], False, 255, across, cv2.LINE_AA, 4)
    soft = brush.soft(0.06)
    net = lines.astype(np.float32) / 255 * min(0.009 * brush.scale / across, 1)
    brush.absorb(soft * (0.1 + brush.rng.uniform(0.3, 0.5) * net))


def _strand(brush: Brush) -> None:
    fibres = np.clip(0.7 + 0.25 * brush.noise(0.04), 0.2, 1)
    brush.cover(
        brush.soft(0.14) * fibres * brush.rng.uniform(0.45, 0.75), brush.ground * (1.2, 1.7, 2.2) + 15
    )


LOOKS: dict[str, Look] = {
    "dot": _dot, "blot": _blot, "flame": _flame, "exudate": _exudate, "cotton": _cotton,
    "pool": _pool, "haze": _haze, "tuft": _tuft, "strand": _strand,
}  # fmt: skip


def paint_lesions(canvas: Field, lesions: tuple[Lesion, ...], frame: Frame, ground: Floats) -> None:
    """Paint lesions on the canvas (H, W, 3), in place; `ground` is the mean colour (3,) of the fundus."""
    for lesion in lesions:
        brush = Brush(canvas, lesion, frame, ground)
        if not brush.patch.empty:
            LOOKS[lesion.look](brush)
