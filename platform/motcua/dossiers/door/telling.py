"""Telling subscribers of changes by signed HTTP requests. The tables are the truth, the queue a hint.

Body: one entry of the feed as JSON. Header `Motcua-Signature: t=<unix seconds>,v1=<hex HMAC-SHA256 of
"<t>.<body>" under the subscription's secret>`. Any 2xx is taken for an answer; everything else is tried again,
10 s, 20 s, … up to an hour apart. After three days of nothing but failures the subscription is switched off.
Deliveries may come twice or out of order: the entry's `position` tells.
"""

import asyncio
import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from datetime import timedelta

import aiohttp
import structlog
from flask import current_app
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from motcua.core import background_loop, queue, scope
from motcua.core.clock import jitter, now
from motcua.core.database import db, tenant_scope

from . import addresses, feed
from .feed_schemas import ChangeOut
from .models import Delivery, Subscription
from .subscriptions import TELL

AT_ONCE = 50
CHANGES_AT_ONCE = 500
TIMEOUT_S = 10.0
LEASE = timedelta(seconds=60)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=10), timedelta(hours=1)
PATIENCE = timedelta(days=3)
GONE = 410
TIME_SLICE_S = 20.0
KEEP = timedelta(days=30)

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Letter:
    """One claimed delivery, complete: nothing of the database is needed to send it."""

    delivery_id: int
    subscription_id: int
    url: str
    secret: str
    kind: str
    body: str


def tell(tenant_id: str) -> int:
    """Send what the province's subscribers are owed; returns how many requests were made."""
    queue.woken(TELL, tenant_id)
    began, sent = time.monotonic(), 0
    production = current_app.config["SETTINGS"].production
    with tenant_scope(tenant_id):
        while True:
            more = owe_new()
            letters = claim(AT_ONCE)
            if letters:
                record(letters, background_loop.run(_send_all(letters, production)))
                sent += len(letters)
            elif not more:
                return sent
            if time.monotonic() - began > TIME_SLICE_S:
                queue.wake(TELL, tenant_id, lane="normal")
                return sent


def owe_new() -> bool:
    """Write down, for each subscription, the next changes it is owed; commits. Whether there may be more."""
    db.session.execute(_ONE_AT_A_TIME, {"key": f"owing/{scope.required()}"})
    more = False
    for one in db.session.scalars(db.select(Subscription).where(Subscription.disabled_at.is_(None))).all():
        entries = feed.after(one.position, CHANGES_AT_ONCE)
        if not entries:
            continue
        more = True
        wanted = [
            {
                "tenant_id": one.tenant_id,
                "subscription_id": one.id,
                "kind": entry.kind,
                "change_id": entry.row.id,
            }
            for entry in entries
            if entry.kind in one.kinds and entry.row.recorded_at >= one.created_at
        ]
        if wanted:
            db.session.execute(insert(Delivery).on_conflict_do_nothing(), wanted)
        one.position = entries[-1].position
        db.session.commit()
    db.session.commit()
    return more


def claim(limit: int) -> list[Letter]:
    """Take deliveries that are due, so that nobody else does until the lease ends; commits."""
    due = (
        db.select(Delivery.id)
        .join(
            Subscription,
            (Subscription.tenant_id == Delivery.tenant_id) & (Subscription.id == Delivery.subscription_id),
        )
        .where(
            Delivery.state.in_(("queued", "sending")),
            Delivery.next_attempt_at <= now(),
            db.or_(Delivery.lease_until.is_(None), Delivery.lease_until <= now()),
            Subscription.disabled_at.is_(None),
        )
        .order_by(Delivery.next_attempt_at, Delivery.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Delivery)
    )
    claimed = db.session.scalars(
        db.update(Delivery)
        .where(Delivery.id.in_(due.scalar_subquery()))
        .values(state="sending", lease_until=now() + LEASE, attempts=Delivery.attempts + 1)
        .returning(Delivery)
        .execution_options(synchronize_session=False, populate_existing=True)
    ).all()
    letters = [letter for one in sorted(claimed, key=lambda one: one.id) if (letter := _letter(one))]
    db.session.commit()
    return letters


