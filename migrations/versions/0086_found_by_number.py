"""The messages of a batch are found in one walk along the index, not each from its root.

That was a tenth of what PostgreSQL does for a message.
"""

from alembic import op

revision = "0086"
down_revision = "0085"
branch_labels = None
depends_on = None

# The numbers as one list let one index scan go from leaf to leaf; without nested loops they are joined to their values
# by hash, not by comparing all with all. What the functions do: migration 0076.
MARK = """
CREATE OR REPLACE FUNCTION mark_messages(
    tenants text[], counts int[], ids bigint[], channels text[], reasons text[], prices int[], lease interval)
RETURNS void LANGUAGE plpgsql SET enable_nestloop = off AS $$
DECLARE
    first int := 1;
    last int;
BEGIN
    FOR n IN 1 .. cardinality(tenants) LOOP
        last := first + counts[n] - 1;
        PERFORM set_config('motcua.tenant_id', tenants[n], true);
        UPDATE message SET state = 'sending', attempts = attempts + 1, claimed_at = now(),
            lease_until = now() + lease, failure = NULL, channel = marked.channel, route_reason = marked.reason,
            price_vnd = marked.price
        FROM unnest(ids[first:last], channels[first:last], reasons[first:last], prices[first:last])
            AS marked(id, channel, reason, price)
        WHERE message.tenant_id = tenants[n] AND message.id = ANY (ids[first:last]) AND message.id = marked.id;
        first := last + 1;
    END LOOP;
END $$
"""
RECORD = """
CREATE OR REPLACE FUNCTION record_outcomes(
    tenants text[], sent_counts int[], sent_ids bigint[], zalo_ids text[], sent_ats timestamptz[],
    other_counts int[], other_ids bigint[], claims timestamptz[], states text[], failures text[],
    retries timestamptz[], refusals text[], untrieds boolean[])
RETURNS void LANGUAGE plpgsql SET enable_nestloop = off AS $$
DECLARE
    sent_first int := 1;
    other_first int := 1;
    last int;
BEGIN
    FOR n IN 1 .. cardinality(tenants) LOOP
        PERFORM set_config('motcua.tenant_id', tenants[n], true);
        IF sent_counts[n] > 0 THEN
            last := sent_first + sent_counts[n] - 1;
            UPDATE message SET state = 'sent', failure = NULL, lease_until = NULL,
                zalo_message_id = outcome.zalo_id, sent_at = outcome.at
            FROM unnest(sent_ids[sent_first:last], zalo_ids[sent_first:last], sent_ats[sent_first:last])
                AS outcome(id, zalo_id, at)
            WHERE message.tenant_id = tenants[n] AND message.id = ANY (sent_ids[sent_first:last])
              AND message.id = outcome.id AND message.state IN ('sending', 'uncertain');
            sent_first := last + 1;
        END IF;
        IF other_counts[n] > 0 THEN
            last := other_first + other_counts[n] - 1;
            UPDATE message SET
                state = outcome.state, failure = outcome.failure,
                next_attempt_at = coalesce(outcome.retry_at, message.next_attempt_at),
                channels_refused = CASE WHEN outcome.refused IS NULL THEN message.channels_refused
                    ELSE message.channels_refused || to_jsonb(outcome.refused) END,
                lease_until = NULL, attempts = message.attempts - CAST(outcome.untried AS int)
            FROM unnest(other_ids[other_first:last], claims[other_first:last], states[other_first:last],
                    failures[other_first:last], retries[other_first:last], refusals[other_first:last],
                    untrieds[other_first:last])
                AS outcome(id, claimed_at, state, failure, retry_at, refused, untried)
            WHERE message.tenant_id = tenants[n] AND message.id = ANY (other_ids[other_first:last])
              AND message.id = outcome.id AND message.state = 'sending'
              AND message.claimed_at = outcome.claimed_at;
            other_first := last + 1;
        END IF;
    END LOOP;
END $$
"""


def upgrade() -> None:
    op.execute(MARK)
    op.execute(RECORD)


def downgrade() -> None:
    before = op.get_context().script.get_revision("0076").module
    for function in (before.MARK, before.RECORD):
        op.execute(function.replace("CREATE", "CREATE OR REPLACE", 1))
