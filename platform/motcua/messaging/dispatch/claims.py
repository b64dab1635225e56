"""Taking due messages out of the outbox: looked at under lock, decided on, and marked, in one transaction.

What may not leave now is put off or closed there and then; what may is `sending`, with the route it takes and
a lease. `sending` with a lease that has run out means that a worker died holding the message: nobody knows
whether it left, so it becomes `uncertain`, never `queued`.
"""

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from motcua.core import crypto
from motcua.core.clock import now
from motcua.core.fair_ring import Turn
from motcua.messaging.channels.routing import Options, Route
from motcua.messaging.models import tracking_id
from motcua.messaging.pace.standing import Account, Standing
from motcua.zalo.messages import ConsultationMessage, ZbsTemplate, from_stored

LEASE = timedelta(seconds=30)
# A message waits behind an earlier one to the same recipient that is put off for less than this.
LINE_WAITS = timedelta(seconds=90)

# What is read must not depend on what the planner believes of a queue that was empty when it was analysed:
# scalar sub-selects with LIMIT are neither hashed nor joined over a whole province, and the predicates leave one
# index for each (models.py). Materialized: as a plain sub-select `due` may be run again for each row.
# Due and expired by the later and the earlier of two clocks, ours and the database's: hosts' clocks differ.
_ON_ITS_WAY = """coalesce((
            SELECT true FROM message AS ahead
            WHERE ahead.tenant_id = %(tenant)s AND ahead.{recipient} = due.{recipient}
              AND ahead.state = 'sending' AND ahead.lane = %(lane)s{known} LIMIT 1), false)"""
_PUT_OFF = """coalesce((
            SELECT true FROM message AS ahead
            WHERE ahead.tenant_id = %(tenant)s AND ahead.{recipient} = due.{recipient}
              AND ahead.state IN ('queued', '') AND ahead.failure IS NOT NULL AND ahead.lane = %(lane)s{known}
              AND ahead.id < due.id
              AND ahead.next_attempt_at <= greatest(%(now)s::timestamptz, now()) + %(line_waits)s::interval
              AND NOT EXISTS (SELECT FROM due AS same WHERE same.id = ahead.id) LIMIT 1), false)"""
_CITIZEN = {"recipient": "citizen_id", "known": ""}
_PHONE = {"recipient": "phone_index", "known": " AND ahead.phone_index IS NOT NULL"}
LOOK = f"""
    WITH due AS MATERIALIZED (
        SELECT id, next_attempt_at, expires_at, citizen_id, phone_index, phone_encrypted, event, attempts,
            channels_refused, content
        FROM message
        WHERE tenant_id = %(tenant)s AND lane = %(lane)s AND state = 'queued'
          AND next_attempt_at <= greatest(%(now)s::timestamptz, now())
          AND (next_attempt_at, id) > (%(after_at)s, %(after_id)s::bigint)
        ORDER BY next_attempt_at, id LIMIT %(batch)s::bigint FOR UPDATE SKIP LOCKED)
    SELECT due.id, due.next_attempt_at, due.expires_at <= least(%(now)s::timestamptz, now()), due.citizen_id,
        due.phone_index, due.phone_encrypted, due.event, due.attempts, due.channels_refused::text,
        due.content::text, citizen.oa_id, citizen.uid_encrypted, citizen.phone_encrypted,
        citizen.last_interaction_at, now(),
        CASE WHEN due.citizen_id IS NOT NULL THEN {_ON_ITS_WAY.format(**_CITIZEN)}
        ELSE {_ON_ITS_WAY.format(**_PHONE)} END
        OR CASE WHEN due.citizen_id IS NOT NULL THEN {_PUT_OFF.format(**_CITIZEN)}
        ELSE {_PUT_OFF.format(**_PHONE)} END,
        (SELECT status <> 'trial' FROM tenant WHERE id = %(tenant)s) OR EXISTS (
            SELECT FROM trial_guest
            WHERE trial_guest.tenant_id = %(tenant)s
              AND trial_guest.phone_index = coalesce(due.phone_index, citizen.phone_index))
    FROM due
    LEFT JOIN LATERAL (
        SELECT oa_id, uid_encrypted, phone_encrypted, last_interaction_at, phone_index FROM citizen
        WHERE citizen.tenant_id = %(tenant)s AND citizen.id = due.citizen_id LIMIT 1) AS citizen ON true
    ORDER BY due.next_attempt_at, due.id
"""  # noqa: S608 - pieces of our own
START = datetime(1970, 1, 1, tzinfo=UTC)

# Of many tenants (migration 0076); put off and closed are few.
MARK = """
    SELECT mark_messages(%(tenants)b::text[], %(counts)b::int[], %(ids)b::bigint[], %(channels)b::text[],
        %(reasons)b::text[], %(prices)b::int[], %(lease)s::interval)
"""
PUT_OFF = """
    UPDATE message SET next_attempt_at = coalesce(%(until)s::timestamptz, next_attempt_at), failure = %(failure)s
    WHERE tenant_id = %(tenant)s AND id = ANY (%(ids)s::bigint[])
"""
CLOSE = """
    UPDATE message SET state = %(state)s, failure = %(failure)s
    WHERE tenant_id = %(tenant)s AND id = ANY (%(ids)s::bigint[])
"""


