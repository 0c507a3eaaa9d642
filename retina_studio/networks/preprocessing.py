"""From a fundus photograph to the network's input and back: one specification, one function, for all who need it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

import cv2
import numpy as np
import numpy.typing as npt

from retina_studio.networks.field import Box, field_of_view

Pixels = npt.NDArray[np.uint8]
Points = npt.NDArray[np.float64]


class PreprocessingError(ValueError):
    """A specification or an image that cannot be used, in one sentence."""


@dataclass(frozen=True)
class Preprocessing:
    """Grey, min-max, CLAHE, gamma (models.md 4.1, after Brown et al. 2018), inside the field of view.

    `height` x `width` is the network's input. `crop` cuts the image to the box of the camera's field of view
    first, so that photographs of different cameras fill the input alike. Fitted inside with its aspect kept,
    the rest black. `clahe_clip` and `clahe_tiles` are OpenCV's; 0 tiles leaves CLAHE out.
    """

    height: int
    width: int
    crop: bool = True
    grey: tuple[float, float, float] = (0.299, 0.587, 0.114)
    clahe_clip: float = 2.0
    clahe_tiles: int = 8
    gamma: float = 1.2

    def __post_init__(self) -> None:
        sides = 1 <= self.height <= 4096 and 1 <= self.width <= 4096
        tones = 0 < self.gamma <= 10 and 0 < self.clahe_clip <= 100 and 0 <= self.clahe_tiles <= 64
        grey = len(self.grey) == 3 and min(self.grey) >= 0 and abs(sum(self.grey) - 1) < 1e-3
        if not (sides and tones and grey):
            raise PreprocessingError(f"This preprocessing is out of range: {self}.")

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready form; `from_dict` reads it."""
        return {**asdict(self), "grey": list(self.grey)}

    @classmethod
    def from_dict(cls, form: Mapping[str, Any]) -> Self:
        """The specification written by `to_dict`.

        Raises:
            PreprocessingError: unknown or missing fields, or values of the wrong kind.
        """
        unknown = set(form) - {f.name for f in fields(cls)}
        if unknown:
            raise PreprocessingError(f"A preprocessing has no {', '.join(sorted(unknown))}.")
        try:
            return cls(**{**form, "grey": tuple(form.get("grey", cls.grey))})
        except TypeError as error:
            raise PreprocessingError(f"A preprocessing is written wrongly: {error}.") from error


