"""Visits of the vendor's people to a province: who, why, until when, and what the province allowed."""

import sqlalchemy as sa
from alembic import op

from motcua.core.row_security import protect

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "support_entry",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("vendor_person_id", sa.BigInteger(), nullable=False),
        sa.Column("vendor_name", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("begins_at", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("allows_changes", sa.Boolean(), nullable=False),
        sa.Column("changes_allowed_by", sa.Text(), nullable=True),
        sa.Column("link_digest", sa.Text(), nullable=False),
        sa.Column("session_digest", sa.Text(), nullable=True),
        sa.Column("opened_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_support_entry")),
        sa.CheckConstraint("until <= begins_at + interval '4 hours'", name=op.f("ck_support_entry_until")),
        sa.UniqueConstraint("tenant_id", "link_digest", name=op.f("uq_support_entry_tenant_id_link_digest")),
        sa.UniqueConstraint(
            "tenant_id", "session_digest", name=op.f("uq_support_entry_tenant_id_session_digest")
        ),
    )
    op.create_index(
        "ix_support_entry_open", "support_entry", ["tenant_id", "until"], postgresql_where="ended_at IS NULL"
    )
    protect(op, "support_entry")


def downgrade() -> None:
    op.drop_table("support_entry")
