"""From when on the live rows behind a province's facts are whole: older ones were deleted, and are not counted anew."""

import sqlalchemy as sa
from alembic import op

from motcua.core.row_security import each_tenant, protect

revision = "0073"
down_revision = "0072"
branch_labels = None
depends_on = None

# What was deleted before there was such a table: by the province's settings.
SEAL = """
    INSERT INTO fact_sealed (tenant_id, source, before)
    SELECT id, source, now() - make_interval(days => coalesce((settings #>> ARRAY['retention', setting])::int, days))
    FROM tenant, (VALUES ('message', 'delivery_log_days', 365), ('webhook_event', 'raw_chat_days', 90))
        AS kept(source, setting, days)
    WHERE id = :id
"""


def upgrade() -> None:
    op.create_table(
        "fact_sealed",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("before", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_fact_sealed")),
        sa.UniqueConstraint("tenant_id", "source", name=op.f("uq_fact_sealed_tenant_id_source")),
    )
    protect(op, "fact_sealed")
    for tenant_id in each_tenant(op):
        op.get_bind().execute(sa.text(SEAL), {"id": tenant_id})


def downgrade() -> None:
    op.drop_table("fact_sealed")
