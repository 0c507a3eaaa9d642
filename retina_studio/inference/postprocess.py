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
from retina_studio.inference.rules import ShapeRules
from retina_studio.networks.finding import Finding
from retina_studio.networks.preprocessing import Frame


def cleaned(finding: Finding, label: str, rules: ShapeRules) -> Mask:
    """The mask (H, W) of a label without holes and without parts too small for the network to have meant them.

    It is empty where the network's own grade says that there is nothing of the label.
    """
    kept = finding.mask(label)
    if rules.presence in finding.grades and finding.grade(rules.presence) is False:
        return np.zeros_like(kept)
    least = rules.least * _pixels_each(finding.frame)
    for rows, columns, part in components(kept):
        if np.count_nonzero(part) < least:
            kept[rows, columns] &= ~part
        elif rules.fill_holes:
            kept[rows, columns] |= _filled(part)
    return kept


def _pixels_each(frame: Frame) -> float:
    """How many pixels of the image one of the network's input stands for."""
    return (frame.box[2] * frame.box[3]) / (frame.window[2] * frame.window[3])


def _filled(part: Mask) -> Mask:
    outlines, _ = cv2.findContours(part.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return cv2.drawContours(np.zeros(part.shape, np.uint8), outlines, -1, 1, cv2.FILLED) > 0


def shape_of(mask: Mask, rules: ShapeRules) -> Ellipse | Polygon | None:
    """The ellipse of a mask (H, W) where the two overlap well enough, else its outline, simplified.

    None when the mask is empty.
    """
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if rows.size == 0:
        return None
    top, left = int(rows[0]), int(columns[0])
    window = mask[top : int(rows[-1]) + 1, left : int(columns[-1]) + 1]
    ellipse = fit_ellipse(window)
    if iou(rasterise(ellipse, *window.shape), window) >= rules.ellipse_iou:
        return ellipse.moved(left, top)
    outline = max(vectorise(window), key=area)
    tolerance = max(rules.tolerance_px, rules.tolerance * max(window.shape))
    return simplified(outline, tolerance).moved(left, top)


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
