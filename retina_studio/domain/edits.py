"""Edits: reversible changes of a grading, as values.

An edit is what undo takes back, what autosave commits and what the audit trail records. Every edit `e` and
grading `g` it applies to obey `e.revert(e.apply(g)) == g`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Protocol

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.grading import Grading, shapes_to_change
from retina_studio.domain.labels import GradeValue, label, scales
from retina_studio.domain.shapes import Shape, shape_from_dict


class Edit(Protocol):
    """One reversible change."""

    def apply(self, grading: Grading) -> Grading:
        """The grading after the edit."""
        ...

    def revert(self, grading: Grading) -> Grading:
        """The grading before the edit."""
        ...

    @property
    def shape_ids(self) -> frozenset[str]:
        """The shapes it adds, changes or removes."""
        ...

    @property
    def title(self) -> str:
        """A few words for the history and the undo menu."""
        ...

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready form; `edit_from_dict` reads it."""
        ...


@dataclass(frozen=True)
class ChangeShapes:
    """Add, change and remove shapes in one step: `before` and `after` hold the shapes that differ.

    A shape only in `after` is added, only in `before` removed, in both (same id) changed.
    """

    before: tuple[Shape, ...]
    after: tuple[Shape, ...]
    title: str

    def apply(self, grading: Grading) -> Grading:
        return _swapped(grading, self.before, self.after)

    def revert(self, grading: Grading) -> Grading:
        return _swapped(grading, self.after, self.before)

    @property
    def shape_ids(self) -> frozenset[str]:
        return frozenset(shape.id for shape in (*self.before, *self.after))

    def to_dict(self) -> dict[str, Any]:
        return {
            "edit": "shapes",
            "title": self.title,
            "before": [shape.to_dict() for shape in self.before],
            "after": [shape.to_dict() for shape in self.after],
        }


def _swapped(grading: Grading, old: tuple[Shape, ...], new: tuple[Shape, ...]) -> Grading:
    shapes = shapes_to_change(grading)
    incoming = {shape.id: shape for shape in new}
    for shape in old:
        if shapes.get(shape.id) != shape:
            raise RetinaError("This edit does not fit the grading: a shape it changes is not there any more.")
        if shape.id not in incoming:
            del shapes[shape.id]
    added = incoming.keys() - {shape.id for shape in old}
    if added & shapes.keys():
        raise RetinaError("This edit does not fit the grading: a shape it adds is there already.")
    shapes.update(incoming)
    return Grading(MappingProxyType(shapes), grading.grades, grading.absent, grading.comment)


@dataclass(frozen=True)
class SetGrade:
    """Give, change or take back (None) one image grade."""

    scale: str
    before: GradeValue | None
    after: GradeValue | None

    def apply(self, grading: Grading) -> Grading:
        return grading.with_grade(self.scale, self.after)

    def revert(self, grading: Grading) -> Grading:
        return grading.with_grade(self.scale, self.before)

    @property
    def shape_ids(self) -> frozenset[str]:
        return frozenset()

    @property
    def title(self) -> str:
        scale = scales()[self.scale]
        return f"{scale.title}: {'—' if self.after is None else scale.title_of(self.after)}"

    def to_dict(self) -> dict[str, Any]:
        return {"edit": "grade", "scale": self.scale, "before": self.before, "after": self.after}


@dataclass(frozen=True)
class SetAbsent:
    """Answer a label with "none", or take that answer back."""

    label: str
    absent: bool

    def apply(self, grading: Grading) -> Grading:
        return grading.with_absent(self.label, self.absent)

    def revert(self, grading: Grading) -> Grading:
        return grading.with_absent(self.label, not self.absent)

    @property
    def shape_ids(self) -> frozenset[str]:
        return frozenset()

    @property
    def title(self) -> str:
        return f"{self.label}: {'none' if self.absent else 'not answered'}"

    def to_dict(self) -> dict[str, Any]:
        return {"edit": "absent", "label": self.label, "absent": self.absent}


@dataclass(frozen=True)
class SetComment:
    """Change the comment."""

    before: str
    after: str

    def apply(self, grading: Grading) -> Grading:
        return Grading(grading.shapes, grading.grades, grading.absent, self.after)

    def revert(self, grading: Grading) -> Grading:
        return Grading(grading.shapes, grading.grades, grading.absent, self.before)

    @property
    def shape_ids(self) -> frozenset[str]:
        return frozenset()

    @property
    def title(self) -> str:
        return "Comment"

    def to_dict(self) -> dict[str, Any]:
        return {"edit": "comment", "before": self.before, "after": self.after}


@dataclass(frozen=True)
class JointEdit:
    """Several edits that are one to the person: made, undone and recorded together, in this order."""

    edits: tuple[Edit, ...]
    title: str

    def apply(self, grading: Grading) -> Grading:
        for edit in self.edits:
            grading = edit.apply(grading)
        return grading

    def revert(self, grading: Grading) -> Grading:
        for edit in reversed(self.edits):
            grading = edit.revert(grading)
        return grading

    @property
    def shape_ids(self) -> frozenset[str]:
        return frozenset[str]().union(*(edit.shape_ids for edit in self.edits))

    def to_dict(self) -> dict[str, Any]:
        return {"edit": "joint", "title": self.title, "edits": [edit.to_dict() for edit in self.edits]}


def add_shapes(*shapes: Shape) -> ChangeShapes:
    """The edit that adds shapes."""
    return ChangeShapes((), shapes, f"Add {_names(shapes)}")


def remove_shapes(*shapes: Shape) -> ChangeShapes:
    """The edit that removes shapes."""
    return ChangeShapes(shapes, (), f"Delete {_names(shapes)}")


def change_shape(before: Shape, after: Shape, verb: str = "Change") -> ChangeShapes:
    """The edit that moves, reshapes or relabels one shape; `verb` names it, e.g. "Move"."""
    return ChangeShapes((before,), (after,), f"{verb} {after.label}")


def _names(shapes: tuple[Shape, ...]) -> str:
    return shapes[0].label if len(shapes) == 1 else f"{len(shapes)} shapes"


def edit_from_dict(form: Mapping[str, Any]) -> Edit:
    """The edit written by `to_dict`.

    Raises:
        RetinaError: unknown or broken edit.
    """
    try:
        match form["edit"]:
            case "shapes":
                before = tuple(shape_from_dict(entry) for entry in form["before"])
                after = tuple(shape_from_dict(entry) for entry in form["after"])
                return ChangeShapes(before, after, str(form["title"]))
            case "grade":
                return SetGrade(scales()[form["scale"]].code, form["before"], form["after"])
            case "absent":
                return SetAbsent(label(form["label"]).code, bool(form["absent"]))
            case "comment":
                return SetComment(str(form["before"]), str(form["after"]))
            case "joint":
                return JointEdit(tuple(edit_from_dict(entry) for entry in form["edits"]), str(form["title"]))
    except (KeyError, TypeError) as error:
        raise RetinaError(f"An edit is written wrongly: {error}.") from error
    raise RetinaError(f"An edit of kind {form['edit']!r} is unknown.")


def edit_title(form: Mapping[str, Any]) -> str:
    """The title of an edit written by `to_dict`; where it is written out, the rest is not read.

    Raises:
        RetinaError: unknown or broken edit.
    """
    return str(form["title"]) if "title" in form else edit_from_dict(form).title
