"""Augmentation of one training example: image, mask and disc centre together."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torchvision import tv_tensors
from torchvision.transforms import v2
from torchvision.transforms.v2 import functional as F  # noqa: N812 - its usual name

_TRIES = 8  # to draw a movement that keeps the disc centre in the picture


@dataclass(frozen=True)
class Example:
    """One training example at the network's input size.

    Attributes:
        image: uint8 (1, H, W), preprocessed.
        mask: uint8 (1, H, W) of 0/1; all zero where there is none.
        centre: float32 (2,), x and y in input pixels (edge coordinates); outside the frame where there is none.
    """

    image: Tensor
    mask: Tensor
    centre: Tensor


class Augmentation:
    """Random flips, rotation, shift, zoom, brightness, contrast and gamma.

    Args:
        flip: probability of each of the two flips.
        rotate: largest angle, degrees.
        shift: largest shift as a share of each side.
        zoom: smallest and largest scale.
        brightness, contrast: largest relative change.
        gamma: largest factor (and its inverse) of the exponent.
    """

    def __init__(
        self,
        flip: float,
        rotate: float,
        shift: float,
        zoom: tuple[float, float],
        brightness: float,
        contrast: float,
        gamma: float,
    ) -> None:
        self.flip = flip
        self.gamma = gamma
        self.move = v2.RandomAffine(rotate, (shift, shift), zoom, interpolation=v2.InterpolationMode.BILINEAR)
        self.light = v2.ColorJitter(brightness=brightness, contrast=contrast)

    def __call__(self, example: Example) -> Example:
        """A changed copy, drawn from torch's random numbers."""
        image, mask, centre = self._moved(*self._flipped(example.image, example.mask, example.centre))
        image = self.light(image)
        exponent = float(self.gamma ** torch.empty(1).uniform_(-1, 1))
        return Example(F.adjust_gamma(image, exponent), mask, centre)

    def _flipped(self, image: Tensor, mask: Tensor, centre: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        # By hand: torchvision flips points about pixel centres but moves them about pixel edges.
        height, width = image.shape[-2:]
        if torch.rand(()) < self.flip:
            image, mask = image.flip(-1), mask.flip(-1)
            centre = torch.stack([width - centre[0], centre[1]])
        if torch.rand(()) < self.flip:
            image, mask = image.flip(-2), mask.flip(-2)
            centre = torch.stack([centre[0], height - centre[1]])
        return image, mask, centre

    def _moved(self, image: Tensor, mask: Tensor, centre: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        size = (image.shape[-2], image.shape[-1])
        picture = (
            tv_tensors.Image(image),
            tv_tensors.Mask(mask),
            tv_tensors.KeyPoints(centre[None], canvas_size=size),
        )
        for _ in range(_TRIES):
            moved = self.move(*picture)
            if inside(moved[2][0], size) or not inside(centre, size):
                shown, outline, points = (part.as_subclass(Tensor) for part in moved)
                return shown, outline, points[0]
        return image, mask, centre


def inside(centre: Tensor, size: tuple[int, int]) -> bool:
    """Whether a position (x, y) lies in an input of this height and width."""
    return bool(0 <= centre[0] < size[1] and 0 <= centre[1] < size[0])
