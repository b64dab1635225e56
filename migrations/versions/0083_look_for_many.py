"""What is due, and where provinces stand, is read for many of them in one trip.

Four statements a province cost their sender more than its twenty messages did. Row security stays forced: inside,
the tenant is set anew before the rows of each.
"""

from alembic import op

revision = "0083"
down_revision = "0079"
branch_labels = None
depends_on = None

# Claims of one tenant's lane follow one another, so that two workers cannot take two messages to the same citizen
# past each other: the lock holds to the transaction's end, and comes in a statement of its own, since the look's
# snapshot must be younger (each statement of a volatile function takes its own). Who calls sorts tenants: locks in
# one order everywhere.
#
# What is read must not depend on what the planner believes of a queue that was empty when it was analysed:
# scalar sub-selects with LIMIT are neither hashed nor joined over a whole province, and the predicates leave one
# index for each (models.py). Materialized: as a plain sub-select `due` may be run again for each row.
# Due and expired by the later and the earlier of two clocks, the worker's and the database's: hosts' clocks differ.
LOOK = """
CREATE FUNCTION look_at_due_messages(
    lane_name text, tenants text[], batches int[], after_ats timestamptz[], after_ids bigint[], moment timestamptz,
    line_waits interval)
RETURNS TABLE (
    id bigint, next_attempt_at timestamptz, is_expired boolean, citizen_id bigint, phone_index text,
    phone_encrypted text, event text, attempts smallint, channels_refused text, content text, oa_id text,
    uid_encrypted text, citizen_phone_encrypted text, last_interaction_at timestamptz, looked_at timestamptz,
    is_behind boolean, is_allowed boolean, tenant text)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE one text;
BEGIN
    FOR n IN 1 .. cardinality(tenants) LOOP
        one := tenants[n];
        PERFORM set_config('motcua.tenant_id', one, true),
            pg_advisory_xact_lock(hashtextextended(one || ' ' || lane_name, 7));
        RETURN QUERY
        WITH due AS MATERIALIZED (
            SELECT id, next_attempt_at, expires_at, citizen_id, phone_index, phone_encrypted, event, attempts,
                channels_refused, content
            FROM message
            WHERE tenant_id = one AND lane = lane_name AND state = 'queued'
              AND next_attempt_at <= greatest(moment, now())
              AND (next_attempt_at, id) > (after_ats[n], after_ids[n])
            ORDER BY next_attempt_at, id LIMIT batches[n] FOR UPDATE SKIP LOCKED)
        SELECT due.id, due.next_attempt_at, due.expires_at <= least(moment, now()), due.citizen_id,
            due.phone_index, due.phone_encrypted, due.event, due.attempts, due.channels_refused::text,
            due.content::text, citizen.oa_id, citizen.uid_encrypted, citizen.phone_encrypted,
            citizen.last_interaction_at, now(),
            CASE WHEN due.citizen_id IS NOT NULL THEN coalesce((
                SELECT true FROM message AS ahead
                WHERE ahead.tenant_id = one AND ahead.citizen_id = due.citizen_id
                  AND ahead.state = 'sending' AND ahead.lane = lane_name LIMIT 1), false)
            ELSE coalesce((
                SELECT true FROM message AS ahead
                WHERE ahead.tenant_id = one AND ahead.phone_index = due.phone_index
                  AND ahead.state = 'sending' AND ahead.lane = lane_name AND ahead.phone_index IS NOT NULL
                LIMIT 1), false) END
            OR CASE WHEN due.citizen_id IS NOT NULL THEN coalesce((
                SELECT true FROM message AS ahead
                WHERE ahead.tenant_id = one AND ahead.citizen_id = due.citizen_id
                  AND ahead.state IN ('queued', '') AND ahead.failure IS NOT NULL AND ahead.lane = lane_name
                  AND ahead.id < due.id
                  AND ahead.next_attempt_at <= greatest(moment, now()) + line_waits
                  AND NOT EXISTS (SELECT FROM due AS same WHERE same.id = ahead.id) LIMIT 1), false)
            ELSE coalesce((
                SELECT true FROM message AS ahead
                WHERE ahead.tenant_id = one AND ahead.phone_index = due.phone_index
                  AND ahead.state IN ('queued', '') AND ahead.failure IS NOT NULL AND ahead.lane = lane_name
                  AND ahead.phone_index IS NOT NULL AND ahead.id < due.id
                  AND ahead.next_attempt_at <= greatest(moment, now()) + line_waits
                  AND NOT EXISTS (SELECT FROM due AS same WHERE same.id = ahead.id) LIMIT 1), false) END,
            (SELECT status <> 'trial' FROM tenant WHERE tenant.id = one) OR EXISTS (
                SELECT FROM trial_guest
                WHERE trial_guest.tenant_id = one
                  AND trial_guest.phone_index = coalesce(due.phone_index, citizen.phone_index)),
            one
        FROM due
        LEFT JOIN LATERAL (
            SELECT oa_id, uid_encrypted, phone_encrypted, last_interaction_at, phone_index FROM citizen
            WHERE citizen.tenant_id = one AND citizen.id = due.citizen_id LIMIT 1) AS citizen ON true
        ORDER BY due.next_attempt_at, due.id;
    END LOOP;
END $$
"""
# A row for each Official Account; one without account for a tenant that has none.
STANDINGS = """
CREATE FUNCTION standings_to_send(tenants text[])
RETURNS TABLE (
    tenant_id text, status text, plan jsonb, paused text[], account_id bigint, oa_id text, app_id text, state text,
    templates jsonb, access_token_encrypted text, token_expires_at timestamptz, calls_per_minute int,
    app_secret_encrypted text, app_calls_per_minute int)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE one text;
BEGIN
    FOREACH one IN ARRAY tenants LOOP
        PERFORM set_config('motcua.tenant_id', one, true);
        RETURN QUERY
        SELECT one, tenant.status, tenant.settings->'plan',
            (SELECT array_agg(coalesce(oa_id, '')) FROM delivery_pause WHERE tenant_id = one
               AND ended_at IS NULL),
            account.id, account.oa_id, account.app_id, account.state, account.templates,
            account.access_token_encrypted, account.token_expires_at, account.calls_per_minute,
            zalo_app.app_secret_encrypted, zalo_app.calls_per_minute
        FROM tenant
        LEFT JOIN official_account AS account ON account.tenant_id = tenant.id
        LEFT JOIN zalo_app ON zalo_app.app_id = account.app_id
        WHERE tenant.id = one
        ORDER BY account.id;
    END LOOP;
END $$
"""
# All that a tenant's rules are made of.
RULES = """
CREATE FUNCTION message_rules_stored(tenants text[])
RETURNS TABLE (tenant_id text, tenant jsonb, body jsonb, days jsonb, switched_off jsonb, templates jsonb)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE one text;
BEGIN
    FOREACH one IN ARRAY tenants LOOP
        PERFORM set_config('motcua.tenant_id', one, true);
        RETURN QUERY
        SELECT one,
            jsonb_build_object('timezone', settings->'timezone', 'office_hours', settings->'office_hours',
                'closed_days', settings->'closed_days', 'extra_open_days', settings->'extra_open_days'),
            (SELECT body FROM message_rule_version WHERE tenant_id = one ORDER BY number DESC LIMIT 1),
            (SELECT jsonb_agg(jsonb_build_array(date, kind, counts, reason) ORDER BY date) FROM calendar_day
             WHERE tenant_id = one AND removed_at IS NULL),
            (SELECT jsonb_agg(jsonb_build_array(event, channel)) FROM message_switch
             WHERE tenant_id = one AND NOT is_on),
            (SELECT jsonb_agg(jsonb_build_object('account_id', account_id, 'template_id', template_id,
                'status', status, 'reason', reason, 'tag', tag, 'price_uid_vnd', price_uid_vnd,
                'price_phone_vnd', price_phone_vnd, 'params', params, 'gone_at', gone_at))
             FROM zbs_template WHERE tenant_id = one)
        FROM tenant WHERE tenant.id = one;
    END LOOP;
END $$
"""


def upgrade() -> None:
    for function in (LOOK, STANDINGS, RULES):
        op.execute(function)


def downgrade() -> None:
    for name in ("message_rules_stored", "standings_to_send", "look_at_due_messages"):
        op.execute(f"DROP FUNCTION {name}")
