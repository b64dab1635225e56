"""Webhooks are stored by one lean statement; the older function says why one was not."""

from alembic import op

revision = "0079"
down_revision = "0078"
branch_labels = None
depends_on = None

# As store_webhook_events (0044), which stays for what this one does not store: whatever is not among the answer's
# keys was stored before, or its OA is no longer what the web process remembers. One JSON value costs the client a
# third of eight arrays, and most of a call was setting up joins for few rows.
STORE = """
CREATE FUNCTION store_webhooks(events json, came_at timestamptz)
RETURNS TABLE (tenant text, oa text, key text) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE one text; part json;
BEGIN
    FOR one, part IN SELECT * FROM json_each(events) AS entry ORDER BY 1 LOOP
        PERFORM set_config('motcua.tenant_id', one, true);
        RETURN QUERY
        INSERT INTO webhook_event (tenant_id, oa_id, event_key, event_name, citizen_index, body_encrypted,
                                   received_at, state, tries, next_try_at)
        SELECT one, event.oa, event.key, event.name, event.citizen, event.body, came_at, 'new', 0, came_at
        FROM json_to_recordset(part) AS event(oa text, other text, proof text, key text, name text, citizen text,
                                              body text)
        WHERE EXISTS (SELECT FROM official_account AS account
                      JOIN zalo_app AS app ON app.app_id = account.app_id
                      JOIN tenant_route AS route ON route.kind = 'oa' AND route.value = account.oa_id
                          AND route.tenant_id = one
                      WHERE account.tenant_id = one AND account.oa_id = event.oa
                        AND event.proof = concat_ws('|', app.app_id, app.webhook_secret_encrypted,
                                                    account.webhook_secret_encrypted))
          AND NOT EXISTS (SELECT FROM tenant_route AS rival WHERE rival.kind = 'oa' AND rival.value = event.other)
        -- In one order everywhere: two processes with the same events must not wait for each other.
        ORDER BY event.oa, event.key
        ON CONFLICT DO NOTHING RETURNING tenant_id, oa_id, event_key;
    END LOOP;
END $$
"""


def upgrade() -> None:
    op.execute(STORE)


def downgrade() -> None:
    op.execute("DROP FUNCTION store_webhooks")
