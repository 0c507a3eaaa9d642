"""From an image to the network's input and back: one specification, one function, for all who need it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, Self

import cv2
import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from retina_studio.networks.field import Box, field_of_view

Pixels = npt.NDArray[np.uint8]
Points = npt.NDArray[np.float64]

LARGEST_SIDE = 4096  # of an input: far beyond use, but a weights file may say anything
_TRIPLES = ("grey", "mean", "sd")
_WHITE = 245  # from here on a pixel of a B-scan may belong to a white border
_BORDER = 0.001  # of the image: a smaller white spot at the edge is a bright layer


class PreprocessingError(ValueError):
    """A specification or an image that cannot be used, in one sentence."""


Triple = tuple[float, float, float]

_UNIT: Triple = (1.0, 1.0, 1.0)
_ZERO: Triple = (0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Preprocessing:
    """What is done to an image before the network sees it. Each model's row of the table says which of it, and why.

    The steps, in this order:

    - `fill_white`: a white border (of an OCT B-scan that was moved by the device) becomes black.
    - `crop`: cut to the box of the camera's field of view, so that different cameras fill the input alike.
    - Resized to `height` x `width`: `fit` "inside" keeps the aspect, the rest black; "stretch" ignores it.
    - `channels` 1: grey with the weights `grey`; 3: RGB (a grey image three times).
    - `minmax`: each image's darkest value becomes 0 and its brightest 255 (grey only).
    - `clahe`: "grey" of the one channel, "lab" of the lightness of an RGB image, or "none"; `clahe_clip` and
      `clahe_tiles` are OpenCV's.
    - `gamma`: 255 (v / 255) ** (1 / gamma).
    - Scaled to 0..1, then (v - `mean`) / `sd` of each channel (of one channel: the first of the three numbers).

    `focus` is for who runs the network: the side, in disc diameters, of a second look about the disc that the first
    look found (`networks.focus`); 0 for none. Training shows the network both looks.
    """

    height: int
    width: int
    channels: int = 3
    crop: bool = True
    fit: Literal["inside", "stretch"] = "inside"
    grey: Triple = (0.299, 0.587, 0.114)
    minmax: bool = False
    clahe: Literal["none", "grey", "lab"] = "none"
    clahe_clip: float = 2.0
    clahe_tiles: int = 8
    gamma: float = 1.0
    fill_white: bool = False
    mean: Triple = _ZERO
    sd: Triple = _UNIT
    focus: float = 0.0

    def __post_init__(self) -> None:
        sides = 1 <= self.height <= LARGEST_SIDE and 1 <= self.width <= LARGEST_SIDE
        kinds = self.channels in (1, 3) and self.fit in ("inside", "stretch")
        clahe = self.clahe in ("none", "grey" if self.channels == 1 else "lab")
        looks = self.focus == 0 or 1 <= self.focus <= 20
        tones = 0 < self.gamma <= 10 and 0 < self.clahe_clip <= 100 and 1 <= self.clahe_tiles <= 64
        triples = all(len(t) == 3 for t in (self.grey, self.mean, self.sd)) and min(self.sd) > 0
        grey = min(self.grey) >= 0 and abs(sum(self.grey) - 1) < 1e-3
        if not (
            sides
            and kinds
            and looks
            and clahe
            and tones
            and triples
            and grey
            and (self.channels == 1 or not self.minmax)
        ):
            raise PreprocessingError(f"This preprocessing is out of range: {self}.")

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready form; `from_dict` reads it."""
        return {**asdict(self), **{name: list(getattr(self, name)) for name in _TRIPLES}}

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
            return cls(**{**form, **{name: tuple(form[name]) for name in _TRIPLES if name in form}})
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
        """What was resized to the window, put into the black input: (height, width), or with its channels."""
        out = np.zeros((*self.size, *content.shape[2:]), dtype=content.dtype)
        left, top, width, height = self.window
        out[top : top + height, left : left + width] = content
        return out


def preprocess(pixels: Pixels, spec: Preprocessing, box: Box | None = None) -> tuple[Pixels, Frame]:
    """The network's input as uint8 (height, width) or (height, width, 3), and the way back.

    `as_input` and `normalise` make numbers of it.

    Args:
        pixels: RGB (H, W, 3) or grey (H, W), uint8.
        spec: what to do.
        box: the part of the image to look at, in place of the one that the specification says.

    Raises:
        PreprocessingError: not an image of this kind.
    """
    if pixels.dtype != np.uint8 or pixels.size == 0 or not _is_image(pixels.shape):
        raise PreprocessingError(
            f"An image is a uint8 array (H, W) or (H, W, 3), not {pixels.dtype} {pixels.shape}."
        )
    if spec.fill_white:
        pixels = _filled(pixels)
    height, width = pixels.shape[:2]
    if box is None:
        box = field_of_view(pixels) if spec.crop else (0, 0, width, height)
    frame = Frame((height, width), box, _fitted(box, spec), (spec.height, spec.width))
    left, top, width, height = box
    cut = _resized(pixels[top : top + height, left : left + width], frame.window)
    if spec.channels == 1:
        return _toned(frame.placed(_grey(cut, spec.grey)), spec), frame
    colour = cut if cut.ndim == 3 else cv2.cvtColor(cut, cv2.COLOR_GRAY2RGB).astype(np.uint8)
    return _gamma(_lightness(frame.placed(colour), spec), spec.gamma), frame


