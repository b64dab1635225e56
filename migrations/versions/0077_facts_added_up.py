"""Facts added up by province and by month, and what is known of the dossiers handled: pages over years read little.

The sums of days that were counted before follow at the worker's next round, from the daily facts. What `fact_handled`
holds is counted from live rows: all counted days are marked, and counted anew, the newest first; `fact_day.rules`
says of a day that it was.
"""

import sqlalchemy as sa
from alembic import op

from motcua.core.row_security import each_tenant, protect

revision = "0077"
down_revision = "0076"
branch_labels = None
depends_on = None

COUNT, MANY, TEXT = sa.Integer(), sa.BigInteger(), sa.Text()
HANDLED = (
    "dossiers", "without_due", "early", "late", "late_apologised", "asked", "answered", "satisfied", "neutral",
    "dissatisfied", "attitude_answered", "attitude_good", "attitude_points", "clarity_answered", "clarity_good",
    "trips_answered", "trips_good", "contact_points", "steps", "steps_in_time",
)  # fmt: skip
OF_HANDLED = {"step": TEXT, "kind": TEXT, "key": TEXT, "name": TEXT} | dict.fromkeys(HANDLED, COUNT)
ENDED = dict.fromkeys(("received", "finished", "on_time", "early", "late"), COUNT)
# Table that is added up by month -> what makes its row of a day unique, and its columns as they are now.
MONTHLY = {
    "fact_message": (
        ("event", "lane", "channel", "state"),
        dict.fromkeys(("event", "lane", "channel", "state"), TEXT)
        | {"messages": COUNT, "paid": COUNT, "cost_vnd": MANY},
    ),
    "fact_pace": (
        ("hour", "lane"),
        {"hour": sa.SmallInteger(), "lane": TEXT}
        | {f"{step}_{span}": COUNT for step in ("accepted", "delivered") for span in range(1, 10)},
    ),
    "fact_lookup": (
        ("kind", "key", "channel", "outcome"),
        dict.fromkeys(("kind", "key", "channel", "outcome"), TEXT) | {"asked": COUNT},
    ),
    "fact_dossier": (
        ("agency_key",),
        {
            "agency_key": TEXT,
            "agency_name": TEXT,
            "received": COUNT,
            "received_online": COUNT,
            "received_post": COUNT,
        }
        | ENDED
        | dict.fromkeys(("late_apologised", "without_due", "stopped", "fell_due", "asked_more"), COUNT),
    ),
    "fact_procedure": (
        ("procedure_code",),
        {"procedure_code": TEXT, "procedure_name": TEXT} | ENDED,
    ),
    "fact_satisfaction": (
        ("agency_key",),
        {"agency_key": TEXT, "agency_name": TEXT, "asked": COUNT}
        | {f"level_{level}": COUNT for level in range(1, 6)},
    ),
    "fact_voice": (
        ("source", "kind", "agency_key"),
        dict.fromkeys(("source", "kind", "agency_key"), TEXT)
        | dict.fromkeys(("received", "answered", "in_time"), COUNT),
    ),
    "fact_handled": (("kind", "step", "key"), OF_HANDLED),
}
PROVINCE = (
    "messages", "accepted", "delivered", "seen", "not_sent", "uncertain", "waiting", "paid", "cost_vnd", "timed",
    "timely", "arrived", "arrived_timely", "met", "gained", "lost", "linked", "lookups", "lookups_procedure",
    "lookups_dossier", "lookups_service", "unanswered", "received", "received_online", "received_post", "finished",
    "on_time", "early", "late", "late_apologised", "without_due", "stopped", "fell_due", "asked_more", "asked",
    "answers", "satisfied", "neutral", "dissatisfied", "level_1", "level_2", "level_3", "level_4", "level_5",
    "complaints", "complaints_answered", "complaints_in_time", "reports", "reports_answered", "reports_in_time",
)  # fmt: skip

