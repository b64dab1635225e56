"""What was answered to batches, so that a batch sent again gets the same answers."""

import sqlalchemy as sa
from alembic import op

from motcua.core.row_security import protect

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "dossier_batch_chunk",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("first_line", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_dossier_batch_chunk")),
        sa.UniqueConstraint(
            "tenant_id", "batch", "first_line", name=op.f("uq_dossier_batch_chunk_tenant_id_batch_first_line")
        ),
    )
    op.create_index("ix_dossier_batch_chunk_age", "dossier_batch_chunk", ["tenant_id", "created_at"])
    protect(op, "dossier_batch_chunk")


def downgrade() -> None:
    op.drop_table("dossier_batch_chunk")
