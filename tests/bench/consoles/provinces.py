"""Twenty provinces as they look after a year: their offices, staff, dossiers, messages, voices and counted days.

Rows are written set-based past row security and triggers, with names, phones and words sealed as the product seals
them, so that every page can open what it shows. The newest days' facts are counted by the product, older ones are
copies of those.
"""

from dataclasses import dataclass
from datetime import timedelta

import psycopg
from psycopg.types.json import Jsonb

from motcua import audit
from motcua.accounts.models import Staff
from motcua.boot import DATABASE
from motcua.citizens.models import phone_index
from motcua.core import crypto
from motcua.core.database import db, tenant_scope
from motcua.dossiers import people_index
from motcua.embedded import services
from motcua.facts import rolling
from tests import factories
from tests.bench.dashboard_rows import copy_back, sum_up
from tests.factories import make_province, make_staff
from tests.installation import SLUG, Installation

AGENCIES, PROCEDURES, PEOPLE = 30, 2_000, 400
CITIZENS, QUESTIONS, MISSED, COMPLAINTS, ENTRIES = 1_000, 3_000, 120, 40, 200
DAYS, COUNTED_DAYS = 365, 30
PROCEDURE = "1.000894"
FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương")
MIDDLE = ("Thị", "Văn", "Minh", "Thu", "Quốc", "Ngọc", "Thanh")
GIVEN = ("Lan", "Tuấn", "Hoa", "Hùng", "Mai", "Dũng", "Hạnh", "Phúc", "Yến", "Long", "Nga")


@dataclass(frozen=True)
class Size:
    provinces: int
    officers: int  # in all
    dossiers: int  # of each province
    messages: int  # of each


