"""Brightness, contrast, gamma and window/level as tables of 256 values: fast, and the same for every view."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from retina_studio.domain.errors import RetinaError
from retina_studio.images.read import Pixels


@dataclass(frozen=True)
class Tone:
    """How light and how hard the picture is shown.

    `brightness` and `contrast` run from -1 to 1 (0 changes nothing); `gamma` from 0.1 to 10, above 1 it lifts
    the dark parts.
    """

    brightness: float = 0.0
    contrast: float = 0.0
    gamma: float = 1.0

    def __post_init__(self) -> None:
        if not (abs(self.brightness) <= 1 and abs(self.contrast) <= 1 and 0.1 <= self.gamma <= 10):
            raise RetinaError("Brightness and contrast go from -1 to 1, gamma from 0.1 to 10.")


def tone_table(tone: Tone) -> Pixels:
    """The table (256,) of a tone: gamma first, then contrast about the middle grey, then brightness."""
    values = np.linspace(0.0, 1.0, 256) ** (1.0 / tone.gamma)
    # -1 is flat grey, 0 slope one; just below 1 the slope is already that of a threshold.
    slope = math.tan((min(tone.contrast, 0.99) + 1) * math.pi / 4)
    return _table((values - 0.5) * slope + 0.5 + tone.brightness)


def window_table(level: float, width: float) -> Pixels:
    """The table (256,) that spreads `width` grey values about `level` over black to white.

    The linear exact VOI function of DICOM PS3.3 C.11.2.1.3.2.

    Raises:
        RetinaError: a width that is not above zero.
    """
    if not width > 0:
        raise RetinaError("A grey window needs a width above zero.")
    return _table((np.arange(256) - level) / width + 0.5)


def applied(pixels: Pixels, table: Pixels) -> Pixels:
    """The pixels (H, W) or (H, W, 3) seen through a table (256,)."""
    return np.asarray(cv2.LUT(pixels, table), dtype=np.uint8)


def _table(values: npt.NDArray[np.floating]) -> Pixels:
    return np.asarray(np.rint(np.clip(values, 0.0, 1.0) * 255), dtype=np.uint8)
