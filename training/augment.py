"""Augmentation: the random changes of one training example, drawn here, carried out by `training.data.moving`.

Image, masks, points and further maps move together. All that moves them (flips, rotation, zoom, shift, crop, window)
is one affine map, so that the pixels are interpolated once. Coordinates are edge coordinates: the centre of pixel (row
r, column c) lies at (c + 0.5, r + 0.5); torchvision flips points about pixel centres but moves them about pixel edges.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

Matrix = npt.NDArray[np.float64]
Points = npt.NDArray[np.float32]

_TRIES = 8  # to draw a movement that keeps the known points in the picture
_EACH = 7  # random numbers a movement
_OTHERS = 11  # two flips, four tones, five for the window


@dataclass(frozen=True)
class Change:
    """One drawn change.

    Attributes:
        matrix: (2, 3), from positions (x, y) of the input to those of the changed picture.
        size: height and width of the changed picture.
        brightness, contrast, saturation: factors, as torchvision's `adjust_brightness` and so on mean them.
        gamma: exponent of values 0..1.
    """

    matrix: Matrix
    size: tuple[int, int]
    brightness: float = 1.0
    contrast: float = 1.0
    saturation: float = 1.0
    gamma: float = 1.0

    @property
    def inverse(self) -> Matrix:
        """The matrix (2, 3) from the changed picture back to the input."""
        return _inverted(self.matrix)

    def stays(self, size: tuple[int, int]) -> bool:
        """Whether nothing of a picture of this height and width moves."""
        return self.size == size and np.array_equal(self.matrix, _IDENTITY[:2])

    def points(self, points: Points) -> Points:
        """Positions (..., 2) after the change; nan stays nan."""
        moved = points.astype(np.float64) @ self.matrix[:, :2].T + self.matrix[:, 2]
        return moved.astype(np.float32)


@dataclass(frozen=True)
class Augmentation:
    """Magnitudes of the random changes. The defaults change nothing.

    Attributes:
        flip, flip_vertical: probability of a flip left to right, and upside down.
        rotate: largest angle, degrees, about the centre.
        shift: largest shift as a share of each side.
        zoom: smallest and largest scale.
        crop: smallest and largest share of the area that is cut out at a random place and fills the picture again.
        brightness, contrast, saturation: largest relative change.
        gamma: largest factor (and its inverse) of the exponent.
        window: pixels; a window of that height and width is cut out, not scaled.
        foreground: probability that the window is laid around a pixel of a mask; anywhere otherwise.
    """

    flip: float = 0.0
    flip_vertical: float = 0.0
    rotate: float = 0.0
    shift: float = 0.0
    zoom: tuple[float, float] = (1.0, 1.0)
    crop: tuple[float, float] = (1.0, 1.0)
    brightness: float = 0.0
    contrast: float = 0.0
    saturation: float = 0.0
    gamma: float = 1.0
    window: int | None = None
    foreground: float = 0.5

    def draw(
        self,
        generator: torch.Generator,
        size: tuple[int, int],
        points: Points,
        pick: Callable[[float, float], tuple[float, float] | None] | None = None,
    ) -> Change:
        """The change of one example. Without a window, known points that lie in the picture stay in it.

        Args:
            generator: of the random numbers; each call takes equally many, whatever is drawn.
            size: height and width of the input.
            points: (P, 2) of the example.
            pick: from two numbers 0..1 to the position of a pixel of a mask, or None where there is none.
        """
        numbers = torch.rand(_OTHERS + _TRIES * _EACH, generator=generator, dtype=torch.float64).tolist()
        flips, tones, place = numbers[:2], numbers[2:6], numbers[6:_OTHERS]
        matrix = self._moved(self._flipped(size, flips), size, points, numbers[_OTHERS:])
        if self.window is not None:
            matrix = self._windowed(matrix, size, place, pick)
            size = (min(self.window, size[0]), min(self.window, size[1]))
        return Change(
            matrix[:2],
            size,
            brightness=_around_one(self.brightness, tones[0]),
            contrast=_around_one(self.contrast, tones[1]),
            saturation=_around_one(self.saturation, tones[2]),
            gamma=self.gamma ** (2 * tones[3] - 1),
        )

    def _flipped(self, size: tuple[int, int], draws: Sequence[float]) -> Matrix:
        height, width = size
        matrix = _IDENTITY.copy()
        if draws[0] < self.flip:
            matrix = np.array([[-1.0, 0, width], [0, 1, 0], [0, 0, 1]])
        if draws[1] < self.flip_vertical:
            matrix = np.array([[1.0, 0, 0], [0, -1, height], [0, 0, 1]]) @ matrix
        return matrix

    def _moved(
        self, flipped: Matrix, size: tuple[int, int], points: Points, numbers: Sequence[float]
    ) -> Matrix:
        """Rotated, zoomed, shifted and cropped; only flipped where no try keeps the points in the picture."""
        if not (self.rotate or self.shift or self.zoom != (1.0, 1.0) or self.crop != (1.0, 1.0)):
            return flipped
        shown = points[inside(points, size)]
        for first in range(0, len(numbers), _EACH):
            matrix = self._movement(size, numbers[first : first + _EACH]) @ flipped
            if self.window is not None or inside(Change(matrix[:2], size).points(shown), size).all():
                return matrix
        return flipped

    def _movement(self, size: tuple[int, int], draws: Sequence[float]) -> Matrix:
        height, width = size
        angle = math.radians(self.rotate * (2 * draws[0] - 1))
        scale = _between(self.zoom, draws[1])
        cos, sin = math.cos(angle) * scale, math.sin(angle) * scale
        centre_x, centre_y = width / 2, height / 2
        shift_x = self.shift * width * (2 * draws[2] - 1)
        shift_y = self.shift * height * (2 * draws[3] - 1)
        side = math.sqrt(_between(self.crop, draws[4]))
        left, top = draws[5] * (1 - side) * width, draws[6] * (1 - side) * height
        turned: Matrix = np.array([
            [cos, -sin, centre_x - cos * centre_x + sin * centre_y + shift_x],
            [sin, cos, centre_y - sin * centre_x - cos * centre_y + shift_y],
            [0, 0, 1],
        ])  # fmt: skip
        cut: Matrix = np.array([[1, 0, -left], [0, 1, -top], [0, 0, side]]) / side
        return cut @ turned

    def _windowed(
        self,
        matrix: Matrix,
        size: tuple[int, int],
        draws: Sequence[float],
        pick: Callable[[float, float], tuple[float, float] | None] | None,
    ) -> Matrix:
        """Moved so that the window begins at (0, 0), in whole pixels."""
        window = self.window or 0
        target = pick(draws[1], draws[2]) if pick and draws[0] < self.foreground else None
        corner = []
        for axis, side in enumerate((size[1], size[0])):
            room = max(side - window, 0)
            start = draws[3 + axis] * (room + 1)
            if target is not None:
                there = matrix[axis] @ (*target, 1.0)
                start = there - draws[3 + axis] * (window - 1)  # then rounded down: still inside
            corner.append(min(max(math.floor(start), 0), room))
        return np.array([[1.0, 0, -corner[0]], [0, 1, -corner[1]], [0, 0, 1]]) @ matrix


def inside(points: Points, size: tuple[int, int]) -> npt.NDArray[np.bool_]:
    """Which positions (..., 2) lie in a picture of this height and width; nan does not."""
    return np.asarray(((points >= 0) & (points < (size[1], size[0]))).all(axis=-1))


_IDENTITY: Matrix = np.eye(3)


def _inverted(matrix: Matrix) -> Matrix:
    return np.asarray(np.linalg.inv(np.vstack([matrix, [0, 0, 1]]))[:2])


def _around_one(strength: float, draw: float) -> float:
    return 1 + strength * (2 * draw - 1)


def _between(ends: tuple[float, float], draw: float) -> float:
    return ends[0] + (ends[1] - ends[0]) * draw
