"""The audit trail: append-only rows, each sealed by a hash over itself and the row before."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.orm import Session

from retina_studio.study.schema import AuditRow, StudyRow, now

GENESIS = "0" * 64
# The tables themselves: every edit comes by here, and the object mapper would take longer than the database.
_STUDY, _AUDIT = cast("Table", StudyRow.__table__), cast("Table", AuditRow.__table__)
_HEAD = select(_STUDY.c.audit_head).with_for_update()
_MOVE_HEAD = update(_STUDY).values(audit_head=bindparam("head"))
_NEW_ROW = insert(_AUDIT)


def record(session: Session, who: str, what: str, subject: str, detail: Mapping[str, Any]) -> int:
    """Append one event in the caller's transaction and return its row's id.

    The study row is locked first, so that two writers never seal onto the same hash.
    """
    session.flush()
    connection = session.connection()
    head: str = connection.execute(_HEAD).scalar_one()
    row = _sealed(head, who, what, subject, detail)
    (key,) = cast("tuple[int]", connection.execute(_NEW_ROW, row).inserted_primary_key)
    connection.execute(_MOVE_HEAD, {"head": row["hash"]})
    return key


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


def _sealed(previous: str, who: str, what: str, subject: str, detail: Mapping[str, Any]) -> dict[str, str]:
    row = {"at": now(), "who": who, "what": what, "subject": subject}
    row["detail"] = json.dumps(detail, sort_keys=True)
    row["hash"] = _seal(previous, row)
    return row


def _seal(previous: str, row: Mapping[str, str]) -> str:
    content = json.dumps([previous, *(row[key] for key in ("at", "who", "what", "subject", "detail"))])
    return hashlib.sha256(content.encode()).hexdigest()


def chain_problems(session: Session) -> list[str]:
    """The first audit row that does not fit the chain, or a missing tail; empty when the trail is whole."""
    previous = GENESIS
    for row in session.scalars(select(AuditRow).order_by(AuditRow.id).execution_options(yield_per=500)):
        sealed = {
            "at": row.at,
            "who": row.who,
            "what": row.what,
            "subject": row.subject,
            "detail": row.detail,
        }
        if row.hash != _seal(previous, sealed):
            return [
                f"Audit row {row.id} ({row.what} by {row.who} at {row.at}) was changed or one before it removed."
            ]
        previous = row.hash
    head = session.execute(select(StudyRow.audit_head)).scalar_one()
    return [] if head == previous else ["The last audit rows were removed."]
