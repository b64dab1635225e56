"""A long line to one person is read no further than the message that is looked at.

Beside the recipient's equality the comparison of rows bounds nothing: each look read all that wait for the person,
500 entries where a million messages wait for 2,000 people.
"""

from alembic import op

revision = "0085"
down_revision = "0084"
branch_labels = None
depends_on = None

# The two comparisons of rows say by themselves that the recipient is the same. What else must hold: migration 0084.
LOOK = """
CREATE OR REPLACE FUNCTION look_at_due_messages(
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
        PERFORM set_config('motcua.tenant_id', one, true);
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
                WHERE ahead.tenant_id = one
                  AND ahead.state IN ('queued', '') AND ahead.attempts >= 0
                  AND (ahead.citizen_id, ahead.id) > (due.citizen_id, due.before)
                  AND (ahead.citizen_id, ahead.id) < (due.citizen_id, due.id)
                  AND ahead.lane = lane_name
                  AND ahead.next_attempt_at <= CASE WHEN ahead.failure IS NULL THEN due.next_attempt_at
                      ELSE greatest(moment, now()) + line_waits END
                  AND NOT EXISTS (SELECT FROM due AS same WHERE same.id = ahead.id) LIMIT 1), false)
            ELSE coalesce((
                SELECT true FROM message AS ahead
                WHERE ahead.tenant_id = one
                  AND ahead.state IN ('queued', '') AND ahead.attempts >= 0
                  AND (ahead.phone_index, ahead.id) > (due.phone_index, due.before)
                  AND (ahead.phone_index, ahead.id) < (due.phone_index, due.id)
                  AND ahead.lane = lane_name
                  AND ahead.phone_index IS NOT NULL
                  AND ahead.next_attempt_at <= CASE WHEN ahead.failure IS NULL THEN due.next_attempt_at
                      ELSE greatest(moment, now()) + line_waits END
                  AND NOT EXISTS (SELECT FROM due AS same WHERE same.id = ahead.id) LIMIT 1), false) END,
            (SELECT status <> 'trial' FROM tenant WHERE tenant.id = one) OR EXISTS (
                SELECT FROM trial_guest
                WHERE trial_guest.tenant_id = one
                  AND trial_guest.phone_index = coalesce(due.phone_index, citizen.phone_index)),
            one
        FROM (SELECT *, coalesce(lag(id) OVER (PARTITION BY citizen_id, phone_index ORDER BY id), 0) AS before
              FROM due) AS due
        LEFT JOIN LATERAL (
            SELECT oa_id, uid_encrypted, phone_encrypted, last_interaction_at, phone_index FROM citizen
            WHERE citizen.tenant_id = one AND citizen.id = due.citizen_id LIMIT 1) AS citizen ON true
        ORDER BY due.next_attempt_at, due.id;
    END LOOP;
END $$
"""


def upgrade() -> None:
    op.execute(LOOK)


def downgrade() -> None:
    op.execute(op.get_context().script.get_revision(down_revision).module.LOOK)
