"""Provinces, citizens and waiting messages by the thousand, written in bulk past row security.

Rows are as the product writes them: encrypted ids, blind indexes, a text of the usual length. Everything
hangs on the first province of the database, whose settings, texts and account it multiplies.
"""

from datetime import UTC, datetime, timedelta

import psycopg
from psycopg.types.json import Jsonb

from motcua.citizens.models import Citizen, uid_index
from motcua.core import crypto
from motcua.core.database import db as orm
from motcua.core.database import tenant_scope
from motcua.messaging.outbox import Owed, owe_all
from motcua.zalo.messages import TextMessage
from tests.factories import APP_ID

PER_MINUTE = 100_000_000  # nothing is measured against a limit of ours
FIRST_UID = 7_100_000_000_000_000_000
EVENT = "dossier_moved"
TEXT = (
    "Hồ sơ đăng ký kết hôn của ông/bà đã chuyển sang bước Thẩm định tại Phòng Hộ tịch, UBND phường Một.\n"
    "Cán bộ thụ lý: Trần Thị Minh Tâm, công chức tư pháp – hộ tịch.\nHẹn trả: 10:00 ngày 28/11/2024.\n"
    "Tra cứu: https://binh-thuan.example/t/5Q3mJk2v9XwT\nMã hồ sơ: 000.00.01.H11-241126-"
)

# One message is owed through the product's own outbox; the heap is that row many times, for other people.
MESSAGES = """
    INSERT INTO message ({columns}, tenant_id, citizen_id, content, dedupe_key)
    SELECT {values}, c.tenant_id, c.id, jsonb_set(m.content, '{{consultation,text}}', to_jsonb(%(text)s || n)),
           'bench/' || n
    FROM generate_series(%(first)s::bigint, %(last)s) AS n
    JOIN (SELECT tenant_id, id, row_number() OVER (ORDER BY id) - 1 AS at FROM citizen
          WHERE tenant_id = ANY(%(tenants)s)) AS c ON c.at = n %% %(citizens)s
    JOIN message AS m ON m.dedupe_key = %(pattern)s
"""
COLUMNS = """
    SELECT column_name FROM information_schema.columns WHERE table_name = 'message'
    AND column_name NOT IN ('id', 'tenant_id', 'citizen_id', 'content', 'dedupe_key')
"""
PATTERN = "bench/pattern"
# What was owed beside the heap stays sent.
AGAIN = """
    UPDATE message SET state = 'queued', attempts = 0, lease_until = NULL, claimed_at = NULL, channel = NULL,
        sent_at = NULL, zalo_message_id = NULL, failure = NULL, next_attempt_at = created_at
    WHERE state <> 'queued' AND dedupe_key LIKE 'bench/%'
"""


def seed(admin: str, count: int, citizens: int, messages: int, lane: str = "urgent") -> list[str]:
    """`count` provinces with `citizens` and `messages` in all, dealt out evenly; the provinces' slugs.

    `admin` is the address of a superuser on the database. The app's key ring must be in use.
    """
    with psycopg.connect(admin, autocommit=True) as db:
        tenants = provinces(db, count)
        people(db, tenants, citizens)
        owe(db, tenants, messages, lane)
        db.execute("VACUUM ANALYZE message")
        db.execute("ANALYZE")
    return tenants


def provinces(db: psycopg.Connection, count: int) -> list[str]:
    """The first province and `count - 1` copies of it, all with a connected Official Account."""
    first = db.execute("SELECT id FROM tenant ORDER BY id LIMIT 1").fetchone()[0]
    slugs = [first, *(f"tinh-{number:04d}" for number in range(2, count + 1))]
    db.execute(
        "INSERT INTO tenant (id, status, settings, settings_digest, applied_at)"
        " SELECT slug, 'live', settings || jsonb_build_object('slug', slug), settings_digest, now()"
        " FROM tenant, unnest(%s::text[]) AS slug WHERE id = %s",
        (slugs[1:], first),
    )
    expires_at, ring = datetime.now(UTC) + timedelta(hours=24), crypto.keyring()
    with db.cursor() as cursor:
        for number, slug in enumerate(slugs[1:], start=2):
            cursor.execute(
                "INSERT INTO official_account (tenant_id, key, oa_id, app_id, name, templates, state)"
                " VALUES (%s, 'main', %s, %s, %s, %s, 'connected')",
                (slug, _oa_id(number), APP_ID, f"Dịch vụ công {slug}", Jsonb({})),
            )
        for slug in slugs:
            cursor.execute(
                "UPDATE official_account SET state = 'connected', access_token_encrypted = %s,"
                " refresh_token_encrypted = %s, token_expires_at = %s, token_refreshed_at = now()"
                " WHERE tenant_id = %s",
                (
                    ring.encrypt(slug, "oa_access_token", f"token of {slug}"),
                    ring.encrypt(slug, "oa_refresh_token", f"refresh token of {slug}"),
                    expires_at,
                    slug,
                ),
            )
        cursor.executemany(
            "INSERT INTO tenant_route (kind, value, tenant_id) VALUES ('oa', %s, %s)",
            [(_oa_id(number), slug) for number, slug in enumerate(slugs[1:], start=2)],
        )
    db.execute("UPDATE zalo_app SET calls_per_minute = %s", (PER_MINUTE,))
    return slugs


def people(db: psycopg.Connection, tenants: list[str], count: int) -> None:
    """Followers who spoke with their Official Account just now, so that the free channel is open."""
    oa_ids = dict(db.execute("SELECT tenant_id, oa_id FROM official_account ORDER BY id DESC").fetchall())
    ring = crypto.keyring()
    with (
        db.cursor() as cursor,
        cursor.copy(
            "COPY citizen (tenant_id, oa_id, uid_index, uid_encrypted, is_follower, last_interaction_at, dialogue,"
            " created_at, language, topics) FROM STDIN"
        ) as copy,
    ):
        moment = datetime.now(UTC)
        for slug in tenants:
            with tenant_scope(slug):
                for at in range(tenants.index(slug), count, len(tenants)):
                    uid = str(FIRST_UID + at)
                    sealed = ring.encrypt(slug, "zalo_uid", uid)
                    copy.write_row(
                        (slug, oa_ids[slug], uid_index(uid), sealed, True, moment, "{}", moment, "vi", "[]")
                    )


def owe(
    db: psycopg.Connection,
    tenants: list[str],
    count: int,
    lane: str,
    first: int = 1,
    broadcast_id: int | None = None,
) -> None:
    """`count` messages numbered from `first`, spread over the provinces' citizens. Call it in an app context."""
    with tenant_scope(tenants[0]):
        citizen = orm.session.scalars(orm.select(Citizen).limit(1)).one()
        owe_all([Owed(citizen, EVENT, PATTERN, TextMessage(TEXT), lane=lane, broadcast_id=broadcast_id)])
        orm.session.commit()
    citizens = db.execute("SELECT count(*) FROM citizen WHERE tenant_id = ANY(%s)", (tenants,)).fetchone()[0]
    names = [name for (name,) in db.execute(COLUMNS)]
    insert = MESSAGES.format(columns=", ".join(names), values=", ".join(f"m.{name}" for name in names))
    given = {"text": TEXT, "first": first, "last": first + count - 1, "pattern": PATTERN}
    db.execute(insert, given | {"tenants": tenants, "citizens": citizens})
    db.execute("DELETE FROM message WHERE dedupe_key = %s", (PATTERN,))


def _oa_id(number: int) -> str:
    return str(388_100_000_000_000_000 + number)