SETTING_UP = (
    """INSERT INTO agency (tenant_id, code, name, kind, level, national_code, old_units)
    SELECT %(slug)s, 'ubnd-' || n, 'UBND xã số ' || n, 'commune', 'commune', 'H36.' || n, '[]'
    FROM generate_series(2, %(agencies)s) AS n ON CONFLICT DO NOTHING""",
    "UPDATE agency SET national_code = 'H36.1' WHERE tenant_id = %(slug)s AND code = 'ubnd-phuong'",
    """INSERT INTO tenant_procedure (tenant_id, code, is_enabled, overrides)
    SELECT %(slug)s, code, true, '{}' FROM national_procedure ORDER BY code LIMIT %(procedures)s
    ON CONFLICT DO NOTHING""",
)
# A third still runs, with promises on both sides of now; the others ended, one in nine late.
DOSSIERS = """
    INSERT INTO dossier (tenant_id, code, token, procedure_code, procedure_name, channel, people_encrypted,
        proof_indexes, papers, status, status_at, agency_code, agency_name, officer, step, received_at, promised_at,
        due_at, ready_at, returned_at, created_at, source_time, source_digest, due_is_ours, payment_state,
        handover_state, sync_state, has_records, has_aliases)
    SELECT %(slug)s, '000.00.01.H11-260101-' || lpad(n::text, 5, '0'), 'b' || n || %(slug)s, p.code, p.name,
        (ARRAY['counter', 'counter', 'online', 'post'])[1 + n %% 4], (%(sealed)s::text[])[1 + n %% %(people)s],
        '[]', '[]', status, coalesce(ended, at + interval '2 hours'), a.code, a.name, 'Trần Thị Minh Tâm',
        'Thẩm định', at, due, due, CASE WHEN status IN (9, 10) THEN ended END,
        CASE WHEN status = 10 THEN ended + interval '1 hour' END, at, at, 'x', false, 'none', 'none', 'current',
        false, false
    FROM (SELECT n, CASE WHEN n %% 3 = 0 THEN now() - interval '1 hour' * (n %% 240)
                         ELSE now() - interval '1 day' * %(days)s * n / %(all)s - interval '6 days' END AS at,
                 CASE WHEN n %% 3 = 0 THEN (ARRAY[2, 4, 4, 5])[1 + n %% 4] ELSE 9 + n %% 2 END AS status
          FROM generate_series(1, %(all)s) AS n) AS made
    CROSS JOIN LATERAL (
        SELECT at + interval '5 days' AS due, CASE WHEN n %% 3 <> 0
            THEN at + CASE WHEN n %% 9 = 1 THEN interval '6 days' ELSE interval '3 days' END END AS ended) AS moment
    JOIN (SELECT code, name, row_number() OVER (ORDER BY code) - 1 AS place FROM national_procedure
          ORDER BY code LIMIT %(procedures)s) AS p ON p.place = (n * 37) %% %(procedures)s
    JOIN (SELECT code, name, row_number() OVER (ORDER BY code) - 1 AS place FROM agency
          WHERE tenant_id = %(slug)s) AS a ON a.place = n %% %(agencies)s
"""
OF_DOSSIERS = (
    """INSERT INTO dossier_event (tenant_id, dossier_id, fingerprint, status, occurred_at, recorded_at, agency_name,
        officer, step, is_late, is_unexpected, said)
    SELECT tenant_id, id, 'bench/' || n, CASE WHEN n = 1 THEN 2 WHEN n = 3 THEN status ELSE 4 END,
        received_at + (status_at - received_at) * (n - 1) / 2, received_at, agency_name, officer, 'Thẩm định',
        false, false, '{}'
    FROM dossier, generate_series(1, 3) AS n WHERE tenant_id = %(slug)s""",
    """INSERT INTO dossier_phone (tenant_id, dossier_id, phone_index)
    SELECT tenant_id, id, (%(phones)s::text[])[1 + id %% %(people)s] FROM dossier WHERE tenant_id = %(slug)s""",
    """INSERT INTO dossier_person (tenant_id, dossier_id, index)
    SELECT tenant_id, id, (%(names)s::text[])[1 + id %% %(people)s] FROM dossier WHERE tenant_id = %(slug)s""",
    """INSERT INTO survey (tenant_id, dossier_id, outcome, opened_at, closes_at, invited_at)
    SELECT tenant_id, id, 10, status_at, status_at + interval '15 days', status_at FROM dossier
    WHERE tenant_id = %(slug)s AND status = 10""",
    """INSERT INTO survey_answer (tenant_id, survey_id, channel, level, reasons, answered_at, attitude, clarity, trips)
    SELECT tenant_id, id, 'page', 5 - (id %% 11) %% 5, '[]', least(invited_at + interval '1 day', now()), 3, 3, 2
    FROM survey WHERE tenant_id = %(slug)s AND id %% 3 = 0""",
)
CITIZEN = """
    INSERT INTO citizen (tenant_id, oa_id, uid_index, uid_encrypted, is_follower, dialogue, created_at, language,
        topics, areas, phone_index, phone_encrypted, phone_proven_at)
    SELECT %(slug)s, oa_id, 'bench' || n, %(uid)s, n %% 9 <> 0, '{}', at, 'vi', '[]', '[]', 'p' || n, %(phone)s,
        CASE WHEN n %% 3 = 0 THEN at END
    FROM official_account, generate_series(1, %(citizens)s) AS n,
        LATERAL (SELECT now() - interval '1 day' * %(days)s * n / %(citizens)s AS at) AS moment
    WHERE tenant_id = %(slug)s
"""
MESSAGES = """
    INSERT INTO message (tenant_id, lane, event, phone_index, phone_encrypted, dossier_id, content, dedupe_key, state,
        created_at, claimed_at, next_attempt_at, expires_at, attempts, channels_refused, channel, price_vnd,
        billed_at, sent_at, delivered_at)
    SELECT %(slug)s, (ARRAY['urgent', 'urgent', 'normal', 'broadcast'])[1 + n %% 4],
        (ARRAY['dossier_accepted', 'dossier_moved', 'dossier_ready', 'survey_ask'])[1 + n %% 4], 'p' || n %% 3000,
        %(phone)s, d.id, %(content)s, 'bench/' || n,
        CASE WHEN n %% 50 = 0 THEN 'failed' WHEN n %% 997 = 0 THEN 'uncertain' WHEN n %% 5 = 0 THEN 'seen'
             WHEN n %% 7 = 0 THEN 'sent' ELSE 'delivered' END,
        at, at, at, at + interval '3 days', 1, '[]',
        (ARRAY['consultation', 'zbs_uid', 'zbs_phone'])[1 + n %% 3], (ARRAY[0, 200, 300])[1 + n %% 3], at,
        CASE WHEN n %% 50 <> 0 THEN at + (n %% 16) * interval '0.8 seconds' END,
        CASE WHEN n %% 50 <> 0 AND n %% 7 <> 0 THEN at + (n %% 40) * interval '0.7 seconds' END
    FROM generate_series(1, %(messages)s) AS n
    JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM dossier WHERE tenant_id = %(slug)s) AS d
        ON d.place = n %% %(all)s,
        LATERAL (SELECT now() - interval '1 day' * %(days)s * n / %(messages)s AS at) AS moment
"""
VOICES = (
    """INSERT INTO question_asked (tenant_id, kind, key, channel, outcome, asked_at)
    SELECT %(slug)s, 'procedure', (SELECT code FROM national_procedure OFFSET n %% 300 LIMIT 1), 'chat',
        CASE WHEN n %% 9 = 0 THEN 'none' ELSE 'match' END, now() - interval '1 day' * %(days)s * n / %(questions)s
    FROM generate_series(1, %(questions)s) AS n""",
    """INSERT INTO missed_question (tenant_id, words, example, reason, times, first_at, last_at, state)
    SELECT %(slug)s, 'câu hỏi số ' || n, 'Câu hỏi số ' || n || ' của người dân?', 'none', 1 + n %% 20,
        now() - interval '90 days', now() - interval '1 hour' * n, 'open'
    FROM generate_series(1, %(missed)s) AS n""",
    """INSERT INTO complaint (tenant_id, kind, citizen_id, dossier_id, state, text_encrypted, received_at,
        triage_due_at, due_at)
    SELECT %(slug)s, 'regulation', c.id, NULL, 'received', %(said)s, at, at + interval '5 days', at + interval '20 days'
    FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM citizen WHERE tenant_id = %(slug)s
          LIMIT %(complaints)s) AS c, LATERAL (SELECT now() - interval '12 hours' * c.n AS at) AS moment""",
)
COUNTS = {
    "agencies": AGENCIES,
    "procedures": PROCEDURES,
    "people": PEOPLE,
    "citizens": CITIZENS,
    "questions": QUESTIONS,
    "missed": MISSED,
    "complaints": COMPLAINTS,
    "days": DAYS,
}


