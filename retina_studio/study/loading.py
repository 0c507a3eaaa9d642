"""Gradings and their histories as values, read from their rows."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from pydantic_core import from_json  # a third of json.loads's time for coordinates
from sqlalchemy import ColumnElement, LargeBinary, cast, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from retina_studio.domain.edits import SetComment, edit_title
from retina_studio.domain.errors import RetinaError
from retina_studio.domain.grading import Grading, grading_from_dict
from retina_studio.domain.shapes import Shape, shape_from_dict
from retina_studio.study.records import Grader, HistoryEntry, ImageRecord
from retina_studio.study.schema import AuditRow, EditRow, GradingRow, ShapeRow
from retina_studio.study.versions import current_assignment, newest_version

_CHUNK = 500  # shapes that are read in one go
_MANY_SHAPES, _MUCH_TEXT, _MANY_EDITS = 500, 600_000, 2000  # a few hundredths of a second to load
_TAIL = 4000  # characters of an audit row that hold its edit's title for sure


def go_on() -> None:
    """Nothing asks to give up."""


def load_grading(session: Session, row: GradingRow, check: Callable[[], None] = go_on) -> Grading:
    """The value of one stored version; `check` is called between parts of a large one.

    Raises:
        RetinaError: what is stored is damaged.
    """
    forms = session.scalars(
        select(ShapeRow.form)
        .where(ShapeRow.grading_id == row.id)
        .order_by(ShapeRow.position, ShapeRow.shape_id)
        .execution_options(yield_per=_CHUNK)
    )
    shapes: dict[str, Shape] = {}
    # In parts, because reading JSON holds the interpreter: a window's thread gets its turn between them.
    with closing(forms):  # a server keeps what is read in parts open
        for part in forms.partitions():
            check()
            for form in _from_json(f"[{','.join(part)}]"):
                shape = shape_from_dict(form)
                shapes[shape.id] = shape
    answers = {"grades": _from_json(row.grades), "absent": _from_json(row.absent), "comment": row.comment}
    return replace(grading_from_dict(answers), shapes=MappingProxyType(shapes))


def is_large(session: Session, image: ImageRecord, grader: Grader) -> bool:
    """Whether a grading has so many shapes, vertices or edits that loading it takes a while."""
    assignment = current_assignment(session, image.id, grader.id)
    grading = newest_version(session, assignment.id) if assignment else None
    if grading is None:
        return False
    shapes = select(func.length(ShapeRow.form).label("size")).where(ShapeRow.grading_id == grading.id)
    some = shapes.limit(_MANY_SHAPES).subquery()
    count, size = session.execute(select(func.count(), func.sum(some.c.size)).select_from(some)).one()
    edits = session.scalar(select(func.count()).where(EditRow.grading_id == grading.id)) or 0
    return count >= _MANY_SHAPES or (size or 0) > _MUCH_TEXT or edits > _MANY_EDITS


def load_history(session: Session, grading_id: int | None) -> list[HistoryEntry]:
    """The edits of one version, oldest first, the undone ones (waiting to be redone) last."""
    rows = session.execute(
        select(_end_of(AuditRow.detail, session), EditRow.state, AuditRow.at)
        .join(EditRow, EditRow.audit_id == AuditRow.id)
        .where(EditRow.grading_id == grading_id, EditRow.state != "discarded")
        .order_by(EditRow.sequence)
    ).all()
    return [HistoryEntry(_title(detail), state == "undone", made) for detail, state, made in rows]


def _from_json(text: str) -> Any:
    try:
        return from_json(text)
    except ValueError as error:
        raise RetinaError(
            f"This grading is damaged in the study's database ({error}): restore the study from a backup."
        ) from error


def _end_of(text: InstrumentedAttribute[str], session: Session) -> ColumnElement[Any]:
    """The last `_TAIL` characters of a column of plain ASCII."""
    if session.get_bind().dialect.name == "sqlite":  # which counts the characters of a text, but not of bytes
        return func.substr(cast(text, LargeBinary), -_TAIL, type_=LargeBinary)
    return func.right(text, _TAIL)


def _title(detail: str | bytes) -> str:
    """The title of an edit, from its audit row or the last `_TAIL` characters of it.

    A row's keys are sorted, so the title of an edit of many shapes stands at its end.
    """
    text = detail.decode() if isinstance(detail, bytes) else detail
    if len(text) < _TAIL:
        return edit_title(_from_json(text))
    place = text.rfind('"title": ')
    # Of the edits without a written title only a comment's is so long.
    return edit_title(_from_json("{" + text[place:])) if place >= 0 else SetComment("", "").title