@dataclass(frozen=True)
class Frame:
    """Where an image lies in the network's input: the box cut out of it, and the window it was resized into.

    Both are left, top, width, height in whole pixels; coordinates map between them linearly, edge to edge.
    """

    image: tuple[int, int]  # height, width
    box: Box
    window: Box
    size: tuple[int, int]  # height, width of the input

    def points_to_network(self, points: npt.ArrayLike) -> Points:
        """Positions (..., 2) from image pixels to input pixels."""
        return _linear(points, self.box, self.window)

    def points_to_image(self, points: npt.ArrayLike) -> Points:
        """Positions (..., 2) from input pixels to image pixels: the exact inverse."""
        return _linear(points, self.window, self.box)

    def mask_to_network(self, mask: npt.NDArray[np.generic]) -> Pixels:
        """A mask (H, W) of the image as 0/1 (height, width): set where at least half of the area is."""
        left, top, width, height = self.box
        cut = np.where(mask[top : top + height, left : left + width] != 0, 255, 0).astype(np.uint8)
        return np.asarray(self.placed(_resized(cut, self.window)) >= 128, dtype=np.uint8)

    def map_to_image(self, values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """A map over the input, of any resolution (h, w), as one over the image (H, W); 0 outside the box."""
        left, top, width, height = self.window
        if values.shape != self.size:
            values = cv2.resize(values, self.size[::-1], interpolation=cv2.INTER_LINEAR).astype(np.float32)
        cut = values[top : top + height, left : left + width]
        out = np.zeros(self.image, dtype=np.float32)
        left, top, width, height = self.box
        out[top : top + height, left : left + width] = cv2.resize(
            cut, (width, height), interpolation=cv2.INTER_LINEAR
        )
        return out

    def overview(self, values: npt.NDArray[np.float32], side: int) -> npt.NDArray[np.float32]:
        """A map over the input, of any resolution, as a small one over the image, its longer side at most `side`."""
        scale = min(1.0, side / max(self.image))
        height, width = (max(round(length * scale), 1) for length in self.image)
        values = cv2.resize(values, self.size[::-1], interpolation=cv2.INTER_LINEAR).astype(np.float32)
        step = np.array([self.image[1] / width, self.image[0] / height])
        # From pixel centres of the overview (index + 0.5) through image and input to indices of `values`.
        start = self.points_to_network(0.5 * step) - 0.5
        slope = self.points_to_network(1.5 * step) - 0.5 - start
        matrix = np.array([[slope[0], 0.0, start[0]], [0.0, slope[1], start[1]]])
        method = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        return cv2.warpAffine(values, matrix, (width, height), flags=method).astype(np.float32)

    def placed(self, content: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """What was resized to the window, put into the black input."""
        out = np.zeros(self.size, dtype=content.dtype)
        left, top, width, height = self.window
        out[top : top + height, left : left + width] = content
        return out


def preprocess(pixels: Pixels, spec: Preprocessing) -> tuple[Pixels, Frame]:
    """The network's input as uint8 (height, width), and the way back. `as_input` scales it to 0..1.

    Args:
        pixels: RGB (H, W, 3) or grey (H, W), uint8.
        spec: what to do.

    Raises:
        PreprocessingError: not an image of this kind.
    """
    if pixels.dtype != np.uint8 or pixels.size == 0 or not _is_image(pixels.shape):
        raise PreprocessingError(
            f"A fundus photograph is a uint8 array (H, W) or (H, W, 3), not {pixels.dtype} {pixels.shape}."
        )
    height, width = pixels.shape[:2]
    box = field_of_view(pixels) if spec.crop else (0, 0, width, height)
    frame = Frame((height, width), box, _fitted(box, spec), (spec.height, spec.width))
    left, top, width, height = box
    cut = _resized(pixels[top : top + height, left : left + width], frame.window)
    return _toned(frame.placed(_grey(cut, spec.grey)), spec), frame


def as_input(grey: Pixels) -> npt.NDArray[np.float32]:
    """A preprocessed image (height, width) as the network's input (1, 1, height, width) in 0..1."""
    return (grey.astype(np.float32) / 255.0)[None, None]


def _is_image(shape: tuple[int, ...]) -> bool:
    return len(shape) == 2 or (len(shape) == 3 and shape[2] == 3)


def _grey(pixels: Pixels, weights: tuple[float, float, float]) -> npt.NDArray[np.float32]:
    if pixels.ndim == 2:
        return pixels.astype(np.float32)
    return cv2.transform(pixels.astype(np.float32), np.array([weights], np.float32)).astype(np.float32)


def _fitted(box: Box, spec: Preprocessing) -> Box:
    """The largest window of the box's aspect, in the middle of the input."""
    _, _, width, height = box
    scale = min(spec.width / width, spec.height / height)
    w = min(max(round(width * scale), 1), spec.width)
    h = min(max(round(height * scale), 1), spec.height)
    return ((spec.width - w) // 2, (spec.height - h) // 2, w, h)


def _resized(values: Pixels, window: Box) -> Pixels:
    height, width = values.shape[:2]
    smaller = window[2] <= width and window[3] <= height
    # INTER_AREA averages what falls into a pixel, so that a thin vessel does not alias; it only makes smaller.
    method = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    return cv2.resize(values, window[2:], interpolation=method).astype(np.uint8)


def _toned(grey: npt.NDArray[np.float32], spec: Preprocessing) -> Pixels:
    low, high = float(grey.min()), float(grey.max())
    scaled = (grey - low) * (255.0 / (high - low)) if high > low else np.zeros_like(grey)
    tones = np.round(scaled).astype(np.uint8)
    if spec.clahe_tiles:
        tiles = (spec.clahe_tiles, spec.clahe_tiles)
        tones = cv2.createCLAHE(spec.clahe_clip, tiles).apply(tones).astype(np.uint8)
    table = np.round(255.0 * (np.arange(256) / 255.0) ** (1.0 / spec.gamma)).astype(np.uint8)
    return np.asarray(table[tones], dtype=np.uint8)


def _linear(points: npt.ArrayLike, source: Box, target: Box) -> Points:
    scale = np.array(target[2:], dtype=np.float64) / np.array(source[2:], dtype=np.float64)
    offset = np.asarray(points, dtype=np.float64) - np.array(source[:2], dtype=np.float64)
    return np.asarray(offset * scale + np.array(target[:2], dtype=np.float64))
