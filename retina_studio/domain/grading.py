"""A grading: everything one grader says of one image."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from types import MappingProxyType
from typing import Any

import numpy as np

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.geometry import Mask, paint
from retina_studio.domain.labels import GradeValue, Label, Modality, label, labels_of, scales, scales_of
from retina_studio.domain.shapes import Point, Shape, shape_from_dict


class Answer(Enum):
    """What a grading says of one label."""

    DRAWN = "drawn"
    NONE = "none"
    SILENT = "silent"


@dataclass(frozen=True)
class Grading:
    """Shapes by id, image grades by scale, labels explicitly answered "none", and a comment. Immutable.

    Mappings are copied, unless they are read-only already (`MappingProxyType`): then nobody may hold what is below.
    """

    shapes: Mapping[str, Shape] = field(default_factory=dict)
    grades: Mapping[str, GradeValue] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()
    comment: str = ""

    def __post_init__(self) -> None:
        for name in ("shapes", "grades"):
            mapping = getattr(self, name)
            if not isinstance(mapping, MappingProxyType):
                object.__setattr__(self, name, MappingProxyType(dict(mapping)))

    def with_shape(self, shape: Shape) -> "Grading":
        """With this shape added, or put in place of the one with its id."""
        return replace(self, shapes=shapes_to_change(self) | {shape.id: shape})

    def with_grade(self, scale: str, value: GradeValue | None) -> "Grading":
        """With one image grade given, or taken back when None."""
        grades = {key: old for key, old in self.grades.items() if key != scale}
        if value is not None:
            scales()[scale].check(value)
            grades[scale] = value
        return replace(self, grades=grades)

    def with_absent(self, label_code: str, absent: bool) -> "Grading":
        """With a label answered "none", or that answer taken back."""
        chosen = self.absent | {label_code} if absent else self.absent - {label_code}
        return replace(self, absent=frozenset(chosen))

    def labelled(self, label_code: str) -> list[Shape]:
        """The shapes of one label, in drawing order."""
        return [shape for shape in self.shapes.values() if shape.label == label_code]

    def answer(self, label_code: str) -> Answer:
        """Drawn; none (said so, or implied by the grade that answers for the label); or silent."""
        if any(shape.label == label_code for shape in self.shapes.values()):
            return Answer.DRAWN
        grade = self.grades.get(label(label_code).answered_by)
        # `True` (PPA present, but not drawn yet) answers nothing; DR1 equals True, so compare by identity.
        if label_code in self.absent or (grade is not None and grade is not True):
            return Answer.NONE
        return Answer.SILENT

    def mask(self, label_code: str, height: int, width: int) -> Mask:
        """The union (height, width) of the ellipses and polygons of one label."""
        mask = np.zeros((height, width), dtype=np.bool_)
        for shape in self.labelled(label_code):
            if not isinstance(shape.geometry, Point):
                paint(mask, shape.geometry)
        return mask

    def missing(self, modality: Modality, required: Collection[str] | None = None) -> list[str]:
        """What is still to do before the grading is complete, as the person reads it.

        The titles of the required scales that are asked and not answered, and what was graded "present" but not
        drawn. "Ungradable" waives all of it.

        Args:
            modality: of the image.
            required: codes of the scales that a study requires beside those every grading needs.

        Raises:
            RetinaError: `required` names a scale that does not exist.
        """
        if unknown := sorted(set(required or ()) - scales().keys()):
            raise RetinaError(
                f"The study requires a grade {unknown[0]!r}, which does not exist; use: {', '.join(scales())}."
            )
        if self.grades.get("gradability") == "ungradable":
            return []
        wanted = [s for s in scales_of(modality) if s.required or s.code in (required or ())]
        titles = [s.title for s in wanted if s.code not in self.grades and s.asked(self.grades)]
        return titles + [f"{entry.title}: draw it, or answer none" for entry in self.undrawn(modality)]

    def undrawn(self, modality: Modality) -> list[Label]:
        """The labels whose grade says "present" (`True`) though nothing is drawn."""
        present = [entry for entry in labels_of(modality) if self.grades.get(entry.answered_by) is True]
        return [entry for entry in present if self.answer(entry.code) is not Answer.DRAWN]

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready form; `grading_from_dict` reads it."""
        return {
            "shapes": [shape.to_dict() for shape in self.shapes.values()],
            "grades": dict(self.grades),
            "absent": sorted(self.absent),
            "comment": self.comment,
        }


def shapes_to_change(grading: Grading) -> dict[str, Shape]:
    """The shapes of a grading by id, in a dict of the caller's own."""
    shapes = grading.shapes
    # dict() of a read-only mapping asks for key by key: ten times as long at tens of thousands.
    return shapes | {} if isinstance(shapes, MappingProxyType) else dict(shapes)


def grading_from_dict(form: Mapping[str, Any]) -> Grading:
    """The grading written by `Grading.to_dict`.

    Raises:
        RetinaError: a shape, grade or label in it is not valid.
    """
    try:
        shapes = [shape_from_dict(entry) for entry in form.get("shapes", ())]
        grading = Grading(
            shapes={shape.id: shape for shape in shapes},
            absent=frozenset(label(code).code for code in form.get("absent", ())),
            comment=str(form.get("comment", "")),
        )
        for scale, value in form.get("grades", {}).items():
            grading = grading.with_grade(scale, value)
    except (KeyError, TypeError, AttributeError) as error:
        raise RetinaError(f"A grading is written wrongly: {error}.") from error
    return grading
