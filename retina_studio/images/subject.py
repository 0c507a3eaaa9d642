"""What a picture shows, told by its pixels alone: photograph or B-scan, and whether there is anything to look at."""

import cv2
import numpy as np
import numpy.typing as npt

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.labels import Modality
from retina_studio.images.field import reduced
from retina_studio.images.read import Pixels

LEAST_SIDE = 32  # pixels: less shows nothing of a retina
_WORK = 128  # pixels of the longer side of the reduced picture
_RANGE = 8.0  # grey levels between darkest and brightest, up to which a picture is one colour with noise
_COLOUR = (
    0.1  # of the brightness, the mean distance of the channels: a photograph has at least 0.25 (measured)
)
_LAYERED = 0.15  # how much rows differ in a B-scan, as a share of the brightness, at least...
_ACROSS = 2.0  # ...and how many times as much as columns do


def modality_of(pixels: Pixels) -> Modality:
    """Whether an image, RGB (H, W, 3) or grey (H, W), is a fundus photograph or an OCT B-scan.

    Colour is a photograph. Grey is a B-scan where its rows differ much more than its columns, for the retina lies in it
    as a bright band; else a photograph without colour (red-free, autofluorescence).
    """
    small = reduced(pixels, _WORK).astype(np.float32)
    if small.ndim == 3:
        spread = float((small.max(axis=2) - small.min(axis=2)).mean())
        if spread > _COLOUR * max(float(small.max(axis=2).mean()), 1.0):
            return "fundus"
        small = small.mean(axis=2)
    return "oct" if _is_layered(small) else "fundus"


def _is_layered(small: npt.NDArray[np.float32]) -> bool:
    calm = cv2.GaussianBlur(small, (0, 0), 1.5)
    down, across = (side // 6 for side in calm.shape)  # the dark surround of a photograph stays outside
    middle = calm[down : calm.shape[0] - down, across : calm.shape[1] - across]
    level = max(float(middle.mean()), 1.0)
    rows, columns = float(middle.mean(axis=1).std()) / level, float(middle.mean(axis=0).std()) / level
    return rows > _LAYERED and rows > _ACROSS * columns


def require_content(pixels: Pixels) -> None:
    """Refuse what holds no picture of an eye, whatever it was taken for.

    Raises:
        RetinaError: a side of less than 32 pixels, or one colour all over, as of a covered lens.
    """
    height, width = pixels.shape[:2]
    if min(height, width) < LEAST_SIDE:
        raise RetinaError(
            f"An image of {width} x {height} pixels shows nothing to look at: it needs {LEAST_SIDE} a side."
        )
    small = reduced(pixels, _WORK)
    brightest = small if small.ndim == 2 else small.max(axis=2)
    low, high = np.percentile(brightest, (0.5, 99.5))
    if high - low <= _RANGE:
        what = "black" if high <= 2 * _RANGE else "the same colour"
        raise RetinaError(f"The image shows nothing to look at: it is {what} all over.")