@dataclass(frozen=True, slots=True)
class Due:
    """A queued message whose time has come, as it was found under lock."""

    id: int
    next_attempt_at: datetime
    is_expired: bool
    recipient: int | str  # the citizen's id, else the phone's index: whose line it stands in
    phone_encrypted: str | None
    event: str
    attempts: int
    refused: frozenset[str]
    content: str
    oa_id: str | None
    uid_encrypted: str | None
    last_interaction_at: datetime | None
    looked_at: datetime  # by the database's clock
    is_behind: bool  # an earlier one to the same recipient is on its way or put off for a moment
    is_allowed: bool  # not on trial, or a guest of the trial


@dataclass(frozen=True, slots=True)
class Content:
    consultation: ConsultationMessage | None
    purpose: str | None
    data: dict[str, str]


@dataclass(frozen=True, slots=True)
class Claimed:
    """One message ready to leave; everything the sender needs without the database."""

    tenant_id: str
    lane: str
    id: int
    route: Route
    account: Account
    address: str  # the user id, or the phone number
    message: ConsultationMessage | ZbsTemplate
    recipient: int | str
    has_other: bool  # another channel is left when this one refuses
    attempts: int  # this one counted
    claimed_at: datetime  # by the database's clock; no other claim of this message has the same
    claimed_s: float  # by this process's own clock

    @property
    def tracking_id(self) -> str:
        return tracking_id(self.tenant_id, self.id)


def look_words(turn: Turn, batch: int, after: tuple[datetime, int] | None) -> dict[str, Any]:
    """For LOOK; `after` skips what the last look of this process has passed."""
    after_at, after_id = after or (START, 0)
    return {
        "tenant": turn.tenant_id,
        "lane": turn.lane,
        "now": now(),
        "batch": batch,
        "after_at": after_at,
        "after_id": after_id,
        "line_waits": LINE_WAITS,
    }


_NOTHING_REFUSED: frozenset[str] = frozenset()


def due_of(row: tuple) -> Due:
    """From a row of LOOK."""
    refused = row[8]
    return Due(
        row[0],
        row[1],
        row[2],
        row[3] if row[3] is not None else row[4],
        row[12] if row[3] is not None else row[5],
        row[6],
        row[7],
        _NOTHING_REFUSED if refused == "[]" else frozenset(json.loads(refused)),
        row[9],
        row[10],
        row[11],
        row[13],
        row[14],
        row[15],
        row[16],
    )


@lru_cache(maxsize=512)
def content_of(stored: str) -> Content:
    """What a message says. A broadcast says the same to everybody, so it is read once.

    Raises ZaloRejected for a consultation message that no version of ours has stored.
    """
    content = json.loads(stored)
    consultation, zbs = content.get("consultation"), content.get("zbs") or {}
    return Content(consultation and from_stored(consultation), zbs.get("purpose"), zbs.get("data") or {})


def options_of(tenant_id: str, lane: str, due: Due, content: Content, account: Account) -> Options:
    """What routing needs to know."""
    ring = crypto.keyring()
    uid = ring.decrypt(tenant_id, "zalo_uid", due.uid_encrypted) if due.uid_encrypted else None
    phone = ring.decrypt(tenant_id, "phone", due.phone_encrypted) if due.phone_encrypted else None
    return Options(
        has_consultation=content.consultation is not None,
        has_template=account.templates.get(content.purpose) is not None,
        uid=uid or None,
        phone=phone,
        last_interaction_at=due.last_interaction_at,
        refused=due.refused,
        event=due.event,
        lane=lane,
        account_id=account.id,
        template_id=account.templates.get(content.purpose),
        template_data=content.data,
    )


def account_of(standing: Standing, due: Due) -> Account | None:
    return standing.accounts.get(due.oa_id) if due.oa_id is not None else standing.default


def claimed_of(
    turn: Turn, due: Due, route: Route, account: Account, content: Content, options: Options
) -> Claimed:
    """Raises ZaloRejected when the message cannot be what its route needs."""
    by_phone = route.channel == "zbs_phone"
    message = (
        content.consultation
        if route.channel == "consultation"
        else ZbsTemplate(
            options.template_id, content.data if route.template_data is None else route.template_data
        )
    )
    return Claimed(
        tenant_id=turn.tenant_id,
        lane=turn.lane,
        id=due.id,
        route=route,
        account=account,
        address=options.phone if by_phone else options.uid,
        message=message,
        recipient=due.recipient,
        has_other=has_other(route.channel, options),
        attempts=due.attempts + 1,
        claimed_at=due.looked_at,
        claimed_s=time.monotonic(),
    )


def has_other(channel: str, options: Options) -> bool:
    """Whether a dearer channel could still take what this one refuses."""
    after = {
        "consultation": (("zbs_uid", options.uid), ("zbs_phone", options.phone)),
        "zbs_uid": (("zbs_phone", options.phone),),
    }.get(channel, ())
    return options.has_template and any(address and name not in options.refused for name, address in after)
