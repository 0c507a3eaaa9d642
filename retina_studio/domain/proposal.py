"""A proposal: shapes and grades that a model offers for one image."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from retina_studio.domain.labels import GradeValue
from retina_studio.domain.shapes import Shape


@dataclass(frozen=True, eq=False)
class Proposal:
    """What one model with one weights file offers.

    `scores` maps a shape's id to 0..1. `cam` (h, w), values 0..1, covers the whole image, usually at low
    resolution; None where the model has no CAM.
    """

    model: str
    weights_hash: str
    shapes: tuple[Shape, ...]
    scores: Mapping[str, float] = field(default_factory=dict)
    grades: Mapping[str, GradeValue] = field(default_factory=dict)
    cam: npt.NDArray[np.float32] | None = None
    seconds: float = 0.0


def proposal_origin(model: str, weights_hash: str) -> str:
    """The `origin` of a shape that comes from a proposal, kept when a grader accepts it."""
    return f"proposal:{model}:{weights_hash[:12]}"
