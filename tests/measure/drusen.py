"""Drusen of the OCT B-scans with two lines: the rule, and its constants.

The lines are the inner line of the pigment epithelium (255) and Bruch's membrane (127), one pixel a column. A druse is
where the two part by more than the normal thickness of what lies between them:

1. the gap of a column is the row of Bruch's membrane less that of the inner line (its mean row where it is steep),
   filtered by a median over SMOOTH columns, because the line jitters by a pixel or two;
2. a column belongs to a druse where its gap is above NORMAL pixels. Over the columns of the set the gap's mode is
   6 pixels; 8 is that and the jitter;
3. stretches of fewer than NARROWEST columns are dropped: the line's jitter, not a deposit;
4. the druse is everything from the inner line to Bruch's membrane, both included, in the columns that are left.

A B-scan with no druse by this rule answers "none". One plane of the set (067) has its inner line written as 170.
"""

import numpy as np
import numpy.typing as npt
from scipy.ndimage import median_filter

INNER, BRUCH = (255, 170), 127
NORMAL = 8.0  # pixels; the normal thickness between the two lines, with the jitter of the drawn line
SMOOTH = 5  # columns
NARROWEST = 6  # columns


def drusen_of(lines: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """The mask (H, W) of the drusen that the two lines (H, W) enclose.

    Columns that lack one of the lines have no druse.

    Raises:
        ValueError: the plane holds values that are neither line.
    """
    if unknown := set(np.unique(lines).tolist()) - {0, *INNER, BRUCH}:
        raise ValueError(f"The lines hold the value {min(unknown)}; only 0, {BRUCH}, 170 and 255 are known.")
    inner, bruch = _rows(np.isin(lines, INNER)), _rows(lines == BRUCH)
    gap = bruch - inner
    known = np.isfinite(gap)
    thick = median_filter(np.where(known, gap, 0.0), size=SMOOTH, mode="nearest") > NORMAL
    columns = _wide(thick & known)
    row = np.arange(lines.shape[0])[:, None]
    with np.errstate(invalid="ignore"):
        between = (row >= np.floor(inner)) & (row <= np.ceil(bruch))
    mask: npt.NDArray[np.bool_] = between & columns
    return mask


def _rows(line: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """The mean row (W,) of a line in each column, nan where it is not there."""
    count = line.sum(axis=0)
    total = (line * np.arange(line.shape[0])[:, None]).sum(axis=0)
    rows: npt.NDArray[np.float64] = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    return rows


def _wide(columns: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """The same columns without the stretches that are too narrow."""
    kept = columns.copy()
    edges = np.flatnonzero(np.diff(np.concatenate([[False], columns, [False]]).astype(np.int8)))
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        if stop - start < NARROWEST:
            kept[start:stop] = False
    return kept
