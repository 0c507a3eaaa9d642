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

    Attributes:
        model: its stem.
        weights_hash: SHA-256 (hex) of the weights file.
        shapes: what is proposed, with the ids that an accepted shape keeps.
        scores: shape id -> 0..1.
        grades: grading scale -> the most probable value.
        probabilities: grading scale -> value -> probability; together 1 for each scale.
        measures: further numbers by name, e.g. "vcdr".
        cams: class activation maps (h, w) in 0..1 over the whole image, usually at low resolution, the one to show
            first at the head. Named by what they explain: a grading scale or a label ("dr", "OD"), or one value of a
            scale ("dr=3").
        seconds: that the model took.
    """

    model: str
    weights_hash: str
    shapes: tuple[Shape, ...]
    scores: Mapping[str, float] = field(default_factory=dict)
    grades: Mapping[str, GradeValue] = field(default_factory=dict)
    probabilities: Mapping[str, Mapping[GradeValue, float]] = field(default_factory=dict)
    measures: Mapping[str, float] = field(default_factory=dict)
    cams: Mapping[str, npt.NDArray[np.float32]] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def cam(self) -> npt.NDArray[np.float32] | None:
        """The map to show first; None where the model has none."""
        return next(iter(self.cams.values()), None)


def proposal_origin(model: str, weights_hash: str) -> str:
    """The `origin` of a shape that comes from a proposal, kept when a grader accepts it."""
    return f"proposal:{model}:{weights_hash[:12]}"
