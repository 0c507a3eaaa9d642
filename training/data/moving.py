"""Drawn changes carried out: one example at a time with OpenCV, or a whole batch at once on an accelerator.

Both follow torchvision's `v2.functional` (`affine`, `adjust_brightness`, `adjust_contrast`, `adjust_saturation`,
`adjust_gamma`, in this order; the tests hold them against it). OpenCV takes an eighth of its time on a CPU, because all
movements are one warp of 8-bit pixels, all tones one or two tables, and it lets other threads run meanwhile.
"""

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - its usual name

from training.augment import Change, Matrix
from training.data.example import Floats, Pixels

GREY = (0.2989, 0.587, 0.114)  # torchvision's

_RAMP = np.arange(256, dtype=np.float64)
_SPARSE = 4  # every so many rows and columns are enough for an image's mean grey
_INVERSE = cv2.WARP_INVERSE_MAP


def moved_pixels(change: Change, pixels: Pixels, out: Pixels) -> Pixels:
    """The image (H, W, C) moved, bilinear, black where there was nothing; into `out`."""
    return _warped(change, pixels, out, cv2.INTER_LINEAR | _INVERSE)


def moved_planes(change: Change, planes: Pixels, out: Pixels) -> Pixels:
    """Planes (H, W, P) moved, the nearest pixel's value; into `out`."""
    return _warped(change, planes, out, cv2.INTER_NEAREST | _INVERSE)


def toned(change: Change, pixels: Pixels) -> tuple[Pixels, Floats]:
    """The image in other tones, all but the last table of 256 values 0..255, which the caller applies with his own."""
    table = np.clip(_RAMP * change.brightness, 0, 255)
    if change.contrast != 1:
        means = cv2.mean(cv2.LUT(np.ascontiguousarray(pixels[::_SPARSE, ::_SPARSE]), _rounded(table)))
        grey = means[0] if pixels.shape[2] == 1 else float(np.dot(means[:3], GREY))
        table = np.clip(table * change.contrast + (1 - change.contrast) * grey, 0, 255)
    if change.saturation != 1 and pixels.shape[2] == 3:
        mixed = change.saturation * np.eye(3) + (1 - change.saturation) * np.array([GREY] * 3)
        even = pixels if change.brightness == 1 and change.contrast == 1 else cv2.LUT(pixels, _rounded(table))
        pixels, table = np.asarray(cv2.transform(even, mixed), np.uint8), _RAMP
    if change.gamma != 1:
        table = 255 * (table / 255) ** change.gamma
    return pixels, table.astype(np.float32)


def moved_map(change: Change, values: Floats, size: tuple[int, int]) -> Floats:
    """A map (C, h, w) over the input of height and width `size`, of any resolution, moved with it; bilinear.

    The result has the same resolution (h, w), now over the changed picture.
    """
    channels, height, width = values.shape
    if change.stays(size):
        return values
    to_input = np.diag([change.size[1] / width, change.size[0] / height, 1.0])
    to_map = np.diag([width / size[1], height / size[0], 1.0])
    matrix = to_map @ np.vstack([change.inverse, [0, 0, 1]]) @ to_input
    out = np.empty_like(values)
    for channel in range(channels):
        flags = cv2.INTER_LINEAR | _INVERSE
        out[channel] = cv2.warpAffine(values[channel], _of_indices(matrix[:2]), (width, height), flags=flags)
    return out


def _warped(change: Change, values: Pixels, out: Pixels, flags: int) -> Pixels:
    if change.stays((values.shape[0], values.shape[1])):
        out[...] = values
    elif values.shape[2]:
        cv2.warpAffine(values, _of_indices(change.inverse), change.size[::-1], dst=out, flags=flags)
    return out


def _of_indices(matrix: Matrix) -> Matrix:
    """A matrix between positions as one between indices of pixels, whose centres lie half a pixel further."""
    offset = matrix[:, 2] + 0.5 * matrix[:, :2].sum(axis=1) - 0.5
    return np.column_stack([matrix[:, :2], offset])


def _rounded(table: npt.NDArray[np.float64]) -> Pixels:
    return np.round(table).astype(np.uint8)


def moved_batch(changes: Sequence[Change], values: Tensor, mode: str) -> Tensor:
    """A batch (N, C, H, W) float moved at once, each example by its own change (all of one size).

    Args:
        changes: N of them.
        values: images or planes.
        mode: "bilinear" or "nearest".
    """
    height, width = values.shape[-2:]
    if all(change.stays((height, width)) for change in changes) or values.shape[1] == 0:
        return values[..., : changes[0].size[0], : changes[0].size[1]]
    out = changes[0].size
    # From -1..1 over the changed picture to -1..1 over the input, as affine_grid wants it.
    to_pixels = np.array([[out[1] / 2, 0, out[1] / 2], [0, out[0] / 2, out[0] / 2], [0, 0, 1]])
    to_unit = np.array([[2 / width, 0, -1], [0, 2 / height, -1], [0, 0, 1]])
    matrices = [(to_unit @ np.vstack([c.inverse, [0, 0, 1]]) @ to_pixels)[:2] for c in changes]
    theta = torch.from_numpy(np.stack(matrices)).to(values.device, torch.float32)
    grid = F.affine_grid(theta, [len(changes), values.shape[1], *out], align_corners=False)
    return F.grid_sample(values, grid, mode=mode, padding_mode="zeros", align_corners=False)


def toned_batch(changes: Sequence[Change], image: Tensor) -> Tensor:
    """A batch of images (N, C, H, W) float 0..255 in other tones, each by its own change."""
    for name in ("brightness", "contrast", "saturation", "gamma"):
        factors = [getattr(change, name) for change in changes]
        if any(factor != 1 for factor in factors):
            image = _TONES[name](image, image.new_tensor(factors).view(-1, 1, 1, 1))
    return image


def _brighter(image: Tensor, factor: Tensor) -> Tensor:
    return (image * factor).clamp_(0, 255)


def _contrasted(image: Tensor, factor: Tensor) -> Tensor:
    level = _grey(image[..., ::_SPARSE, ::_SPARSE]).mean(dim=(1, 2, 3), keepdim=True)
    return (image * factor + (1 - factor) * level).clamp_(0, 255)


def _saturated(image: Tensor, factor: Tensor) -> Tensor:
    return image if image.shape[1] == 1 else (image * factor + (1 - factor) * _grey(image)).clamp_(0, 255)


def _curved(image: Tensor, exponent: Tensor) -> Tensor:
    return 255 * (image / 255).pow(exponent)


def _grey(image: Tensor) -> Tensor:
    if image.shape[1] == 1:
        return image
    weights = image.new_tensor(GREY).view(1, -1, 1, 1)
    return (image * weights).sum(dim=1, keepdim=True)


_TONES = {"brightness": _brighter, "contrast": _contrasted, "saturation": _saturated, "gamma": _curved}