@dataclass(frozen=True)
class Inhabited:
    """A province and who works there: its admin first, then officers of its agencies."""

    slug: str
    staff: list[Staff]
    names: list[str]
    codes: dict[str, list[str]]  # of dossiers, by agency


def settle(home: Installation, size: Size) -> list[Inhabited]:
    """All provinces, filled and counted. Call it in an app context."""
    admin = services.ensure(home.settings.var).postgres_dsn_admin
    slugs = [SLUG, *(_found(number) for number in range(2, size.provinces + 1))]
    with psycopg.connect(admin, dbname=DATABASE, autocommit=True) as server:
        server.execute("SET session_replication_role = replica")  # nothing marks a day: all are counted below
        found = [
            _inhabit(
                server, slug, size, size.officers // size.provinces + (at < size.officers % size.provinces)
            )
            for at, slug in enumerate(slugs)
        ]
        server.execute("VACUUM ANALYZE")
    today = rolling.today()
    for slug in slugs:
        with tenant_scope(slug):
            for back in reversed(range(COUNTED_DAYS)):
                rolling.roll_day(today - timedelta(days=back))
            rolling.roll_month(today.replace(day=1))
            _remember_changes()
    with psycopg.connect(admin, dbname=DATABASE, autocommit=True) as server:
        for slug in slugs:
            copy_back(server, slug, COUNTED_DAYS, DAYS, today)
    for slug in slugs:
        with tenant_scope(slug):
            sum_up(DAYS, today)
    with psycopg.connect(admin, dbname=DATABASE, autocommit=True) as server:
        server.execute("VACUUM ANALYZE")
    return found


def _found(number: int) -> str:
    slug = f"tinh-{number:02d}"
    factories.NAMES[slug] = f"Số {number}"
    factories.OA_IDS[slug] = str(388_100_000_000_000_000 + number)
    make_province(slug)
    return slug


def _inhabit(server: psycopg.Connection, slug: str, size: Size, officers: int) -> Inhabited:
    words = COUNTS | {"slug": slug, "all": size.dossiers, "messages": size.messages}
    for statement in SETTING_UP:
        server.execute(statement, words)
    agencies = [
        code
        for (code,) in server.execute("SELECT code FROM agency WHERE tenant_id = %s ORDER BY code", (slug,))
    ]
    with tenant_scope(slug):
        names, words = _sealed(slug, words)
    for statement in (DOSSIERS, *OF_DOSSIERS, CITIZEN, MESSAGES, *VOICES):
        server.execute(statement, words)
    codes = server.execute(
        "SELECT agency_code, array_agg(code ORDER BY code) FROM dossier WHERE tenant_id = %s GROUP BY 1",
        (slug,),
    )
    admin = make_staff(slug, role="province_admin", full_name="Lê Quốc Hùng")
    desk = [
        make_staff(slug, agency_code=agencies[at % len(agencies)], full_name="Trần Thị Minh Tâm")
        for at in range(officers)
    ]
    return Inhabited(slug, [admin, *desk], names, dict(codes.fetchall()))


def _sealed(slug: str, words: dict) -> tuple[list[str], dict]:
    """The names of the province's people, and `words` with everything of theirs as it stands in the tables."""
    ring = crypto.keyring()
    people = [
        {"name": _name(at), "phone": f"849{at:08d}", "id_number": f"0601900{at:05d}"} for at in range(PEOPLE)
    ]
    return [one["name"] for one in people], words | {
        "sealed": [crypto.seal_json(slug, "dossier_people", {"owner": one}) for one in people],
        "names": [people_index.of_name(one["name"]) for one in people],
        "phones": [phone_index(one["phone"]) for one in people],
        "phone": ring.encrypt(slug, "phone", "84912345678"),
        "uid": ring.encrypt(slug, "zalo_uid", "7000000000000000001"),
        "said": ring.encrypt(slug, "complaint", "Thủ tục yêu cầu bản sao giấy tờ đã có trên hệ thống."),
        "content": Jsonb({"consultation": {"text": "Hồ sơ của ông/bà đã chuyển sang bước Thẩm định."}}),
    }


def _name(number: int) -> str:
    return " ".join(one[number % len(one)] for one in (FAMILY, MIDDLE, GIVEN))


def _remember_changes() -> None:
    """Some months of what the staff changed."""
    for number in range(ENTRIES):
        audit.record("agency.edit", f"agency {number % AGENCIES}", {"name": f"UBND xã số {number}"})
    db.session.commit()
