"""Test images as another camera, operator or position would have given them, with the truth moved along."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from training.evaluation.driver import Case

Pixels = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]

TURN = 15.0  # degrees


def _toned(pixels: Pixels, gains: tuple[float, float, float]) -> Pixels:
    factors = np.float32(gains if pixels.ndim == 3 else np.mean(gains))
    return np.clip(pixels * factors + 0.5, 0, 255).astype(np.uint8)


def _blurred(pixels: Pixels) -> Pixels:
    return np.asarray(cv2.GaussianBlur(pixels, (0, 0), 0.002 * max(pixels.shape[:2])), np.uint8)


def _compressed(pixels: Pixels) -> Pixels:
    _, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 30])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_UNCHANGED), np.uint8)


def _mirrored(plane: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
    return np.ascontiguousarray(plane[:, ::-1])


def _turned(plane: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
    height, width = plane.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2 - 0.5, height / 2 - 0.5), TURN, 1.0)
    method = cv2.INTER_NEAREST if plane.dtype == np.bool_ else cv2.INTER_LINEAR
    moved = cv2.warpAffine(plane.astype(np.uint8), matrix, (width, height), flags=method)
    return moved.astype(plane.dtype)


def _same(plane: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
    return plane


@dataclass(frozen=True)
class Change:
    """What is done to the picture, and to its masks."""

    title: str
    picture: Callable[[Pixels], npt.NDArray[np.generic]]
    plane: Callable[[npt.NDArray[np.generic]], npt.NDArray[np.generic]] = _same


CHANGES: Mapping[str, Change] = {
    "none": Change("as it is", _same),
    "dark": Change("darker (x 0.6)", lambda pixels: _toned(pixels, (0.6, 0.6, 0.6))),
    "bright": Change("brighter (x 1.35)", lambda pixels: _toned(pixels, (1.35, 1.35, 1.35))),
    "tint": Change("another camera's colours", lambda pixels: _toned(pixels, (1.1, 0.95, 0.75))),
    "blur": Change("blurred (0.2 % of the width)", _blurred),
    "jpeg": Change("JPEG of quality 30", _compressed),
    "mirror": Change("mirrored", _mirrored, _mirrored),
    "turn": Change(f"turned by {TURN:g} degrees", _turned, _turned),
}


@dataclass(frozen=True, eq=False)
class ChangedCase(Case):
    """A case whose truth was moved as its picture was. Points are not known: what moves them is not measured."""

    change: Change = CHANGES["none"]

    def truth(self, label: str) -> Mask | None:
        """The moved mask."""
        plane = super().truth(label)
        return None if plane is None else np.asarray(self.change.plane(plane), np.bool_)

    def point(self, label: str) -> tuple[float, float] | None:
        """Unknown."""
        del label
        return None
