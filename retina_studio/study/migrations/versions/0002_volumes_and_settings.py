"""Pixel spacing, date, volume and source name of images; settings of the study."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Apply."""
    for column in (
        sa.Column("spacing_x", sa.Double(), nullable=True),
        sa.Column("spacing_y", sa.Double(), nullable=True),
        sa.Column("acquired", sa.String(length=10), server_default="", nullable=False),
        sa.Column("volume", sa.String(length=40), server_default="", nullable=False),
        sa.Column("bscan", sa.Integer(), server_default="0", nullable=False),
        sa.Column("bscans", sa.Integer(), server_default="0", nullable=False),
        sa.Column("source_name", sa.String(length=64), server_default="", nullable=False),
    ):
        op.add_column("image", column)  # no batch: SQLite adds columns in place, and no row is rewritten
    op.create_index("ix_image_source_name", "image", ["source_name"], unique=False)
    op.create_table(
        "setting",
        sa.Column("key", sa.String(length=50), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
