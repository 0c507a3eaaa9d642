"""What an edit does to the rows of a grading: its shapes with their drawing order, and its answers."""

from collections.abc import Iterator
from typing import Any

from retina_studio.study.checks.events import shape_digest
from retina_studio.study.checks.ledger import Row

# A shape in the ledger: its position, label, the digest of its form, and the audit row that made it so.
ShapeEntry = list[Any]
_Moved = dict[str, dict[str, Any] | None]  # shape id -> its new form, None where it is taken out


def apply_edit(grading: Row, shapes: dict[str, ShapeEntry], edit: Row, audit_id: int, *, back: bool) -> None:
    """Make an edit, or take it back, as `statements.write_grading` does.

    Args:
        grading: its row: "grades", "absent" and "comment" are changed.
        shapes: its shapes by id: changed.
        edit: as `Edit.to_dict` writes it.
        audit_id: the audit row that tells of it.
        back: whether it is taken back.

    Raises:
        LookupError, TypeError, ValueError: it is written wrongly.
    """
    moved: _Moved = {}
    for part in _parts(edit, back):
        kind = part["edit"]
        if kind == "shapes":
            old, new = part["before"], part["after"]
            _move(shapes, moved, *((new, old) if back else (old, new)))
        elif kind == "grade":
            _answer(grading, part["scale"], part["before" if back else "after"])
        elif kind == "absent":
            said = set(grading["absent"]) - {part["label"]}
            grading["absent"] = sorted(said | {part["label"]} if part["absent"] != back else said)
        elif kind == "comment":
            grading["comment"] = part["before" if back else "after"]
        else:
            raise ValueError(f"an edit of kind {kind!r} is unknown")
    _write(shapes, moved, audit_id)


def _parts(edit: Row, back: bool) -> Iterator[Row]:
    """The simple edits of one, in the order in which they are made or taken back."""
    if edit["edit"] != "joint":
        yield edit
        return
    for part in reversed(edit["edits"]) if back else edit["edits"]:
        yield from _parts(part, back)


def _answer(grading: Row, scale: str, value: Any) -> None:
    grades = {key: old for key, old in grading["grades"].items() if key != scale}
    grading["grades"] = grades if value is None else {**grades, scale: value}


def _move(shapes: dict[str, ShapeEntry], moved: _Moved, old: list[Row], new: list[Row]) -> None:
    """One step of an edit; what is new stands in `moved` in drawing order."""
    coming = {form["id"] for form in new}
    for form in old:
        key = form["id"]
        if key in coming:
            continue
        if key in shapes:
            moved[key] = None
        else:
            moved.pop(key, None)
    for form in new:
        moved[form["id"]] = form


def _write(shapes: dict[str, ShapeEntry], moved: _Moved, audit_id: int) -> None:
    """A shape that stays keeps its position; new ones come behind the last that is left."""
    for key, form in moved.items():
        if form is None:
            del shapes[key]
    added = [key for key, form in moved.items() if form is not None and key not in shapes]
    last = max((entry[0] for entry in shapes.values()), default=0) if added else 0
    for position, key in enumerate(added, last + 1):
        shapes[key] = [position]
    for key, form in moved.items():
        if form is not None:
            shapes[key] = [shapes[key][0], form["label"], shape_digest(form), audit_id]
