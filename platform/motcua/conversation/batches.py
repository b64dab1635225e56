"""What is dealt with many at once: a broadcast to all followers brings two webhooks a message, and few mean anything.

Receipts wait for nobody. An echo stands in its citizen's line, as what a person wrote by hand may end the bot's part;
one of our own, of a message that is not in doubt, says nothing new, and leaves the line wherever it stands.
"""

import secrets
from collections.abc import Callable, Collection, Sequence

import structlog
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from motcua.core import scope
from motcua.core.clock import now
from motcua.core.database import db
from motcua.core.errors import MotcuaError
from motcua.zalo.webhook_events import Event

from .inbox import ECHOES, MOST_TRIES, RECEIPTS, is_time, open_event
from .models import WebhookEvent

AT_ONCE = 500
WITHIN = 2_000  # of what waits: nobody walks past a hundred thousand questions to find one echo

UNSETTLED = text("""
    UPDATE webhook_event SET tries = tries + 1,
        state = CASE WHEN tries + 1 >= :most_tries THEN 'ignored' ELSE state END,
        next_try_at = :now + interval '1 second' * power(2, tries + 1)
    WHERE tenant_id = :tenant AND id = ANY (:ids)
""")
# From somewhere else each time: those that stay must not be all that is ever looked at.
ECHOES_WAITING = text("""
    SELECT id FROM (
        (SELECT id, event_name, tries FROM webhook_event
         WHERE tenant_id = :tenant AND state = 'new' AND citizen_index >= :start
         ORDER BY citizen_index, id LIMIT :within)
        UNION ALL
        (SELECT id, event_name, tries FROM webhook_event
         WHERE tenant_id = :tenant AND state = 'new' AND citizen_index < :start
         ORDER BY citizen_index, id LIMIT :within)) AS waiting
    WHERE event_name = ANY (:echoes) AND tries = 0 LIMIT :most
""")

_RECEIPTS_WAITING = (
    WebhookEvent.state == "new",
    WebhookEvent.citizen_index.is_(None),
    WebhookEvent.event_name.in_(RECEIPTS),
)
log = structlog.get_logger(__name__)


def deal_with_receipts(handler: Callable[[list[Event]], list[bool]]) -> int:
    """Deal with many receipts of the tenant in scope in one transaction; returns how many were looked at.

    Those of messages we do not know (yet), and those that fail, are looked at again later, like other events.
    """
    rows = db.session.scalars(
        db.select(WebhookEvent)
        .where(*_RECEIPTS_WAITING, db.or_(*is_time()))
        .order_by(WebhookEvent.next_try_at)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    opened = _opened(rows)
    answers = _answers(handler, opened)
    settled = {row.id for (row, _), is_known in zip(opened, answers, strict=True) if is_known}
    unsettled = [row.id for row in rows if row.id not in settled]
    _done(settled)
    if unsettled:
        words = {"tenant": scope.required(), "ids": unsettled, "now": now(), "most_tries": MOST_TRIES}
        db.session.execute(UNSETTLED, words)
    db.session.commit()
    return len(rows)


def has_receipts() -> bool:
    """Whether `deal_with_receipts` would find any."""
    return bool(db.session.scalar(db.select(db.exists().where(*_RECEIPTS_WAITING, db.or_(*is_time())))))


def pass_over_echoes(handler: Callable[[list[tuple[str, Event]]], list[bool]]) -> tuple[int, int]:
    """Settle echoes of the tenant in scope that mean nothing here, in one transaction.

    Returns how many, and the greatest id that was looked at, 0 when there was none.
    `handler` takes the OA's id and the event of each, and says of which it is so. The others stay in their lines.
    """
    ids = _echoes()
    if not ids:
        return 0, 0
    rows = db.session.scalars(db.select(WebhookEvent).where(WebhookEvent.id.in_(ids))).all()
    opened = _opened(rows)
    answers = handler([(row.oa_id, event) for row, event in opened])
    nothing = [row.id for (row, _), means_nothing in zip(opened, answers, strict=True) if means_nothing]
    # Only these are locked: whoever finds one of the others under lock leaves it to the next shift.
    settled = db.session.scalars(
        db.select(WebhookEvent.id)
        .where(WebhookEvent.id.in_(nothing), WebhookEvent.state == "new")
        .order_by(WebhookEvent.id)
        .with_for_update(skip_locked=True)
    ).all()
    _done(settled)
    db.session.commit()
    return len(settled), max(ids)


def _echoes() -> list[int]:
    words = {"start": secrets.token_hex(4), "within": WITHIN, "echoes": list(ECHOES), "most": AT_ONCE}
    return list(db.session.scalars(ECHOES_WAITING, words | {"tenant": scope.required()}))


def _opened(rows: Sequence[WebhookEvent]) -> list[tuple[WebhookEvent, Event]]:
    """One that cannot be read must not keep the others of its batch from being read."""
    opened = []
    for row in rows:
        try:
            opened.append((row, open_event(row)))
        except MotcuaError as error:
            log.error("webhook_event_unreadable", tenant=row.tenant_id, event_id=row.id, error=error.code)
    return opened


def _answers(
    handler: Callable[[list[Event]], list[bool]], opened: Sequence[tuple[WebhookEvent, Event]]
) -> list[bool]:
    """One by which the handler fails is found by halving: it must not keep the others from being settled."""
    try:
        with db.session.begin_nested():
            return handler([event for _, event in opened])
    except OperationalError:  # the database is away
        raise
    except Exception as error:
        if len(opened) == 1:
            row, _ = opened[0]
            log.exception(
                "webhook_event_failed", tenant=row.tenant_id, event_id=row.id, error=type(error).__name__
            )
            return [False]
    middle = len(opened) // 2
    return _answers(handler, opened[:middle]) + _answers(handler, opened[middle:])


def _done(ids: Collection[int]) -> None:
    if ids:
        db.session.execute(db.update(WebhookEvent).where(WebhookEvent.id.in_(ids)).values(state="done"))
