"""Provinces, citizens and messages in bulk, written as the product would have written them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from sqlalchemy import text

from motcua.core import crypto
from motcua.core.database import db, tenant_scope
from motcua.tenancy.models import OfficialAccount, Tenant, ZaloApp
from tests.factories import APP_ID, APP_SECRET, WEBHOOK_SECRET
from tests.bench.clients import TEXT
from tests.installation import SLUG

PLENTY = 100_000_000  # calls a minute: it is the engine that is measured, not Zalo's limit
PURGED = ("message", "citizen")


def clear(home) -> None:
    """No tenant but the installation's first, nothing owed, and everything vacuumed."""
    from sqlalchemy import create_engine, make_url

    from motcua.core import roles

    with home.app.app_context():
        db.session.remove()
        db.engine.dispose()
    url = home.settings.database_urls["owner"]
    engine = create_engine(make_url(url), connect_args=roles.connect_args("owner"), isolation_level="AUTOCOMMIT")
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
                account = OfficialAccount(key="main", oa_id=str(4_000_000_000 + number), app_id=APP_ID, name=slug)
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
                    _copy(cursor, ring, slug, oa_of[slug], range(first, first + each), lane, moment)
                    connection.commit()
        finally:
            connection.close()


def uid_of(slug: str, number: int) -> str:
    return f"7{int(slug.rpartition('-')[2]):06d}{number:012d}"


def _copy(cursor, ring, slug: str, oa_id: str, numbers: range, lane: str, moment: datetime) -> None:
    with cursor.copy(
        "COPY citizen (tenant_id, id, oa_id, uid_index, uid_encrypted, is_follower, last_interaction_at,"
        " dialogue, created_at, language, topics) FROM STDIN"
    ) as rows:
        for number in numbers:
            uid = uid_of(slug, number)
            index, sealed = sha256(uid.encode()).hexdigest(), ring.encrypt(slug, "zalo_uid", uid)
            rows.write_row((slug, number, oa_id, index, sealed, True, moment, "{}", moment, "vi", "[]"))
    with cursor.copy(
        "COPY message (tenant_id, lane, event, citizen_id, content, dedupe_key, state, created_at,"
        " next_attempt_at, expires_at, attempts, channels_refused) FROM STDIN"
    ) as rows:
        for number in numbers:
            content = f'{{"consultation": {{"kind": "text", "text": "{TEXT} {number}"}}}}'
            expires = moment + timedelta(days=3)
            rows.write_row(
                (slug, lane, "help", number, content, f"{lane}-{number}", "queued", moment, moment, expires, 0, "[]")
            )
