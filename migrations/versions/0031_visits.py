"""Booked visits to a desk."""

import sqlalchemy as sa
from alembic import op

from motcua.core.row_security import protect

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_visit_desk_day": (("desk_id", "day", "starts_at"), None),
    "ix_visit_person": (("person", "day"), None),
    "ix_visit_citizen": (("citizen_id",), "citizen_id IS NOT NULL"),
    "ix_visit_dossier": (("dossier_id",), "dossier_id IS NOT NULL"),
    "ix_visit_open": (("ends_at",), "state IN ('booked', 'confirmed')"),
    "ix_visit_remind_day": (("remind_day_at",), "remind_day_at IS NOT NULL"),
    "ix_visit_remind_hour": (("remind_hour_at",), "remind_hour_at IS NOT NULL"),
}


def upgrade() -> None:
    op.create_table(
        "visit",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("desk_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("citizen_id", sa.BigInteger(), nullable=True),
        sa.Column("dossier_id", sa.BigInteger(), nullable=True),
        sa.Column("procedure_code", sa.Text(), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("booked_by", sa.Text(), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("remind_day_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("remind_hour_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("served_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_by", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "purpose IN ('file', 'supplement', 'collect', 'ask')", name=op.f("ck_visit_purpose")
        ),
        sa.CheckConstraint(
            "state IN ('booked', 'confirmed', 'arrived', 'served', 'cancelled', 'no_show')",
            name=op.f("ck_visit_state"),
        ),
        sa.CheckConstraint("booked_by IN ('chat', 'page')", name=op.f("ck_visit_booked_by")),
        sa.CheckConstraint("cancelled_by IN ('citizen', 'office')", name=op.f("ck_visit_cancelled_by")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_visit_span")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_visit")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "desk_id"], ["desk.tenant_id", "desk.id"], name=op.f("fk_visit_desk")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "citizen_id"],
            ["citizen.tenant_id", "citizen.id"],
            name=op.f("fk_visit_citizen"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "dossier_id"],
            ["dossier.tenant_id", "dossier.id"],
            name=op.f("fk_visit_dossier"),
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("tenant_id", "token", name=op.f("uq_visit_tenant_id_token")),
        sa.UniqueConstraint(
            "tenant_id", "desk_id", "day", "number", name=op.f("uq_visit_tenant_id_desk_id_day_number")
        ),
    )
    for name, (columns, where) in INDEXES.items():
        op.create_index(name, "visit", ["tenant_id", *columns], postgresql_where=where)
    protect(op, "visit")


def downgrade() -> None:
    op.drop_table("visit")
    op.execute("DELETE FROM message_text WHERE event LIKE 'visit\\_%'")
