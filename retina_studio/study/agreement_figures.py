"""The figures of a study's agreement: drawings and grades, against the consensus and between graders, and over time."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Literal

import numpy as np
import numpy.typing as npt

from retina_studio.domain.labels import label, scales
from retina_studio.study.agreement_tables import NO_GRADE, Codes, Scores, Tables
from retina_studio.study.agreement_values import (
    DriftPoint,
    GradeAgreement,
    LabelAgreement,
    Overlap,
    ScaleAgreement,
)
from retina_studio.study.estimates import Floats, fleiss, kappas, ratios

CONSENSUS = "consensus"
_SEED = 20  # of every bootstrap: the same study gives the same figures
_WEEKS = np.timedelta64(183, "D")  # a study that took longer is shown by months
_MONDAY = np.datetime64("1970-01-05", "D")


def label_agreements(tables: Tables) -> list[LabelAgreement]:
    """Each grader's drawings of each label against the consensus.

    An image counts where the grader drew the label or the consensus has it: that both say "none" is no overlap.
    """
    scores = _only(tables.scores, tables.scores.figures[:, 2:].sum(axis=1) > 0)
    made = []
    for place, grader in enumerate(tables.graders):
        own = _only(scores, scores.who[:, 0] == place)
        codes, figures = _spread(own)
        if not len(codes):
            continue
        counts = (~np.isnan(figures[:, :, 0])).astype(np.float64)
        dice, iou, found, missed, extra = np.moveaxis(np.nan_to_num(figures), 2, 0)
        above = np.hstack([dice, iou, found, found])
        below = np.hstack([counts, counts, found + missed, found + extra])
        estimates = ratios(above, below, _SEED)
        number = len(codes)
        for column, code in enumerate(codes):
            hit, lost, more = (int(part[:, column].sum()) for part in (found, missed, extra))
            d, i, sensitivity, precision = estimates[column::number]
            made.append(
                LabelAgreement(grader, tables.labels[code], d, i, hit, lost, more, sensitivity, precision)
            )
    return made


def overlaps(tables: Tables) -> list[Overlap]:
    """Every two graders' drawings of each label, over the images where one of them drew it."""
    pairs = tables.pairs
    one, other = pairs.who.T
    drawn = tables.drawn[pairs.image, one, pairs.label] | tables.drawn[pairs.image, other, pairs.label]
    pairs = _only(pairs, drawn)
    made = []
    for first, second, own in _by_pair(pairs):
        codes, figures = _spread(own)
        counts = (~np.isnan(figures[:, :, 0])).astype(np.float64)
        estimates = ratios(np.nan_to_num(figures[:, :, 0]), counts, _SEED)
        names = (tables.graders[first], tables.graders[second])
        made += [Overlap(*names, tables.labels[c], e) for c, e in zip(codes, estimates, strict=True)]
    return made


def scale_agreements(tables: Tables) -> list[ScaleAgreement]:
    """All graders together on each scale, over the images that at least two of them graded on it."""
    made = []
    for code, grades in tables.grades.items():
        classes = len(scales()[code].values)
        counts = np.stack([(grades == place).sum(axis=1) for place in range(classes)], axis=1)
        percent, kappa = fleiss(counts[counts.sum(axis=1) > 1], _SEED)
        made.append(ScaleAgreement(code, percent, kappa))
    return made


def pair_agreements(tables: Tables) -> list[GradeAgreement]:
    """Every two graders on each scale, over the images both graded on it."""
    made = []
    for code, grades in tables.grades.items():
        given = grades != NO_GRADE
        for first, second in combinations(range(len(tables.graders)), 2):
            both = given[:, first] & given[:, second]
            if both.any():
                names = (tables.graders[first], tables.graders[second])
                made.append(grade_agreement(names, code, grades[both, first], grades[both, second]))
    return made


def consensus_agreements(tables: Tables) -> list[GradeAgreement]:
    """Each grader on each scale against the settled grades."""
    made = []
    for code, settled in tables.consensus.items():
        if code not in tables.grades:
            continue
        grades = tables.grades[code]
        for place, grader in enumerate(tables.graders):
            both = (settled != NO_GRADE) & (grades[:, place] != NO_GRADE)
            if both.any():
                made.append(grade_agreement((grader, CONSENSUS), code, grades[both, place], settled[both]))
    return made


