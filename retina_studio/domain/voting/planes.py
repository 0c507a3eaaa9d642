"""The consensus as planes of pixels."""

import numpy as np
import numpy.typing as npt

from retina_studio.domain.voting.areas import marked, window_of
from retina_studio.domain.voting.outcome import Outcome

INSIDE, NOT_COMPLIANT = 255, 127
Plane = npt.NDArray[np.uint8]


def consensus_planes(outcome: Outcome, height: int, width: int) -> dict[str, Plane]:
    """A plane (height, width) for each label that is settled as an area or as none.

    255 is inside; 127 is inside, but does not comply with the settled grade (models.md 2.1); all zero is the answer
    "none". A label that is not settled has no plane, nor has one that is settled as a point.
    """
    planes = {
        code: np.zeros((height, width), dtype=np.uint8)
        for code, kind in outcome.labels.items()
        if kind in ("mask", "none")
    }
    for entry in sorted(outcome.shapes, key=lambda entry: entry.compliant):  # what complies comes on top
        if outcome.labels.get(entry.shape.label) != "mask":
            continue
        window = window_of([entry.shape.geometry], (height, width))
        if not window.empty:
            part = planes[entry.shape.label][window.top : window.bottom, window.left : window.right]
            part[marked([entry.shape.geometry], window)] = INSIDE if entry.compliant else NOT_COMPLIANT
    return planes
