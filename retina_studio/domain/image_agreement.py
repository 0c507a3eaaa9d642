"""How far the graders of one image agree, with its consensus and with each other, label by label."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np

from retina_studio.domain.agreement import dice_of_areas, iou_of_areas
from retina_studio.domain.errors import RetinaError
from retina_studio.domain.grading import Answer, Grading
from retina_studio.domain.labels import catalogue
from retina_studio.domain.runs import shared_pixels
from retina_studio.domain.shapes import Point, Shape
from retina_studio.domain.voting.outcome import ConsensusShape, Outcome

_CONSENSUS = -1  # where its pixels are counted: behind the graders'


@dataclass(frozen=True)
class LabelScore:
    """One grader's drawing of one label against the consensus.

    Attributes:
        dice: overlap of the areas; 1 where both are empty.
        iou: intersection over union of the areas; 1 where both are empty.
        found: consensus shapes that the grader drew a part of.
        missed: consensus shapes that the grader did not draw.
        extra: shapes of the grader that no consensus shape was made of.
    """

    dice: float
    iou: float
    found: int
    missed: int
    extra: int


@dataclass(frozen=True)
class ImageAgreement:
    """The agreement on one image.

    Attributes:
        graders: grader -> label -> score against the consensus; of the labels that are settled as an area or as none
            and that the grader answered.
        pairs: (grader, grader), in the order of their names -> label -> Dice; of the labels both answered.
        points: grader -> label -> distance from the consensus point, in pixels.
    """

    graders: Mapping[str, Mapping[str, LabelScore]] = field(default_factory=dict)
    pairs: Mapping[tuple[str, str], Mapping[str, float]] = field(default_factory=dict)
    points: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready form; `image_agreement_from_dict` reads it."""
        return {
            "graders": {
                name: {code: asdict(score) for code, score in scores.items()}
                for name, scores in self.graders.items()
            },
            "pairs": [[one, other, dict(scores)] for (one, other), scores in self.pairs.items()],
            "points": {name: dict(distances) for name, distances in self.points.items()},
        }


def image_agreement_from_dict(form: Mapping[str, Any]) -> ImageAgreement:
    """The agreement written by `ImageAgreement.to_dict`.

    Raises:
        RetinaError: something in it is missing or not valid.
    """
    try:
        return ImageAgreement(
            {
                name: {code: LabelScore(**score) for code, score in scores.items()}
                for name, scores in form["graders"].items()
            },
            {(one, other): dict(scores) for one, other, scores in form["pairs"]},
            {name: dict(distances) for name, distances in form["points"].items()},
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RetinaError(f"An agreement is written wrongly: {error!r}; run the vote again.") from error


def image_agreement(
    gradings: Mapping[str, Grading], outcome: Outcome, size: tuple[int, int]
) -> ImageAgreement:
    """Every grader against the consensus and against every other.

    Areas are counted in pixels, exactly; a grader who answered "none" has an empty area, one who said nothing of a
    label no score.

    Args:
        gradings: the gradings that voted, by grader.
        outcome: what came of them.
        size: height and width of the image.
    """
    names = sorted(gradings)
    graders: dict[str, dict[str, LabelScore]] = {name: {} for name in names}
    pairs: dict[tuple[str, str], dict[str, float]] = {pair: {} for pair in combinations(names, 2)}
    found = _answered({name: gradings[name] for name in names}, outcome)
    for entry, shared in zip(found, _shared(found, names, size), strict=True):
        for one, other in combinations(entry.drawn, 2):
            i, j = names.index(one), names.index(other)
            pairs[one, other][entry.code] = dice_of_areas(shared[i][i], shared[j][j], shared[i][j])
        for name in entry.drawn if entry.settled else ():
            i = names.index(name)
            areas = shared[_CONSENSUS][_CONSENSUS], shared[i][i], shared[_CONSENSUS][i]
            graders[name][entry.code] = LabelScore(
                dice_of_areas(*areas), iou_of_areas(*areas), *_counts(entry, name)
            )
    return ImageAgreement(graders, pairs, {name: _distances(gradings[name], outcome) for name in names})


class _Answered(NamedTuple):
    """One label of areas: what each grader who answered it drew of it, and what was agreed."""

    code: str
    drawn: Mapping[str, Sequence[Shape]]
    agreed: Sequence[ConsensusShape]
    settled: bool


def _answered(gradings: Mapping[str, Grading], outcome: Outcome) -> list[_Answered]:
    """The labels that somebody answered, in the catalogue's order."""
    found = []
    for code, entry in catalogue().items():
        drawn = {n: g.labelled(code) for n, g in gradings.items() if g.answer(code) is not Answer.SILENT}
        if drawn and not entry.is_point:
            agreed = [shape for shape in outcome.shapes if shape.shape.label == code]
            found.append(_Answered(code, drawn, agreed, outcome.labels.get(code) in ("mask", "none")))
    return found


def _shared(found: Sequence[_Answered], names: Sequence[str], size: tuple[int, int]) -> list[list[list[int]]]:
    """Of each label, the pixels that each two of the graders and the consensus share, and each has with itself."""
    placed = [
        (layer, owner, shape.geometry)
        for layer, entry in enumerate(found)
        for owner, shapes in [
            *((names.index(name), shapes) for name, shapes in entry.drawn.items()),
            (len(names), [agreed.shape for agreed in entry.agreed]),
        ]
        for shape in shapes
    ]
    areas = [(layer, owner, area) for layer, owner, area in placed if not isinstance(area, Point)]
    shared: list[list[list[int]]] = shared_pixels(
        [area for *_, area in areas],
        [layer for layer, *_ in areas],
        [owner for _, owner, _ in areas],
        (len(found), len(names) + 1),
        size,
    ).tolist()
    return shared


def _counts(entry: _Answered, name: str) -> tuple[int, int, int]:
    """The consensus shapes that a grader drew a part of, and those not drawn; their shapes that are part of none."""
    drew = sum(name in agreed.members for agreed in entry.agreed)
    used = {key for agreed in entry.agreed for key in agreed.members.get(name, ())}
    return drew, len(entry.agreed) - drew, sum(shape.id not in used for shape in entry.drawn[name])


def _distances(grading: Grading, outcome: Outcome) -> dict[str, float]:
    """How far the grader's points lie from the settled ones."""
    distances = {}
    for code, (x, y) in outcome.points.items():
        spots = [shape.geometry.centre for shape in grading.labelled(code)]
        if spots:
            mean = np.mean(spots, axis=0)
            distances[code] = math.hypot(mean[0] - x, mean[1] - y)
    return distances
