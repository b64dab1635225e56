"""Provinces founded in the vendor's console, what the vendor decides about them, and what they confirm."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from motcua.core.roles import APP
from motcua.core.row_security import protect

revision = "0066"
down_revision = "0058"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
OWNED = ("vendor_notice_read", "hours_confirmed", "privacy_notice")


def upgrade() -> None:
    op.add_column("tenant", sa.Column("origin", sa.Text(), nullable=False, server_default="folder"))
    op.add_column("tenant", sa.Column("decided", postgresql.JSONB(), nullable=False, server_default="{}"))
    op.create_check_constraint(op.f("ck_tenant_origin"), "tenant", "origin IN ('folder', 'console')")
    op.create_table(
        "tenant_decision",
        _number(),
        _of_tenant("tenant_decision"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("before", postgresql.JSONB(), nullable=False),
        sa.Column("after", postgresql.JSONB(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenant_decision")),
    )
    op.create_index("ix_tenant_decision_tenant_id_id", "tenant_decision", ["tenant_id", "id"])
    op.create_table(
        "backup_note",
        _number(),
        sa.Column(
            "tenant_id",
            sa.Text(),
            sa.ForeignKey("tenant.id", name=op.f("fk_backup_note_tenant"), ondelete="CASCADE"),
            nullable=True,
        ),
        sa.Column("taken_at", MOMENT, nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("noted_by", sa.Text(), nullable=False),
        sa.Column("noted_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backup_note")),
    )
    op.create_index(op.f("ix_backup_note_tenant_id"), "backup_note", ["tenant_id"])
    op.create_table(
        "usage_month",
        _of_tenant("usage_month"),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("figures", postgresql.JSONB(), nullable=False),
        sa.Column("closed_by", sa.Text(), nullable=False),
        sa.Column("closed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "month", name=op.f("pk_usage_month")),
    )
    op.create_table(
        "vendor_notice",
        _number(),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("importance", sa.Text(), nullable=False),
        sa.Column("tenants", postgresql.JSONB(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("published_by", sa.Text(), nullable=False),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vendor_notice")),
        sa.CheckConstraint(
            "importance IN ('normal', 'important', 'urgent')", name=op.f("ck_vendor_notice_importance")
        ),
    )
    op.create_table(
        "vendor_notice_read",
        *_owned(),
        sa.Column("notice_id", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("read_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_vendor_notice_read")),
        sa.UniqueConstraint(
            "tenant_id",
            "staff_id",
            "notice_id",
            name=op.f("uq_vendor_notice_read_tenant_id_staff_id_notice_id"),
        ),
    )
    op.create_table(
        "hours_confirmed",
        *_owned(),
        sa.Column("hours", sa.Text(), nullable=False),
        sa.Column("confirmed_by", sa.Text(), nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_hours_confirmed")),
    )
    op.create_table(
        "privacy_notice",
        *_owned(),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("published_by", sa.Text(), nullable=False),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_privacy_notice")),
    )
    for table in OWNED:
        protect(op, table)
    for table in ("tenant_decision", "usage_month"):
        op.execute(f"REVOKE UPDATE, DELETE ON {table} FROM {APP}")


def downgrade() -> None:
    for table in (*OWNED, "vendor_notice", "usage_month", "backup_note", "tenant_decision"):
        op.drop_table(table)
    op.drop_constraint(op.f("ck_tenant_origin"), "tenant")
    op.drop_column("tenant", "decided")
    op.drop_column("tenant", "origin")


def _number() -> sa.Column:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def _of_tenant(table: str) -> sa.Column:
    key = sa.ForeignKey("tenant.id", name=op.f(f"fk_{table}_tenant"), ondelete="CASCADE")
    return sa.Column("tenant_id", sa.Text(), key, nullable=False)


def _owned() -> tuple[sa.Column, sa.Column]:
    return sa.Column("tenant_id", sa.Text(), nullable=False), _number()
