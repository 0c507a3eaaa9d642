"""What an edit reads and writes, row by row, by statements that are built once: an edit takes few, and short ones."""

import json
from collections.abc import Collection, Mapping
from typing import Literal, NamedTuple, cast

from sqlalchemy import Connection, Table, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from retina_studio.domain.grading import Grading
from retina_studio.domain.shapes import Shape
from retina_studio.study.records import State
from retina_studio.study.schema import AssignmentRow, AuditRow, EditRow, GradingRow, ShapeRow

# The tables themselves: the object mapper would take longer than the database.
_ASSIGNMENT = cast("Table", AssignmentRow.__table__)
_GRADING = cast("Table", GradingRow.__table__)
_SHAPE = cast("Table", ShapeRow.__table__)
_EDIT = cast("Table", EditRow.__table__)
_AUDIT = cast("Table", AuditRow.__table__)

_FIND_ASSIGNMENT = select(_ASSIGNMENT.c.id, _ASSIGNMENT.c.revision).where(
    _ASSIGNMENT.c.image_id == bindparam("image"),
    _ASSIGNMENT.c.grader_id == bindparam("grader"),
    _ASSIGNMENT.c.round == 0,  # a later round is given, and so known to the session
)
_NEW_ASSIGNMENT = insert(_ASSIGNMENT)
_THIS_REVISION = (_ASSIGNMENT.c.id == bindparam("key"), _ASSIGNMENT.c.revision == bindparam("known"))
_COUNT_UP = update(_ASSIGNMENT).where(*_THIS_REVISION).values(revision=bindparam("new"))
_COUNT_UP_AS = _COUNT_UP.values(state=bindparam("now"))

_OF_GRADING = _EDIT.c.grading_id == bindparam("grading")
_LAST_EDIT = (
    select(_EDIT.c.sequence, _EDIT.c.state).where(_OF_GRADING).order_by(_EDIT.c.sequence.desc()).limit(1)
)
_DISCARD = update(_EDIT).where(_OF_GRADING, _EDIT.c.state == "undone").values(state="discarded")
_NEW_EDIT = insert(_EDIT)
_MARK = update(_EDIT).where(_EDIT.c.id == bindparam("key")).values(state=bindparam("now"))
_IN_STATE = (
    select(_EDIT.c.id, _EDIT.c.audit_id, _AUDIT.c.detail)
    .join(_AUDIT, _AUDIT.c.id == _EDIT.c.audit_id)
    .where(_OF_GRADING, _EDIT.c.state == bindparam("wanted"))
    .limit(1)
)
_IN_TURN = {
    "applied": _IN_STATE.order_by(_EDIT.c.sequence.desc()),
    "undone": _IN_STATE.order_by(_EDIT.c.sequence.asc()),
}

_WITH_TOKEN = select(_EDIT.c.id).where(_EDIT.c.token == bindparam("wanted"))
_STEP_WITH_TOKEN = select(_AUDIT.c.id).where(
    or_(_AUDIT.c.what == "undo", _AUDIT.c.what == "redo"),
    _AUDIT.c.subject.like(bindparam("start")),
    _AUDIT.c.detail.like(bindparam("wanted")),
)

_LAST_POSITION = select(func.max(_SHAPE.c.position)).where(_SHAPE.c.grading_id == bindparam("grading"))
_THIS_SHAPE = (_SHAPE.c.grading_id == bindparam("grading"), _SHAPE.c.shape_id == bindparam("key"))
_REMOVE_SHAPE = delete(_SHAPE).where(*_THIS_SHAPE)
_CHANGE_SHAPE = (
    update(_SHAPE).where(*_THIS_SHAPE).values(label=bindparam("new_label"), form=bindparam("new_form"))
)
_NEW_SHAPE = insert(_SHAPE)
_ANSWER = (
    update(_GRADING)
    .where(_GRADING.c.id == bindparam("key"))
    .values(grades=bindparam("new_grades"), absent=bindparam("new_absent"), comment=bindparam("new_comment"))
)


class EditInTurn(NamedTuple):
    """The edit that an undo or a redo is about: its row, its audit row, and its content as JSON."""

    id: int
    audit_id: int
    detail: str


