"""A second, closer look: where the disc was found, its surroundings fill the network's input.

At 256 pixels for a whole photograph the disc is some 35 pixels wide and its outline cannot be better than a pixel;
framed as RIM-ONE frames its discs it is over 100. The same network takes both looks, since it learns from both.
"""

import numpy as np
import numpy.typing as npt

from retina_studio.networks.field import Box
from retina_studio.networks.finding import Finding

LABEL = "OD"
_USUAL = 0.13  # of the field of view: the disc's diameter where only its centre is known
_WORTH = 0.75  # of the first box's longer side: a second look that is hardly closer is not taken


def focus_box(finding: Finding, diameters: float) -> Box | None:
    """The square of so many disc diameters about the disc that was found, cut at the image's border.

    None where there is no disc, or where the first look was about as close.
    """
    disc = _disc(finding)
    frame = finding.frame
    return closer_box(disc, frame.image, max(frame.box[2:]), diameters) if disc else None


def closer_box(
    disc: tuple[float, float, float], image: tuple[int, int], seen: float, diameters: float
) -> Box | None:
    """The same about a known disc.

    Args:
        disc: centre (x, y) and diameter in image pixels.
        image: its height and width.
        seen: the longer side of what the first look saw.
        diameters: of the disc, the square's side.
    """
    x, y, diameter = disc
    side = diameters * diameter
    if side > _WORTH * seen:
        return None
    height, width = image
    left, right = (round(float(np.clip(x + d, 0, width))) for d in (-side / 2, side / 2))
    top, bottom = (round(float(np.clip(y + d, 0, height))) for d in (-side / 2, side / 2))
    return (left, top, right - left, bottom - top) if right > left and bottom > top else None


def disc_of(mask: npt.NDArray[np.bool_]) -> tuple[float, float, float] | None:
    """Centre (x, y) of a disc's mask (H, W) and its larger diameter, in pixels; None where it is empty."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not rows.size:
        return None
    (top, bottom), (left, right) = (rows[0], rows[-1] + 1), (columns[0], columns[-1] + 1)
    return (left + right) / 2, (top + bottom) / 2, float(max(right - left, bottom - top))


def _disc(finding: Finding) -> tuple[float, float, float] | None:
    """Centre and diameter of the disc in image pixels: of its mask, else of its point."""
    if LABEL in finding.maps and (disc := disc_of(finding.mask(LABEL))):
        return disc
    if LABEL not in finding.points:
        return None
    return (*finding.points[LABEL], _USUAL * max(finding.frame.box[2:]))
