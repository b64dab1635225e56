"""Citizens and their consents."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from motcua.core.row_security import protect

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "citizen",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("oa_id", sa.Text(), nullable=False),
        sa.Column("uid_index", sa.Text(), nullable=False),
        sa.Column("uid_encrypted", sa.Text(), nullable=False),
        sa.Column("phone_index", sa.Text(), nullable=True),
        sa.Column("phone_encrypted", sa.Text(), nullable=True),
        sa.Column("phone_proven_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_follower", sa.Boolean(), nullable=False),
        sa.Column("last_interaction_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("muted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dialogue", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_citizen")),
        sa.UniqueConstraint(
            "tenant_id", "oa_id", "uid_index", name=op.f("uq_citizen_tenant_id_oa_id_uid_index")
        ),
    )
    op.create_index(
        "ix_citizen_phone",
        "citizen",
        ["tenant_id", "phone_index"],
        unique=False,
        postgresql_where="phone_index IS NOT NULL",
    )
    op.create_table(
        "consent",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("citizen_id", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("text_version", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "purpose IN ('link_phone', 'dossier_messages', 'broadcasts', 'survey')",
            name=op.f("ck_consent_purpose"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "citizen_id"],
            ["citizen.tenant_id", "citizen.id"],
            name=op.f("fk_consent_citizen"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_consent")),
    )
    op.create_index("ix_consent_citizen", "consent", ["tenant_id", "citizen_id"], unique=False)
    protect(op, "citizen")
    protect(op, "consent")


def downgrade() -> None:
    op.drop_table("consent")
    op.drop_table("citizen")
