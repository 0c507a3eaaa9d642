"""How the answers of two weights on one image compare, held against what is settled of it."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

from retina_studio.domain.agreement import dice
from retina_studio.domain.geometry import Mask
from retina_studio.domain.labels import GradeValue

Kind = Literal["mask", "point", "grade"]
Verdict = Literal["better", "worse", "same", "unknown"]

_NOT_SETTLED = 127  # of a plane: what the settled grade does not allow; such pixels do not count
_NOTICED = 0.01  # a change of an image's score that is worth a look
_REACH = 0.1  # of the image's longer side: a point that is off by so much is worth nothing


@dataclass(frozen=True, eq=False)
class Truth:
    """What is settled of an image: planes (H, W) of 0, 127 and 255 and points (x, y) by label, grades by scale."""

    masks: Mapping[str, npt.NDArray[np.uint8]] = field(default_factory=dict)
    points: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    grades: Mapping[str, GradeValue] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Answers:
    """What a model says of an image (height, width): masks (H, W), points (x, y), and the chance of each grade."""

    size: tuple[int, int]
    masks: Mapping[str, Mask] = field(default_factory=dict)
    points: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    grades: Mapping[str, Mapping[GradeValue, float]] = field(default_factory=dict)

    def grade(self, scale: str) -> GradeValue | None:
        """The most probable value of a grading scale; None where nothing is said of it."""
        chances = self.grades.get(scale, {})
        return max(chances, key=chances.__getitem__) if chances else None


@dataclass(frozen=True)
class Score:
    """What the old and the new weights got for one label or grade of an image.

    Attributes:
        name: a label or a grading scale.
        kind: "mask": its Dice; "point": 1 at the place, 0 from a tenth of the image's longer side; "grade": the
            probability that was given to the settled value.
        old, new: 0..1, more is better; None where the weights say nothing of it.
        answers: of a grade, what both said, for people to read.
    """

    name: str
    kind: Kind
    old: float | None
    new: float | None
    answers: tuple[GradeValue | None, GradeValue | None] = (None, None)

    @property
    def change(self) -> float | None:
        """How much better the new weights are; None where one of the two says nothing."""
        return None if self.old is None or self.new is None else self.new - self.old


@dataclass(frozen=True)
class Compared:
    """One image as the old and the new weights see it.

    Attributes:
        name: of the image.
        scores: against what is settled; none where nothing is.
        overlap: label -> Dice of the new mask with the old one, whatever is right.
        turned: grading scales to which both answered differently.
        truth: grading scale -> the settled value.
    """

    name: str
    scores: tuple[Score, ...]
    overlap: Mapping[str, float]
    turned: tuple[str, ...]
    truth: Mapping[str, GradeValue] = field(default_factory=dict)

    @property
    def change(self) -> float | None:
        """The mean change of its scores, -1..1; None where there is none."""
        return self.change_of("")

    def change_of(self, name: str) -> float | None:
        """The mean change of one label's or scale's scores; "" for all."""
        changes = [s.change for s in self.scores if s.change is not None and name in ("", s.name)]
        return sum(changes) / len(changes) if changes else None

    @property
    def same(self) -> float:
        """How much both say the same, 0..1: the mean overlap, where a grade that turned counts as none."""
        values = [*self.overlap.values(), *(0.0 for _ in self.turned)]
        return sum(values) / len(values) if values else 1.0

    def verdict(self, name: str = "") -> Verdict:
        """Whether the new weights do better here; of one label or scale, or of all."""
        return verdict_of(self.change_of(name))


@dataclass(frozen=True)
class Total:
    """One label or scale over all images where both weights have a score: means, and how many got better or worse.

    `right` counts the images of a scale on which the old and the new weights gave the settled grade.
    """

    name: str
    kind: Kind
    images: int
    old: float
    new: float
    better: int
    worse: int
    right: tuple[int, int] | None


def verdict_of(change: float | None) -> Verdict:
    """What a change is called: less than a hundredth is none."""
    if change is None:
        return "unknown"
    if abs(change) < _NOTICED:
        return "same"
    return "better" if change > 0 else "worse"


def compare_answers(name: str, old: Answers, new: Answers, truth: Truth) -> Compared:
    """What changed from one model's answers to another's on the same image.

    Args:
        name: of the image.
        old, new: of two weights of one model.
        truth: what is settled of the image; an empty one where nothing is.
    """
    scores = [
        Score(label, "mask", _dice(old.masks.get(label), plane), _dice(new.masks.get(label), plane))
        for label, plane in sorted(truth.masks.items())
    ]
    scores += [
        Score(label, "point", _nearness(old, label, place), _nearness(new, label, place))
        for label, place in sorted(truth.points.items())
    ]
    scores += [_grade_score(scale, old, new, value) for scale, value in sorted(truth.grades.items())]
    labels, scales = set(old.masks) & set(new.masks), set(old.grades) & set(new.grades)
    return Compared(
        name,
        tuple(score for score in scores if score.old is not None or score.new is not None),
        {label: dice(old.masks[label], new.masks[label]) for label in sorted(labels)},
        tuple(sorted(scale for scale in scales if old.grade(scale) != new.grade(scale))),
        dict(truth.grades),
    )


def totals(cases: Iterable[Compared]) -> tuple[Total, ...]:
    """One line for each label and scale, those with most images first."""
    found: dict[tuple[str, Kind], list[tuple[Compared, Score]]] = {}
    for case in cases:
        for score in case.scores:
            if score.change is not None:
                found.setdefault((score.name, score.kind), []).append((case, score))
    lines = [_total(name, kind, scores) for (name, kind), scores in found.items()]
    return tuple(sorted(lines, key=lambda line: (-line.images, line.name, line.kind)))


def _total(name: str, kind: Kind, scores: Sequence[tuple[Compared, Score]]) -> Total:
    verdicts = Counter(verdict_of(score.change) for _, score in scores)
    right = None
    if kind == "grade":
        right = (
            sum(score.answers[0] == case.truth[name] for case, score in scores),
            sum(score.answers[1] == case.truth[name] for case, score in scores),
        )
    return Total(
        name,
        kind,
        len(scores),
        sum(score.old or 0.0 for _, score in scores) / len(scores),
        sum(score.new or 0.0 for _, score in scores) / len(scores),
        verdicts["better"],
        verdicts["worse"],
        right,
    )


def _dice(found: Mask | None, plane: npt.NDArray[np.uint8]) -> float | None:
    if found is None:
        return None
    counts = plane != _NOT_SETTLED
    return dice(found & counts, (plane > _NOT_SETTLED) & counts)


def _nearness(answers: Answers, label: str, place: tuple[float, float]) -> float | None:
    """Of a label that is answered with a mask, where its middle is."""
    found = answers.points.get(label)
    if found is None and label in answers.masks:
        rows, columns = np.nonzero(answers.masks[label])
        if rows.size == 0:
            return 0.0
        found = (float(columns.mean()) + 0.5, float(rows.mean()) + 0.5)
    if found is None:
        return None
    return max(0.0, 1.0 - math.dist(found, place) / (_REACH * max(answers.size)))


def _grade_score(scale: str, old: Answers, new: Answers, value: GradeValue) -> Score:
    chances = [
        answers.grades[scale].get(value, 0.0) if scale in answers.grades else None for answers in (old, new)
    ]
    return Score(scale, "grade", chances[0], chances[1], (old.grade(scale), new.grade(scale)))
