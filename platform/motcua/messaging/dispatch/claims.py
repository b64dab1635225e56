"""Taking due messages out of the outbox: looked at under lock, decided on, and marked, in one transaction.

What may not leave now is put off or closed there and then; what may is `sending`, with the route it takes and
a lease. `sending` with a lease that has run out means that a worker died holding the message: nobody knows
whether it left, so it becomes `uncertain`, never `queued`.
"""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property, lru_cache
from typing import Any

from motcua.core import crypto
from motcua.core.clock import now
from motcua.core.fair_ring import Turn
from motcua.messaging.channels.routing import Options, Route
from motcua.messaging.leaving import EXPIRED_AFTER
from motcua.messaging.models import tracking_id
from motcua.messaging.pace.standing import Account, Standing
from motcua.zalo.messages import ConsultationMessage, ZbsTemplate, from_stored

LEASE = timedelta(seconds=30)
# A message waits behind an earlier one to the same recipient that is put off for less than this (`holds_line`).
LINE_WAITS = timedelta(seconds=90)

# Of many tenants (migrations 0084 and 0085).
LOOK = """
    SELECT * FROM look_at_due_messages(%(lane)s, %(tenants)b::text[], %(batches)b::int[],
        %(after_ats)b::timestamptz[], %(after_ids)b::bigint[], %(now)s::timestamptz, %(line_waits)s::interval)
"""
START = datetime(1970, 1, 1, tzinfo=UTC)

# Of many tenants (migrations 0076 and 0086); put off and closed are few.
MARK = """
    SELECT mark_messages(%(tenants)b::text[], %(counts)b::int[], %(ids)b::bigint[], %(channels)b::text[],
        %(reasons)b::text[], %(prices)b::int[], %(lease)s::interval)
"""
PUT_OFF = """
    UPDATE message SET next_attempt_at = coalesce(%(until)s::timestamptz, next_attempt_at), failure = %(failure)s
    WHERE tenant_id = %(tenant)s AND id = ANY (%(ids)s::bigint[])
"""
# The same for what outlives its wait (`messaging.leaving`), where it is a broadcast's.
PUT_OFF_ALIVE = """
    UPDATE message SET next_attempt_at = %(until)s::timestamptz, failure = %(failure)s,
        expires_at = CASE WHEN broadcast_id IS NOT NULL AND lane = 'broadcast'
                AND %(until)s::timestamptz < created_at + %(most)s::interval
            THEN greatest(expires_at,
                least(%(until)s::timestamptz + %(life)s::interval, created_at + %(most)s::interval))
            ELSE expires_at END
    WHERE tenant_id = %(tenant)s AND id = ANY (%(ids)s::bigint[])
"""
CLOSE = """
    UPDATE message SET state = %(state)s, failure = %(failure)s
    WHERE tenant_id = %(tenant)s AND id = ANY (%(ids)s::bigint[])
"""
EXPIRE = f"""
    UPDATE message SET state = 'expired', failure = {EXPIRED_AFTER}
    WHERE tenant_id = %(tenant)s AND id = ANY (%(ids)s::bigint[])
"""  # noqa: S608 - our own constant


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


@dataclass(frozen=True)
class Content:
    """`stored`: the consultation message as the outbox keeps it; `purpose` and `data` are its template's."""

    stored: dict | None
    purpose: str | None
    data: dict[str, str]

    @cached_property
    def consultation(self) -> ConsultationMessage:
        """Raises ZaloRejected for what no version of ours has stored."""
        return from_stored(self.stored)


@dataclass(frozen=True, slots=True)
class Claimed:
    """One message ready to leave; everything the sender needs without the database."""

    tenant_id: str
    lane: str
    id: int
    route: Route
    account: Account
    address: str  # the user id, or the phone number
    content: Content
    recipient: int | str
    has_other: bool  # another channel is left when this one refuses
    attempts: int  # this one counted
    claimed_at: datetime  # by the database's clock; no other claim of this message has the same
    claimed_s: float  # by this process's own clock

    @property
    def tracking_id(self) -> str:
        return tracking_id(self.tenant_id, self.id)

    @property
    def message(self) -> ConsultationMessage | ZbsTemplate:
        """Made when it is sent: the claim has rows under lock. Raises ZaloRejected when it cannot be made."""
        if self.route.channel == "consultation":
            return self.content.consultation
        data = self.content.data if self.route.template_data is None else self.route.template_data
        return ZbsTemplate(self.account.templates[self.content.purpose], data)


def look_words(looks: Sequence) -> dict[str, Any]:
    """For LOOK: `looking.Look`s of one lane."""
    passed = [one.after or (START, 0) for one in looks]
    return {
        "lane": looks[0].turn.lane,
        "tenants": [one.turn.tenant_id for one in looks],
        "batches": [one.batch for one in looks],
        "after_ats": [at for at, _ in passed],
        "after_ids": [message_id for _, message_id in passed],
        "now": now(),
        "line_waits": LINE_WAITS,
    }


_NOTHING_REFUSED: frozenset[str] = frozenset()


def due_of(row: tuple) -> Due:
    """From a row of LOOK, whose last column is the tenant."""
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
    """What a message says. A broadcast says the same to everybody, so it is read once."""
    content = json.loads(stored)
    zbs = content.get("zbs") or {}
    return Content(content.get("consultation"), zbs.get("purpose"), zbs.get("data") or {})


def options_of(tenant_id: str, lane: str, due: Due, content: Content, account: Account) -> Options:
    """What routing needs to know."""
    ring = crypto.keyring()
    uid = ring.decrypt(tenant_id, "zalo_uid", due.uid_encrypted) if due.uid_encrypted else None
    phone = ring.decrypt(tenant_id, "phone", due.phone_encrypted) if due.phone_encrypted else None
    return Options(
        has_consultation=bool(content.stored),
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


def holds_line(until: datetime | str | None, moment: datetime) -> bool:
    """Whether later messages to the same recipient wait for one that stays until then; None: in its old place.

    The rule of LOOK's `is_behind`, which knows only what an earlier look has written.
    """
    return until is None or (not isinstance(until, str) and until <= moment + LINE_WAITS)


def account_of(standing: Standing, due: Due) -> Account | None:
    return standing.accounts.get(due.oa_id) if due.oa_id is not None else standing.default


def claimed_of(
    turn: Turn, due: Due, route: Route, account: Account, content: Content, options: Options
) -> Claimed:
    by_phone = route.channel == "zbs_phone"
    return Claimed(
        tenant_id=turn.tenant_id,
        lane=turn.lane,
        id=due.id,
        route=route,
        account=account,
        address=options.phone if by_phone else options.uid,
        content=content,
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
