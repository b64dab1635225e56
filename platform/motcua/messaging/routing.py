"""The cheapest channel that is allowed, and why it was chosen.

Zalo's rules (OA API v3.0 and ZBS, 2026): a consultation message is free within 48 hours of the citizen's
last interaction; otherwise an approved ZBS template by user id, and by phone where no user id is known.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

FREE_WINDOW = timedelta(hours=48)
# Government templates, before tax (zalo.cloud price list as read in 2026); by user id it is not dearer.
PRICE_VND = {"consultation": 0, "zbs_uid": 120, "zbs_phone": 120}


@dataclass(frozen=True)
class Route:
    channel: str
    reason: str

    @property
    def price_vnd(self) -> int:
        return PRICE_VND[self.channel]

    @property
    def kind(self) -> str:
        """ "consultation" or "zbs": what Zalo allows or refuses an OA as a whole."""
        return "consultation" if self.channel == "consultation" else "zbs"


@dataclass(frozen=True)
class Options:
    """What is known when the message is about to leave."""

    has_consultation: bool
    has_template: bool
    uid: str | None
    phone: str | None
    last_interaction_at: datetime | None
    refused: frozenset[str]
    event: str = ""
    lane: str = "urgent"


@dataclass(frozen=True)
class Wait:
    """Not before `until`, and why: "quiet_hours", "cost_cap" ..."""

    until: datetime
    reason: str


@dataclass(frozen=True)
class Rules:
    """What a province has decided about its messages."""


NO_RULES = Rules()


def rules_of(tenant_id: str) -> Rules:
    """The rules of a tenant, kept a few seconds per process."""
    return NO_RULES


def choose(options: Options, now: datetime, rules: Rules = NO_RULES) -> Route | Wait | None:
    """The route to take, when to ask again, or None when no channel is left."""
    for route in _allowed(options, now):
        if route.channel not in options.refused:
            return route
    return None


def _allowed(options: Options, now: datetime):
    recent = options.last_interaction_at is not None and now - options.last_interaction_at < FREE_WINDOW
    if options.uid and options.has_consultation and recent:
        yield Route("consultation", "free_within_48h")
    if options.has_template:
        why = "no_recent_interaction" if not recent else "consultation_refused"
        if options.uid:
            yield Route("zbs_uid", why)
        if options.phone:
            yield Route("zbs_phone", why if options.uid else "not_on_our_oa_yet")
