"""Who stopped a province's messages, or one OA's, since when and why."""

import sqlalchemy as sa
from alembic import op

from motcua.core.row_security import protect

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "delivery_pause",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("oa_id", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_delivery_pause")),
    )
    op.create_index(
        "uq_delivery_pause_open",
        "delivery_pause",
        ["tenant_id", "oa_id"],
        unique=True,
        postgresql_where="ended_at IS NULL",
    )
    protect(op, "delivery_pause")


def downgrade() -> None:
    op.drop_table("delivery_pause")
