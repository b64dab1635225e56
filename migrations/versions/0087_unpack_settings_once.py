"""A province's settings are unpacked once for its rules, not once for each of four keys."""

from alembic import op

revision = "0087"
down_revision = "0086"
branch_labels = None
depends_on = None

# What the columns hold: migration 0083. Settings are long enough to be kept compressed, and `->` unpacks them whole.
RULES = """
CREATE OR REPLACE FUNCTION message_rules_stored(tenants text[])
RETURNS TABLE (tenant_id text, tenant jsonb, body jsonb, days jsonb, switched_off jsonb, templates jsonb)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE one text;
BEGIN
    FOREACH one IN ARRAY tenants LOOP
        PERFORM set_config('motcua.tenant_id', one, true);
        RETURN QUERY
        SELECT one,
            to_jsonb(kept),
            (SELECT body FROM message_rule_version WHERE tenant_id = one ORDER BY number DESC LIMIT 1),
            (SELECT jsonb_agg(jsonb_build_array(date, kind, counts, reason) ORDER BY date) FROM calendar_day
             WHERE tenant_id = one AND removed_at IS NULL),
            (SELECT jsonb_agg(jsonb_build_array(event, channel)) FROM message_switch
             WHERE tenant_id = one AND NOT is_on),
            (SELECT jsonb_agg(jsonb_build_object('account_id', account_id, 'template_id', template_id,
                'status', status, 'reason', reason, 'tag', tag, 'price_uid_vnd', price_uid_vnd,
                'price_phone_vnd', price_phone_vnd, 'params', params, 'gone_at', gone_at))
             FROM zbs_template WHERE tenant_id = one)
        FROM tenant, jsonb_to_record(tenant.settings)
            AS kept(timezone jsonb, office_hours jsonb, closed_days jsonb, extra_open_days jsonb)
        WHERE tenant.id = one;
    END LOOP;
END $$
"""


def upgrade() -> None:
    op.execute(RULES)


def downgrade() -> None:
    before = op.get_context().script.get_revision("0083").module
    op.execute(before.RULES.replace("CREATE", "CREATE OR REPLACE", 1))
