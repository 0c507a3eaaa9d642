"""Geometries as small crops of pixels, for the formats that cannot say them in vectors."""

import math

import numpy as np

from retina_studio.domain.geometry import Mask, rasterise, vectorise
from retina_studio.domain.labels import label
from retina_studio.domain.shapes import Geometry, Point, Polygon


def crop_of(geometry: Geometry, height: int, width: int) -> tuple[Mask, int, int]:
    """The smallest crop that holds the pixels of a geometry in an image (height, width), its top and its left.

    The crop is (0, 0) when the geometry covers no pixel centre of the image.
    """
    x0, y0, x1, y1 = geometry.box
    left, top = max(math.floor(x0), 0), max(math.floor(y0), 0)
    right, bottom = min(math.ceil(x1) + 1, width), min(math.ceil(y1) + 1, height)
    if left >= right or top >= bottom:
        return np.zeros((0, 0), dtype=np.bool_), 0, 0
    # Rasterised in the frame of the image up to the crop's far corner: a shift could round differently.
    mask = rasterise(geometry, bottom, right)[top:, left:]
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if rows.size == 0:
        return np.zeros((0, 0), dtype=np.bool_), 0, 0
    tight = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return tight, top + int(rows[0]), left + int(columns[0])


def same_pixels(geometry: Geometry, crop: tuple[Mask, int, int], height: int, width: int) -> bool:
    """Whether a geometry covers exactly the pixels of a crop in an image (height, width)."""
    own, top, left = crop_of(geometry, height, width)
    mask, at_row, at_column = crop
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if rows.size == 0:
        return own.size == 0
    tight = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    place = (at_row + int(rows[0]), at_column + int(columns[0]))
    return (top, left) == place and np.array_equal(own, tight)


def polygons_of(crop: tuple[Mask, int, int]) -> list[Polygon]:
    """The polygons that cover exactly the pixels of a crop placed at (top, left)."""
    mask, top, left = crop
    return [polygon.moved(left, top) for polygon in vectorise(mask)]


def geometries_of(code: str, mask: Mask) -> list[Geometry]:
    """What a mask (H, W) of a label means: a polygon for each component, or the centre of gravity for a point label."""
    if not label(code).is_point:
        return list(vectorise(mask))
    if not mask.any():
        return []
    rows, columns = np.nonzero(mask)
    return [Point(float(columns.mean()) + 0.5, float(rows.mean()) + 0.5)]
