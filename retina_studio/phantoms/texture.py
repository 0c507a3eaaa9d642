"""Random fields and soft masks, float32, at any resolution."""

import math
from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from retina_studio.domain.geometry import rasterise
from retina_studio.domain.shapes import Geometry
from retina_studio.phantoms.eye import Floats, Frame

Field = npt.NDArray[np.float32]
FieldFunction = Callable[[Field, Field], Floats]  # of two coordinates, each (rows, columns)


def resized(field: npt.NDArray[np.generic], height: int, width: int) -> Field:
    """A field at another resolution (bicubic)."""
    return np.asarray(
        cv2.resize(field.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC), dtype=np.float32
    )


def blurred(field: npt.NDArray[np.generic], sigma: float) -> Field:
    """Gaussian blur; `sigma` in pixels, nothing below a fifth of a pixel."""
    values = field.astype(np.float32)
    if sigma < 0.2:
        return values
    return np.asarray(cv2.GaussianBlur(values, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE), np.float32)


def noise(rng: np.random.Generator, height: int, width: int, size: float) -> Field:
    """Smooth noise (H, W), mean 0 and deviation 1, with blots of about `size` pixels."""
    coarse = max(size / 2.5, 1.0)  # draw on the coarsest grid that still carries the blots
    rows, columns = max(math.ceil(height / coarse), 2), max(math.ceil(width / coarse), 2)
    values = blurred(rng.standard_normal((rows, columns), dtype=np.float32), size / coarse / 2.0)
    values = (values - values.mean()) / max(float(values.std()), 1e-6)
    return values if values.shape == (height, width) else resized(values, height, width)


def smooth_field(frame: Frame, value: FieldFunction, cells: int = 160) -> Field:
    """A slowly changing function of eye coordinates (x, y), evaluated coarsely, over the whole frame."""
    shrink = max(max(frame.height, frame.width) / cells, 1.0)
    rows, columns = math.ceil(frame.height / shrink), math.ceil(frame.width / shrink)
    y = (np.arange(rows, dtype=np.float32)[:, None] + 0.5) * (frame.height / rows)
    x = (np.arange(columns, dtype=np.float32)[None, :] + 0.5) * (frame.width / columns)
    u, v = frame.to_eye(*np.broadcast_arrays(x, y))
    coarse = value(u.astype(np.float32), v.astype(np.float32))
    return resized(coarse, frame.height, frame.width)


class Patch:
    """The part of a frame round a geometry: slices into the image, and the geometry's mask there."""

    def __init__(self, geometry: Geometry, height: int, width: int, margin: float) -> None:
        left, top, right, bottom = geometry.box
        c0, c1 = max(math.floor(left - margin), 0), min(math.ceil(right + margin) + 1, width)
        r0, r1 = max(math.floor(top - margin), 0), min(math.ceil(bottom + margin) + 1, height)
        self.at = (slice(r0, max(r1, r0)), slice(c0, max(c1, c0)))
        self.empty = r1 <= r0 or c1 <= c0
        moved = geometry.moved(-c0, -r0)
        self.mask = rasterise(moved, max(r1 - r0, 0), max(c1 - c0, 0))
        self.origin = (c0, r0)

    def soft(self, sigma: float) -> Field:
        """The mask with a blurred border, 0 to 1."""
        return blurred(self.mask, sigma)
