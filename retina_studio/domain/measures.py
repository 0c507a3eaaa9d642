"""Clinical measures of masks and shapes."""

import numpy as np

from retina_studio.domain.geometry import Mask


def vertical_extent(mask: Mask) -> int:
    """Rows from the topmost to the bottommost pixel of a mask (H, W); 0 when it is empty."""
    rows = np.flatnonzero(mask.any(axis=1))
    return int(rows[-1] - rows[0] + 1) if rows.size else 0


def vertical_cup_disc_ratio(disc: Mask, cup: Mask) -> float | None:
    """vCDR: the cup's height over the disc's (models.md 3.5); None without a disc."""
    height = vertical_extent(disc)
    return vertical_extent(cup) / height if height else None
