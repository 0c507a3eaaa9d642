"""The audit trail: append-only rows, each sealed by a hash over itself and the row before."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from retina_studio.study.schema import AuditRow, StudyRow, now

GENESIS = "0" * 64


def record(session: Session, who: str, what: str, subject: str, detail: Mapping[str, Any]) -> AuditRow:
    """Append one event in the caller's transaction and return its row (with its id).

    The study row is locked first, so that two writers never seal onto the same hash.
    """
    study = session.execute(select(StudyRow).with_for_update()).scalar_one()
    row = AuditRow(at=now(), who=who, what=what, subject=subject, detail=json.dumps(detail, sort_keys=True))
    row.hash = study.audit_head = _seal(study.audit_head, row)
    session.add(row)
    session.flush()
    return row


def _seal(previous: str, row: AuditRow) -> str:
    content = json.dumps([previous, row.at, row.who, row.what, row.subject, row.detail])
    return hashlib.sha256(content.encode()).hexdigest()


def chain_problems(session: Session) -> list[str]:
    """The first audit row that does not fit the chain, or a missing tail; empty when the trail is whole."""
    previous = GENESIS
    for row in session.scalars(select(AuditRow).order_by(AuditRow.id).execution_options(yield_per=500)):
        if row.hash != _seal(previous, row):
            return [
                f"Audit row {row.id} ({row.what} by {row.who} at {row.at}) was changed or one before it removed."
            ]
        previous = row.hash
    head = session.execute(select(StudyRow.audit_head)).scalar_one()
    return [] if head == previous else ["The last audit rows were removed."]