def grade_agreement(names: tuple[str, str], code: str, first: Codes, second: Codes) -> GradeAgreement:
    """Two lists of grades of the same images, as places on their scale."""
    classes = len(scales()[code].values)
    cells = first.astype(np.int64) * classes + second
    table = np.bincount(cells, minlength=classes**2).reshape(classes, classes)
    return GradeAgreement(*names, code, *kappas(table, _SEED))


def drift(tables: Tables) -> tuple[Literal["week", "month"], list[DriftPoint]]:
    """Each grader over the weeks, or in a long study the months, in which they submitted."""
    at = tables.submitted[tables.gradings]
    long = bool(len(at)) and at.max() - at.min() > _WEEKS
    dice, agreed = _anatomy(tables), _agreed(tables)
    made = []
    for place, grader in enumerate(tables.graders):
        own = tables.gradings[:, place]
        starts = _starts(tables.submitted[own, place], months=long)
        for start in np.unique(starts):
            there = np.flatnonzero(own)[starts == start]
            figures = (_mean(dice[there, place]), _mean(agreed[there, place]))
            made.append(DriftPoint(grader, str(start), len(there), *figures))
    return "month" if long else "week", made


def _starts(at: npt.NDArray[np.datetime64], *, months: bool) -> npt.NDArray[np.datetime64]:
    """The first day of the month, or week, of each time."""
    if months:
        return at.astype("datetime64[M]").astype("datetime64[D]")
    days = (at.astype("datetime64[D]") - _MONDAY).astype(np.int64)
    return _MONDAY + (days // 7 * 7).astype("timedelta64[D]")


def _anatomy(tables: Tables) -> Floats:
    """(images, graders) mean Dice over the single-area labels that grader or consensus has."""
    scores = tables.scores
    whole = np.array([label(code).single or code == "PPA" for code in tables.labels])
    scores = _only(scores, whole[scores.label] & (scores.figures[:, 2:].sum(axis=1) > 0))
    place = (scores.image, scores.who[:, 0])
    total, count = np.zeros(tables.gradings.shape), np.zeros(tables.gradings.shape)
    np.add.at(total, place, scores.figures[:, 0])
    np.add.at(count, place, 1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _agreed(tables: Tables) -> Floats:
    """(images, graders) share of the settled grades that the grader gave."""
    same, count = np.zeros(tables.gradings.shape), np.zeros(tables.gradings.shape)
    for code, settled in tables.consensus.items():
        if code in tables.grades:
            both = (settled[:, None] != NO_GRADE) & (tables.grades[code] != NO_GRADE)
            same += both & (tables.grades[code] == settled[:, None])
            count += both
    return np.where(count > 0, same / np.maximum(count, 1), np.nan)


def _mean(values: Floats) -> float | None:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else None


def _only(scores: Scores, chosen: npt.NDArray[np.bool_]) -> Scores:
    return Scores(scores.image[chosen], scores.who[chosen], scores.label[chosen], scores.figures[chosen])


def _by_pair(pairs: Scores) -> Iterator[tuple[int, int, Scores]]:
    """The rows of each pair of graders."""
    if not len(pairs.image):
        return
    order = np.lexsort((pairs.who[:, 1], pairs.who[:, 0]))
    who = pairs.who[order]
    edges = np.flatnonzero((np.diff(who, axis=0) != 0).any(axis=1)) + 1
    for rows in np.split(order, edges):
        first, second = pairs.who[rows[0]]
        yield (
            int(first),
            int(second),
            Scores(pairs.image[rows], pairs.who[rows], pairs.label[rows], pairs.figures[rows]),
        )


def _spread(scores: Scores) -> tuple[Sequence[int], Floats]:
    """(label places, figures (images, labels, figures) with NaN where an image has none)."""
    images, row = np.unique(scores.image, return_inverse=True)
    codes, column = np.unique(scores.label, return_inverse=True)
    table = np.full((len(images), len(codes), scores.figures.shape[1]), np.nan)
    table[row, column] = scores.figures
    return [int(code) for code in codes], table
