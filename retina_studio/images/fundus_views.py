"""Display views of a fundus photograph. Each takes and gives 8 bits and leaves the dark surround dark."""

import math
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from retina_studio.domain.geometry import Mask
from retina_studio.images.field import (
    Floats,
    background,
    enlarged,
    enlarged_floats,
    field_mask,
    reduced,
    shrunk,
    soft_mask,
)
from retina_studio.images.read import Pixels

_CLIP, _TILES = 2.0, (8, 8)  # CLAHE
_GAIN = (0.5, 3.0)  # how far the illumination may be corrected
_MIDDLE = 0.42  # where the median of the retina goes in a stretched view: photographs become comparable
_VESSEL_WORK = 1200  # pixels of the longer side at which vessels are sought
_VESSEL_WIDTHS = (0.0012, 0.002, 0.0034)  # sigmas as shares of the longer side: venules to main veins
_VESSEL_FREE = 0.05  # of the longer side: a window more than twice as wide as any vessel
_SHORTEST = 0.03  # of the longer side: a shorter ridge is not shown as a vessel


def red_free(pixels: Pixels) -> Pixels:
    """The green channel (H, W), stretched over the retina's values."""
    return _stretched(_green(pixels))


def luminance(pixels: Pixels) -> Pixels:
    """CIE lightness (H, W), stretched over the retina's values."""
    if pixels.ndim == 2:
        return _stretched(pixels)
    return _stretched(_channel(cv2.cvtColor(pixels, cv2.COLOR_RGB2LAB), 0))


def inverted(pixels: Pixels) -> Pixels:
    """The negative (H, W) of the green channel, stretched; the surround stays black."""
    green = _green(pixels)
    small = reduced(green)
    mask = field_mask(small)
    table = 255 - _stretch_table(small[shrunk(mask) > 0], 1 - _MIDDLE)
    return _dimmed(cv2.LUT(green, table), mask)


def clahe(pixels: Pixels) -> Pixels:
    """Contrast-limited adaptive equalisation (Zuiderveld 1994) of lightness; colour (H, W, 3) is kept.

    The surround is filled with the retina's own level first: otherwise the black of the frame makes the
    tiles at the border glow.
    """
    mask = field_mask(reduced(pixels))
    if pixels.ndim == 2:
        return _equalised(pixels, mask)
    planes = list(cv2.split(cv2.cvtColor(pixels, cv2.COLOR_RGB2LAB)))
    planes[0] = _equalised(np.asarray(planes[0], dtype=np.uint8), mask)
    return np.asarray(cv2.cvtColor(cv2.merge(planes), cv2.COLOR_LAB2RGB), dtype=np.uint8)


def flattened(pixels: Pixels) -> Pixels:
    """The illumination made even, each channel to its own middle: the overall colour of the retina stays."""
    small = reduced(pixels)
    mask = field_mask(small)
    weight = soft_mask(mask).astype(np.float32) / np.float32(255)  # back to a gain of one across the rim
    lit = [
        _evened(_channel(pixels, channel), _channel(small, channel), mask, weight)
        for channel in range(1 if pixels.ndim == 2 else 3)
    ]
    return lit[0] if pixels.ndim == 2 else np.asarray(cv2.merge(lit), dtype=np.uint8)


def _evened(channel: Pixels, small: Pixels, mask: Pixels, weight: Floats) -> Pixels:
    level = background(small, mask)
    gain = np.clip(np.median(level[mask > 0]) / level, *_GAIN)
    full = enlarged_floats((1 + (gain - 1) * weight).astype(np.float32), channel)
    return np.asarray(cv2.multiply(channel, full, dtype=cv2.CV_8U), dtype=np.uint8)


def vessels(pixels: Pixels) -> Pixels:
    """Vessels bright on a dark retina (H, W): long ridges of the evened green channel at three widths.

    The ridge measure is the larger eigenvalue of the Hessian less the size of the other, scale-normalised: after
    Frangi et al. 1998, with a difference in place of the blobness ratio. Ridges too short for a vessel fade.
    """
    work = _green(reduced(pixels, _VESSEL_WORK))
    small = reduced(work)
    mask = field_mask(small)
    # A small median follows the disc, on which vessels run too, but no vessel.
    nearby = cv2.medianBlur(small, int(_VESSEL_FREE * max(small.shape)) | 1).astype(np.float32)
    level = enlarged_floats(np.maximum(background(small, mask), nearby), work)
    inside = enlarged(mask, work) > 127
    # Bright lesions are cut down to the background: the dark gaps between them are no vessels.
    even = np.where(inside, np.minimum(work / level, 1.05), np.float32(1)).astype(np.float32)
    ridges = _long(_ridges(even, max(work.shape)), inside)
    tissue = np.clip(0.16 + 0.6 * (1 - even), 0.05, 0.5)  # the fundus stays faintly visible, for orientation
    shown = np.clip((tissue + 0.8 * ridges) * 255, 0, 255).astype(np.uint8)
    height, width = pixels.shape[:2]
    return _dimmed(cv2.resize(shown, (width, height), interpolation=cv2.INTER_LINEAR), mask)


