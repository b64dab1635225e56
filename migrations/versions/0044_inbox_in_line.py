"""The inbox is read in order per citizen, and many webhooks are stored in one trip."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

LINES = (
    (
        "ix_webhook_event_line",
        ["tenant_id", "citizen_index", "id"],
        "state = 'new' AND citizen_index IS NOT NULL",
    ),
    ("ix_webhook_event_of_nobody", ["tenant_id", "next_try_at"], "state = 'new' AND citizen_index IS NULL"),
)

# One transaction for whatever provinces' events came in together: row security stays forced, and each insert
# sees the tenant of its own rows only. What the web process remembers of an OA (its province, app and secrets)
# is compared with what holds now; where it no longer does, the event is "stale" and nothing of it is stored.
STORE = """
CREATE FUNCTION store_webhook_events(
    tenants text[], oas text[], others text[], proofs text[], keys text[], names text[], citizens text[],
    bodies text[], came_at timestamptz)
RETURNS TABLE (place bigint, result text) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE one text;
BEGIN
    FOR one IN SELECT DISTINCT tenant FROM unnest(tenants) AS tenant ORDER BY tenant LOOP
        PERFORM set_config('motcua.tenant_id', one, true);
        RETURN QUERY
        WITH given AS MATERIALIZED (
            SELECT event.place, event.oa, event.key, event.name, event.citizen, event.body,
                   route.tenant_id IS NOT NULL AS holds
            FROM unnest(tenants, oas, others, proofs, keys, names, citizens, bodies) WITH ORDINALITY
                AS event(tenant, oa, other, proof, key, name, citizen, body, place)
            LEFT JOIN official_account AS account ON account.tenant_id = one AND account.oa_id = event.oa
            LEFT JOIN zalo_app AS app ON app.app_id = account.app_id
            LEFT JOIN tenant_route AS route ON route.kind = 'oa' AND route.value = event.oa
                AND route.tenant_id = one
                AND event.proof = concat_ws('|', app.app_id, app.webhook_secret_encrypted,
                                            account.webhook_secret_encrypted)
                AND NOT EXISTS (SELECT FROM tenant_route AS rival
                                WHERE rival.kind = 'oa' AND rival.value = event.other)
            WHERE event.tenant = one),
        stored AS (
            -- In one order everywhere: two processes with the same events must not wait for each other.
            INSERT INTO webhook_event (tenant_id, oa_id, event_key, event_name, citizen_index, body_encrypted,
                                       received_at, state, tries, next_try_at)
            SELECT one, oa, key, name, citizen, body, came_at, 'new', 0, came_at
            FROM given WHERE holds ORDER BY oa, key
            ON CONFLICT DO NOTHING RETURNING oa_id, event_key)
        SELECT given.place, CASE WHEN NOT given.holds THEN 'stale' WHEN stored.oa_id IS NULL THEN 'known'
                            ELSE 'stored' END
        FROM given LEFT JOIN stored ON stored.oa_id = given.oa AND stored.event_key = given.key;
    END LOOP;
END $$
"""


def upgrade() -> None:
    op.add_column("webhook_event", sa.Column("citizen_index", sa.Text(), nullable=True))
    op.execute(STORE)
    with op.get_context().autocommit_block():
        for name, columns, which in LINES:
            op.create_index(
                name,
                "webhook_event",
                columns,
                postgresql_where=which,
                postgresql_concurrently=True,
            )
        op.drop_index("ix_webhook_event_new", postgresql_concurrently=True)


def downgrade() -> None:
    op.execute("DROP FUNCTION store_webhook_events")
    for name, _, _ in LINES:
        op.drop_index(name, table_name="webhook_event")
    op.drop_column("webhook_event", "citizen_index")
    op.create_index(
        "ix_webhook_event_new",
        "webhook_event",
        ["tenant_id", "next_try_at", "id"],
        postgresql_where="state = 'new'",
    )
