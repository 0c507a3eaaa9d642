"""The vote: what the submitted gradings of one image settle, and what is left to the adjudicator.

Rules (design.md; the paper's protocol): every image goes to three graders. An image grade is settled by a
strict majority. A label's mask holds the pixels that at least two of three marked; with more graders, a strict
majority of those who answered. A point is the median of the given points. No majority: adjudication.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from retina_studio.domain.geometry import Mask
from retina_studio.domain.grading import Answer, Grading
from retina_studio.domain.labels import GradeValue, Label, Modality, labels_of, scales_of
from retina_studio.domain.shapes import Ellipse, Point, Polygon


@dataclass(frozen=True)
class VoteRules:
    """How many submitted gradings an image needs before it is settled."""

    graders: int = 3

    def needed(self, answers: int) -> int:
        """How many of so many answers are a strict majority (2 of 3, 3 of 4, 3 of 5)."""
        return answers // 2 + 1


THREE_GRADERS = VoteRules()


@dataclass(frozen=True)
class Outcome:
    """What the vote settled for one image.

    `state` is "waiting" (too few submitted), "settled" or "adjudication"; `reasons` says why it is not settled.
    `grades` holds the settled grades only, `votes` every grader's answer by scale, `labels` the outcome per
    label: "mask", "none", or "point".
    """

    state: str
    grades: Mapping[str, GradeValue] = field(default_factory=dict)
    votes: Mapping[str, Mapping[str, GradeValue]] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    points: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    drawn_by: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready form."""
        return {
            "state": self.state,
            "reasons": list(self.reasons),
            "grades": dict(self.grades),
            "votes": {scale: dict(given) for scale, given in self.votes.items()},
            "labels": dict(self.labels),
            "points": {code: list(xy) for code, xy in self.points.items()},
            "drawn_by": {code: list(names) for code, names in self.drawn_by.items()},
        }


def vote(gradings: Mapping[str, Grading], modality: Modality, rules: VoteRules = THREE_GRADERS) -> Outcome:
    """Settle what a majority agrees on; `gradings` maps each grader's name to a submitted grading."""
    if len(gradings) < rules.graders:
        return Outcome("waiting", reasons=(f"{len(gradings)} of {rules.graders} gradings submitted",))
    needed = rules.needed(len(gradings))
    grades, votes, reasons = _vote_grades(gradings, modality, needed)
    settled = [_vote_label(gradings, entry, needed) for entry in labels_of(modality)]
    reasons += [item.reason for item in settled if item.reason]
    return Outcome(
        state="adjudication" if reasons else "settled",
        grades=grades,
        votes=votes,
        labels={item.code: item.kind for item in settled if item.kind},
        points={item.code: item.point for item in settled if item.point},
        drawn_by={item.code: item.drawn_by for item in settled if item.drawn_by},
        reasons=tuple(reasons),
    )


def _vote_grades(
    gradings: Mapping[str, Grading], modality: Modality, needed: int
) -> tuple[dict[str, GradeValue], dict[str, dict[str, GradeValue]], list[str]]:
    """(settled grades, every answer by scale, why a scale is not settled). A scale nobody graded is not asked."""
    settled: dict[str, GradeValue] = {}
    votes: dict[str, dict[str, GradeValue]] = {}
    reasons = []
    for scale in scales_of(modality):
        given = {name: g.grades[scale.code] for name, g in gradings.items() if scale.code in g.grades}
        if not given:
            continue
        votes[scale.code] = given
        value, count = Counter(given.values()).most_common(1)[0]
        if count >= needed:
            settled[scale.code] = value
        else:
            answers = ", ".join(scale.title_of(answer) for answer in given.values())
            reasons.append(f"{scale.title}: no majority ({answers})")
    return settled, votes, reasons


@dataclass(frozen=True)
class _LabelVote:
    code: str
    kind: str = ""
    point: tuple[float, float] | None = None
    drawn_by: tuple[str, ...] = ()
    reason: str = ""


def _vote_label(gradings: Mapping[str, Grading], entry: Label, needed: int) -> _LabelVote:
    answers = {name: grading.answer(entry.code) for name, grading in gradings.items()}
    drawn = tuple(name for name, answer in answers.items() if answer is Answer.DRAWN)
    none = sum(answer is Answer.NONE for answer in answers.values())
    found = _LabelVote(entry.code, drawn_by=drawn)
    if none >= needed:
        return replace(found, kind="none")
    if len(drawn) >= needed:
        places = [_areas_and_clicks(gradings[name], entry.code) for name in drawn]
        if sum(bool(areas) for areas, _ in places) < needed:
            return replace(found, kind="point", point=_median(places))
        if entry.single and not _overlap([areas for areas, _ in places]):
            return replace(found, reason=f"{entry.title}: the outlines do not overlap")
        clicked = any(clicks for _, clicks in places)
        return replace(found, kind="mask", point=_median([([], c) for _, c in places]) if clicked else None)
    if not drawn and not none:
        return found
    return replace(
        found, reason=f"{entry.title}: drawn by {len(drawn)} of {len(gradings)}, none said by {none}"
    )


_Places = tuple[list[Ellipse | Polygon], list[Point]]


def _areas_and_clicks(grading: Grading, code: str) -> _Places:
    geometries = [shape.geometry for shape in grading.labelled(code)]
    clicks = [geometry for geometry in geometries if isinstance(geometry, Point)]
    return [geometry for geometry in geometries if not isinstance(geometry, Point)], clicks


def _median(places: Sequence[_Places]) -> tuple[float, float]:
    """The median of the clicks, an outline standing for a click at its centre."""
    x, y = np.median([geometry.centre for areas, clicks in places for geometry in (*areas, *clicks)], axis=0)
    return float(x), float(y)


def _overlap(drawn: Sequence[list[Ellipse | Polygon]]) -> bool:
    """Whether the outlines of at least two graders share a place (by bounding box)."""
    boxes = [[area.box for area in areas] for areas in drawn]
    return any(
        first[0] < second[2] and second[0] < first[2] and first[1] < second[3] and second[1] < first[3]
        for one, other in combinations(boxes, 2)
        for first in one
        for second in other
    )


def consensus_mask(gradings: Mapping[str, Grading], code: str, height: int, width: int, needed: int) -> Mask:
    """The pixels (height, width) that at least `needed` graders marked with a label."""
    counts: npt.NDArray[np.uint8] = np.zeros((height, width), dtype=np.uint8)
    for grading in gradings.values():
        if grading.answer(code) is Answer.DRAWN:
            counts += grading.mask(code, height, width)
    result: Mask = counts >= needed
    return result
