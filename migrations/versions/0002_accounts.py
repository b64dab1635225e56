"""Staff and API keys."""

import sqlalchemy as sa
from alembic import op

from motcua.core.row_security import protect

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_key",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("secret_digest", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("mode IN ('live', 'read_only')", name=op.f("ck_api_key_mode")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("tenant_id", "key_id", name=op.f("uq_api_key_tenant_id_key_id")),
    )
    op.create_table(
        "staff",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("full_name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.CheckConstraint("role IN ('officer', 'province_admin')", name=op.f("ck_staff_role")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_staff")),
        sa.UniqueConstraint("tenant_id", "email", name=op.f("uq_staff_tenant_id_email")),
    )
    protect(op, "api_key")
    protect(op, "staff")


def downgrade() -> None:
    op.drop_table("staff")
    op.drop_table("api_key")
