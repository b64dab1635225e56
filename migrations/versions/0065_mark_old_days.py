"""Whoever changes a row of a day that is over marks that day, so that it is counted anew.

A mark that is there already is held by a key share, so that a roll-up cannot take it before our change is seen; one
that is being taken is passed over and written again.
"""

from alembic import op

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None

MARK = """
CREATE FUNCTION fact_mark(tenant text, VARIADIC moments timestamptz[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    one date;
BEGIN
    FOR one IN
        SELECT DISTINCT (moment AT TIME ZONE 'Asia/Ho_Chi_Minh')::date FROM unnest(moments) AS moment
        WHERE moment < date_trunc('day', now() AT TIME ZONE 'Asia/Ho_Chi_Minh') AT TIME ZONE 'Asia/Ho_Chi_Minh'
          AND moment > '2000-01-01'
    LOOP
        PERFORM FROM fact_dirty WHERE tenant_id = tenant AND day = one LIMIT 1 FOR KEY SHARE SKIP LOCKED;
        IF NOT FOUND THEN
            INSERT INTO fact_dirty (tenant_id, day) VALUES (tenant, one);
        END IF;
    END LOOP;
END $$
"""
# Arguments of the trigger: the columns that hold the moments of the days.
MARK_ROW = """
CREATE FUNCTION fact_mark_row() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    kept jsonb;
    column_name text;
    moments timestamptz[] := '{}';
BEGIN
    FOREACH column_name IN ARRAY TG_ARGV LOOP
        IF TG_OP <> 'DELETE' THEN
            moments := moments || (to_jsonb(NEW) ->> column_name)::timestamptz;
        END IF;
        IF TG_OP <> 'INSERT' THEN
            moments := moments || (to_jsonb(OLD) ->> column_name)::timestamptz;
        END IF;
    END LOOP;
    PERFORM fact_mark(coalesce(NEW.tenant_id, OLD.tenant_id), VARIADIC moments);
    RETURN NULL;
END $$
"""
FINISHED_AT = """
CREATE FUNCTION fact_finished_at(one dossier) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN one.status IN (9, 10) THEN coalesce(one.ready_at, one.returned_at, one.status_at)
                WHEN one.status IN (3, 7, 8) THEN one.status_at END
$$
"""
# Whose agency, procedure or promise changed counts anew on each of its days; a step forward only where it ends.
MARK_DOSSIER = """
CREATE FUNCTION fact_mark_dossier() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was timestamptz[] := '{}';
    is_now timestamptz[] := '{}';
    moments timestamptz[] := '{}';
    this bigint := coalesce(NEW.id, OLD.id);
    tenant text := coalesce(NEW.tenant_id, OLD.tenant_id);
BEGIN
    IF TG_OP <> 'INSERT' THEN
        was := ARRAY[OLD.received_at, fact_finished_at(OLD), OLD.due_at,
                     CASE WHEN OLD.status = 5 THEN OLD.status_at END];
    END IF;
    IF TG_OP <> 'DELETE' THEN
        is_now := ARRAY[NEW.received_at, fact_finished_at(NEW), NEW.due_at,
                        CASE WHEN NEW.status = 5 THEN NEW.status_at END];
    END IF;
    IF TG_OP <> 'UPDATE' OR (OLD.agency_code, OLD.agency_name, OLD.channel, OLD.procedure_code, OLD.procedure_name)
            IS DISTINCT FROM (NEW.agency_code, NEW.agency_name, NEW.channel, NEW.procedure_code, NEW.procedure_name)
    THEN
        moments := was || is_now;
    ELSIF was IS DISTINCT FROM is_now OR (OLD.status = 5) <> (NEW.status = 5)
            OR (OLD.status IN (3, 7, 8)) <> (NEW.status IN (3, 7, 8)) THEN
        IF was[1] IS DISTINCT FROM is_now[1] THEN
            moments := moments || was[1] || is_now[1];
        END IF;
        moments := moments || was[2] || is_now[2] || was[3] || is_now[3] || was[4] || is_now[4];
    END IF;
    IF TG_OP = 'UPDATE' AND (OLD.agency_code, OLD.agency_name) IS DISTINCT FROM (NEW.agency_code, NEW.agency_name) THEN
        -- Surveys and complaints stand under their dossier's agency.
        moments := moments
            || (SELECT coalesce(array_agg(invited_at), '{}') FROM survey
                WHERE tenant_id = tenant AND dossier_id = this)
            || (SELECT coalesce(array_agg(answer.answered_at), '{}') FROM survey JOIN survey_answer AS answer
                  ON answer.tenant_id = survey.tenant_id AND answer.survey_id = survey.id
                WHERE survey.tenant_id = tenant AND survey.dossier_id = this)
            || (SELECT coalesce(array_agg(received_at) || array_agg(answered_at), '{}') FROM complaint
                WHERE tenant_id = tenant AND dossier_id = this);
    END IF;
    IF cardinality(moments) > 0 THEN
        moments := moments || (SELECT coalesce(array_agg(old_due_at), '{}') FROM dossier_apology
                               WHERE tenant_id = tenant AND dossier_id = this);
        PERFORM fact_mark(tenant, VARIADIC moments);
    END IF;
    RETURN NULL;
END $$
"""
MARK_APOLOGY = """
CREATE FUNCTION fact_mark_apology() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    mine dossier;
    row_of dossier_apology;
BEGIN
    IF TG_OP = 'DELETE' THEN row_of := OLD; ELSE row_of := NEW; END IF;
    SELECT * INTO mine FROM dossier WHERE tenant_id = row_of.tenant_id AND id = row_of.dossier_id;
    PERFORM fact_mark(row_of.tenant_id, VARIADIC
                      ARRAY[row_of.old_due_at, row_of.new_due_at, mine.due_at, fact_finished_at(mine)]);
    RETURN NULL;
END $$
"""
FUNCTIONS = (MARK, MARK_ROW, FINISHED_AT, MARK_DOSSIER, MARK_APOLOGY)
NAMES = ("fact_mark_apology()", "fact_mark_dossier()", "fact_finished_at(dossier)", "fact_mark_row()",
         "fact_mark(text, timestamptz[])")  # fmt: skip

