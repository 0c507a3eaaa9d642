"""How graders work: their time per image, and hidden repeats."""

from collections import defaultdict
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Select, select

from retina_studio.domain.image_agreement import image_agreement
from retina_studio.domain.labels import scales
from retina_studio.domain.voting.outcome import Outcome
from retina_studio.study.agreement_figures import grade_agreement
from retina_studio.study.agreement_tables import moments
from retina_studio.study.agreement_values import GradeAgreement, GradingTime, Overlap
from retina_studio.study.database import Database
from retina_studio.study.estimates import ratios
from retina_studio.study.repeating import repeats
from retina_studio.study.schema import AssignmentRow, AuditRow, EditRow, GraderRow, GradingRow
from retina_studio.study.study import Study

PAUSE = np.timedelta64(2, "m")  # a longer gap between two edits is a pause, and does not count
_FROM_A_FILE = 1.0  # seconds: labels that were imported took nobody's time
_PART = 50_000  # rows that are read in one go
_SEED = 21


def grading_times(database: Database) -> list[GradingTime]:
    """Each grader's active time per submitted image, over all its versions: from the first edit to the last submission.

    Gaps longer than `PAUSE` do not count, nor do gradings made in less than a second: those came from a file.
    """
    graders: dict[int, str] = {}
    keys: list[npt.NDArray[np.int64]] = []
    times: list[npt.NDArray[np.datetime64]] = []
    with database.reading() as session:
        edits = worked_on(AuditRow.at).join(EditRow, EditRow.grading_id == GradingRow.id)
        edits = edits.join(AuditRow, AuditRow.id == EditRow.audit_id)
        submitted = worked_on(GradingRow.submitted).where(GradingRow.submitted.is_not(None))
        for query in (edits, submitted):
            for part in session.execute(query.execution_options(yield_per=_PART)).partitions():
                graders |= {row[0]: row[1] for row in part}
                keys.append(np.array([row[0] for row in part], dtype=np.int64))
                times.append(moments([row[2] for row in part]))
    if not keys:
        return []
    active = _active(np.concatenate(keys), np.concatenate(times))
    by_grader = defaultdict(list)
    for key, seconds in active.items():
        if seconds >= _FROM_A_FILE:
            by_grader[graders[key]].append(seconds)
    made = []
    for grader, found in sorted(by_grader.items()):
        low, middle, high = np.quantile(found, [0.25, 0.5, 0.75])
        made.append(GradingTime(grader, len(found), float(middle), float(low), float(high)))
    return made


def worked_on(*columns: Any) -> Select[Any]:
    """(assignment, grader's name, columns of its gradings) of the images that graders submitted."""
    return (
        select(AssignmentRow.id, GraderRow.name, *columns)
        .select_from(AssignmentRow)
        .join(GraderRow, GraderRow.id == AssignmentRow.grader_id)
        .join(GradingRow, GradingRow.assignment_id == AssignmentRow.id)
        .where(
            AssignmentRow.state == "submitted",
            AssignmentRow.purpose != "certification",
            GraderRow.role == "grader",
        )
    )


def _active(keys: npt.NDArray[np.int64], times: npt.NDArray[np.datetime64]) -> dict[int, float]:
    """Seconds of work by key, from the times of what was done."""
    order = np.lexsort((times, keys))
    keys, times = keys[order], times[order]
    gaps = np.diff(times)
    works = (keys[1:] == keys[:-1]) & (gaps <= PAUSE)
    seconds = np.where(works, gaps / np.timedelta64(1, "s"), 0.0)
    each, first = np.unique(keys, return_index=True)
    total = np.add.reduceat(np.append(0.0, seconds), first) if len(keys) else np.zeros(0)
    return {int(key): float(value) for key, value in zip(each, total, strict=True)}


def repeat_agreements(study: Study) -> tuple[list[GradeAgreement], list[Overlap]]:
    """Each grader against themselves: a hidden repeat against the grading before it, grades and drawings."""
    grades, overlaps = defaultdict(list), defaultdict(list)
    for entry in repeats(study):
        name, first, again = entry.grader.name, entry.first, entry.second
        for code, scale in scales().items():
            if scale.voted and code in first.grades and code in again.grades:
                places = [scale.values.index(grading.grades[code]) for grading in (first, again)]
                grades[name, code].append(places)
        size = (entry.image.height, entry.image.width)
        both = image_agreement({"1": first, "2": again}, Outcome("waiting"), size).pairs["1", "2"]
        for code, dice in both.items():
            if first.labelled(code) or again.labelled(code):
                overlaps[name, code].append(dice)
    kept = []
    for (name, code), given in sorted(grades.items()):
        table = np.array(given, dtype=np.int8)
        kept.append(grade_agreement((name, name), code, table[:, 0], table[:, 1]))
    drawn = []
    for (name, code), found in sorted(overlaps.items()):
        column = np.array(found, dtype=np.float64)[:, None]
        drawn.append(Overlap(name, name, code, ratios(column, np.ones_like(column), _SEED)[0]))
    return kept, drawn
