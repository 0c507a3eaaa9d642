"""A second, closer look: where the disc was found, its surroundings fill the network's input.

At 256 pixels for a whole photograph the disc is some 35 pixels wide and its outline cannot be better than a pixel;
framed as RIM-ONE frames its discs it is over 100. The same network takes both looks, since it learns from both.
"""

import numpy as np

from retina_studio.networks.field import Box
from retina_studio.networks.finding import Finding

LABEL = "OD"
_USUAL = 0.13  # of the field of view: the disc's diameter where only its centre is known
_WORTH = 0.75  # of the first box's longer side: a second look that is hardly closer is not taken


def focus_box(finding: Finding, diameters: float) -> Box | None:
    """The square of so many disc diameters about the disc that was found, cut at the image's border.

    None where there is no disc, or where the first look was about as close.
    """
    found = _disc(finding)
    if found is None:
        return None
    x, y, diameter = found
    side = diameters * diameter
    if side > _WORTH * max(finding.frame.box[2:]):
        return None
    height, width = finding.frame.image
    left, right = (round(float(np.clip(x + d, 0, width))) for d in (-side / 2, side / 2))
    top, bottom = (round(float(np.clip(y + d, 0, height))) for d in (-side / 2, side / 2))
    return (left, top, right - left, bottom - top) if right > left and bottom > top else None


def _disc(finding: Finding) -> tuple[float, float, float] | None:
    """Centre and diameter of the disc in image pixels: of its mask, else of its point."""
    mask = finding.mask(LABEL) if LABEL in finding.maps else np.zeros((0, 0), dtype=np.bool_)
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if rows.size:
        (top, bottom), (left, right) = (rows[0], rows[-1] + 1), (columns[0], columns[-1] + 1)
        return (left + right) / 2, (top + bottom) / 2, float(max(right - left, bottom - top))
    if LABEL not in finding.points:
        return None
    return (*finding.points[LABEL], _USUAL * max(finding.frame.box[2:]))
