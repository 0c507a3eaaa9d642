"""The camera's field of view: the lit part of a fundus photograph."""

import cv2
import numpy as np
import numpy.typing as npt

Box = tuple[int, int, int, int]  # left, top, width, height in whole pixels

_WORK = 256  # pixels of the longer side: the box is a large-scale fact
_SHARE = 0.08  # of the image's bright level: darker is outside
_LEAST = 0.15  # of each side: a smaller box is a light spot, not a field of view


def field_of_view(pixels: npt.NDArray[np.uint8]) -> Box:
    """The box of the field of view of an image (H, W) or (H, W, 3); the whole image where there is no dark frame.

    The threshold follows the image: a share of its 95th percentile, above what a black frame carries as noise.
    """
    height, width = pixels.shape[:2]
    scale = min(1.0, _WORK / max(height, width))
    small_size = (max(round(width * scale), 1), max(round(height * scale), 1))
    small = cv2.resize(pixels, small_size, interpolation=cv2.INTER_AREA)
    small = small if small.ndim == 2 else small.max(axis=2)
    frame_level = float(np.percentile(small, 1))
    bright = float(np.percentile(small, 95))
    lit = small > frame_level + max(_SHARE * (bright - frame_level), 2.0)
    rows = np.flatnonzero(lit.mean(axis=1) > 0.02)
    columns = np.flatnonzero(lit.mean(axis=0) > 0.02)
    whole = (0, 0, width, height)
    if frame_level > 0.2 * bright or rows.size == 0 or columns.size == 0:
        return whole
    left, right = _to_full(columns[0], columns[-1] + 1, small_size[0], width)
    top, bottom = _to_full(rows[0], rows[-1] + 1, small_size[1], height)
    if right - left < _LEAST * width or bottom - top < _LEAST * height:
        return whole
    return (left, top, right - left, bottom - top)


def _to_full(first: int, last: int, small: int, full: int) -> tuple[int, int]:
    return int(np.floor(first * full / small)), int(np.ceil(last * full / small))
