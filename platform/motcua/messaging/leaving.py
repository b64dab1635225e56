"""From when a message that was kept back may leave: whoever makes messages due does it here.

What belongs to a broadcast keeps to it: its nights, its pause, its end. Broadcasts live on a floor above this one and
say so themselves (`broadcasts_leave`).
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, case, cast, func, or_

from motcua.core.clock import now
from motcua.core.database import Moment, db
from motcua.zalo.errors import NightBlocked, QuotaExceeded

from .models import Message

LIFETIME = {
    "urgent": timedelta(days=3),
    "emergency": timedelta(hours=6),
    "normal": timedelta(days=2),
    "broadcast": timedelta(hours=12),
}
# Not 'infinity', which no Python datetime can hold: whoever lists such a message would fall over it.
FOR_GOOD = datetime(9999, 1, 1, tzinfo=UTC)
HELD, CANCELLED = "held", "cancelled"

# A broadcast may run for many days, a quota's worth of messages a day. A message of it that waits for one of these
# lives on until it could leave, but no longer than this after it was handed to the outbox: then it is no news any more.
WAITS_AT_MOST = timedelta(days=7)
OUTLIVED = (QuotaExceeded.code, NightBlocked.code, "plan_limit", "spend_cap", "zalo_night")
# SQL: what is written of a message whose life ends, by what it waited for last.
EXPIRED_AFTER = f"""
    CASE failure WHEN '{QuotaExceeded.code}' THEN 'expired_quota'
        WHEN 'plan_limit' THEN 'expired_plan'
        WHEN 'spend_cap' THEN 'expired_budget' WHEN 'spend_cap_urgent' THEN 'expired_budget' ELSE 'expired' END
"""

# Broadcasts' ids and a moment -> from when each one's messages may leave: then, FOR_GOOD while it is paused, None
# when they never may. It keeps their state as it is until the transaction ends.
Leave = Callable[[Collection[int], datetime], dict[int, datetime | None]]
_leave: list[Leave] = []


@dataclass
class LetGo:
    """What became of them, in numbers, and the lanes to be woken after the commit."""

    at_once: int = 0
    asleep: int = 0  # until `opens_at`
    held: int = 0  # until their broadcast goes on
    closed: int = 0  # their broadcast is cancelled
    opens_at: datetime | None = None
    lanes: set[str] = field(default_factory=set)


def broadcasts_leave(when: Leave) -> None:
    """Register who knows it, once, at import."""
    _leave[:] = [when]


def let_go(*which: ColumnElement[bool], renewed: bool = False, **values) -> LetGo:
    """Queue these, due as soon as they may leave, or close them; no commit, and nobody is woken.

    `renewed`: with a life as if they were owed now. `values`: what else is written of those that leave at once.
    """
    moment, found = now(), LetGo()
    ids = db.session.scalars(db.select(Message.broadcast_id).where(*which).distinct()).all()
    by_moment: dict[datetime | None, list[int]] = {moment: []}
    for number, at in _when([one for one in ids if one is not None], moment).items():
        by_moment.setdefault(at if at is None else max(at, moment), []).append(number)
    for at, numbers in by_moment.items():
        theirs = Message.broadcast_id.in_(numbers)
        if at == moment:
            # A host's clock may be ahead: due for all of them.
            new = {"state": "queued", "next_attempt_at": func.least(at, func.now())} | values
            if renewed:
                new["expires_at"] = func.greatest(Message.expires_at, _life_from(moment))
            lanes = _change((*which, or_(Message.broadcast_id.is_(None), theirs)), new)
            found.at_once, found.lanes = len(lanes), set(lanes)
        elif at is None:
            found.closed = len(_change((*which, theirs), {"state": "expired", "failure": CANCELLED}))
        else:
            new = {"state": "queued", "next_attempt_at": at, "failure": HELD}
            new["expires_at"] = func.greatest(Message.expires_at, at + LIFETIME["broadcast"])
            many = len(_change((*which, theirs), new))
            if at == FOR_GOOD:
                found.held = many
            else:
                found.asleep, found.opens_at = many, at
    return found


def _change(which: tuple, new: dict) -> list[str]:
    """The lane of each."""
    statement = db.update(Message).where(*which).values(new).returning(Message.lane)
    return list(db.session.scalars(statement, execution_options={"synchronize_session": False}))


def _life_from(moment: datetime) -> ColumnElement[datetime]:
    """Cast: a bare parameter would be taken for text."""
    return cast(case({lane: moment + life for lane, life in LIFETIME.items()}, value=Message.lane), Moment)


def _when(broadcast_ids: list[int], moment: datetime) -> dict[int, datetime | None]:
    if not broadcast_ids:
        return {}
    [leave] = _leave  # a process that does not know the broadcasts must not let go of their messages
    return dict.fromkeys(broadcast_ids) | leave(broadcast_ids, moment)
