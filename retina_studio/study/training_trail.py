"""What became of models that were trained on a study's consensus, in its audit trail: plain events, no table."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from retina_studio.study import audit
from retina_studio.study.schema import AuditRow
from retina_studio.study.study import Study

RETRAIN, OVERRIDE = "retrain", "override gate"


def record_retraining(study: Study, who: str, weights: str, detail: Mapping[str, Any]) -> None:
    """Keep what became of a retraining; what is kept of these weights already stays as it is.

    Args:
        study: where.
        who: asked for it.
        weights: SHA-256 of the weights that it made.
        detail: JSON-ready: the model, from which weights and snapshot, what the gate said.
    """
    _record_once(study, who, RETRAIN, weights, detail)


def record_override(study: Study, who: str, weights: str, detail: Mapping[str, Any]) -> None:
    """Keep that a person answers for weights that the gate did not promote, and their reason; each time."""
    with study.database.transaction() as session:
        audit.record(session, who, OVERRIDE, f"weights:{weights}", detail)


def _record_once(study: Study, who: str, what: str, weights: str, detail: Mapping[str, Any]) -> None:
    subject = f"weights:{weights}"
    with study.database.transaction() as session:
        known = select(AuditRow.id).where(AuditRow.what == what, AuditRow.subject == subject).limit(1)
        if session.scalar(known) is None:
            audit.record(session, who, what, subject, detail)
