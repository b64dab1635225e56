"""Agencies that the console adds and changes: its words win over the folder's, with their history."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from motcua.core.row_security import protect

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None


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
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("staff_name", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("fields", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_agency_change")),
    )
    op.create_index("ix_agency_change_code", "agency_change", ["tenant_id", "code", "at"])
    protect(op, "agency_change")


def downgrade() -> None:
    op.drop_table("agency_change")
    for column in ("changes", "departments", "phone", "address"):
        op.drop_column("agency", column)
