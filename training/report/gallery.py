"""What the report keeps of a split while it is measured: the graded answers, and a few cases to look at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from retina_studio.domain.labels import catalogue, scales
from retina_studio.networks.finding import Value
from training.evaluation.driver import Case
from training.report.names import number, readable
from training.report.panels import Panel, panels

_LISTED = 8  # figures under a case
_NOT_FIGURES = {"name", "score"}


@dataclass(eq=False)
class Graded:
    """The answers on one grading scale.

    Attributes:
        scale: its code.
        values: the values that the network tells apart, in its order.
        truths: of each image, the place of its grade in `values`.
        probabilities: of each image, one for each of `values`.
    """

    scale: str
    values: tuple[Value, ...]
    truths: list[int] = field(default_factory=list)
    probabilities: list[tuple[float, ...]] = field(default_factory=list)

    @property
    def title(self) -> str:
        """The scale as people read it."""
        return scales()[self.scale].title

    @property
    def titles(self) -> list[str]:
        """The values as people read them."""
        return [scales()[self.scale].title_of(value) for value in self.values]


@dataclass(frozen=True, eq=False)
class CaseView:
    """One image of the report.

    Attributes:
        name: of the image.
        score: 0..1 or so, higher is better; what ranks it.
        notes: one line each.
        panels: pictures side by side.
        labels: (code, title, colour) of what is outlined.
    """

    name: str
    score: float
    notes: tuple[str, ...]
    panels: tuple[Panel, ...]
    labels: tuple[tuple[str, str, str], ...]


class Gallery:
    """Collects while `evaluate` goes through a split: give it `add` as its `watch`.

    Args:
        each: how many best and how many worst cases are kept; only these are drawn, and held in memory as JPEG.
    """

    def __init__(self, each: int = 4) -> None:
        self._each = each
        self._best: list[CaseView] = []
        self._worst: list[CaseView] = []
        self._graded: dict[str, Graded] = {}

    def add(self, case: Case, row: Mapping[str, Any]) -> None:
        """Take note of one image and its figures (of which "score" ranks it; None keeps it out of the ranking)."""
        for scale, probabilities in case.finding.grades.items():
            truth = true_value(case, scale)
            graded = self._graded.setdefault(scale, Graded(scale, tuple(probabilities)))
            if truth in graded.values:
                graded.truths.append(graded.values.index(truth))
                graded.probabilities.append(tuple(probabilities[value] for value in graded.values))
        score = row.get("score")
        if score is not None and self._is_wanted(score):
            view = _view(case, row, float(score))
            self._best = sorted([*self._best, view], key=lambda v: -v.score)[: self._each]
            self._worst = sorted([*self._worst, view], key=lambda v: v.score)[: self._each]

    @property
    def best(self) -> list[CaseView]:
        """The best first; of few images, the better half."""
        return [view for view in self._best if view not in self.worst]

    @property
    def worst(self) -> list[CaseView]:
        """The worst first; of few images, the worse half."""
        few = len({id(view) for view in (*self._best, *self._worst)})
        return self._worst[: min(self._each, -(-few // 2))]

    @property
    def graded(self) -> list[Graded]:
        """The scales that both the network and the graders answered."""
        return [graded for graded in self._graded.values() if graded.truths]

    def _is_wanted(self, score: float) -> bool:
        if len(self._best) < self._each:
            return True
        return score > self._best[-1].score or score < self._worst[-1].score


def true_value(case: Case, scale: str) -> Value | None:
    """The grade that was settled; None unknown. Without one, an outline answers a yes-or-no scale (PPA is drawn)."""
    known, grade = scales()[scale].values, case.grade(scale)
    if grade is not None:
        return known[int(grade)] if isinstance(known[0], str) else type(known[0])(grade)
    if not isinstance(known[0], bool):
        return None
    drawn = [case.truth(code) for code, label in catalogue().items() if label.answered_by == scale]
    there = [mask.any() for mask in drawn if mask is not None]
    return bool(any(there)) if there else None


def _view(case: Case, row: Mapping[str, Any], score: float) -> CaseView:
    shown, drawn = panels(case)
    labels = tuple((code, catalogue()[code].title, catalogue()[code].colour) for code in drawn)
    return CaseView(case.entry.name, score, (*_grades(case), *_figures(row)), shown, labels)


def _grades(case: Case) -> list[str]:
    lines = []
    for code, probabilities in case.finding.grades.items():
        scale, truth, found = scales()[code], true_value(case, code), case.finding.grade(code)
        settled = "not graded" if truth is None else f"graded {scale.title_of(truth)}"
        lines.append(f"{scale.title}: {settled}, found {scale.title_of(found)} ({probabilities[found]:.2f})")
    return lines


def _figures(row: Mapping[str, Any]) -> list[str]:
    plain = {k: v for k, v in row.items() if isinstance(v, int | float) and k not in _NOT_FIGURES}
    return [f"{readable(name)}: {number(value)}" for name, value in list(plain.items())[:_LISTED]]
