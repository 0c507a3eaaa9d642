"""Rounds of an assignment, passphrases, tokens of edits, decisions, certification and the patients' splits."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_TEXT: dict[str, Any] = {"server_default": "", "nullable": False}


def upgrade() -> None:
    """Apply."""
    for table, column in (
        ("grader", sa.Column("passphrase", sa.String(200), **_TEXT)),
        ("grader", sa.Column("joined", sa.String(40), **_TEXT)),
        ("grader", sa.Column("left", sa.String(40), nullable=True)),
        ("grading", sa.Column("signature", sa.Text(), **_TEXT)),
        ("grading", sa.Column("revealed", sa.String(40), nullable=True)),
        ("edit", sa.Column("token", sa.String(32), nullable=True)),
        ("consensus", sa.Column("basis", sa.String(64), **_TEXT)),
        ("consensus", sa.Column("agreement", sa.Text(), server_default="{}", nullable=False)),
    ):
        op.add_column(table, column)
    op.create_index("ix_edit_token", "edit", ["token"], unique=True)
    _rebuild_assignments()
    _make_tables()


def _rebuild_assignments() -> None:
    """One row per image, grader and round; SQLite copies the table, since it cannot replace a unique constraint."""
    columns = (
        sa.Column("round", sa.Integer(), server_default="0", nullable=False),
        sa.Column("purpose", sa.String(20), **_TEXT),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("given", sa.String(40), **_TEXT),
        sa.Column("due", sa.String(10), nullable=True),
        sa.Column("note", sa.Text(), **_TEXT),
    )
    unnamed = "uq_before"
    if op.get_bind().dialect.name == "postgresql":
        unnamed = "assignment_image_id_grader_id_key"  # as PostgreSQL names what has no name
    with op.batch_alter_table("assignment", naming_convention={"uq": "uq_before"}) as table:
        for column in columns:
            table.add_column(column)
        table.drop_constraint(unnamed, type_="unique")
        table.create_unique_constraint("uq_assignment_round", ["image_id", "grader_id", "round"])


def _make_tables() -> None:
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("image_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(120), nullable=False),
        sa.Column("action", sa.String(20), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("grader_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.ForeignKeyConstraint(["image_id"], ["image.id"]),
        sa.ForeignKeyConstraint(["grader_id"], ["grader.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_decision_image_id", "decision", ["image_id"])
    op.create_table(
        "certification",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("marks", sa.Text(), nullable=False),
        sa.Column("created", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "certification_image",
        sa.Column("certification_id", sa.Integer(), nullable=False),
        sa.Column("image_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["certification_id"], ["certification.id"]),
        sa.ForeignKeyConstraint(["image_id"], ["image.id"]),
        sa.PrimaryKeyConstraint("certification_id", "image_id"),
    )
    op.create_table(
        "certification_result",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("certification_id", sa.Integer(), nullable=False),
        sa.Column("grader_id", sa.Integer(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("scores", sa.Text(), nullable=False),
        sa.Column("at", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(["certification_id"], ["certification.id"]),
        sa.ForeignKeyConstraint(["grader_id"], ["grader.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "patient_split",
        sa.Column("patient", sa.String(40), nullable=False),
        sa.Column("split", sa.String(10), nullable=False),
        sa.Column("decided", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("patient"),
    )
