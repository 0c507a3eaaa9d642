"""What a model learns from: which masks, points and grades, of which modality."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from retina_studio.domain.labels import GradeValue, Modality, catalogue, scales
from retina_studio.store.entries import Entry
from retina_studio.store.layout import text_hash
from retina_studio.store.read import Snapshot


@dataclass(frozen=True)
class Needs:
    """What of an image is wanted; masks, points and grades of an example stand in this order.

    Attributes:
        modality: "fundus" or "oct".
        labels: whose masks.
        points: labels whose position; where there is no point, the centroid of the mask counts.
        grades: scales.
        noncompliant: what a pixel is that was outlined against the settled grade (127 in the store; models.md 2.1):
            background, or ignored by the losses.
    """

    modality: Modality
    labels: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    noncompliant: Literal["background", "ignore"] = "background"

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready form."""
        form = asdict(self)
        return {key: list(value) if isinstance(value, tuple) else value for key, value in form.items()}


class Planes:
    """Which mask planes of a snapshot carry something, told by the checksums of its index: no plane is read."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._empty: dict[int, str] = {}
        self._drawn: dict[int, frozenset[str]] = {}

    def drawn(self, entry: Entry) -> frozenset[str]:
        """The labels whose plane is not all zeros."""
        if entry.index not in self._drawn:
            sums = self._snapshot.checksums(entry.index)
            empty = self._hash_of_zeros(entry.height * entry.width)
            self._drawn[entry.index] = frozenset(
                label for label in entry.labels if sums[f"masks/{label}"] != empty
            )
        return self._drawn[entry.index]

    def known(self, entry: Entry) -> frozenset[str]:
        """The labels whose plane is an answer.

        Where a grade says that there are lesions (DR1 and more, PPA, an OCT class that is not normal) but none of the
        labels that this grade answers is drawn, the image was graded and not outlined: its empty planes say nothing.
        """
        drawn = self.drawn(entry)
        unknown = {label for scale in not_outlined(entry, drawn) for label in answered_by(scale)}
        return frozenset(entry.labels) - unknown

    def _hash_of_zeros(self, pixels: int) -> str:
        if pixels not in self._empty:
            self._empty[pixels] = text_hash(bytes(pixels))
        return self._empty[pixels]


def not_outlined(entry: Entry, drawn: frozenset[str]) -> list[str]:
    """The scales on which an image was graded to have lesions, none of which is drawn."""
    return [
        scale
        for scale, value in entry.grades.items()
        if _says_lesions(value) and (labels := answered_by(scale)) & set(entry.labels) and not labels & drawn
    ]


def answered_by(scale: str) -> frozenset[str]:
    """The labels that count as "none" when they are not drawn and this scale is graded."""
    return frozenset(code for code, label in catalogue().items() if label.answered_by == scale)


def answers(entry: Entry, known: frozenset[str], needs: Needs) -> bool:
    """Whether an image says anything of what is needed; `known` are the labels whose plane is an answer."""
    places = set(entry.points) | known
    return bool(
        known.intersection(needs.labels)
        or places.intersection(needs.points)
        or set(entry.grades).intersection(needs.grades)
    )


def grade_number(grades: Mapping[str, GradeValue], scale: str) -> float:
    """A grade as a number: False/True as 0/1, a word as its place on the scale; nan where unknown."""
    if scale not in grades:
        return float("nan")
    value = grades[scale]
    return float(scales()[scale].values.index(value)) if isinstance(value, str) else float(value)


def _says_lesions(value: GradeValue) -> bool:
    return value != "normal" if isinstance(value, str) else value > 0
