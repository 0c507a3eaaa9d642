"""Tighten an outline by points: clicks say what belongs to the lesion and what does not, GrabCut does the rest."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from retina_studio.domain.combine import as_polygon
from retina_studio.domain.errors import RetinaError
from retina_studio.domain.geometry import Mask, rasterise
from retina_studio.domain.shapes import XY, Box, Ellipse, Polygon
from retina_studio.images.patch import Floats, Patch, grown, lab, without_small_holes
from retina_studio.images.read import Pixels

_WORK = 128  # working pixels along the longer side: fine enough, and always as quick
_MAGNIFY = 6.0  # at most
_MARGIN = 0.4  # of the longer side, around outline and points
_REACH = 0.12  # of the longer side: how far the result may leave the outline where no point asks for it
_DISC = 0.025  # of the longer side: what a point says for sure
_CORE = 0.6  # of its greatest depth: so deep inside, what is likely is certain
_LEAST = 0.05  # of the outline's area: less is what points that deny all of it leave at its edge
_ROUNDS = 3
_LEFT = "Nothing is left of this outline: take a point back, or set one inside the lesion."


@dataclass(frozen=True)
class _Points:
    """Points in working pixels, and how much each of them is about."""

    places: Sequence[XY]
    radii: Sequence[float]

    def discs(self, shape: tuple[int, ...], least: float, share: float) -> Mask:
        """A disc about every point: at least so large, or a share of what the point is about."""
        drawn = np.zeros(shape, np.uint8)
        for (x, y), radius in zip(self.places, self.radii, strict=True):
            size = max(least, share * radius)
            cv2.circle(drawn, (math.floor(x), math.floor(y)), round(size), 1, cv2.FILLED)
        return np.asarray(drawn, dtype=np.bool_)


def refined(
    pixels: Pixels, geometry: Ellipse | Polygon, inside: Sequence[XY] = (), outside: Sequence[XY] = ()
) -> Polygon:
    """The outline of what a coarse outline and points in and outside of it mean, in image pixels.

    A point speaks for the part of the image around it that the outline has wrong: as far as the outline is away.

    Args:
        pixels: uint8 RGB (H, W, 3) or grey (H, W).
        geometry: the outline to start from.
        inside, outside: points of what belongs to it and what does not.

    Raises:
        RetinaError: nothing is left, or the outline lies outside the image.
    """
    patch = _patch(pixels, geometry, [*inside, *outside])
    size = patch.size
    yes = _points(patch, inside, _depth(~patch.drawn))
    no = _points(patch, outside, _depth(patch.drawn))
    least = max(_DISC * size, 1.0)
    shape = patch.drawn.shape
    sure, never = yes.discs(shape, least, 0.0), no.discs(shape, least, 0.0)
    likely = (patch.drawn | yes.discs(shape, least, 1.0)) & ~no.discs(shape, least, 1.05)
    if likely.sum() < _LEAST * patch.drawn.sum():
        raise RetinaError(_LEFT)
    reach = grown(patch.drawn, max(round(_REACH * size), 2)) | yes.discs(shape, least, 1.6)
    guess = np.full(shape, cv2.GC_BGD, np.uint8)
    guess[reach] = cv2.GC_PR_BGD
    guess[likely & reach] = cv2.GC_PR_FGD
    guess[_core(likely & reach)] = cv2.GC_FGD
    guess[never] = cv2.GC_BGD
    guess[sure] = cv2.GC_FGD
    found = _kept(_cut(patch, guess), patch.drawn, sure)
    if found.sum() < 4:
        raise RetinaError(_LEFT)
    filled = without_small_holes(found) & ~never
    return patch.outline(_largest(filled))


def _points(patch: Patch, places: Sequence[XY], about: Floats) -> _Points:
    height, width = about.shape
    found = [
        ((x - patch.origin[0]) * patch.scale[0], (y - patch.origin[1]) * patch.scale[1]) for x, y in places
    ]
    rows = [min(max(math.floor(y), 0), height - 1) for _, y in found]
    columns = [min(max(math.floor(x), 0), width - 1) for x, _ in found]
    return _Points(found, [float(about[row, column]) for row, column in zip(rows, columns, strict=True)])


def _depth(mask: Mask) -> Floats:
    """How far every pixel of a mask (h, w) is from its edge; 0 outside."""
    return np.asarray(cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 3), dtype=np.float32)


def _core(mask: Mask) -> Mask:
    """The deep inside of a mask: colours that lesion and ground share must not empty it."""
    depth = _depth(mask)
    return np.asarray((depth > 0) & (depth >= _CORE * depth.max()), dtype=np.bool_)


def _cut(patch: Patch, guess: Pixels) -> Mask:
    colours = np.clip(patch.colours * (2.55, 1, 1) + (0, 128, 128), 0, 255).astype(np.uint8)
    is_inside = np.isin(guess, (cv2.GC_FGD, cv2.GC_PR_FGD))
    if not is_inside.any() or is_inside.all():
        return is_inside
    try:
        cv2.setRNGSeed(1)
        models = np.zeros((1, 65)), np.zeros((1, 65))
        cv2.grabCut(colours, guess, (0, 0, 1, 1), *models, _ROUNDS, cv2.GC_INIT_WITH_MASK)
    except cv2.error as error:
        raise RetinaError(_LEFT) from error
    return np.asarray(np.isin(guess, (cv2.GC_FGD, cv2.GC_PR_FGD)), dtype=np.bool_)


def _kept(found: Mask, drawn: Mask, sure: Mask) -> Mask:
    """The parts that a point is in; without a point the part that shares most with the outline."""
    _, numbers = cv2.connectedComponents(found.astype(np.uint8), connectivity=4)
    wanted = sure if (sure & found).any() else drawn
    shared = np.bincount(numbers[wanted & found], minlength=1)
    shared[0] = 0
    if not shared.any():
        return np.zeros_like(found)
    return np.asarray(numbers == int(shared.argmax()), dtype=np.bool_)


def _largest(mask: Mask) -> Mask:
    count, numbers, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=4)
    if count < 2:
        raise RetinaError(_LEFT)
    return np.asarray(numbers == 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax()), dtype=np.bool_)


def _patch(pixels: Pixels, geometry: Ellipse | Polygon, points: Sequence[XY]) -> Patch:
    height, width = pixels.shape[:2]
    left, top, right, bottom = _around(geometry.box, points)
    longer = max(right - left, bottom - top)
    margin = _MARGIN * longer + 6
    x0, x1 = max(math.floor(left - margin), 0), min(math.ceil(right + margin), width)
    y0, y1 = max(math.floor(top - margin), 0), min(math.ceil(bottom + margin), height)
    if x1 - x0 < 4 or y1 - y0 < 4:
        raise RetinaError("This outline is outside the image: there is nothing to refine.")
    wanted = min(_WORK / max(longer, 1.0), _MAGNIFY)
    size = (max(round((x1 - x0) * wanted), 4), max(round((y1 - y0) * wanted), 4))
    scale = (size[0] / (x1 - x0), size[1] / (y1 - y0))
    way = cv2.INTER_AREA if wanted < 1 else cv2.INTER_CUBIC
    colours = lab(cv2.resize(pixels[y0:y1, x0:x1], size, interpolation=way))
    rings = list(_rings(as_polygon(geometry), (x0, y0), scale))
    drawn = rasterise(Polygon(rings[0], tuple(rings[1:])), size[1], size[0])
    if not drawn.any():
        raise RetinaError("This outline is outside the image: there is nothing to refine.")
    return Patch(colours, drawn, drawn, ~drawn, scale, (x0, y0))


def _rings(polygon: Polygon, origin: XY, scale: XY) -> Iterator[tuple[XY, ...]]:
    for ring in polygon.rings:
        yield tuple(((x - origin[0]) * scale[0], (y - origin[1]) * scale[1]) for x, y in ring)


def _around(box: Box, points: Sequence[XY]) -> Box:
    xs, ys = [box[0], box[2], *(x for x, _ in points)], [box[1], box[3], *(y for _, y in points)]
    return min(xs), min(ys), max(xs), max(ys)
