"""Display views of an OCT B-scan: grey in, grey out."""

import cv2
import numpy as np

from retina_studio.images.read import Pixels


def grey(pixels: Pixels) -> Pixels:
    """The scan (H, W)."""
    return pixels if pixels.ndim == 2 else np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)


def oct_clahe(pixels: Pixels) -> Pixels:
    """Local contrast raised after a light smoothing: speckle would be raised first."""
    calm = cv2.medianBlur(grey(pixels), 3)
    return np.asarray(cv2.createCLAHE(2.0, (8, 8)).apply(calm), dtype=np.uint8)


def denoised(pixels: Pixels) -> Pixels:
    """Speckle smoothed and layer edges kept: a median, then a bilateral filter (Tomasi and Manduchi 1998)."""
    calm = cv2.medianBlur(grey(pixels), 3)
    return np.asarray(cv2.bilateralFilter(calm, 7, 35, 3), dtype=np.uint8)


def oct_inverted(pixels: Pixels) -> Pixels:
    """The negative."""
    return np.asarray(cv2.bitwise_not(grey(pixels)), dtype=np.uint8)