# Younger rows cost a comparison only: roll-ups come back to their day by themselves (`motcua.facts.keeping`).
SOON = "now() - interval '25 hours'"
# Table -> columns of its days, and what of a row counts.
WATCHED = {
    "message": (("created_at",), ("state", "channel", "price_vnd", "sent_at", "delivered_at", "created_at")),
    "citizen": (("created_at", "phone_proven_at"), ("phone_proven_at", "created_at")),
    "survey": (("invited_at",), ("invited_at",)),
    "survey_answer": (("answered_at",), ("level", "answered_at", "survey_id")),
    "complaint": (
        ("received_at", "answered_at"),
        ("received_at", "answered_at", "due_at", "kind", "dossier_id"),
    ),
    "feedback": (
        ("received_at", "answered_at"),
        ("received_at", "answered_at", "due_at", "kind", "agency_code"),
    ),
    "service_asked": (("asked_at",), ("service", "channel", "outcome", "asked_at")),
    "question_asked": (("asked_at",), ("kind", "key", "channel", "outcome", "asked_at")),
}
TRIGGER = (
    "CREATE TRIGGER fact_mark_{verb} AFTER {verb} ON {table} FOR EACH ROW {when} EXECUTE FUNCTION {call}"
)


def upgrade() -> None:
    for function in FUNCTIONS:
        op.execute(function)
    for table, (days, counted) in WATCHED.items():
        call = f"fact_mark_row({', '.join(repr(day) for day in days)})"
        for verb, row in (("insert", "NEW"), ("update", "OLD"), ("delete", "OLD")):
            when = " OR ".join(f"{row}.{day} < {SOON}" for day in days)
            if verb == "update":
                before, after = (", ".join(f"{side}.{one}" for one in counted) for side in ("OLD", "NEW"))
                first = " OR ".join(f"NEW.{day} < {SOON}" for day in days)
                when = f"(({before}) IS DISTINCT FROM ({after})) AND ({when} OR {first})"
            op.execute(TRIGGER.format(verb=verb, table=table, when=f"WHEN ({when})", call=call))
    for verb in ("insert", "update", "delete"):
        op.execute(TRIGGER.format(verb=verb, table="dossier", when="", call="fact_mark_dossier()"))
        op.execute(TRIGGER.format(verb=verb, table="dossier_apology", when="", call="fact_mark_apology()"))


def downgrade() -> None:
    for table in ("dossier_apology", "dossier", *reversed(WATCHED)):
        for verb in ("delete", "update", "insert"):
            op.execute(f"DROP TRIGGER fact_mark_{verb} ON {table}")
    for name in NAMES:
        op.execute(f"DROP FUNCTION {name}")
