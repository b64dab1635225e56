"""The webhook inbox."""

import sqlalchemy as sa
from alembic import op

from motcua.core.row_security import protect

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "quarantined_webhook",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("app_id", sa.Text(), nullable=False),
        sa.Column("oa_candidates", sa.Text(), nullable=False),
        sa.Column("event_key", sa.Text(), nullable=False),
        sa.Column("event_name", sa.Text(), nullable=False),
        sa.Column("body_encrypted", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantined_webhook")),
        sa.UniqueConstraint("event_key", name=op.f("uq_quarantined_webhook_event_key")),
    )
    op.create_table(
        "webhook_event",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("oa_id", sa.Text(), nullable=False),
        sa.Column("event_key", sa.Text(), nullable=False),
        sa.Column("event_name", sa.Text(), nullable=False),
        sa.Column("body_encrypted", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('new', 'done', 'ignored', 'failed')", name=op.f("ck_webhook_event_state")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_webhook_event")),
        sa.UniqueConstraint(
            "tenant_id", "oa_id", "event_key", name=op.f("uq_webhook_event_tenant_id_oa_id_event_key")
        ),
    )
    op.create_index(
        "ix_webhook_event_new",
        "webhook_event",
        ["tenant_id", "next_try_at", "id"],
        unique=False,
        postgresql_where="state = 'new'",
    )
    protect(op, "webhook_event")


def downgrade() -> None:
    op.drop_table("webhook_event")
    op.drop_table("quarantined_webhook")
