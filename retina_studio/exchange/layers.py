"""What every format module takes and gives: labels found in a source, and layers to write."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from retina_studio.domain.grading import Grading
from retina_studio.study.records import ImageRecord

CONSENSUS = "consensus"
Planes = Mapping[str, npt.NDArray[np.uint8]]


@dataclass(frozen=True)
class Found:
    """What a source says of one image.

    Attributes:
        place: the file or entry, as a sentence names it.
        names: the names the image may have, the likeliest first.
        read: the grading, of shapes with origin "imported"; raises a RetinaError that names the place.
        grader: whose it is, of the graders that were named, from 0.
    """

    place: str
    names: tuple[str, ...]
    read: Callable[[ImageRecord], Grading]
    grader: int = 0


@dataclass(frozen=True, eq=False)
class Layer:
    """What one grader, or the consensus, says of one image.

    Attributes:
        image: the image.
        grader: the grader's name, or "consensus".
        grading: what is said.
        picture: gives the image's de-identified file.
        study_id: of the study that it comes from.
        planes: label -> plane (H, W) of 0, 127 (not compliant with the grade) and 255; None where the shapes of the
            grading are all there is.
        violating: ids of the shapes that do not comply with the consensus grade.
    """

    image: ImageRecord
    grader: str
    grading: Grading
    picture: Callable[[], Path]
    study_id: str = ""
    planes: Planes | None = None
    violating: frozenset[str] = field(default=frozenset())


class FormatModule(Protocol):
    """What a module of a format offers."""

    def read_labels(self, source: Path, graders: int, /) -> Iterator[Found]:
        """What a file or folder says of images, for so many graders; no label is decoded yet.

        Raises:
            RetinaError: the source cannot be read or is not of this format.
        """

    def write_labels(self, out: Path, layers: Iterator[Layer], /) -> int:
        """Write layers into a file or folder; returns of how many images.

        Raises:
            RetinaError: a file cannot be written.
        """
