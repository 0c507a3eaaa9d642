"""The retina's part of a photograph, and what lies at large scale inside it.

All of it is found on a reduced picture: a field of view and an illumination have no fine detail.
"""

import cv2
import numpy as np
import numpy.typing as npt

from retina_studio.images.read import Pixels

Floats = npt.NDArray[np.float32]

WORK = 384  # pixels of the longer side of the reduced picture
_SHARE = 0.08  # of the image's bright level: darker is the surround
_DISC_AND_MORE = 0.22  # of the longer side: the median's window, wider than a disc and a cluster of exudates
_LEAST = 0.15  # of the area: less than that lit is not a field of view


def reduced(pixels: Pixels, side: int = WORK) -> Pixels:
    """The picture (H, W) or (H, W, 3) with its longer side at most `side` pixels."""
    height, width = pixels.shape[:2]
    scale = min(1.0, side / max(height, width))
    size = (max(round(width * scale), 1), max(round(height * scale), 1))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def field_mask(small: Pixels) -> Pixels:
    """The mask (h, w), 255 inside the field of view, of a reduced picture; all 255 where there is no dark frame."""
    brightest = small if small.ndim == 2 else small.max(axis=2)
    light = np.asarray(cv2.GaussianBlur(brightest, (0, 0), 1.0), dtype=np.uint8)
    frame, bright = np.percentile(light, (1, 95))
    whole = np.full(light.shape, 255, np.uint8)
    if frame > 0.2 * bright:
        return whole
    lit = np.where(light > frame + max(_SHARE * (bright - frame), 2.0), 255, 0).astype(np.uint8)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9))
    # Opening drops captions and the index notch; the hull's filling keeps dark lesions inside.
    lit = np.asarray(cv2.morphologyEx(lit, cv2.MORPH_OPEN, disc), dtype=np.uint8)
    outlines, _ = cv2.findContours(lit, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not outlines:
        return whole
    largest = max(outlines, key=cv2.contourArea)
    if cv2.contourArea(largest) < _LEAST * light.size:
        return whole
    return np.asarray(cv2.drawContours(np.zeros_like(lit), [largest], -1, 255, cv2.FILLED), dtype=np.uint8)


def shrunk(mask: Pixels, share: float = 0.02) -> Pixels:
    """The mask without its rim, `share` of the longer side wide: a photograph darkens and fringes there."""
    radius = max(round(share * max(mask.shape)), 1)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    inner = cv2.erode(mask, kernel, borderType=cv2.BORDER_CONSTANT, borderValue=255)
    return np.asarray(inner if inner.any() else mask, dtype=np.uint8)


def background(channel: Pixels, mask: Pixels, share: float = 0.05) -> Floats:
    """The large-scale level (h, w) of a reduced channel inside a mask, carried smoothly beyond its edge.

    A wide median takes out vessels, lesions and the disc; a normalised convolution (Knutsson and Westin,
    1993) smooths without letting the dark surround in. `share` of the longer side is the Gaussian's sigma.
    """
    side = max(channel.shape)
    inner = shrunk(mask)
    level = float(np.median(channel[inner > 0]))
    filled = np.where(inner > 0, channel, _spread(channel.astype(np.float32), inner, 0.03 * side, level))
    calm = cv2.medianBlur(filled.astype(np.uint8), max(int(_DISC_AND_MORE * side) | 1, 3))
    return np.maximum(_spread(calm.astype(np.float32), inner, share * side, level), 1.0)


def _spread(values: Floats, mask: Pixels, sigma: float, otherwise: float) -> Floats:
    weight = (mask > 0).astype(np.float32)
    total = cv2.GaussianBlur(values * weight, (0, 0), sigma, borderType=cv2.BORDER_REFLECT)
    weights = cv2.GaussianBlur(weight, (0, 0), sigma, borderType=cv2.BORDER_REFLECT)
    faint = np.float32(1e-3)  # far from the field of view the level is the overall one
    return np.asarray((total + faint * np.float32(otherwise)) / (weights + faint), dtype=np.float32)


def enlarged(small: Pixels, like: Pixels) -> Pixels:
    """A reduced map brought back to the size of a picture, smoothly."""
    height, width = like.shape[:2]
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), dtype=np.uint8)


def enlarged_floats(small: Floats, like: Pixels) -> Floats:
    """As `enlarged`, of a map of floats."""
    height, width = like.shape[:2]
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), dtype=np.float32)


def soft_mask(mask: Pixels) -> Pixels:
    """The mask with a soft edge just inside the field of view, 0 to 255."""
    if mask.all():
        return mask
    # The picture's own border counts as the surround: a strip of a few black pixels there escapes the mask.
    inner = shrunk(np.pad(mask, 1), 0.005)[1:-1, 1:-1]
    return np.asarray(cv2.GaussianBlur(inner, (0, 0), 1.2), dtype=np.uint8)