MARK_ALL = """
    INSERT INTO fact_dirty (tenant_id, day) SELECT tenant_id, day FROM fact_day WHERE tenant_id = :id
        AND NOT EXISTS (SELECT FROM fact_dirty AS mark WHERE mark.tenant_id = :id AND mark.day = fact_day.day)
"""
# The days a dossier's opinions are kept under.
DAYS = """
CREATE FUNCTION fact_days_of(one dossier) RETURNS timestamptz[] LANGUAGE sql IMMUTABLE AS $$
    SELECT ARRAY[one.received_at, fact_finished_at(one), CASE WHEN one.status = 5 THEN one.status_at END]
$$
"""
# A dossier or survey that is gone marked its days itself.
MARK_OPINION = """
CREATE FUNCTION fact_mark_opinion() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    tenant text := coalesce(NEW.tenant_id, OLD.tenant_id);
    whose bigint[];
    moments timestamptz[];
BEGIN
    IF TG_TABLE_NAME = 'survey' THEN
        whose := ARRAY[NEW.dossier_id, OLD.dossier_id];
    ELSE
        whose := ARRAY(SELECT dossier_id FROM survey
                       WHERE tenant_id = tenant AND id IN (NEW.survey_id, OLD.survey_id));
    END IF;
    SELECT array_agg(moment) INTO moments
    FROM dossier, unnest(fact_days_of(dossier)) AS moment
    WHERE dossier.tenant_id = tenant AND dossier.id = ANY (whose);
    PERFORM fact_mark(tenant, VARIADIC coalesce(moments, '{}'));
    RETURN NULL;
END $$
"""
# Steps and missing papers are counted when the dossier has finished.
MARK_EVENT = """
CREATE FUNCTION fact_mark_event() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    mine dossier;
BEGIN
    FOR mine IN SELECT * FROM dossier
        WHERE tenant_id = coalesce(NEW.tenant_id, OLD.tenant_id) AND id IN (NEW.dossier_id, OLD.dossier_id)
    LOOP
        PERFORM fact_mark(mine.tenant_id, fact_finished_at(mine));
    END LOOP;
    RETURN NULL;
END $$
"""
MARK_DOSSIER = """
CREATE OR REPLACE FUNCTION fact_mark_dossier() RETURNS trigger LANGUAGE plpgsql AS $$
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
        IF was[1] IS DISTINCT FROM is_now[1]{received} THEN
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
# Without a promise it counts apart from the day it was received; past one from the start, it falls due on that day.
RECEIVED = """ OR (was[3] IS NULL) <> (is_now[3] IS NULL)
                OR OLD.received_at >= OLD.due_at OR NEW.received_at >= NEW.due_at"""
MARK_APOLOGY = """
CREATE OR REPLACE FUNCTION fact_mark_apology() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    mine dossier;
    row_of dossier_apology;
BEGIN
    IF TG_OP = 'DELETE' THEN row_of := OLD; ELSE row_of := NEW; END IF;
    SELECT * INTO mine FROM dossier WHERE tenant_id = row_of.tenant_id AND id = row_of.dossier_id;
    PERFORM fact_mark(row_of.tenant_id, VARIADIC
                      ARRAY[row_of.old_due_at, row_of.new_due_at, mine.due_at, fact_finished_at(mine)]{more});
    RETURN NULL;
END $$
"""
TRIGGER = (
    "CREATE TRIGGER {name}_{verb} AFTER {verb} ON {table} FOR EACH ROW {when} EXECUTE FUNCTION {function}()"
)
# Table -> the trigger's name and function, and the columns that count.
WATCHED = {
    "survey": ("fact_mark_days", "fact_mark_opinion", ("invited_at", "dossier_id")),
    "survey_answer": (
        "fact_mark_days",
        "fact_mark_opinion",
        ("level", "attitude", "clarity", "trips", "survey_id"),
    ),
    "dossier_event": ("fact_mark", "fact_mark_event", ("status", "occurred_at", "step_due_at", "dossier_id")),
}


def upgrade() -> None:
    _create("fact_handled", "day", OF_HANDLED, ("kind", "day", "step", "key"))
    _create("fact_province", "day", dict.fromkeys(PROVINCE, MANY), ("day",))
    for table, (groups, columns) in MONTHLY.items():
        _create(f"{table}_month", "month", columns, ("month", *groups))
    op.add_column("fact_day", sa.Column("rules", sa.SmallInteger(), nullable=False, server_default="0"))
    for function in (DAYS, MARK_OPINION, MARK_EVENT):
        op.execute(function)
    op.execute(MARK_DOSSIER.replace("{received}", RECEIVED))
    op.execute(MARK_APOLOGY.replace("{more}", " || fact_days_of(mine)"))
    for table, (name, function, counted) in WATCHED.items():
        before, after = (", ".join(f"{side}.{one}" for one in counted) for side in ("OLD", "NEW"))
        for verb in ("insert", "update", "delete"):
            when = f"WHEN (({before}) IS DISTINCT FROM ({after}))" if verb == "update" else ""
            op.execute(TRIGGER.format(name=name, verb=verb, table=table, when=when, function=function))
    for tenant_id in each_tenant(op):
        op.get_bind().execute(sa.text(MARK_ALL), {"id": tenant_id})


def downgrade() -> None:
    for table, (name, _, _) in WATCHED.items():
        for verb in ("delete", "update", "insert"):
            op.execute(f"DROP TRIGGER {name}_{verb} ON {table}")
    op.execute(MARK_APOLOGY.replace("{more}", ""))
    op.execute(MARK_DOSSIER.replace("{received}", ""))
    for name in ("fact_mark_event()", "fact_mark_opinion()", "fact_days_of(dossier)"):
        op.execute(f"DROP FUNCTION {name}")
    op.drop_column("fact_day", "rules")
    for table in reversed(MONTHLY):
        op.drop_table(f"{table}_month")
    op.drop_table("fact_province")
    op.drop_table("fact_handled")


def _create(name: str, at: str, columns: dict, unique: tuple[str, ...]) -> None:
    op.create_table(
        name,
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(at, sa.Date(), nullable=False),
        *(sa.Column(column, kind, nullable=False) for column, kind in columns.items()),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("tenant_id", *unique, name=op.f(f"uq_{name}_tenant_id_{'_'.join(unique)}")),
    )
    protect(op, name)
