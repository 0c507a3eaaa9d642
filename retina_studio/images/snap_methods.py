"""The three ways from a patch to an outline: grown region, GrabCut and active contour."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.geometry import Mask, rasterise, repaired
from retina_studio.domain.shapes import Polygon
from retina_studio.images.patch import Floats, Patch, component, grown, without_small_holes

Doubles = npt.NDArray[np.floating]

NOTHING = "Nothing stands out inside this outline; draw closer to the lesion."

_LEVELS = np.linspace(0.15, 0.8, 14)  # likeness at which the region is cut
_SHARE, _SHARE_SPREAD = (
    0.55,
    0.8,
)  # of the drawn area: what a coarse outline usually holds, and e-folds about it
_LEAST_SHARE = 0.04  # a smaller component is a speck
_FLOOR, _CEILING = -0.3, 0.7  # the contour looks at the edge, not at what is brighter still (a cup in a disc)
_RAYS, _STEPS = 128, 64
_INNER, _OUTER = 0.3, 1.06  # of the drawn outline's radius: where the contour may run
_USUAL, _HOLD = 0.82, 1.5  # where it usually runs, and how firmly it is held there


@dataclass(frozen=True)
class Seen:
    """What stands out in a patch: `likeness` (h, w) is 0 as the ring, 1 as the lesion; `seed` its (row, column)."""

    likeness: Floats
    seed: tuple[int, int]
    bright: bool


def region(patch: Patch, seen: Seen) -> Polygon:
    """The connected region about the seed, cut at the likeness where its edge is steepest.

    Raises:
        RetinaError: no region of a sensible size.
    """
    return patch.outline(_region(patch, seen))


def grabcut(patch: Patch, seen: Seen) -> Polygon:
    """GrabCut (Rother, Kolmogorov and Blake 2004), started from the grown region.

    Raises:
        RetinaError: no region of a sensible size.
    """
    start = _region(patch, seen)
    guess = np.full(start.shape, cv2.GC_BGD, np.uint8)
    guess[patch.allowed] = np.where(start[patch.allowed], cv2.GC_PR_FGD, cv2.GC_PR_BGD)
    colours = np.clip(patch.colours * (2.55, 1, 1) + (0, 128, 128), 0, 255).astype(np.uint8)
    try:
        cv2.setRNGSeed(1)
        cv2.grabCut(
            colours, guess, (0, 0, 1, 1), np.zeros((1, 65)), np.zeros((1, 65)), 2, cv2.GC_INIT_WITH_MASK
        )
    except cv2.error as error:
        raise RetinaError(NOTHING) from error
    mask = component(np.asarray(guess == cv2.GC_PR_FGD, dtype=np.bool_), *seen.seed)
    if mask.sum() < _LEAST_SHARE * patch.drawn.sum():
        raise RetinaError(NOTHING)
    return patch.outline(without_small_holes(mask))


def contour(patch: Patch, seen: Seen) -> Polygon:
    """The closed path of the strongest edge about the middle: an active contour solved exactly.

    The drawn outline is unrolled into rays from its middle; dynamic programming (Amini, Weymouth and Jain 1990)
    finds the smooth closed path on which the likeness falls most. It bridges the vessels that leave a disc.

    Raises:
        RetinaError: no edge runs around inside the outline.
    """
    rows, columns = np.nonzero(patch.drawn)
    middle = np.array([columns.mean(), rows.mean()])
    turns = np.linspace(0, 2 * math.pi, _RAYS, endpoint=False)
    ways = np.column_stack([np.cos(turns), np.sin(turns)])
    radii = _radii(patch.drawn, middle, ways)
    shares = np.linspace(_INNER, _OUTER, _STEPS)
    places = middle + ways[:, None] * (radii[:, None] * shares)[..., None]
    unrolled = _unrolled(_without_vessels(patch, seen), places)
    slope = -np.gradient(unrolled, shares, axis=1)
    best = np.percentile(slope, 95)
    if best <= 0:
        raise RetinaError(NOTHING)
    gain = np.clip(slope / best, -1, 1.5) - _HOLD * ((shares - _USUAL) / 0.5) ** 2
    path = _closed_path(gain)
    ring = places[np.arange(_RAYS), path] + 0.5
    drawn = repaired(Polygon(tuple((float(x), float(y)) for x, y in ring)))
    return patch.outline(rasterise(drawn, *patch.drawn.shape))


def _region(patch: Patch, seen: Seen) -> Mask:
    level = np.where(patch.allowed, seen.likeness, -1)
    steep = np.hypot(
        cv2.Sobel(seen.likeness, cv2.CV_32F, 1, 0, scale=0.125),
        cv2.Sobel(seen.likeness, cv2.CV_32F, 0, 1, scale=0.125),
    )
    speck, whole = round(0.015 * patch.size), float(patch.drawn.sum())
    best, found = 0.0, None
    for threshold in _LEVELS:
        mask = component(grown(grown(level > threshold, -speck), speck), *seen.seed)
        share = float(mask.sum()) / whole
        if share < _LEAST_SHARE:
            continue
        edge = mask & ~grown(mask, -1)
        usual = math.exp(-0.5 * (math.log(share / _SHARE) / _SHARE_SPREAD) ** 2)
        score = float(steep[edge].mean()) * usual
        if score > best:
            best, found = score, mask
    if found is None:
        raise RetinaError(NOTHING)
    return without_small_holes(found)


def _without_vessels(patch: Patch, seen: Seen) -> Floats:
    """The likeness with thin dark lines across a bright lesion closed, and the reverse for a dark one."""
    side = max(round(0.07 * patch.size), 1) * 2 + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    level = np.clip(seen.likeness, _FLOOR, _CEILING)
    closed = cv2.morphologyEx(level, cv2.MORPH_CLOSE, kernel) if seen.bright else level
    return np.asarray(cv2.GaussianBlur(closed, (0, 0), 0.02 * patch.size), dtype=np.float32)


def _radii(drawn: Mask, middle: Doubles, ways: Doubles) -> Floats:
    """How far the drawn area reaches from its middle along each way (in pixels)."""
    reach = np.arange(1.0, math.hypot(*drawn.shape), 0.5)
    inside = _unrolled(drawn.astype(np.float32), middle + ways[:, None] * reach[None, :, None]) > 0.5
    last = inside.shape[1] - 1 - np.argmax(inside[:, ::-1], axis=1)
    return np.asarray(np.where(inside.any(axis=1), reach[last], 1.0), dtype=np.float32)


def _unrolled(level: Floats, places: Doubles) -> Floats:
    x, y = places[..., 0].astype(np.float32), places[..., 1].astype(np.float32)
    return np.asarray(cv2.remap(level, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)


def _closed_path(gain: Doubles) -> npt.NDArray[np.int64]:
    """The step of each ray on the path of most gain whose neighbours differ by at most one step.

    Going round three times and keeping the middle turn closes it.
    """
    rounds = np.concatenate([gain] * 3)
    total, came = rounds[0], np.zeros(rounds.shape, np.int64)
    for ray in range(1, len(rounds)):
        padded = np.pad(total, 1, constant_values=-np.inf)
        choices = np.stack([padded[1:-1], padded[:-2] - 0.05, padded[2:] - 0.05])
        pick = choices.argmax(axis=0)
        came[ray] = np.arange(gain.shape[1]) + np.array([0, -1, 1])[pick]
        total = choices.max(axis=0) + rounds[ray]
    path = np.zeros(len(rounds), np.int64)
    path[-1] = int(total.argmax())
    for ray in range(len(rounds) - 1, 0, -1):
        path[ray - 1] = came[ray, path[ray]]
    return path[len(gain) : 2 * len(gain)]