def claim(
    connection: Connection,
    key: int | None,
    place: tuple[int, int],
    revision: int,
    state: State | None,
) -> int | None:
    """Count an assignment's revision up from the one that is known; None when it is another by now.

    Args:
        key: the assignment's id, or None where there was none: then it is made.
        place: image id, grader id.
        state: what it becomes; None leaves it.

    Returns:
        The assignment's id.
    """
    if key is None:
        found = connection.execute(_FIND_ASSIGNMENT, {"image": place[0], "grader": place[1]}).one_or_none()
        if found is None:
            image, grader = place
            row = {"image_id": image, "grader_id": grader, "state": state or "open", "revision": revision + 1}
            try:
                return cast("tuple[int]", connection.execute(_NEW_ASSIGNMENT, row).inserted_primary_key)[0]
            except IntegrityError:  # on a server another window may make it at the same moment
                return None
        key = cast("int", found.id)
    values = {"key": key, "known": revision, "new": revision + 1}
    if state is None:
        done = connection.execute(_COUNT_UP, values)
    else:
        done = connection.execute(_COUNT_UP_AS, {**values, "now": state})
    return key if done.rowcount else None


def next_sequence(connection: Connection, grading_id: int) -> int:
    """The place of a new edit in a grading's history; those that were undone can be redone no more."""
    last = connection.execute(_LAST_EDIT, {"grading": grading_id}).one_or_none()
    if last is not None and last.state == "undone":  # an edit that was undone is the last, or one after it is
        connection.execute(_DISCARD, {"grading": grading_id})
    return last.sequence + 1 if last is not None else 1


def add_edit(
    connection: Connection, grading_id: int, sequence: int, audit_id: int, token: str | None
) -> None:
    """Append an applied edit to a grading's history."""
    row = {"grading_id": grading_id, "sequence": sequence, "state": "applied", "audit_id": audit_id}
    connection.execute(_NEW_EDIT, {**row, "token": token})


def has_token(connection: Connection, image_id: int, token: str) -> bool:
    """Whether the edit, undo or redo that its sender gave this token is in the study."""
    if connection.execute(_WITH_TOKEN, {"wanted": token}).first() is not None:
        return True
    values = {"start": f"image:{image_id}/grading:%", "wanted": f"%{token}%"}
    return connection.execute(_STEP_WITH_TOKEN, values).first() is not None


def edit_in_turn(
    connection: Connection, grading_id: int | None, state: Literal["applied", "undone"]
) -> EditInTurn | None:
    """The last edit that is applied, or the first that is undone."""
    row = connection.execute(_IN_TURN[state], {"grading": grading_id, "wanted": state}).one_or_none()
    return None if row is None else EditInTurn(*row)


def mark_edit(connection: Connection, edit_id: int, state: Literal["applied", "undone"]) -> None:
    """Say of an edit that it is applied or undone."""
    connection.execute(_MARK, {"key": edit_id, "now": state})


def write_grading(
    connection: Connection, grading_id: int, before: Grading, after: Grading, shape_ids: Collection[str]
) -> None:
    """Bring the rows of a grading from one value to another; of the shapes only those of `shape_ids` differ."""
    old, new = before.shapes, after.shapes
    removed = [key for key in shape_ids if key in old and key not in new]
    changed = [new[key] for key in shape_ids if key in old and key in new]
    coming = {key for key in shape_ids if key not in old and key in new}
    # One is the rule; only several need the walk over all shapes that keeps their drawing order.
    added = [new[key] for key in (coming if len(coming) < 2 else new) if key in coming]
    if removed:
        connection.execute(_REMOVE_SHAPE, [{"grading": grading_id, "key": key} for key in removed])
    if changed:
        rows = [
            {"grading": grading_id, "key": shape.id, "new_label": shape.label, "new_form": _form(shape)}
            for shape in changed
        ]
        connection.execute(_CHANGE_SHAPE, rows)
    if added:
        _add_shapes(connection, grading_id, added)
    answers = _answers(after)
    if answers != _answers(before):
        connection.execute(_ANSWER, {"key": grading_id, **answers})


def _add_shapes(connection: Connection, grading_id: int, shapes: list[Shape]) -> None:
    first = (connection.execute(_LAST_POSITION, {"grading": grading_id}).scalar() or 0) + 1
    rows = [
        {
            "grading_id": grading_id,
            "shape_id": shape.id,
            "position": position,
            "label": shape.label,
            "form": _form(shape),
        }
        for position, shape in enumerate(shapes, first)
    ]
    connection.execute(_NEW_SHAPE, rows)


def _form(shape: Shape) -> str:
    return json.dumps(shape.to_dict())


def _answers(grading: Grading) -> Mapping[str, str]:
    return {
        "new_grades": json.dumps(dict(grading.grades)),
        "new_absent": json.dumps(sorted(grading.absent)),
        "new_comment": grading.comment,
    }
