"""Provinces, citizens and messages in bulk, written as the product would have written them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from sqlalchemy import create_engine, text

from motcua.core import crypto, roles
from motcua.core.database import db, tenant_scope
from motcua.tenancy.models import OfficialAccount, Tenant, ZaloApp
from tests.bench.clients import TEXT
from tests.factories import APP_ID, APP_SECRET, WEBHOOK_SECRET
from tests.installation import SLUG

PLENTY = 100_000_000  # calls a minute: it is the engine that is measured, not Zalo's limit
A_TIME = 20_000


def clear(home) -> None:
    """No tenant but the installation's first, nothing owed, and everything vacuumed."""
    with home.app.app_context():
        db.session.remove()
        db.engine.dispose()
    url = home.settings.database_urls["owner"]
    engine = create_engine(url, connect_args=roles.connect_args("owner"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("TRUNCATE message, citizen, official_account CASCADE"))
        connection.execute(text("DELETE FROM tenant WHERE id LIKE 'tinh-%'"))
        connection.execute(text("VACUUM ANALYZE"))
    engine.dispose()


def provinces(home, count: int) -> list[str]:
    """`count` provinces, each with an OA of one app that allows as much as anybody wants."""
    slugs = [f"tinh-{number:04d}" for number in range(count)]
    with home.app.app_context():
        settings = db.session.get(Tenant, SLUG).settings
        app = db.session.get(ZaloApp, APP_ID) or ZaloApp(app_id=APP_ID)
        app.app_secret, app.webhook_secret, app.calls_per_minute = APP_SECRET, WEBHOOK_SECRET, PLENTY
        db.session.add(app)
        db.session.add_all(
            Tenant(id=slug, status="live", settings=settings | {"slug": slug}, settings_digest="")
            for slug in slugs
        )
        db.session.commit()
        for number, slug in enumerate(slugs):
            with tenant_scope(slug):
                account = OfficialAccount(
                    tenant_id=slug, key="main", oa_id=str(4_000_000_000 + number), app_id=APP_ID, name=slug
                )
                account.keep_tokens("token", "refresh", datetime.now(UTC) + timedelta(hours=25))
                db.session.add(account)
                db.session.commit()
    return slugs


def owe(home, slugs: Sequence[str], each: int, lane: str = "urgent", first: int = 0) -> None:
    """`each` messages to as many citizens of every province, all due now."""
    oa_of = {slug: str(4_000_000_000 + int(slug.rpartition("-")[2])) for slug in slugs}
    moment = datetime.now(UTC)
    with home.app.app_context():
        ring = crypto.keyring()
        connection = db.engine.raw_connection()
        try:
            with connection.cursor() as cursor:
                for slug in slugs:
                    cursor.execute("SELECT set_config('motcua.tenant_id', %s, true)", (slug,))
                    for start in range(first + 1, first + each + 1, A_TIME):
                        numbers = range(start, min(start + A_TIME, first + each + 1))
                        _insert(cursor, ring, slug, oa_of[slug], numbers, lane, moment)
                    connection.commit()
        finally:
            connection.close()


def uid_of(slug: str, number: int) -> str:
    return f"7{int(slug.rpartition('-')[2]):06d}{number:012d}"


CITIZENS = """
    INSERT INTO citizen (tenant_id, id, oa_id, uid_index, uid_encrypted, is_follower, last_interaction_at, dialogue,
        created_at, language, topics) OVERRIDING SYSTEM VALUE
    SELECT %(tenant)s, id, %(oa)s, uid_index, sealed, true, %(at)s, '{}', %(at)s, 'vi', '[]'
    FROM unnest(%(ids)s::bigint[], %(indexes)s::text[], %(sealed)s::text[]) AS citizen(id, uid_index, sealed)
    ON CONFLICT DO NOTHING
"""
MESSAGES = """
    INSERT INTO message (tenant_id, lane, event, citizen_id, content, dedupe_key, state, created_at,
        next_attempt_at, expires_at, attempts, channels_refused)
    SELECT %(tenant)s, %(lane)s, 'help', id, jsonb_build_object('consultation',
        jsonb_build_object('kind', 'text', 'text', %(text)s || ' ' || id)), %(lane)s || '-' || id, 'queued', %(at)s,
        %(at)s, %(at)s + interval '3 days', 0, '[]'
    FROM unnest(%(ids)s::bigint[]) AS citizen(id)
"""


def _insert(cursor, ring, slug: str, oa_id: str, numbers: range, lane: str, moment: datetime) -> None:
    uids = [uid_of(slug, number) for number in numbers]
    words = {"tenant": slug, "oa": oa_id, "at": moment, "ids": list(numbers), "lane": lane, "text": TEXT}
    words["indexes"] = [sha256(uid.encode()).hexdigest() for uid in uids]
    words["sealed"] = [ring.encrypt(slug, "zalo_uid", uid) for uid in uids]
    cursor.execute(CITIZENS, words)
    cursor.execute(MESSAGES, words)
