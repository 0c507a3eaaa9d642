"""All that a proposal says: probabilities, measures, several class activation maps; and in short, for the worklist."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_COLUMNS = ("probabilities", "measures", "cams")
_PART = 200  # rows that are read at once: a row may hold a thousand outlines
_PROPOSAL = sa.table(
    "proposal",
    sa.column("id", sa.Integer()),
    sa.column("image_id", sa.Integer()),
    sa.column("model", sa.String(20)),
    sa.column("shapes", sa.Text()),
    sa.column("scores", sa.Text()),
    sa.column("grades", sa.Text()),
)


def upgrade() -> None:
    """Apply."""
    for name in _COLUMNS:
        op.add_column("proposal", sa.Column(name, sa.Text(), server_default="{}", nullable=False))
    gist = op.create_table(
        "gist",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("image_id", sa.Integer(), nullable=False),
        sa.Column("model", sa.String(20), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"]),
        sa.ForeignKeyConstraint(["image_id"], ["image.id"]),
        sa.PrimaryKeyConstraint("proposal_id"),
    )
    _tell_gists(gist)


def _tell_gists(gist: sa.Table) -> None:
    """Say in short what the proposals say that are there; their one map stays where it is."""
    last = 0
    wanted = sa.select(_PROPOSAL).order_by(_PROPOSAL.c.id).limit(_PART)
    while rows := op.get_bind().execute(wanted.where(_PROPOSAL.c.id > last)).all():
        last = rows[-1].id
        told = [
            {
                "proposal_id": row.id,
                "image_id": row.image_id,
                "model": row.model,
                "content": _content(row.shapes, row.scores, row.grades),
            }
            for row in rows
        ]
        op.bulk_insert(gist, told)


def _content(shapes: str, scores: str, grades: str) -> str:
    """As `study.offered_forms` writes it; nothing of a damaged row: that is for `verify` to name."""
    try:
        labels = _labels(json.loads(shapes), json.loads(scores))
        return json.dumps({"grades": json.loads(grades), "probabilities": {}, "labels": labels})
    except (ValueError, LookupError, TypeError, AttributeError):
        return json.dumps({"grades": {}, "probabilities": {}, "labels": {}})


def _labels(shapes: Sequence[Mapping[str, Any]], scores: Mapping[str, float]) -> dict[str, list[float]]:
    """Label -> number of shapes, mean doubt."""
    doubts: dict[str, list[float]] = {}
    for shape in shapes:
        doubt = 1 - abs(2 * scores.get(shape["id"], 1.0) - 1)
        doubts.setdefault(shape["label"], []).append(doubt)
    return {label: [len(found), sum(found) / len(found)] for label, found in sorted(doubts.items())}
