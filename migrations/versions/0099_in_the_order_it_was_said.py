"""What came in one batch is numbered by Zalo's time, then as it arrived; a citizen's line is read by number."""

from alembic import op

revision = "0099"
down_revision = "0098"
branch_labels = None
depends_on = None

BEFORE = """
CREATE OR REPLACE FUNCTION store_webhooks(events json, came_at timestamptz)
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

# Numbers are given in one order and rows inserted in another. A web process that does not tell `at` yet has its
# events numbered as they arrived.
NOW = """
CREATE OR REPLACE FUNCTION store_webhooks(events json, came_at timestamptz)
RETURNS TABLE (tenant text, oa text, key text) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE one text; part json;
BEGIN
    FOR one, part IN SELECT * FROM json_each(events) AS entry ORDER BY 1 LOOP
        PERFORM set_config('motcua.tenant_id', one, true);
        RETURN QUERY
        WITH numbered AS MATERIALIZED (
            SELECT nextval('webhook_event_id_seq') AS id, given.*
            FROM (SELECT event.*
                  FROM ROWS FROM (json_to_recordset(part) AS (oa text, other text, proof text, key text, name text,
                                                              citizen text, body text, at timestamptz))
                      WITH ORDINALITY AS event(oa, other, proof, key, name, citizen, body, at, place)
                  ORDER BY coalesce(event.at, came_at), event.place) AS given)
        INSERT INTO webhook_event (tenant_id, id, oa_id, event_key, event_name, citizen_index, body_encrypted,
                                   received_at, state, tries, next_try_at)
        SELECT one, event.id, event.oa, event.key, event.name, event.citizen, event.body, came_at, 'new', 0, came_at
        FROM numbered AS event
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
    op.execute(NOW)


def downgrade() -> None:
    op.execute(BEFORE)