def as_input(prepared: Pixels, spec: Preprocessing) -> Tensor:
    """A preprocessed image as the network's input, float32 (1, channels, height, width)."""
    planes = prepared[None] if prepared.ndim == 2 else prepared.transpose(2, 0, 1)
    return normalise(torch.from_numpy(np.ascontiguousarray(planes))[None], spec)


def normalise(image: Tensor, spec: Preprocessing) -> Tensor:
    """Preprocessed images (N, channels, H, W) uint8 as float32 in the numbers that the network was made for."""
    scaled = image.float() / 255.0
    if spec.mean == _ZERO and spec.sd == _UNIT:
        return scaled
    mean, sd = (scaled.new_tensor(t[: spec.channels]).view(1, -1, 1, 1) for t in (spec.mean, spec.sd))
    return (scaled - mean) / sd


def _is_image(shape: tuple[int, ...]) -> bool:
    return len(shape) == 2 or (len(shape) == 3 and shape[2] == 3)


def _grey(pixels: Pixels, weights: tuple[float, float, float]) -> npt.NDArray[np.float32]:
    if pixels.ndim == 2:
        return pixels.astype(np.float32)
    return cv2.transform(pixels.astype(np.float32), np.array([weights], np.float32)).astype(np.float32)


def _filled(pixels: Pixels) -> Pixels:
    """White areas that touch the border, as a B-scan carries where the device moved it, made black."""
    channels = 1 if pixels.ndim == 2 else pixels.shape[2]
    white = cv2.inRange(pixels, np.full(channels, _WHITE), np.full(channels, 255))
    if not any(side.any() for side in (white[0], white[-1], white[:, 0], white[:, -1])):
        return pixels
    _, parts, stats, _ = cv2.connectedComponentsWithStats(white, connectivity=4)
    edge = np.unique(np.concatenate([parts[0], parts[-1], parts[:, 0], parts[:, -1]]))
    border = edge[(edge > 0) & (stats[edge, cv2.CC_STAT_AREA] >= _BORDER * white.size)]
    outside = np.isin(parts, border)
    return np.where(outside if pixels.ndim == 2 else outside[..., None], 0, pixels).astype(np.uint8)


def _fitted(box: Box, spec: Preprocessing) -> Box:
    """The largest window of the box's aspect, in the middle of the input; all of it when the aspect is ignored."""
    if spec.fit == "stretch":
        return (0, 0, spec.width, spec.height)
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
    if spec.minmax:
        low, high = float(grey.min()), float(grey.max())
        grey = (grey - low) * (255.0 / (high - low)) if high > low else np.zeros_like(grey)
    tones = np.round(grey).astype(np.uint8)
    return _gamma(_clahe(tones, spec) if spec.clahe == "grey" else tones, spec.gamma)


def _lightness(colour: Pixels, spec: Preprocessing) -> Pixels:
    """CLAHE of the lightness of an RGB image, where it is asked for."""
    if spec.clahe != "lab":
        return colour
    lab = cv2.cvtColor(colour, cv2.COLOR_RGB2LAB)
    lab[..., 0] = _clahe(lab[..., 0].astype(np.uint8), spec)
    return cv2.cvtColor(lab, cv2.COLOR_LAB2RGB).astype(np.uint8)


def _clahe(tones: Pixels, spec: Preprocessing) -> Pixels:
    tiles = (spec.clahe_tiles, spec.clahe_tiles)
    return cv2.createCLAHE(spec.clahe_clip, tiles).apply(tones).astype(np.uint8)


def _gamma(tones: Pixels, gamma: float) -> Pixels:
    if gamma == 1.0:
        return tones
    table = np.round(255.0 * (np.arange(256) / 255.0) ** (1.0 / gamma)).astype(np.uint8)
    return np.asarray(table[tones], dtype=np.uint8)


def _linear(points: npt.ArrayLike, source: Box, target: Box) -> Points:
    scale = np.array(target[2:], dtype=np.float64) / np.array(source[2:], dtype=np.float64)
    offset = np.asarray(points, dtype=np.float64) - np.array(source[:2], dtype=np.float64)
    return np.asarray(offset * scale + np.array(target[:2], dtype=np.float64))