def _ridges(even: Floats, side: int) -> Floats:
    """How ridge-like each pixel is (h, w): dark lines of the evened channel, the best of the widths."""
    best = np.zeros_like(even)
    for share in _VESSEL_WIDTHS:
        sigma = max(share * side, 0.8)
        smooth = cv2.GaussianBlur(even, (0, 0), sigma)
        xx = cv2.Sobel(smooth, cv2.CV_32F, 2, 0, ksize=3)
        yy = cv2.Sobel(smooth, cv2.CV_32F, 0, 2, ksize=3)
        xy = cv2.Sobel(smooth, cv2.CV_32F, 1, 1, ksize=3)
        spread = np.sqrt((xx - yy) ** 2 + 4 * xy**2)
        ridge = sigma * sigma * ((xx + yy + spread) / 2 - np.abs(xx + yy - spread) / 2)
        best = np.maximum(best, ridge)
    return best


def _long(ridges: Floats, inside: Mask) -> Floats:
    """The ridges scaled to 0 to 1, noise taken off, those that belong to no long line faded."""
    noise, strong = (float(v) for v in np.percentile(ridges[inside], (65, 98)))
    level = np.clip((ridges - noise) / max(strong - noise, 1e-6), 0, 1)
    _, numbers, stats, _ = cv2.connectedComponentsWithStats((level > 0.12).astype(np.uint8), connectivity=8)
    extent = np.hypot(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT])
    trust = np.clip(extent / (_SHORTEST * max(ridges.shape)), 0, 1) ** 2
    trust[0] = 0.0
    belonging = cv2.GaussianBlur(trust.astype(np.float32)[numbers], (0, 0), 1.0)
    return np.asarray(np.sqrt(level) * belonging, dtype=np.float32)


def _green(pixels: Pixels) -> Pixels:
    return _channel(pixels, 1)


def _channel(pixels: npt.NDArray[Any], number: int) -> Pixels:
    return np.asarray(pixels if pixels.ndim == 2 else cv2.extractChannel(pixels, number), dtype=np.uint8)


def _equalised(channel: Pixels, mask: Pixels) -> Pixels:
    inside = np.asarray(cv2.threshold(enlarged(mask, channel), 127, 255, cv2.THRESH_BINARY)[1])
    filled = enlarged(background(reduced(channel), mask).astype(np.uint8), channel)
    cv2.copyTo(channel, inside, filled)
    equal = cv2.createCLAHE(_CLIP, _TILES).apply(filled)
    return np.asarray(cv2.copyTo(equal, inside, channel.copy()), dtype=np.uint8)


def _dimmed(picture: npt.NDArray[Any], mask: Pixels) -> Pixels:
    """The picture with all outside the field of view black, softly."""
    grey = np.asarray(picture, dtype=np.uint8)
    return np.asarray(cv2.multiply(grey, enlarged(soft_mask(mask), grey), scale=1 / 255), dtype=np.uint8)


def _stretched(channel: Pixels) -> Pixels:
    small = reduced(channel)
    table = _stretch_table(small[shrunk(field_mask(small)) > 0], _MIDDLE)
    return np.asarray(cv2.LUT(channel, table), dtype=np.uint8)


def _stretch_table(values: Pixels, middle: float) -> Pixels:
    """The table (256,) that spreads the retina's values and brings their median to `middle` of white.

    It rises everywhere, so that nothing is clipped: the disc and bright exudates share the last tenth.
    """
    low, median, high = (float(v) for v in np.percentile(values, (0.5, 50, 98.5)))
    if high - low < 4:
        return np.arange(256, dtype=np.uint8)
    place = min(max((median - low) / (high - low), 0.05), 0.95)
    gamma = min(max(math.log(middle) / math.log(place), 0.5), 2.0)
    grey = np.arange(256, dtype=np.float64)
    spread = 12 + 218 * np.clip((grey - low) / (high - low), 0, 1) ** gamma
    dark = grey < low
    spread[dark] = min(12.0, low) * grey[dark] / max(low, 1.0)
    light = grey > high
    spread[light] = 230 + 25 * (grey[light] - high) / max(255 - high, 1.0)
    return np.asarray(np.rint(np.clip(spread, 0, 255)), dtype=np.uint8)
