"""The first tables.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None
branch_labels: str | None = None
depends_on: str | None = None

ID = sa.String(32)


def upgrade() -> None:
    op.create_table(
        "batches",
        sa.Column("id", ID, primary_key=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("cards", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
    )
    op.create_table(
        "verifications",
        sa.Column("id", ID, primary_key=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("issuer", sa.String(40)),
        sa.Column("variant", sa.String(80)),
        sa.Column("region", sa.String(20)),
        sa.Column("batch_id", ID, sa.ForeignKey("batches.id", ondelete="SET NULL")),
    )
    op.create_index("ix_verifications_newest", "verifications", ["created_at", "id"])
    op.create_index("ix_verifications_batch", "verifications", ["batch_id"])
    _create_what_hangs_on_a_verification()
    op.create_table(
        "deletions",
        sa.Column("id", ID, primary_key=True),
        sa.Column("subject", sa.String(20), nullable=False),
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("deleted_at", sa.DateTime(), nullable=False),
        sa.Column("verifications", sa.Integer(), nullable=False),
        sa.Column("pictures", sa.Integer(), nullable=False),
        sa.Column("corrections", sa.Integer(), nullable=False),
    )
    op.create_index("ix_deletions_subject", "deletions", ["subject_id"])


def _create_what_hangs_on_a_verification() -> None:
    op.create_table(
        "pictures",
        sa.Column("file", ID, primary_key=True),
        sa.Column("verification_id", ID, sa.ForeignKey("verifications.id", ondelete="CASCADE"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
    )
    op.create_index("ix_pictures_verification", "pictures", ["verification_id"])
    op.create_table(
        "corrections",
        sa.Column("id", ID, primary_key=True),
        sa.Column("verification_id", ID, sa.ForeignKey("verifications.id", ondelete="CASCADE"), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("corrections", sa.Text(), nullable=False),
        sa.Column("note", sa.Text()),
    )
    op.create_index("ix_corrections_verification", "corrections", ["verification_id"])
    op.create_table(
        "batch_items",
        sa.Column("batch_id", ID, sa.ForeignKey("batches.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("position", sa.Integer(), primary_key=True),
        sa.Column("card_id", sa.Text()),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("verification_id", ID, sa.ForeignKey("verifications.id", ondelete="SET NULL")),
        sa.Column("error", sa.Text()),
    )
    op.create_index("ix_batch_items_verification", "batch_items", ["verification_id"])


def downgrade() -> None:
    for table in ("deletions", "batch_items", "corrections", "pictures", "verifications", "batches"):
        op.drop_table(table)
