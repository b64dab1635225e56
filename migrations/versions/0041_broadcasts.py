"""Announcements to many citizens, and every step that people took with them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from motcua.core.row_security import protect

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "broadcast",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=True),
        sa.Column("body_en", sa.Text(), nullable=True),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("document_number", sa.Text(), nullable=True),
        sa.Column("document_date", sa.Date(), nullable=True),
        sa.Column("document_issuer", sa.Text(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("pays", sa.Boolean(), nullable=False),
        sa.Column("at_night", sa.Boolean(), nullable=False),
        sa.Column("audience", JSONB(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("send_at", MOMENT, nullable=True),
        sa.Column("started_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("frozen_through", sa.BigInteger(), nullable=False),
        sa.Column("frozen_at", MOMENT, nullable=True),
        sa.Column("fed_through", sa.BigInteger(), nullable=False),
        sa.Column("fed_at", MOMENT, nullable=True),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("fed", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.Integer(), nullable=False),
        sa.CheckConstraint("channel IN ('chat', 'article')", name=op.f("ck_broadcast_channel")),
        sa.CheckConstraint("kind IN ('policy', 'news', 'emergency')", name=op.f("ck_broadcast_kind")),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'approved', 'refused', 'scheduled', 'running', 'paused', 'done',"
            " 'cancelled')",
            name=op.f("ck_broadcast_state"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_broadcast")),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("uq_broadcast_tenant_id_code")),
    )
    op.create_index(
        "ix_broadcast_open",
        "broadcast",
        ["tenant_id", "state"],
        postgresql_where="state IN ('scheduled', 'running', 'paused')",
    )
    op.create_index(
        "ix_broadcast_published",
        "broadcast",
        ["tenant_id", "started_at"],
        postgresql_where="started_at IS NOT NULL",
    )
    protect(op, "broadcast")
    op.create_table(
        "broadcast_step",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("broadcast_id", sa.BigInteger(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=True),
        sa.Column("staff_name", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "broadcast_id"],
            ["broadcast.tenant_id", "broadcast.id"],
            name=op.f("fk_broadcast_step_broadcast"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_broadcast_step")),
    )
    op.create_index("ix_broadcast_step_line", "broadcast_step", ["tenant_id", "broadcast_id", "id"])
    protect(op, "broadcast_step")


def downgrade() -> None:
    op.drop_table("broadcast_step")
    op.drop_table("broadcast")
