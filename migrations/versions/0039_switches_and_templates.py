"""Messages can be switched off by event and channel, and ZBS templates are kept as Zalo last told us."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from motcua.core.row_security import protect

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "message_switch",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.CheckConstraint("channel IN ('consultation', 'zbs')", name=op.f("ck_message_switch_channel")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_message_switch")),
        sa.UniqueConstraint(
            "tenant_id", "event", "channel", name=op.f("uq_message_switch_tenant_id_event_channel")
        ),
    )
    protect(op, "message_switch")
    op.create_table(
        "zbs_template",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("template_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("tag", sa.Text(), nullable=True),
        sa.Column("quality", sa.Text(), nullable=True),
        sa.Column("price_phone_vnd", sa.Integer(), nullable=True),
        sa.Column("price_uid_vnd", sa.Integer(), nullable=True),
        sa.Column("params", JSONB(), nullable=False),
        sa.Column("daily_quota", sa.Integer(), nullable=True),
        sa.Column("daily_quota_left", sa.Integer(), nullable=True),
        sa.Column("preview_url", sa.Text(), nullable=True),
        sa.Column("synced_at", MOMENT, nullable=False),
        sa.Column("gone_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_zbs_template")),
        sa.UniqueConstraint(
            "tenant_id",
            "account_id",
            "template_id",
            name=op.f("uq_zbs_template_tenant_id_account_id_template_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["official_account.tenant_id", "official_account.id"],
            name=op.f("fk_zbs_template_official_account"),
            ondelete="CASCADE",
        ),
    )
    protect(op, "zbs_template")


def downgrade() -> None:
    op.drop_table("zbs_template")
    op.drop_table("message_switch")
