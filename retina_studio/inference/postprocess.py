"""From a mask to the shape that is proposed."""

from collections.abc import Iterator

import cv2
import numpy as np
import numpy.typing as npt

from retina_studio.domain.geometry import (
    Mask,
    area,
    fit_ellipse,
    iou,
    rasterise,
    simplified,
    vectorise,
)
from retina_studio.domain.shapes import Ellipse, Polygon

ELLIPSE_IOU = 0.95  # from here on the ellipse says as much as the mask, and has five numbers to correct
_TOLERANCE = 0.01  # of the mask's diameter: how far a simplified outline may leave it


def shape_of(mask: Mask) -> Ellipse | Polygon | None:
    """The ellipse of a mask (H, W) where the two overlap with an IoU of at least 0.95, else its outline, simplified.

    None when the mask is empty.
    """
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if rows.size == 0:
        return None
    top, left = int(rows[0]), int(columns[0])
    window = mask[top : int(rows[-1]) + 1, left : int(columns[-1]) + 1]
    ellipse = fit_ellipse(window)
    if iou(rasterise(ellipse, *window.shape), window) >= ELLIPSE_IOU:
        return ellipse.moved(left, top)
    outline = max(vectorise(window), key=area)
    return simplified(outline, max(0.5, _TOLERANCE * max(window.shape))).moved(left, top)


def components(mask: Mask) -> Iterator[tuple[slice, slice, Mask]]:
    """The 8-connected components of a mask (H, W): rows, columns, and the mask inside that window."""
    count, parts, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    for number in range(1, count):
        left, top, width, height, _ = (int(value) for value in stats[number])
        rows, columns = slice(top, top + height), slice(left, left + width)
        yield rows, columns, parts[rows, columns] == number


def mean_inside(probability: npt.NDArray[np.float32], mask: Mask) -> float:
    """The score of a shape: the mean probability of the pixels it covers, 0..1; 0 for an empty mask.

    It says how sure the network is of the pixels it chose, not how likely the outline is to be right.
    """
    return float(probability[mask].mean()) if mask.any() else 0.0
