"""Where a province's dossiers are fetched from."""

import sqlalchemy as sa
from alembic import op

from motcua.core.row_security import protect

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "dossier_source",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("token_encrypted", sa.Text(), nullable=True),
        sa.Column("every_minutes", sa.SmallInteger(), nullable=False),
        sa.Column("cursor", sa.Text(), nullable=True),
        sa.Column("next_pull_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("synced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.CheckConstraint("kind IN ('rest', 'csv', 'mock')", name=op.f("ck_dossier_source_kind")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_dossier_source")),
        sa.UniqueConstraint("tenant_id", name=op.f("uq_dossier_source_tenant_id")),
    )
    protect(op, "dossier_source")


def downgrade() -> None:
    op.drop_table("dossier_source")
