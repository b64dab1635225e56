"""Desks that take bookings, the days they count queue numbers for, and the days they are closed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from motcua.core.row_security import protect

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "desk",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("agency_code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("fields", postgresql.JSONB(), nullable=False),
        sa.Column("procedure_codes", postgresql.JSONB(), nullable=False),
        sa.Column("slot_minutes", sa.SmallInteger(), nullable=False),
        sa.Column("capacity", sa.SmallInteger(), nullable=False),
        sa.Column("hours", postgresql.JSONB(), nullable=True),
        sa.Column("horizon_days", sa.SmallInteger(), nullable=False),
        sa.Column("takes_bookings", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("slot_minutes BETWEEN 5 AND 240", name=op.f("ck_desk_slot_minutes")),
        sa.CheckConstraint("capacity BETWEEN 1 AND 200", name=op.f("ck_desk_capacity")),
        sa.CheckConstraint("horizon_days BETWEEN 1 AND 60", name=op.f("ck_desk_horizon_days")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_desk")),
        sa.UniqueConstraint(
            "tenant_id", "agency_code", "name", name=op.f("uq_desk_tenant_id_agency_code_name")
        ),
    )
    op.create_table(
        "desk_day",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("desk_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.Column("is_kept", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_desk_day")),
        _to_desk("desk_day"),
        sa.UniqueConstraint("tenant_id", "desk_id", "day", name=op.f("uq_desk_day_tenant_id_desk_id_day")),
    )
    op.create_table(
        "desk_closure",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("desk_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_desk_closure")),
        _to_desk("desk_closure"),
        sa.UniqueConstraint(
            "tenant_id", "desk_id", "day", name=op.f("uq_desk_closure_tenant_id_desk_id_day")
        ),
    )
    for table in ("desk", "desk_day", "desk_closure"):
        protect(op, table)


def _to_desk(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", "desk_id"], ["desk.tenant_id", "desk.id"], name=op.f(f"fk_{table}_desk")
    )


def downgrade() -> None:
    op.drop_table("desk_closure")
    op.drop_table("desk_day")
    op.drop_table("desk")
