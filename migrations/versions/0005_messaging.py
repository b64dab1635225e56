"""The outbox and message texts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from motcua.core.row_security import protect

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "message_text",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_message_text")),
        sa.UniqueConstraint("tenant_id", "event", name=op.f("uq_message_text_tenant_id_event")),
    )
    op.create_table(
        "message",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("citizen_id", sa.BigInteger(), nullable=True),
        sa.Column("phone_index", sa.Text(), nullable=True),
        sa.Column("phone_encrypted", sa.Text(), nullable=True),
        sa.Column("dossier_id", sa.BigInteger(), nullable=True),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("dedupe_key", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("channels_refused", postgresql.JSONB(), nullable=False),
        sa.Column("route_reason", sa.Text(), nullable=True),
        sa.Column("price_vnd", sa.Integer(), nullable=True),
        sa.Column("zalo_message_id", sa.Text(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "channel IN ('consultation', 'zbs_uid', 'zbs_phone')", name=op.f("ck_message_channel")
        ),
        sa.CheckConstraint("lane IN ('urgent', 'normal', 'broadcast')", name=op.f("ck_message_lane")),
        sa.CheckConstraint(
            "state IN ('queued', 'sending', 'sent', 'delivered', 'seen', 'failed', 'uncertain', 'expired')",
            name=op.f("ck_message_state"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(citizen_id, phone_index) = 1", name=op.f("ck_message_one_recipient")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "citizen_id"], ["citizen.tenant_id", "citizen.id"], name=op.f("fk_message_citizen")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_message")),
        sa.UniqueConstraint("tenant_id", "dedupe_key", name=op.f("uq_message_tenant_id_dedupe_key")),
    )
    op.create_index("ix_message_dossier", "message", ["tenant_id", "dossier_id"], unique=False)
    op.create_index(
        "ix_message_open",
        "message",
        ["tenant_id", "state", "lease_until"],
        unique=False,
        postgresql_where="state IN ('sending', 'uncertain')",
    )
    op.create_index(
        "ix_message_queued",
        "message",
        ["tenant_id", "lane", "next_attempt_at", "id"],
        unique=False,
        postgresql_where="state = 'queued'",
    )
    op.create_index(
        "ix_message_zalo_id",
        "message",
        ["tenant_id", "zalo_message_id"],
        unique=False,
        postgresql_where="zalo_message_id IS NOT NULL",
    )
    protect(op, "message_text")
    protect(op, "message")


def downgrade() -> None:
    op.drop_table("message")
    op.drop_table("message_text")
