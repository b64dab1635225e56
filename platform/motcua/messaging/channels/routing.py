"""The cheapest channel that is allowed now, and why it was chosen; or until when to wait.

Zalo's rules (OA API v3.0 and ZBS, 2026): a consultation message is free within 48 hours of the citizen's
last interaction; otherwise an approved ZBS template by user id, and by phone where no user id is known.
What goes on after Zalo refused stands in `fallbacks`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from motcua.messaging.events import CONSULTATION, ZBS, kind_of
from motcua.messaging.limits.hours import ZBS_BY_DAY

from .rules import Rules
from .zbs_templates import TRANSACTION, KnownTemplate

FREE_WINDOW = timedelta(hours=48)
# Government templates, before tax (zalo.cloud price list as read in 2026); by user id it is not dearer.
PRICE_VND = {"consultation": 0, "zbs_uid": 120, "zbs_phone": 120}
# The admin may raise the limit, or the citizen write and so open the free window.
LOOK_AGAIN = timedelta(hours=1)
URGENT_LANES = ("urgent", "emergency")
SPEND_CAP = "spend_cap"
NO_RULES = Rules()


@dataclass(frozen=True)
class Route:
    """`template_data`: the values cut to the template's limits; None where the template is not known to us."""

    channel: str
    reason: str
    price_vnd: int = 0
    template_data: dict[str, str] | None = None

    @property
    def kind(self) -> str:
        """ "consultation" or "zbs": what Zalo allows or refuses an OA as a whole."""
        return CONSULTATION if self.channel == "consultation" else ZBS


@dataclass(frozen=True)
class Wait:
    """Nothing may go now. `reason`: quiet_hours, zalo_night, spend_cap or spend_cap_urgent."""

    until: datetime
    reason: str


@dataclass(frozen=True)
class Options:
    """What is known when the message is about to leave. The last three name the template, where there is one."""

    has_consultation: bool
    has_template: bool
    uid: str | None
    phone: str | None
    last_interaction_at: datetime | None
    refused: frozenset[str]
    event: str = ""
    lane: str = "urgent"
    account_id: int | None = None
    template_id: str | None = None
    template_data: dict[str, str] | None = None


def choose(options: Options, now: datetime, rules: Rules = NO_RULES) -> Route | Wait | None:
    """The route to take, until when to wait, or None when no channel is left."""
    kind = kind_of(options.event, options.lane)
    routes = sorted(_allowed(options, now, rules), key=lambda route: route.price_vnd)
    routes = [route for route in routes if route.channel not in options.refused]
    if not routes:
        return None
    # An announcement is handed over only in its hours, or at night on purpose: see `broadcasts.hours`.
    if kind not in ("emergency", "broadcast"):
        opens = rules.hours_of(kind).next_moment(now, rules.calendar)
        if opens > now:
            return Wait(opens, "quiet_hours")
    waits = []
    for route in routes:
        wait = _obstacle(route, options, now, rules, kind)
        if wait is None:
            return route
        waits.append(wait)
    return min(waits, key=lambda wait: wait.until)


def _allowed(options: Options, now: datetime, rules: Rules) -> Iterator[Route]:
    recent = options.last_interaction_at is not None and now - options.last_interaction_at < FREE_WINDOW
    if options.uid and options.has_consultation and recent and (options.event, CONSULTATION) not in rules.off:
        yield Route("consultation", "free_within_48h")
    why = "no_recent_interaction" if not recent else "consultation_refused"
    yield from paid_routes(options, rules, why)


def paid_routes(options: Options, rules: Rules, why: str) -> Iterator[Route]:
    """By the template, whatever the hour and the budget; none where it is not enabled or its values do not fit it."""
    if not options.has_template or (options.event, ZBS) in rules.off:
        return
    template = _template(options, rules)
    data = options.template_data
    if template is not None and data is not None:
        data = template.fitted(data) if template.is_enabled else None
        if data is None:
            return
    elif template is None and options.account_id in rules.synced and options.template_id is not None:
        return  # Zalo does not have it
    if options.uid:
        yield _priced(Route("zbs_uid", why), template, data)
    if options.phone:
        yield _priced(Route("zbs_phone", why if options.uid else "not_on_our_oa_yet"), template, data)


def _template(options: Options, rules: Rules) -> KnownTemplate | None:
    if options.account_id is None or options.template_id is None:
        return None
    return rules.templates.get((options.account_id, options.template_id))


def _priced(route: Route, template: KnownTemplate | None, data: dict[str, str] | None) -> Route:
    """By what Zalo says the template costs, else by the price list."""
    price = None
    if template is not None:
        price = template.price_uid_vnd if route.channel == "zbs_uid" else template.price_phone_vnd
    return replace(
        route,
        price_vnd=PRICE_VND[route.channel] if price is None else price,
        template_data=data if template is not None else None,
    )


def _obstacle(route: Route, options: Options, now: datetime, rules: Rules, kind: str) -> Wait | None:
    if route.kind == CONSULTATION or kind == "emergency":
        return None
    template = _template(options, rules)
    # Where Zalo has not told us the tag, Zalo itself says so at night.
    if template is not None and template.tag not in (None, TRANSACTION):
        opens = ZBS_BY_DAY.next_moment(now if rules.calendar is None else rules.calendar.local(now), None)
        if opens > now:
            return Wait(opens, "zalo_night")
    is_urgent = options.lane in URGENT_LANES
    if not rules.budget.allows(route.price_vnd, is_urgent=is_urgent):
        return Wait(now + LOOK_AGAIN, cap_reason(is_urgent))
    return None


def cap_reason(is_urgent: bool) -> str:
    return "spend_cap_urgent" if is_urgent else SPEND_CAP
