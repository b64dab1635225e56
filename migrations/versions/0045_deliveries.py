"""Messages in trouble are found fast, and what a person decided of one is kept with the reason."""

import sqlalchemy as sa
from alembic import op

from motcua.core.row_security import protect

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "delivery_act",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("act IN ('received', 'resend')", name=op.f("ck_delivery_act_act")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_delivery_act")),
    )
    op.create_index("ix_delivery_act_message", "delivery_act", ["tenant_id", "message_id"])
    protect(op, "delivery_act")
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_message_trouble",
            "message",
            ["tenant_id", "state", "created_at", "id"],
            postgresql_where="state IN ('uncertain', 'failed', 'expired')",
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    op.drop_index("ix_message_trouble", table_name="message")
    op.drop_table("delivery_act")
