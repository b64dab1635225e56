"""Agencies that the console adds and changes, with their history; a province's exports of all it has."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from motcua.core.row_security import protect

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    # The defaults stay: while both versions run, the older one writes agencies without these.
    op.add_column("agency", sa.Column("address", sa.Text(), nullable=True))
    op.add_column("agency", sa.Column("phone", sa.Text(), nullable=True))
    op.add_column("agency", sa.Column("departments", postgresql.JSONB(), nullable=False, server_default="[]"))
    op.add_column("agency", sa.Column("changes", postgresql.JSONB(), nullable=False, server_default="{}"))
    op.create_table(
        "agency_change",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("staff_name", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("fields", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_agency_change")),
    )
    op.create_index("ix_agency_change_code", "agency_change", ["tenant_id", "code", "at"])
    protect(op, "agency_change")
    _exports()


def _exports() -> None:
    moments = ("lease_until", "ready_at", "expires_at")
    op.create_table(
        "export",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=True),
        *(sa.Column(name, MOMENT, nullable=True) for name in moments),
        sa.CheckConstraint(
            "state IN ('waiting', 'making', 'ready', 'failed', 'expired')", name=op.f("ck_export_state")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_export")),
    )
    op.create_index("ix_export_state", "export", ["tenant_id", "state"])
    protect(op, "export")


def downgrade() -> None:
    op.drop_table("export")
    op.drop_table("agency_change")
    for column in ("changes", "departments", "phone", "address"):
        op.drop_column("agency", column)
