"""Dossiers, events, follows."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from motcua.core.row_security import protect

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "answered_request",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=True),
        sa.Column("body", postgresql.JSONB(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_answered_request")),
        sa.UniqueConstraint("tenant_id", "key", name=op.f("uq_answered_request_tenant_id_key")),
    )
    op.create_table(
        "dossier",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("procedure_code", sa.Text(), nullable=False),
        sa.Column("procedure_name", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("people_encrypted", sa.Text(), nullable=False),
        sa.Column("proof_indexes", postgresql.JSONB(), nullable=False),
        sa.Column("papers", postgresql.JSONB(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("status_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agency_code", sa.Text(), nullable=True),
        sa.Column("agency_name", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=True),
        sa.Column("officer", sa.Text(), nullable=True),
        sa.Column("officer_title", sa.Text(), nullable=True),
        sa.Column("step", sa.Text(), nullable=True),
        sa.Column("step_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("promised_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pickup_place", sa.Text(), nullable=True),
        sa.Column("pickup_hours", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source_digest", sa.Text(), nullable=False),
        sa.CheckConstraint("channel IN ('counter', 'online', 'post')", name=op.f("ck_dossier_channel")),
        sa.CheckConstraint("status BETWEEN 1 AND 10", name=op.f("ck_dossier_status")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_dossier")),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("uq_dossier_tenant_id_code")),
        sa.UniqueConstraint("tenant_id", "token", name=op.f("uq_dossier_tenant_id_token")),
    )
    op.create_index("ix_dossier_recent", "dossier", ["tenant_id", "status_at"], unique=False)
    op.create_table(
        "dossier_event",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agency_name", sa.Text(), nullable=True),
        sa.Column("department", sa.Text(), nullable=True),
        sa.Column("officer", sa.Text(), nullable=True),
        sa.Column("officer_title", sa.Text(), nullable=True),
        sa.Column("step", sa.Text(), nullable=True),
        sa.Column("step_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("is_unexpected", sa.Boolean(), nullable=False),
        sa.CheckConstraint("status BETWEEN 1 AND 10", name=op.f("ck_dossier_event_status")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "dossier_id"],
            ["dossier.tenant_id", "dossier.id"],
            name=op.f("fk_dossier_event_dossier"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_dossier_event")),
        sa.UniqueConstraint(
            "tenant_id",
            "dossier_id",
            "fingerprint",
            name=op.f("uq_dossier_event_tenant_id_dossier_id_fingerprint"),
        ),
    )
    op.create_index(
        "ix_dossier_event_line", "dossier_event", ["tenant_id", "dossier_id", "occurred_at"], unique=False
    )
    op.create_table(
        "dossier_phone",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("phone_index", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "dossier_id"],
            ["dossier.tenant_id", "dossier.id"],
            name=op.f("fk_dossier_phone_dossier"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_dossier_phone")),
        sa.UniqueConstraint(
            "tenant_id",
            "dossier_id",
            "phone_index",
            name=op.f("uq_dossier_phone_tenant_id_dossier_id_phone_index"),
        ),
    )
    op.create_index("ix_dossier_phone_index", "dossier_phone", ["tenant_id", "phone_index"], unique=False)
    op.create_table(
        "follow",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dossier_id", sa.BigInteger(), nullable=False),
        sa.Column("citizen_id", sa.BigInteger(), nullable=False),
        sa.Column("proof", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("proof IN ('token', 'digits', 'phone')", name=op.f("ck_follow_proof")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "citizen_id"],
            ["citizen.tenant_id", "citizen.id"],
            name=op.f("fk_follow_citizen"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "dossier_id"],
            ["dossier.tenant_id", "dossier.id"],
            name=op.f("fk_follow_dossier"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_follow")),
        sa.UniqueConstraint(
            "tenant_id", "dossier_id", "citizen_id", name=op.f("uq_follow_tenant_id_dossier_id_citizen_id")
        ),
    )
    op.create_index("ix_follow_citizen", "follow", ["tenant_id", "citizen_id"], unique=False)
    protect(op, "answered_request")
    protect(op, "dossier")
    protect(op, "dossier_event")
    protect(op, "dossier_phone")
    protect(op, "follow")


def downgrade() -> None:
    op.drop_table("follow")
    op.drop_table("dossier_phone")
    op.drop_table("dossier_event")
    op.drop_table("dossier")
    op.drop_table("answered_request")
