"""The vote: what the submitted gradings of one image settle, and what is left to the adjudicator.

Rules (design.md; the paper's protocol): every image goes to three graders. An image grade is settled by a
strict majority of them. A label's mask holds the pixels that a strict majority marked (two of three); where they
drew, but nowhere the same, it is not settled. A point is the median of the given points, if a majority of them lies
near it. No majority: adjudication. A scale that is not voted (a grader's certainty) settles and stops nothing.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from retina_studio.domain.geometry import Mask
from retina_studio.domain.grading import Answer, Grading
from retina_studio.domain.labels import GradeValue, Label, Modality, labels_of, scales_of
from retina_studio.domain.shapes import XY, Ellipse, Point, Polygon


@dataclass(frozen=True)
class VoteRules:
    """When an image is settled.

    Attributes:
        graders: how many submitted gradings it needs.
        point_spread: how far from the median a point may lie and still agree, as a share of the longer side
            (a disc is about 0.13 of it in a 45 degree photograph).
    """

    graders: int = 3
    point_spread: float = 0.08

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


def vote(
    gradings: Mapping[str, Grading],
    modality: Modality,
    size: tuple[int, int],
    rules: VoteRules = THREE_GRADERS,
) -> Outcome:
    """Settle what a majority agrees on.

    Args:
        gradings: each grader's name with a submitted grading.
        modality: of the image.
        size: height and width of the image.
        rules: when it is settled.
    """
    if len(gradings) < rules.graders:
        return Outcome("waiting", reasons=(f"{len(gradings)} of {rules.graders} gradings submitted",))
    needed = rules.needed(len(gradings))
    grades, votes, reasons = _vote_grades(gradings, modality, needed)
    settled = [_vote_label(gradings, entry, size, rules) for entry in labels_of(modality)]
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
    """(settled grades, every answer by scale, why a scale is not settled).

    A scale nobody graded is not asked; one that is not voted (`Scale.voted`) is kept among the answers only.
    """
    settled: dict[str, GradeValue] = {}
    votes: dict[str, dict[str, GradeValue]] = {}
    reasons = []
    for scale in scales_of(modality):
        given = {name: g.grades[scale.code] for name, g in gradings.items() if scale.code in g.grades}
        if not given:
            continue
        votes[scale.code] = given
        if not scale.voted:
            continue
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


def _vote_label(
    gradings: Mapping[str, Grading], entry: Label, size: tuple[int, int], rules: VoteRules
) -> _LabelVote:
    needed = rules.needed(len(gradings))
    answers = {name: grading.answer(entry.code) for name, grading in gradings.items()}
    drawn = tuple(name for name, answer in answers.items() if answer is Answer.DRAWN)
    none = sum(answer is Answer.NONE for answer in answers.values())
    found = _LabelVote(entry.code, drawn_by=drawn)
    if none >= needed:
        return replace(found, kind="none")
    if len(drawn) >= needed:
        return _place(found, entry, [gradings[name] for name in drawn], size, rules, needed)
    if not drawn and not none:
        return found
    return replace(
        found, reason=f"{entry.title}: drawn by {len(drawn)} of {len(gradings)}, none said by {none}"
    )


def _place(
    found: _LabelVote,
    entry: Label,
    gradings: Sequence[Grading],
    size: tuple[int, int],
    rules: VoteRules,
    needed: int,
) -> _LabelVote:
    """Where a label is that a majority drew: a mask where enough of them drew areas, else a point."""
    places = [_areas_and_clicks(grading, entry.code) for grading in gradings]
    if sum(bool(areas) for areas, _ in places) < needed:
        spots = [geometry.centre for areas, clicks in places for geometry in (*areas, *clicks)]
        point = _agreed_point(spots, size, rules, needed)
        if point is None:
            return replace(found, reason=f"{entry.title}: the points lie too far apart")
        return replace(found, kind="point", point=point)
    numbered = {str(number): grading for number, grading in enumerate(gradings)}
    if not consensus_mask(numbered, entry.code, *size, needed).any():
        return replace(found, reason=f"{entry.title}: drawn by {len(gradings)}, but nowhere the same")
    clicks = [click.centre for _, given in places for click in given]
    return replace(found, kind="mask", point=_agreed_point(clicks, size, rules, 1) if clicks else None)


_Places = tuple[list[Ellipse | Polygon], list[Point]]


def _areas_and_clicks(grading: Grading, code: str) -> _Places:
    geometries = [shape.geometry for shape in grading.labelled(code)]
    clicks = [geometry for geometry in geometries if isinstance(geometry, Point)]
    return [geometry for geometry in geometries if not isinstance(geometry, Point)], clicks


def _agreed_point(
    spots: Sequence[XY], size: tuple[int, int], rules: VoteRules, needed: int
) -> tuple[float, float] | None:
    """The median of the positions, or None where fewer than `needed` of them lie near it."""
    positions = np.asarray(spots)
    middle = np.median(positions, axis=0)
    near = np.hypot(*(positions - middle).T) <= rules.point_spread * max(size)
    return (float(middle[0]), float(middle[1])) if near.sum() >= needed else None


def consensus_mask(gradings: Mapping[str, Grading], code: str, height: int, width: int, needed: int) -> Mask:
    """The pixels (height, width) that at least `needed` graders marked with a label."""
    counts: npt.NDArray[np.uint8] = np.zeros((height, width), dtype=np.uint8)
    for grading in gradings.values():
        if grading.answer(code) is Answer.DRAWN:
            counts += grading.mask(code, height, width)
    result: Mask = counts >= needed
    return result
