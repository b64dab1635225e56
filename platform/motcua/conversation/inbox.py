"""The inbox: each citizen's events in the order they came, different citizens' at the same time.

A citizen's events stand in a line (`citizen_index`, `id`), and only its head may be taken. The lock on its row
is the whole claim: a reader that dies lets go of it, and the line goes on with the same event.
"""

import secrets
from collections.abc import Callable, Collection
from datetime import timedelta

import structlog
from sqlalchemy import text
from sqlalchemy.orm import aliased

from motcua.core import crypto, scope
from motcua.core.clock import now
from motcua.core.database import db
from motcua.zalo import webhooks
from motcua.zalo.webhook_events import Event

from .models import WebhookEvent

MOST_TRIES = 8
HOLDS_BACK_TRIES = 3  # 14 seconds; then the citizen's later events no longer wait for it
# Dealt with in batches: all of the first, most of the others.
RECEIPTS = ("user_received_message", "user_seen_message")
ECHOES = tuple(f"oa_send_{kind}" for kind in ("text", "image", "gif", "list", "file", "sticker", "template"))
EVERY_ECHO = 2**63 - 1
# Longer than any pause of ours: a later time was written before the host's clock was set back.
NEVER_SO_LATE = timedelta(minutes=10)

# From head to head along the index, however long one citizen's line is.
HEADS = text("""
    WITH RECURSIVE head AS (
        (SELECT citizen_index, id, next_try_at, tries, event_name FROM webhook_event
         WHERE tenant_id = :tenant AND state = 'new' AND citizen_index >= :since AND citizen_index < :until
         ORDER BY citizen_index, id LIMIT 1)
        UNION ALL
        SELECT following.* FROM head CROSS JOIN LATERAL (
            SELECT citizen_index, id, next_try_at, tries, event_name FROM webhook_event
            WHERE tenant_id = :tenant AND state = 'new' AND citizen_index > head.citizen_index
              AND citizen_index < :until
            ORDER BY citizen_index, id LIMIT 1) AS following)
    SELECT id FROM head WHERE (next_try_at <= :now OR tries = 0 OR next_try_at > :never)
      AND (tries > 0 OR id <= :newest_echo OR event_name <> ALL (:echoes)) LIMIT :most
""")
OF_NOBODY = text("""
    SELECT id FROM webhook_event
    WHERE tenant_id = :tenant AND state = 'new' AND citizen_index IS NULL
      AND (next_try_at <= :now OR next_try_at > :never) AND event_name <> ALL (:receipts)
    ORDER BY next_try_at LIMIT :most
""")
DUE = text("""
    SELECT EXISTS (SELECT FROM webhook_event WHERE tenant_id = :tenant AND state = 'new'
                   AND citizen_index IS NULL AND (next_try_at <= :now OR next_try_at > :never))
        OR EXISTS (SELECT FROM webhook_event WHERE tenant_id = :tenant AND state = 'new'
                   AND citizen_index IS NOT NULL AND (next_try_at <= :now OR tries = 0 OR next_try_at > :never))
""")
# True of a tenant for whom it is so; the ten minutes are NEVER_SO_LATE.
DUE_THERE = """
    (SELECT true FROM webhook_event WHERE tenant_id = tenant.id AND state = 'new' AND citizen_index IS NULL
     AND (next_try_at <= :now OR next_try_at > CAST(:now AS timestamptz) + interval '10 minutes')
     LIMIT 1)
    OR (SELECT true FROM webhook_event WHERE tenant_id = tenant.id AND state = 'new' AND citizen_index IS NOT NULL
        AND (next_try_at <= :now OR tries = 0
             OR next_try_at > CAST(:now AS timestamptz) + interval '10 minutes') LIMIT 1)
"""
BEYOND = "g"  # after every hexadecimal digit

log = structlog.get_logger(__name__)


def due(most: int, besides: Collection[int] = (), newest_echo: int = EVERY_ECHO) -> list[int]:
    """Ids of up to `most` events of the tenant in scope that may be dealt with now, one a citizen.

    The walk over the citizens begins somewhere else each time, so that none is always the last. `besides` are
    left out: they are in hand already. So are echoes with a greater id than `newest_echo` that nobody has tried yet:
    the next batch may settle them.
    """
    start = secrets.token_hex(4)
    words = _moments() | {"most": most + len(besides), "newest_echo": newest_echo, "echoes": list(ECHOES)}
    found = list(db.session.scalars(HEADS, words | {"since": start, "until": BEYOND}))
    if len(found) < words["most"]:
        found += db.session.scalars(HEADS, words | {"since": "", "until": start})
    found += db.session.scalars(OF_NOBODY, words | {"receipts": list(RECEIPTS)})
    db.session.rollback()
    return [one for one in found if one not in besides][:most]


def deal_with(event_id: int, handler: Callable[[str, Event], bool]) -> bool:
    """Deal with one event of the tenant in scope in one transaction; False when it is not its turn (any more).

    An event whose time has not come (`handler` returns False) or which fails is tried again later, and set
    aside after MOST_TRIES. Meanwhile it holds back its citizen's later events, but only for HOLDS_BACK_TRIES.
    """
    earlier = aliased(WebhookEvent)
    row = db.session.scalar(
        db.select(WebhookEvent)
        .where(
            WebhookEvent.id == event_id,
            WebhookEvent.state == "new",
            db.or_(WebhookEvent.tries == 0, *is_time()),
            ~db.exists().where(
                earlier.tenant_id == WebhookEvent.tenant_id,
                earlier.citizen_index == WebhookEvent.citizen_index,
                earlier.state == "new",
                earlier.id < WebhookEvent.id,
            ),
        )
        .with_for_update(skip_locked=True, of=WebhookEvent)
        .execution_options(populate_existing=True)
    )
    if row is None:
        db.session.rollback()
        return False
    row.tries += 1
    try:
        with db.session.begin_nested():
            settled = handler(row.oa_id, open_event(row))
    except Exception as error:
        log.exception(
            "webhook_event_failed", tenant=row.tenant_id, event_id=event_id, error=type(error).__name__
        )
        settled = None
    if settled:
        row.state = "done"
    elif row.tries >= MOST_TRIES:
        row.state = "failed" if settled is None else "ignored"
    else:
        row.next_try_at = now() + timedelta(seconds=2**row.tries)
        if row.tries >= HOLDS_BACK_TRIES:
            row.citizen_index = None
    db.session.commit()
    return True


def find(oa_id: str, event_key: str) -> Event | None:
    """One stored event of the tenant in scope."""
    row = db.session.scalar(
        db.select(WebhookEvent).where(WebhookEvent.oa_id == oa_id, WebhookEvent.event_key == event_key)
    )
    return row and open_event(row)


def has_due() -> bool:
    """Whether the tenant in scope has events waiting: the sweep asks."""
    return db.session.scalar(DUE, _moments())


def _moments() -> dict:
    return {"tenant": scope.required(), "now": now(), "never": now() + NEVER_SO_LATE}


def is_time() -> tuple:
    """Any of these holds where an event's time has come."""
    moment = now()
    return WebhookEvent.next_try_at <= moment, WebhookEvent.next_try_at > moment + NEVER_SO_LATE


def open_event(row: WebhookEvent) -> Event:
    """Raises MotcuaError for one that cannot be read."""
    return webhooks.parse(crypto.keyring().decrypt(row.tenant_id, "webhook", row.body_encrypted).encode())
