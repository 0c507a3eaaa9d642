"""The audit trail: append-only rows, each sealed by a hash over itself and the row before."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from typing import Any, cast

from sqlalchemy import RowMapping, Select, Table, Text, bindparam, func, insert, literal, select, update
from sqlalchemy.orm import Session

from retina_studio.study.schema import AuditRow, StudyRow, now

GENESIS = "0" * 64
# The tables themselves: every edit comes by here, and the object mapper would take longer than the database.
_STUDY, _AUDIT = cast("Table", StudyRow.__table__), cast("Table", AuditRow.__table__)
_HEAD = select(_STUDY.c.audit_head).with_for_update()
_MOVE_HEAD = update(_STUDY).values(audit_head=bindparam("head"))
_NEW_ROW = insert(_AUDIT)
_ALL_ROWS = select(_AUDIT).order_by(_AUDIT.c.id).execution_options(yield_per=500)
_HEADS = select(_STUDY.c.audit_head)
_SEALED = ("at", "who", "what", "subject", "detail")


def _record_at_once() -> Select[tuple[int]]:
    """`record` as one statement of PostgreSQL, so that the study row is locked for as few round trips as can be.

    What is sealed is `_content`: the hash before stands between its first two characters and `end`. The update sees
    the row as the writer before has left it, however long it waited for its lock.
    """
    content = literal('["', Text).concat(_STUDY.c.audit_head).concat(bindparam("end", type_=Text))
    seal = func.encode(func.sha256(func.convert_to(content, "UTF8")), "hex")
    moved = update(_STUDY).values(audit_head=seal).returning(_STUDY.c.audit_head).cte("moved")
    values = [bindparam(key, type_=Text) for key in _SEALED]
    new = insert(_AUDIT).from_select([*_SEALED, "hash"], select(*values, moved.c.audit_head))
    made = new.returning(_AUDIT.c.id).cte("made")
    return select(made.c.id)


_RECORD = _record_at_once()


def record(session: Session, who: str, what: str, subject: str, detail: Mapping[str, Any]) -> int:
    """Append one event in the caller's transaction and return its row's id.

    The study row is locked first, so that two writers never seal onto the same hash.
    """
    session.flush()
    connection = session.connection()
    row = _event(who, what, subject, detail)
    if connection.dialect.name == "postgresql":
        return cast("int", connection.execute(_RECORD, {**row, "end": _content("", row)[2:]}).scalar_one())
    head: str = connection.execute(_HEAD).scalar_one()
    row["hash"] = _seal(head, row)
    made = cast("tuple[int]", connection.execute(_NEW_ROW, row).inserted_primary_key)
    connection.execute(_MOVE_HEAD, {"head": row["hash"]})
    return made[0]


def record_all(
    session: Session, who: str, what: str, events: Sequence[tuple[str, Mapping[str, Any]]]
) -> None:
    """Append many events (subject, detail) of one kind, as `record` does one."""
    if not events:
        return
    session.flush()
    connection = session.connection()
    head: str = connection.execute(_HEAD).scalar_one()
    rows = []
    for subject, detail in events:
        rows.append(_sealed(head, who, what, subject, detail))
        head = rows[-1]["hash"]
    connection.execute(_NEW_ROW, rows)
    connection.execute(_MOVE_HEAD, {"head": head})


def digest(content: str | bytes | None) -> str | None:
    """The SHA-256 that stands for a long text or for bytes in a detail; None of none."""
    if content is None:
        return None
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def _sealed(previous: str, who: str, what: str, subject: str, detail: Mapping[str, Any]) -> dict[str, str]:
    row = _event(who, what, subject, detail)
    row["hash"] = _seal(previous, row)
    return row


def _event(who: str, what: str, subject: str, detail: Mapping[str, Any]) -> dict[str, str]:
    said = json.dumps(detail, sort_keys=True)
    return {"at": now(), "who": who, "what": what, "subject": subject, "detail": said}


def _content(previous: str, row: Mapping[str, str] | RowMapping) -> str:
    return json.dumps([previous, *(row[key] for key in _SEALED)])


def _seal(previous: str, row: Mapping[str, str] | RowMapping) -> str:
    return hashlib.sha256(_content(previous, row).encode()).hexdigest()


class BrokenChainError(Exception):
    """An audit row does not fit the one before; the message is the sentence that says which."""


def read_chain(session: Session) -> Iterator[RowMapping]:
    """Every audit row from the first, each once it was checked to fit the one before.

    Raises:
        BrokenChainError: at the first row that was changed or is missing, or at the end, where the last are missing.
    """
    previous = GENESIS
    rows = session.connection().execute(_ALL_ROWS).mappings()
    with closing(rows):  # a server keeps what is read in parts open
        for row in rows:
            if row["hash"] != _seal(previous, row):
                raise BrokenChainError(
                    f"Audit row {row['id']} ({row['what']} by {row['who']} at {row['at']}) was changed or moved, "
                    "or one before it removed."
                )
            previous = row["hash"]
            yield row
    if session.execute(_HEADS).scalars().all() != [previous]:
        raise BrokenChainError("The last audit rows were removed, or the study's own row was changed.")


def chain_problems(session: Session) -> list[str]:
    """The first audit row that does not fit the chain, or a missing tail; empty when the trail is whole."""
    try:
        for _ in read_chain(session):
            pass
    except BrokenChainError as error:
        return [str(error)]
    return []
