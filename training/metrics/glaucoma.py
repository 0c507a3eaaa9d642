"""Metrics of the model `glaucoma` (models.md 3.6)."""

import math
from collections.abc import Sequence

import numpy as np
from sklearn.metrics import roc_curve

FRAME = 256  # pixels of the side of the frame in which the paper measures distances

XY = tuple[float, float]


def frame_distance(found: XY, true: XY, size: tuple[int, int]) -> float:
    """The distance of two positions (x, y) in an input of this size (height, width), in pixels of a 256 x 256 frame.

    Not REFUGE's own metric, which is in pixels of the photograph.
    """
    height, width = size
    return math.hypot((found[0] - true[0]) * FRAME / width, (found[1] - true[1]) * FRAME / height)


def sensitivity_at(
    probabilities: Sequence[float], truths: Sequence[bool], specificity: float = 0.85
) -> float | None:
    """The sensitivity where the ROC curve, joined by straight lines, has this specificity (REFUGE's evaluation).

    None where all cases are true, or none.
    """
    if len(set(truths)) < 2:
        return None
    false_rate, true_rate, _ = roc_curve(truths, probabilities, drop_intermediate=False)
    # Where the curve rises straight up, interp takes its upper end; rounded, because 1 - 0.9 lies below 0.1.
    return float(np.interp(round(1 - specificity, 9), false_rate, true_rate))
