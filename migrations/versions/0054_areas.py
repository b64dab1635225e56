"""The communes whose news a citizen wants, and which news of services were told."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from motcua.core.row_security import protect

revision = "0054"
down_revision = "0052"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    # The default stays: while both versions run, the older one writes citizens without it.
    op.add_column("citizen", sa.Column("areas", postgresql.JSONB(), nullable=False, server_default="[]"))
    op.create_table(
        "service_news",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("told_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_service_news")),
        sa.UniqueConstraint(
            "tenant_id", "service", "key", name=op.f("uq_service_news_tenant_id_service_key")
        ),
    )
    protect(op, "service_news")
    op.create_table(
        "service_news_mark",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_service_news_mark")),
        sa.UniqueConstraint("tenant_id", "service", name=op.f("uq_service_news_mark_tenant_id_service")),
    )
    protect(op, "service_news_mark")


def downgrade() -> None:
    op.drop_table("service_news_mark")
    op.drop_table("service_news")
    op.drop_column("citizen", "areas")
