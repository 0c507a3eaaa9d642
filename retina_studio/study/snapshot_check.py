"""Hold a study against a snapshot that was made of it: a trail rewritten since then is found."""

from pathlib import Path

from sqlalchemy import select

from retina_studio.store.read import Snapshot
from retina_studio.study.schema import AuditRow
from retina_studio.study.study import Study


def snapshot_problems(study: Study, path: Path) -> list[str]:
    """What does not fit between a study and a snapshot of it, one sentence each; empty where all does.

    The snapshot holds the hash of the last row of the audit trail, and how many rows it had. The hash of a row is made
    of all rows before it: where that row is still in its place, nothing before it was changed.

    Raises:
        RetinaError: the snapshot cannot be read.
    """
    with Snapshot(path) as snapshot:
        study_id, head, rows = snapshot.study_id, snapshot.audit_head, snapshot.audit_rows
    if study_id != study.id:
        return [f"{path} was curated from another study."]
    if not head:
        return [f"{path} has layout 1, which says nothing of the audit trail: curate the study again."]
    with study.database.reading() as session:
        place = select(AuditRow.hash).order_by(AuditRow.id).offset(rows - 1).limit(1)
        found = session.scalar(place)
    if found is None:
        return [
            f"The audit trail is shorter than when {path} was curated ({rows} rows then): rows were removed."
        ]
    if found != head:
        return [f"Among the first {rows} rows of the audit trail one was changed since {path} was curated."]
    return []
