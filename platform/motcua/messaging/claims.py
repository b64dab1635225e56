"""Taking messages out of the outbox in one statement, and writing what became of them in another.

Between the two no transaction is open. `sending` with a lease that has run out means that a worker died
holding the message: nobody knows whether it left, so it becomes `uncertain`, never `queued`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import BigInteger, Boolean, Integer, Text

from motcua.citizens.models import Citizen
from motcua.core import scope
from motcua.core.clock import now
from motcua.core.database import Moment, db
from motcua.tenancy.models import OfficialAccount

from .models import Message
from .routing import Options, Route, choose

LEASE = timedelta(seconds=30)

# Materialized: as a plain sub-select it may be run again for each row, and LIMIT would mean nothing.
CLAIM = text("""
    WITH due AS MATERIALIZED (
        SELECT id FROM message
        WHERE tenant_id = :tenant AND lane = :lane AND state = 'queued' AND next_attempt_at <= :now
          AND expires_at > :now
        ORDER BY next_attempt_at, id LIMIT :batch FOR UPDATE SKIP LOCKED)
    UPDATE message SET state = 'sending', attempts = attempts + 1, claimed_at = :now, lease_until = :lease
    FROM due WHERE message.tenant_id = :tenant AND message.id = due.id
    RETURNING message.id
""")

ROUTED = text("""
    UPDATE message SET channel = route.channel, route_reason = route.reason, price_vnd = route.price
    FROM unnest(:ids, :channels, :reasons, :prices) AS route(id, channel, reason, price)
    WHERE message.tenant_id = :tenant AND message.id = route.id
""").bindparams(
    bindparam("ids", type_=ARRAY(BigInteger)),
    bindparam("channels", type_=ARRAY(Text)),
    bindparam("reasons", type_=ARRAY(Text)),
    bindparam("prices", type_=ARRAY(Integer)),
)

# A webhook or the reconciliation may have been quicker; an answer that came after all still counts.
OUTCOMES = text("""
    UPDATE message SET
        state = outcome.state, failure = outcome.failure, zalo_message_id = outcome.zalo_id,
        sent_at = outcome.sent_at, next_attempt_at = coalesce(outcome.retry_at, message.next_attempt_at),
        channels_refused = CASE WHEN outcome.refused IS NULL THEN message.channels_refused
            ELSE message.channels_refused || to_jsonb(outcome.refused) END, lease_until = NULL,
        attempts = message.attempts - CAST(outcome.untried AS int)
    FROM unnest(:ids, :states, :failures, :zalo_ids, :sent_at, :retry_at, :refused, :untried)
        AS outcome(id, state, failure, zalo_id, sent_at, retry_at, refused, untried)
    WHERE message.tenant_id = :tenant AND message.id = outcome.id
      AND (message.state = 'sending' OR (message.state = 'uncertain' AND outcome.state = 'sent'))
""").bindparams(
    bindparam("ids", type_=ARRAY(BigInteger)),
    bindparam("states", type_=ARRAY(Text)),
    bindparam("failures", type_=ARRAY(Text)),
    bindparam("zalo_ids", type_=ARRAY(Text)),
    bindparam("sent_at", type_=ARRAY(Moment)),
    bindparam("retry_at", type_=ARRAY(Moment)),
    bindparam("refused", type_=ARRAY(Text)),
    bindparam("untried", type_=ARRAY(Boolean)),
)


@dataclass(frozen=True)
class Claimed:
    """One message ready to leave; everything the sender needs without the database."""

    id: int
    tracking_id: str
    account_id: int | None
    route: Route | None
    recipient: str  # the user id, or the phone number
    consultation: dict | None
    template_id: str | None
    template_data: dict[str, str]
    attempts: int


@dataclass(frozen=True)
class Outcome:
    """What became of one message. `state` queued means: again at `retry_at`."""

    id: int
    state: str
    failure: str | None = None
    zalo_message_id: str | None = None
    sent_at: datetime | None = None
    retry_at: datetime | None = None
    refused: str | None = None  # the channel by which the citizen cannot be reached
    untried: bool = False  # it never set out: no attempt is counted


def claim(lane: str, batch: int) -> list[Claimed]:
    """Take up to `batch` due messages of the tenant in scope, oldest first, with their routes; commits."""
    tenant_id, moment = scope.required(), now()
    ids = db.session.scalars(
        CLAIM, {"tenant": tenant_id, "lane": lane, "now": moment, "lease": moment + LEASE, "batch": batch}
    ).all()
    claimed = _load(ids, moment) if ids else []
    routed = [one for one in claimed if one.route]
    if routed:
        db.session.execute(
            ROUTED,
            {
                "tenant": tenant_id,
                "ids": [one.id for one in routed],
                "channels": [one.route.channel for one in routed],
                "reasons": [one.route.reason for one in routed],
                "prices": [one.route.price_vnd for one in routed],
            },
        )
    db.session.commit()
    return claimed


def _load(ids, moment: datetime) -> list[Claimed]:
    rows = db.session.execute(
        db.select(Message, Citizen)
        .outerjoin(Citizen, (Citizen.tenant_id == Message.tenant_id) & (Citizen.id == Message.citizen_id))
        .where(Message.id.in_(ids))
        .order_by(Message.id)
    ).all()
    accounts = db.session.scalars(db.select(OfficialAccount).order_by(OfficialAccount.id)).all()
    by_oa = {account.oa_id: account for account in accounts}
    default = next((one for one in accounts if one.state == "connected"), accounts[0] if accounts else None)
    return [
        _ready(message, citizen, by_oa.get(citizen.oa_id) if citizen else default, moment)
        for message, citizen in rows
    ]


def _ready(
    message: Message, citizen: Citizen | None, account: OfficialAccount | None, moment: datetime
) -> Claimed:
    consultation, zbs = message.content.get("consultation"), message.content.get("zbs")
    template_id = account.templates.get(zbs["purpose"]) if account and zbs else None
    uid = (citizen.uid or None) if citizen else None
    phone = citizen.phone if citizen else message.phone
    options = Options(
        has_consultation=consultation is not None,
        has_template=template_id is not None,
        uid=uid,
        phone=phone,
        last_interaction_at=citizen.last_interaction_at if citizen else None,
        refused=frozenset(message.channels_refused),
    )
    route = choose(options, moment) if account else None
    return Claimed(
        id=message.id,
        tracking_id=message.tracking_id,
        account_id=account.id if account else None,
        route=route,
        recipient=(phone if route and route.channel == "zbs_phone" else uid) or "",
        consultation=consultation,
        template_id=template_id,
        template_data=zbs["data"] if zbs else {},
        attempts=message.attempts,
    )


def record(outcomes: list[Outcome]) -> None:
    """Write a batch of outcomes of the tenant in scope in one statement; commits."""
    if outcomes:
        db.session.execute(
            OUTCOMES,
            {
                "tenant": scope.required(),
                "ids": [one.id for one in outcomes],
                "states": [one.state for one in outcomes],
                "failures": [one.failure for one in outcomes],
                "zalo_ids": [one.zalo_message_id for one in outcomes],
                "sent_at": [one.sent_at for one in outcomes],
                "retry_at": [one.retry_at for one in outcomes],
                "refused": [one.refused for one in outcomes],
                "untried": [one.untried for one in outcomes],
            },
        )
        db.session.commit()
