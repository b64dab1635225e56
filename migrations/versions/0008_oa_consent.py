"""Admins on the way to Zalo's consent page and back."""

import sqlalchemy as sa
from alembic import op

from motcua.core.row_security import protect

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pending_consent",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("verifier_encrypted", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_pending_consent")),
        sa.UniqueConstraint("tenant_id", "nonce", name=op.f("uq_pending_consent_tenant_id_nonce")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["official_account.tenant_id", "official_account.id"],
            name=op.f("fk_pending_consent_official_account"),
            ondelete="CASCADE",
        ),
    )
    protect(op, "pending_consent")


def downgrade() -> None:
    op.drop_table("pending_consent")
