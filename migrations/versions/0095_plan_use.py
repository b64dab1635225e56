"""How much of its plan's month a province has used, for a Redis that has lost the count.

It was begun anew by counting a province's messages in the middle of a claim, without an index and without those under
way. The running month of a province with a limit begins with what its facts know; what Redis holds replaces that
within seconds.
"""

import sqlalchemy as sa
from alembic import op

from motcua.core.row_security import each_tenant, protect

revision = "0095"
down_revision = "0094"
branch_labels = None
depends_on = None

# Of many provinces in one trip; nothing is written or locked where the number is the same. `now()` is when the
# transaction began, after the numbers were read. Returns how many were written.
KEEP = """
CREATE FUNCTION keep_plan_use(tenants text[], first_day date, counts bigint[])
RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    written int := 0;
    found_now int;
BEGIN
    FOR n IN 1 .. cardinality(tenants) LOOP
        PERFORM set_config('motcua.tenant_id', tenants[n], true);
        INSERT INTO plan_use (tenant_id, month, messages, kept_at)
        SELECT tenants[n], first_day, counts[n], now()
        WHERE NOT EXISTS (SELECT FROM plan_use AS kept WHERE kept.tenant_id = tenants[n] AND kept.month = first_day
            AND kept.messages = counts[n])
        ON CONFLICT (tenant_id, month) DO UPDATE SET messages = excluded.messages, kept_at = excluded.kept_at;
        GET DIAGNOSTICS found_now = ROW_COUNT;
        written := written + found_now;
    END LOOP;
    RETURN written;
END $$
"""
FILL = """
    INSERT INTO plan_use (tenant_id, month, messages, kept_at)
    SELECT tenant.id, this.month, counted.messages, coalesce(rolled.at, this.month::timestamp AT TIME ZONE this.zone)
    FROM tenant
    CROSS JOIN (SELECT zone, date_trunc('month', now() AT TIME ZONE zone)::date AS month
        FROM (VALUES ('Asia/Ho_Chi_Minh')) AS named(zone)) AS this
    CROSS JOIN LATERAL (SELECT coalesce(sum(fact.messages), 0) AS messages FROM fact_message AS fact
        WHERE fact.tenant_id = tenant.id AND fact.day >= this.month
          AND fact.state IN ('sending', 'sent', 'delivered', 'seen', 'uncertain')) AS counted
    CROSS JOIN LATERAL (SELECT max(rolled_at) AS at FROM fact_day AS fact
        WHERE fact.tenant_id = tenant.id AND fact.day >= this.month) AS rolled
    WHERE tenant.id = :id AND tenant.settings #>> '{plan,messages_per_month}' IS NOT NULL
"""


def upgrade() -> None:
    op.create_table(
        "plan_use",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("messages", sa.BigInteger(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_plan_use")),
        sa.UniqueConstraint("tenant_id", "month", name=op.f("uq_plan_use_tenant_id_month")),
    )
    protect(op, "plan_use")
    op.execute(KEEP)
    for tenant_id in each_tenant(op):
        op.get_bind().execute(sa.text(FILL), {"id": tenant_id})


def downgrade() -> None:
    op.execute("DROP FUNCTION keep_plan_use")
    op.drop_table("plan_use")