def _letter(delivery: Delivery) -> Letter | None:
    to = db.session.get(Subscription, (delivery.tenant_id, delivery.subscription_id))
    entry = feed.entry_of(delivery.kind, delivery.change_id)
    if entry is None:  # the dossier was deleted meanwhile
        delivery.state, delivery.lease_until = "given_up", None
        return None
    body = json.dumps(ChangeOut().dump(entry), ensure_ascii=False)
    return Letter(delivery.id, to.id, to.url, to.secret, delivery.kind, body)


def signature(secret: str, at: int, body: bytes) -> str:
    """The value of the Motcua-Signature header. `at`: unix seconds."""
    mac = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={mac}"


async def _send_all(letters: list[Letter], production: bool) -> list[str]:
    """An HTTP status or the kind of failure for each letter."""
    resolver = addresses.PublicOnly() if production else None
    connector = aiohttp.TCPConnector(limit=AT_ONCE, limit_per_host=8, resolver=resolver, use_dns_cache=False)
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout, trust_env=False) as session:
        return await asyncio.gather(*(_send(session, one, production) for one in letters))


async def _send(session: aiohttp.ClientSession, letter: Letter, production: bool) -> str:
    body, at = letter.body.encode(), int(now().timestamp())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "motcua-webhook/1",
        "Motcua-Signature": signature(letter.secret, at, body),
        "Motcua-Event": letter.kind,
        "Motcua-Delivery": str(letter.delivery_id),
    }
    try:
        addresses.check(letter.url, production=production)
        # A redirect could lead anywhere: it is an answer like any other that is no 2xx.
        async with session.post(letter.url, data=body, headers=headers, allow_redirects=False) as answer:
            return str(answer.status)
    except addresses.UrlInvalid:
        return "address_not_allowed"
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        return type(error).__name__


def record(letters: list[Letter], answers: list[str]) -> None:
    """Write down what came of it; commits."""
    by_subscription: dict[int, list[str]] = {}
    for letter, answer in zip(letters, answers, strict=True):
        delivery = db.session.get(Delivery, (scope.required(), letter.delivery_id))
        if delivery is None:
            continue
        by_subscription.setdefault(letter.subscription_id, []).append(answer)
        delivery.lease_until, delivery.answer = None, answer
        if _is_taken(answer):
            delivery.state, delivery.delivered_at = "delivered", now()
        else:
            delivery.state, delivery.next_attempt_at = "queued", now() + _pause(delivery.attempts)
    for number, said in by_subscription.items():
        subscription = db.session.get(Subscription, (scope.required(), number))
        if subscription is not None:
            _judge(subscription, said)
    db.session.commit()


def _is_taken(answer: str) -> bool:
    return answer.isdigit() and 200 <= int(answer) < 300


def _pause(attempts: int) -> timedelta:
    usual_s = min(FIRST_PAUSE * 2 ** min(attempts - 1, 20), LONGEST_PAUSE).total_seconds()
    return jitter(0.8 * usual_s, 1.2 * usual_s)


def _judge(subscription: Subscription, answers: list[str]) -> None:
    """One that was answered is well; one that only fails is switched off after PATIENCE, or when it says 410."""
    if any(map(_is_taken, answers)):
        subscription.failing_since = None
        return
    subscription.failing_since = subscription.failing_since or now()
    is_gone = str(GONE) in answers
    if not is_gone and now() - subscription.failing_since < PATIENCE:
        return
    subscription.disabled_at = now()
    failed = f"{PATIENCE.days} ngày liền không nhận, {answers[-1]}"
    subscription.disabled_because = f"HTTP {GONE}" if is_gone else failed
    db.session.execute(
        db.update(Delivery)
        .where(Delivery.subscription_id == subscription.id, Delivery.state != "delivered")
        .values(state="given_up", lease_until=None)
    )
    log.error("webhook_disabled", tenant=scope.required(), subscription=subscription.id, answer=answers[-1])


def forget_old() -> None:
    """The log of deliveries that are over; does not commit."""
    db.session.execute(
        db.delete(Delivery).where(
            Delivery.state.in_(("delivered", "given_up")), Delivery.created_at < now() - KEEP
        )
    )
