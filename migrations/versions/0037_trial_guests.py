"""Whom a province on trial may write to."""

import sqlalchemy as sa
from alembic import op

from motcua.core.row_security import protect

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "trial_guest",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("phone_index", sa.Text(), nullable=False),
        sa.Column("phone_encrypted", sa.Text(), nullable=False),
        sa.Column("invited_by", sa.Text(), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_trial_guest")),
        sa.UniqueConstraint("tenant_id", "phone_index", name=op.f("uq_trial_guest_tenant_id_phone_index")),
    )
    protect(op, "trial_guest")


def downgrade() -> None:
    op.drop_table("trial_guest")
