"""One consensus image as it goes into the curated store."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

import numpy as np
import numpy.typing as npt

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.grading import Grading
from retina_studio.domain.labels import GradeValue, Modality, catalogue, scales
from retina_studio.domain.shapes import Point
from retina_studio.domain.voting.decisions import Decision
from retina_studio.domain.voting.outcome import ConsensusShape
from retina_studio.store.layout import MAX_PIXELS

Plane = npt.NDArray[np.uint8]

EYES = ("OD", "OS", "")
SPLITS = ("train", "val", "test")


@dataclass(frozen=True)
class CuratedImage:
    """Pixels, settled masks, points and grades of one image, with what every grader said kept beside them.

    Attributes:
        name: unique in the store; not ".", ".." nor empty, without "/" (it names an HDF5 group).
        pixels: (H, W, 3) uint8 RGB, or (H, W) uint8 grey.
        masks: label -> (H, W) uint8 of 0, 255 and 127 (inside a shape that does not comply with the settled grade).
            No key: the label was not answered; all zeros: the answer "none".
        points: label -> (x, y) in image pixels.
        grades: the settled ones only.
        shapes: the consensus as vectors, points too; members by pseudonym.
        votes: who said what, JSON-ready, by pseudonym.
        decisions: the adjudicator's, by pseudonym.
        agreement: of each grader with the consensus and with the others, JSON-ready, by pseudonym.
        layers: grader pseudonym -> that grader's whole grading.
    """

    name: str
    pixels: Plane
    modality: Modality
    eye: str
    patient: str
    split: str
    source_sha256: str
    masks: Mapping[str, Plane] = field(default_factory=dict)
    points: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    grades: Mapping[str, GradeValue] = field(default_factory=dict)
    shapes: tuple[ConsensusShape, ...] = ()
    votes: Mapping[str, Any] = field(default_factory=dict)
    decisions: tuple[Decision, ...] = ()
    agreement: Mapping[str, Any] = field(default_factory=dict)
    layers: Mapping[str, Grading] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._check_name()
        self._check_pixels()
        for code, mask in self.masks.items():
            self._check_mask(code, mask)
        for code, (x, y) in self.points.items():
            _known_label(code)
            Point(x, y)
        for scale, value in self.grades.items():
            if scale not in scales():
                raise RetinaError(f"{self.name}: there is no grading scale {scale!r}.")
            scales()[scale].check(value)

    def _check_name(self) -> None:
        if self.name in ("", ".", "..") or "/" in self.name or "\0" in self.name or not _encodes(self.name):
            raise RetinaError(f"An image cannot be named {self.name!r} in a curated store: rename it.")
        for what, value, allowed in (
            ("modality", self.modality, get_args(Modality)),
            ("eye", self.eye, EYES),
            ("split", self.split, SPLITS),
        ):
            if value not in allowed:
                raise RetinaError(f"{self.name}: the {what} {value!r} is not one of {', '.join(allowed)}.")

    def _check_pixels(self) -> None:
        shape = self.pixels.shape
        colour_or_grey = len(shape) == 2 or (len(shape) == 3 and shape[2] == 3)
        if self.pixels.dtype != np.uint8 or not colour_or_grey or not 0 < shape[0] * shape[1] <= MAX_PIXELS:
            raise RetinaError(f"{self.name}: the pixels are not an 8-bit RGB or grey image of a usual size.")

    def _check_mask(self, code: str, mask: Plane) -> None:
        _known_label(code)
        if mask.dtype != np.uint8 or mask.shape != self.pixels.shape[:2]:
            raise RetinaError(f"{self.name}: the mask of {code} does not have the size of the image.")
        if not ((mask == 0) | (mask == 127) | (mask == 255)).all():
            raise RetinaError(f"{self.name}: the mask of {code} has values other than 0, 127 and 255.")


def _known_label(code: str) -> None:
    if code not in catalogue():
        raise RetinaError(f"There is no label {code!r}; the catalogue has: {', '.join(catalogue())}.")


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
