"""That questions were asked of services, and who waits for an answer; never the questions themselves."""

import sqlalchemy as sa
from alembic import op

from motcua.core.row_security import protect

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "service_asked",
        *_key(),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("took_ms", sa.Integer(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_service_asked")),
    )
    op.create_index("ix_service_asked_service", "service_asked", ["tenant_id", "service", "asked_at"])
    op.create_table(
        "service_waiting",
        *_key(),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("citizen_id", sa.BigInteger(), nullable=True),
        sa.Column("event_key", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("outcome_encrypted", sa.Text(), nullable=True),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("give_up_at", MOMENT, nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'settled')", name=op.f("ck_service_waiting_state")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_service_waiting")),
        sa.UniqueConstraint("tenant_id", "token", name=op.f("uq_service_waiting_tenant_id_token")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "citizen_id"],
            ["citizen.tenant_id", "citizen.id"],
            name=op.f("fk_service_waiting_citizen"),
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_service_waiting_citizen", "service_waiting", ["tenant_id", "citizen_id"])
    op.create_index(
        "ix_service_waiting_overdue",
        "service_waiting",
        ["tenant_id", "give_up_at"],
        postgresql_where="state = 'waiting'",
    )
    for table in ("service_asked", "service_waiting"):
        protect(op, table)


def downgrade() -> None:
    op.drop_table("service_waiting")
    op.drop_table("service_asked")


def _key() -> tuple[sa.Column, sa.Column]:
    return (
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
    )
