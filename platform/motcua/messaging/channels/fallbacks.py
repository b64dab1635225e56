"""What routing does after Zalo refused: a table by family of codes, in which no message can go round for ever.

Each step either gives up a channel for good (there are three), or waits until a later moment (messages expire), or
ends. `tests/messaging/channels/test_fallbacks.py` plays every sequence of refusals to its end.
"""

from datetime import datetime, timedelta
from enum import Enum

from motcua.core.clock import now
from motcua.zalo.errors import (
    AttachmentExpired,
    NightBlocked,
    NotEntitled,
    QuotaExceeded,
    RateLimited,
    RecipientUnreachable,
    StillProcessing,
    UnknownZaloCode,
    ZaloError,
    ZaloNeedsConsent,
    ZaloRejected,
    ZaloTokenInvalid,
    ZaloUnavailable,
    ZaloUncertain,
)
from motcua.zalo.retry import Retry

LEAST_WAIT = timedelta(seconds=1)
FIX_LOOK = timedelta(minutes=10)


class Next(Enum):
    """`OTHER`: this channel is given up, the next one is tried. `WAIT`: the same again, later. `OTHER_OR_WAIT`: the
    next channel where there is one, else later. `RECONCILE`: perhaps sent, so never again by itself."""

    OTHER = "other"
    WAIT = "wait"
    OTHER_OR_WAIT = "other_or_wait"
    RECONCILE = "reconcile"
    STOP = "stop"


# A citizen's free window may be used up while templates still pass; a template's quota is one for both of its ways.
AFTER: dict[str, dict[str, Next]] = {
    family.code: {"consultation": free, "zbs_uid": by_uid, "zbs_phone": by_phone}
    for family, free, by_uid, by_phone in (
        (RecipientUnreachable, Next.OTHER, Next.OTHER, Next.OTHER),
        (QuotaExceeded, Next.OTHER_OR_WAIT, Next.WAIT, Next.WAIT),
        (NightBlocked, Next.OTHER_OR_WAIT, Next.WAIT, Next.WAIT),
        (NotEntitled, Next.OTHER_OR_WAIT, Next.WAIT, Next.WAIT),
        (RateLimited, Next.WAIT, Next.WAIT, Next.WAIT),
        (ZaloTokenInvalid, Next.WAIT, Next.WAIT, Next.WAIT),
        (ZaloNeedsConsent, Next.WAIT, Next.WAIT, Next.WAIT),
        (ZaloUnavailable, Next.WAIT, Next.WAIT, Next.WAIT),
        (StillProcessing, Next.WAIT, Next.WAIT, Next.WAIT),
        # What one form cannot say the other may: a text with a wrong button, a template that was just locked.
        (ZaloRejected, Next.OTHER, Next.OTHER, Next.STOP),
        (AttachmentExpired, Next.OTHER, Next.STOP, Next.STOP),
        (UnknownZaloCode, Next.STOP, Next.STOP, Next.STOP),
        (ZaloUncertain, Next.RECONCILE, Next.RECONCILE, Next.RECONCILE),
    )
}


def next_step(error: ZaloError, channel: str, *, has_other: bool) -> Next:
    """What to do after `error` on `channel`: any of `Next` but OTHER_OR_WAIT.

    A code's own advice wins over its family's: `-249` (not for user ids) goes on by phone at once.
    """
    if isinstance(error, ZaloUncertain):
        return Next.RECONCILE
    if error.retry is Retry.OTHER_CHANNEL:
        return Next.OTHER
    step = AFTER.get(error.code, {}).get(channel, Next.STOP)
    if step is Next.OTHER_OR_WAIT:
        step = Next.OTHER if has_other else Next.WAIT
    if step is Next.WAIT and error.retry is Retry.NEVER:
        step = Next.OTHER  # waiting will not help, whatever the family says
    if step is Next.OTHER and not has_other:
        return Next.STOP
    return step


def wait_until(error: ZaloError, after: datetime | None = None) -> datetime:
    """When to try the same again: what Zalo or the family says, always later than `after` (default now)."""
    after = after or now()
    found = error.earliest_retry(after)
    if found is None:
        found = after + FIX_LOOK
    return max(found, after + LEAST_WAIT)
