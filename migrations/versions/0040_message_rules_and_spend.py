"""Hours and monthly limits of a province, and what its templates cost, each paid message counted once."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from motcua.core.row_security import protect

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
PAID = "billed_at IS NULL AND price_vnd > 0 AND state IN ('sent', 'delivered', 'seen')"


def upgrade() -> None:
    op.create_table(
        "message_rule_version",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body", JSONB(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_message_rule_version")),
        sa.UniqueConstraint("tenant_id", "number", name=op.f("uq_message_rule_version_tenant_id_number")),
    )
    protect(op, "message_rule_version")
    op.create_table(
        "message_spend",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("messages", sa.BigInteger(), nullable=False),
        sa.Column("amount_vnd", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_message_spend")),
        sa.UniqueConstraint(
            "tenant_id",
            "month",
            "event",
            "channel",
            name=op.f("uq_message_spend_tenant_id_month_event_channel"),
        ),
    )
    protect(op, "message_spend")
    # Without a default the table is not rewritten; what was paid for before is counted by the first rounds.
    op.add_column("message", sa.Column("billed_at", MOMENT, nullable=True))
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_message_unbilled",
            "message",
            ["tenant_id", "sent_at"],
            postgresql_where=PAID,
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    op.drop_column("message", "billed_at")
    op.drop_table("message_spend")
    op.drop_table("message_rule_version")
