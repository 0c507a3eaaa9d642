"""Walk through the images of a split; what is measured on one is the model's business."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from retina_studio.domain.errors import RetinaError
from retina_studio.networks.finding import Finding
from retina_studio.store.entries import Entry
from retina_studio.store.read import Snapshot
from training.data.examples import centroid_of
from training.data.needs import Needs, Planes, answers, grade_number

Mask = npt.NDArray[np.bool_]
Find = Callable[[npt.NDArray[np.uint8]], Finding]


@dataclass(frozen=True, eq=False)
class Case:
    """One image, what is known of it, and what was found.

    Attributes:
        snapshot, entry: the image.
        known: the labels whose mask plane is an answer.
        finding: what the model says.
    """

    snapshot: Snapshot
    entry: Entry
    known: frozenset[str]
    finding: Finding

    def truth(self, label: str) -> Mask | None:
        """The mask (H, W) of a label; None where it is not known. What does not comply counts as outside."""
        if label not in self.known:
            return None
        return np.asarray(self.snapshot.mask(self.entry.index, label) == 255)

    def point(self, label: str) -> tuple[float, float] | None:
        """The position (x, y) of a label in image pixels: its point, or the centroid of its mask; None unknown."""
        if label in self.entry.points:
            return self.entry.points[label]
        return centroid_of(self.snapshot, self.entry, label)

    def grade(self, scale: str) -> float | None:
        """The grade as a number (bool 0 or 1, a word its place in the scale); None unknown."""
        return grade_number(self.entry.grades, scale) if scale in self.entry.grades else None


class Evaluation(Protocol):
    """What a model's evaluation gives.

    Attributes:
        needs: which answers of an image can be measured.
        paper: the paper's own figures, by the names that `summary` uses.
        remark: how the data of the paper differ.
    """

    @property
    def needs(self) -> Needs: ...  # noqa: D102 - said above

    @property
    def paper(self) -> Mapping[str, Any]: ...  # noqa: D102

    @property
    def remark(self) -> str: ...  # noqa: D102

    def measure(self, case: Case) -> dict[str, Any]:
        """One image's figures, JSON-ready; None for what it does not say. "score" ranks it, higher is better."""
        ...

    def summary(self, rows: list[dict[str, Any]]) -> dict[str, Any]:
        """The figures of all images."""
        ...


def evaluate(
    evaluation: Evaluation,
    find: Find,
    snapshot: Snapshot,
    split: str,
    *,
    only: str = "*",
    progress: Callable[[int, int], None] | None = None,
    watch: Callable[[Case, Mapping[str, Any]], None] | None = None,
) -> dict[str, Any]:
    """Figures of every image of a split that answers what is measured, and what sums them up.

    Args:
        evaluation: the model's.
        find: the model on one image.
        snapshot: where the images are.
        split: "train", "val" or "test".
        only: a glob; other names are left out.
        progress: told how many of how many images are done.
        watch: shown each image with its figures, e.g. a report's gallery.

    Raises:
        RetinaError: the split has no such image, or the snapshot is damaged.
    """
    cases = measurable(snapshot, split, evaluation.needs, only)
    if not cases:
        raise RetinaError(
            f"No image of the split {split!r} of {snapshot.path} that matches {only!r} answers anything that this "
            "model is measured by."
        )
    rows: list[dict[str, Any]] = []
    for number, (entry, known) in enumerate(cases):
        if progress:
            progress(number, len(cases))
        case = Case(snapshot, entry, known, find(snapshot.pixels(entry.index)))
        rows.append({"name": entry.name, **evaluation.measure(case)})
        if watch:
            watch(case, rows[-1])
    return {"split": split, "images": len(rows), **evaluation.summary(rows), "per_image": rows}


def measurable(
    snapshot: Snapshot, split: str, needs: Needs, only: str = "*"
) -> list[tuple[Entry, frozenset[str]]]:
    """The images of a split that answer any of the needs, each with the labels whose plane is an answer."""
    planes = Planes(snapshot)
    named = [
        (entry, planes.known(entry))
        for entry in snapshot.entries
        if entry.split == split and entry.modality == needs.modality and fnmatchcase(entry.name, only)
    ]
    return [(entry, known) for entry, known in named if answers(entry, known, needs)]
