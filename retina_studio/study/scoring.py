"""How far a grader's answers agree with known ones: what certification asks for."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from retina_studio.domain.agreement import dice, kappa
from retina_studio.domain.errors import RetinaError
from retina_studio.domain.grading import Answer, Grading
from retina_studio.domain.labels import GradeValue, Modality, Scale, catalogue, labels_of, scales, scales_of
from retina_studio.domain.shapes import Geometry, Point
from retina_studio.domain.voting.areas import marked, window_of
from retina_studio.domain.voting.matching import match
from retina_studio.domain.voting.rules import default_rules

GRADE_MEASURES = ("percent", "kappa")
LABEL_MEASURES = ("dice", "sensitivity", "precision")
# What a set asks for that names no marks of its own.
_USUAL = {"percent": 0.8, "dice": 0.8, "sensitivity": 0.6}


@dataclass(frozen=True)
class Test:
    """One image: what is known of it, what the grader answered, and its size (height, width)."""

    reference: Grading
    answer: Grading
    modality: Modality
    size: tuple[int, int]


def check_marks(marks: Mapping[str, float]) -> None:
    """Refuse marks that nothing is measured for.

    Raises:
        RetinaError: a key is not "MEASURE CODE", its code does not exist, or its mark is not between 0 and 1.
    """
    for key, mark in marks.items():
        measure, _, code = key.partition(" ")
        known = {**dict.fromkeys(GRADE_MEASURES, scales()), **dict.fromkeys(LABEL_MEASURES, catalogue())}
        if measure not in known or code not in known[measure]:
            raise RetinaError(
                f"There is no mark {key!r}: write a measure ({', '.join(known)}) and the code of a grade or label, "
                'for example "kappa dr" or "dice OD".'
            )
        if isinstance(mark, bool) or not isinstance(mark, int | float) or not 0 <= mark <= 1:
            raise RetinaError(f"The mark of {key!r} must be a number from 0 to 1.")


def usual_marks(references: Sequence[tuple[Grading, Modality]]) -> dict[str, float]:
    """Marks for all that the known answers speak of: voted grades, anatomy and lesions that are drawn."""
    marks: dict[str, float] = {}
    for reference, modality in references:
        for scale in scales_of(modality):
            if scale.voted and scale.code in reference.grades:
                marks[f"percent {scale.code}"] = _USUAL["percent"]
        for entry in labels_of(modality):
            if _areas(reference, entry.code):
                measure = "dice" if entry.single else "sensitivity"
                marks[f"{measure} {entry.code}"] = _USUAL[measure]
    return marks


def score(tests: Sequence[Test], marks: Mapping[str, float]) -> dict[str, float]:
    """The measures that were asked for, 0 to 1 (kappa may be below 0); what no image tells has no score."""
    scores = {}
    for key in marks:
        measure, _, code = key.partition(" ")
        found = (
            _grade_score(tests, measure, code)
            if measure in GRADE_MEASURES
            else _label_score(tests, measure, code)
        )
        if found is not None:
            scores[key] = round(found, 4)
    return scores


def passes(scores: Mapping[str, float], marks: Mapping[str, float]) -> bool:
    """Whether every mark that could be measured is reached, and at least one was."""
    return bool(scores) and all(scores[key] >= marks[key] for key in scores)


def _grade_score(tests: Sequence[Test], measure: str, code: str) -> float | None:
    scale = scales()[code]
    pairs = list(_grade_pairs(tests, scale))
    if not pairs:
        return None
    known, given = [first for first, _ in pairs], [second for _, second in pairs]
    if measure == "percent":
        return float(np.mean(np.equal(known, given)))
    ordered = not any(isinstance(value, bool | str) for value in scale.values)
    return kappa(known, given, len(scale.values), quadratic=ordered)


def _grade_pairs(tests: Sequence[Test], scale: Scale) -> Iterator[tuple[int, int]]:
    """Known and given grade of every image with a known one, as places on the scale; silence is as wrong as can be."""
    last = len(scale.values) - 1
    for test in tests:
        known = test.reference.grades.get(scale.code)
        if known is not None:
            place = _place(scale, known)
            given = test.answer.grades.get(scale.code)
            farthest = 0 if place > last - place else last
            yield place, farthest if given is None else _place(scale, given)


def _place(scale: Scale, value: GradeValue) -> int:
    return scale.values.index(value)


def _label_score(tests: Sequence[Test], measure: str, code: str) -> float | None:
    told = [test for test in tests if _tells(test.reference, code)]
    if measure == "dice":
        return float(np.mean([_dice(test, code) for test in told])) if told else None
    known = found = given = 0
    for test in told:
        drawn = {"known": test.reference.labelled(code), "given": test.answer.labelled(code)}
        groups = match({name: shapes for name, shapes in drawn.items() if shapes}, default_rules())
        known += sum("known" in group.graders for group in groups)
        given += sum("given" in group.graders for group in groups)
        found += sum(len(group.graders) == len(drawn) for group in groups)
    total = known if measure == "sensitivity" else given
    return found / total if total else None


def _tells(reference: Grading, code: str) -> bool:
    """Whether the known answer says where the label is, or that it is nowhere; a point says neither."""
    return bool(_areas(reference, code)) or reference.answer(code) is Answer.NONE


def _dice(test: Test, code: str) -> float:
    known, given = _areas(test.reference, code), _areas(test.answer, code)
    if not known or not given:
        return 1.0 if known == given else 0.0
    window = window_of([*known, *given], test.size)
    return dice(marked(known, window), marked(given, window))


def _areas(grading: Grading, code: str) -> list[Geometry]:
    return [shape.geometry for shape in grading.labelled(code) if not isinstance(shape.geometry, Point)]


def parsed_marks(texts: Sequence[str]) -> dict[str, float]:
    """Marks as they are typed, "dice OD=0.8".

    Raises:
        RetinaError: one is written wrongly, or `check_marks` refuses it.
    """
    marks = {}
    for text in texts:
        key, _, value = text.partition("=")
        try:
            marks[" ".join(key.split())] = float(value)
        except ValueError as error:
            raise RetinaError(f'{text!r} is no mark: write it as "dice OD=0.8".') from error
    check_marks(marks)
    return marks
