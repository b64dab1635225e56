"""Provinces, their routes and Official Accounts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from motcua.core.row_security import protect

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "official_account",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("oa_id", sa.Text(), nullable=False),
        sa.Column("app_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("templates", postgresql.JSONB(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_reason", sa.Text(), nullable=True),
        sa.Column("access_token_encrypted", sa.Text(), nullable=True),
        sa.Column("refresh_token_encrypted", sa.Text(), nullable=True),
        sa.Column("token_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("token_refreshed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('not_connected', 'connected', 'needs_consent')", name=op.f("ck_official_account_state")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_official_account")),
        sa.UniqueConstraint("tenant_id", "key", name=op.f("uq_official_account_tenant_id_key")),
        sa.UniqueConstraint("tenant_id", "oa_id", name=op.f("uq_official_account_tenant_id_oa_id")),
    )
    op.create_table(
        "tenant",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("settings", postgresql.JSONB(), nullable=False),
        sa.Column("settings_digest", sa.Text(), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("status IN ('live', 'trial', 'suspended')", name=op.f("ck_tenant_status")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenant")),
    )
    op.create_table(
        "zalo_app",
        sa.Column("app_id", sa.Text(), nullable=False),
        sa.Column("app_secret_encrypted", sa.Text(), nullable=False),
        sa.Column("webhook_secret_encrypted", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("app_id", name=op.f("pk_zalo_app")),
    )
    op.create_table(
        "tenant_route",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('host', 'oa', 'api_key')", name=op.f("ck_tenant_route_kind")),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f("fk_tenant_route_tenant"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("kind", "value", name=op.f("pk_tenant_route")),
    )
    op.create_index(op.f("ix_tenant_route_tenant_id"), "tenant_route", ["tenant_id"], unique=False)
    protect(op, "official_account")


def downgrade() -> None:
    op.drop_table("tenant_route")
    op.drop_table("zalo_app")
    op.drop_table("tenant")
    op.drop_table("official_account")
