"""A province's calendar: days its console closes or opens, versions, and agencies' own hours."""

import sqlalchemy as sa
from alembic import op

from motcua.core.row_security import protect

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_day",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_by", sa.Text(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('closed', 'open')", name=op.f("ck_calendar_day_kind")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_calendar_day")),
    )
    op.create_index(
        "uq_calendar_day_in_force",
        "calendar_day",
        ["tenant_id", "date"],
        unique=True,
        postgresql_where="removed_at IS NULL",
    )
    op.create_table(
        "calendar_version",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dossiers_moved", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_calendar_version")),
        sa.UniqueConstraint("tenant_id", "number", name=op.f("uq_calendar_version_tenant_id_number")),
    )
    for table in ("calendar_day", "calendar_version"):
        protect(op, table)
    op.add_column("agency", sa.Column("office_hours", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("agency", "office_hours")
    op.drop_table("calendar_version")
    op.drop_table("calendar_day")
