"""All that a proposal says: probabilities, measures, several class activation maps, and its labels in short."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_COLUMNS = ("probabilities", "measures", "cams", "labels")
_PART = 200  # rows that are read at once: a row may hold a thousand outlines
_PROPOSAL = sa.table(
    "proposal",
    sa.column("id", sa.Integer()),
    sa.column("shapes", sa.Text()),
    sa.column("scores", sa.Text()),
    sa.column("labels", sa.Text()),
)


def upgrade() -> None:
    """Apply."""
    for name in _COLUMNS:
        op.add_column("proposal", sa.Column(name, sa.Text(), server_default="{}", nullable=False))
    _tell_labels()


def _tell_labels() -> None:
    """Fill `labels` of the proposals that are there; their one map stays where it is."""
    columns = _PROPOSAL.c
    wanted = sa.select(columns.id, columns.shapes, columns.scores).order_by(columns.id).limit(_PART)
    change = sa.update(_PROPOSAL).where(columns.id == sa.bindparam("key")).values(labels=sa.bindparam("said"))
    last = 0
    while rows := op.get_bind().execute(wanted.where(columns.id > last)).all():
        last = rows[-1].id
        said = [{"key": row.id, "said": _labels(row.shapes, row.scores)} for row in rows]
        op.get_bind().execute(change, said)


def _labels(shapes: str, scores: str) -> str:
    try:
        return json.dumps(_found(json.loads(shapes), json.loads(scores)))
    except (ValueError, LookupError, TypeError, AttributeError):
        return "{}"  # a damaged row is for `verify` to name; it must not keep the study shut


def _found(shapes: Sequence[Mapping[str, Any]], scores: Mapping[str, float]) -> dict[str, list[float]]:
    """Label -> number of shapes, mean doubt, as `Proposal.labels` has it."""
    doubts: dict[str, list[float]] = {}
    for shape in shapes:
        doubt = 1 - abs(2 * scores.get(shape["id"], 1.0) - 1)
        doubts.setdefault(shape["label"], []).append(doubt)
    return {label: [len(found), sum(found) / len(found)] for label, found in sorted(doubts.items())}
