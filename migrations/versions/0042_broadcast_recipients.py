"""Who a broadcast goes to: a frozen audience, an uploaded list, an article on each OA."""

import sqlalchemy as sa
from alembic import op

from motcua.core.row_security import protect

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "broadcast_recipient",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("broadcast_id", sa.BigInteger(), nullable=False),
        sa.Column("citizen_id", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("contact_at", MOMENT, nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("skipped", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "broadcast_id"],
            ["broadcast.tenant_id", "broadcast.id"],
            name=op.f("fk_broadcast_recipient_broadcast"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "citizen_id"],
            ["citizen.tenant_id", "citizen.id"],
            name=op.f("fk_broadcast_recipient_citizen"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_broadcast_recipient")),
        sa.UniqueConstraint(
            "tenant_id",
            "broadcast_id",
            "person",
            name=op.f("uq_broadcast_recipient_tenant_id_broadcast_id_person"),
        ),
    )
    op.create_index("ix_broadcast_recipient_citizen", "broadcast_recipient", ["tenant_id", "citizen_id"])
    op.create_index("ix_broadcast_recipient_line", "broadcast_recipient", ["tenant_id", "broadcast_id", "id"])
    protect(op, "broadcast_recipient")
    op.create_table(
        "broadcast_listed",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("broadcast_id", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("value_encrypted", sa.Text(), nullable=False),
        sa.Column("phone_index", sa.Text(), nullable=True),
        sa.Column("uid_index", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("fault_column", sa.Text(), nullable=True),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.CheckConstraint("language IN ('vi', 'en')", name=op.f("ck_broadcast_listed_language")),
        sa.CheckConstraint(
            "num_nonnulls(phone_index, uid_index, fault) = 1", name=op.f("ck_broadcast_listed_one_meaning")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "broadcast_id"],
            ["broadcast.tenant_id", "broadcast.id"],
            name=op.f("fk_broadcast_listed_broadcast"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_broadcast_listed")),
        sa.UniqueConstraint(
            "tenant_id",
            "broadcast_id",
            "phone_index",
            name=op.f("uq_broadcast_listed_tenant_id_broadcast_id_phone_index"),
        ),
        sa.UniqueConstraint(
            "tenant_id",
            "broadcast_id",
            "uid_index",
            name=op.f("uq_broadcast_listed_tenant_id_broadcast_id_uid_index"),
        ),
    )
    op.create_index(
        "ix_broadcast_listed_faults",
        "broadcast_listed",
        ["tenant_id", "broadcast_id", "line"],
        postgresql_where="fault IS NOT NULL",
    )
    protect(op, "broadcast_listed")
    op.create_table(
        "broadcast_article",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("broadcast_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=True),
        sa.Column("article_id", sa.Text(), nullable=True),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("next_try_at", MOMENT, nullable=False),
        sa.Column("followers", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state IN ('creating', 'processing', 'ready', 'sending', 'sent', 'failed', 'uncertain')",
            name=op.f("ck_broadcast_article_state"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["official_account.tenant_id", "official_account.id"],
            name=op.f("fk_broadcast_article_official_account"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "broadcast_id"],
            ["broadcast.tenant_id", "broadcast.id"],
            name=op.f("fk_broadcast_article_broadcast"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_broadcast_article")),
        sa.UniqueConstraint(
            "tenant_id",
            "broadcast_id",
            "account_id",
            name=op.f("uq_broadcast_article_tenant_id_broadcast_id_account_id"),
        ),
    )
    protect(op, "broadcast_article")


def downgrade() -> None:
    op.drop_table("broadcast_article")
    op.drop_table("broadcast_listed")
    op.drop_table("broadcast_recipient")
