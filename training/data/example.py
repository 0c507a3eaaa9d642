"""One training example, at the network's input size: as it is kept, and as it is handed out."""

from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
Array = TypeVar("Array", Pixels, Floats)

BACKGROUND, INSIDE, NONCOMPLIANT = 0, 1, 2
_EACH = 4  # masks in one plane, two bits each


@dataclass(frozen=True, eq=False)
class Example:
    """One image with what is known of it, for a look; batches do not need it.

    Attributes:
        image: uint8 (C, H, W), preprocessed.
        masks: uint8 (L, H, W) of 0 outside, 1 inside, 2 inside but not compliant; zeros where unknown.
        known: bool (L,), whether the mask is an answer.
        points: float32 (P, 2), x and y in input pixels (edge coordinates); nan where unknown.
        grades: float32 (G,); nan where unknown.
    """

    image: Tensor
    masks: Tensor
    known: Tensor
    points: Tensor
    grades: Tensor


@dataclass(frozen=True, eq=False)
class Stored:
    """The same in a quarter of the room, as memory and cache file keep it.

    Attributes:
        pixels: uint8 (H, W, C).
        planes: uint8 (H, W, ceil(L / 4)): mask l in the bits 2 (l mod 4) and the next of plane l div 4.
        known: bool (L,).
        points: float32 (P, 2).
        grades: float32 (G,).
    """

    pixels: Pixels
    planes: Pixels
    known: npt.NDArray[np.bool_]
    points: Floats
    grades: Floats

    def example(self) -> Example:
        """Unpacked."""
        masks = [self.mask(n) for n in range(len(self.known))]
        height, width = self.pixels.shape[:2]
        stacked = np.stack(masks) if masks else np.zeros((0, height, width), np.uint8)
        return Example(
            torch.from_numpy(np.ascontiguousarray(self.pixels.transpose(2, 0, 1))),
            torch.from_numpy(stacked),
            torch.from_numpy(self.known.copy()),
            torch.from_numpy(self.points.copy()),
            torch.from_numpy(self.grades.copy()),
        )

    def mask(self, number: int) -> Pixels:
        """One mask (H, W) of 0, 1 and 2."""
        return unpacked(self.planes, number, _CODES, np.empty(self.planes.shape[:2], np.uint8))


def planes_for(masks: int) -> int:
    """How many planes so many masks take."""
    return -(-masks // _EACH)


def pack(masks: list[Pixels | None], height: int, width: int) -> Pixels:
    """Masks (H, W) of 0, 1 and 2 (None: unknown) as planes."""
    planes = np.zeros((height, width, planes_for(len(masks))), np.uint8)
    for number, mask in enumerate(masks):
        if mask is not None:
            planes[..., plane_of(number)] |= mask << bits_of(number)
    return planes


def plane_of(number: int) -> int:
    """Which plane a mask lies in."""
    return number // _EACH


def bits_of(number: int) -> int:
    """Where in its plane a mask's two bits begin."""
    return 2 * (number % _EACH)


def unpacked(planes: Pixels, number: int, values: Array, out: Array) -> Array:
    """One mask (H, W) of planes (H, W, P) into `out`, its codes 0, 1 and 2 as the three `values` say."""
    plane = planes[..., 0] if planes.shape[2] == 1 else cv2.extractChannel(planes, plane_of(number))
    codes = (np.arange(256) >> bits_of(number)) & 3
    cv2.LUT(plane, np.append(values, values[:1])[codes], dst=out)
    return out


def mapped(pixels: Pixels, table: Floats, out: Floats) -> None:
    """An image (H, W, C) through a table (256, 1, C), into `out`."""
    cv2.LUT(pixels, table, dst=out)


_CODES = np.array([BACKGROUND, INSIDE, NONCOMPLIANT], np.uint8)
