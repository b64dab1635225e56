"""What a province's settings allow when a message is about to leave: hours, switches, templates, money."""

import secrets
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from redis.exceptions import RedisError

from motcua.core import months, queue
from motcua.core.calendar import Calendar, MarkedDay
from motcua.core.clock import now
from motcua.core.database import db
from motcua.messaging.limits import rule_versions, spending, switches
from motcua.messaging.limits.hours import ANY_TIME, Hours
from motcua.tenancy import calendars

from .zbs_templates import KnownTemplate, ZbsTemplate

KEPT_S = 60.0  # at most: a change is heard at once through Redis
SPENT_KEPT_S = 2.0
WARN_AT = 0.8

# All that tenants' rules are made of, a row each (migration 0083).
RULES = "SELECT * FROM message_rules_stored(%(tenants)s::text[])"

_lock = threading.Lock()
_known: dict[str, tuple[bytes | None, float, "Rules"]] = {}


@dataclass(frozen=True)
class Budget:
    """One month's money as it was a moment ago: what leaves takes its part of it first (`spending.take`).

    `month`: its first day where somebody counts, else None.
    """

    spent_vnd: int = 0
    cap_vnd: int | None = None
    urgent_cap_vnd: int | None = None
    month: date | None = None

    def cap(self, *, is_urgent: bool) -> int | None:
        return self.urgent_cap_vnd if is_urgent else self.cap_vnd

    def allows(self, price_vnd: int, *, is_urgent: bool) -> bool:
        cap = self.cap(is_urgent=is_urgent)
        return not price_vnd or cap is None or self.spent_vnd + price_vnd <= cap


@dataclass(frozen=True)
class Rules:
    """`calendar`: the province's, for days off. `off`: (event, "consultation" or "zbs") switched off.

    `templates`: (account's id, template's id) -> what Zalo says of it; nothing is held against the templates of
    an account that is not in `synced`.
    """

    hours: Mapping[str, Hours] = field(default_factory=dict)
    calendar: Calendar | None = None
    off: frozenset[tuple[str, str]] = frozenset()
    templates: Mapping[tuple[int, str], KnownTemplate] = field(default_factory=dict)
    synced: frozenset[int] = frozenset()
    budget: Budget = Budget()

    def hours_of(self, kind: str) -> Hours:
        return self.hours.get(kind, ANY_TIME)


@dataclass(frozen=True)
class Stored:
    """What the database says of one tenant; what it has spent this month is still to be asked.

    `month`: its first day where somebody counts the money, else None.
    """

    settings: rule_versions.Settings
    calendar: Calendar
    off: frozenset[tuple[str, str]]
    templates: Mapping[tuple[int, str], KnownTemplate]
    month: date | None

    def with_spent(self, spent_vnd: int) -> Rules:
        return Rules(
            hours=self.settings.hours,
            calendar=self.calendar,
            off=self.off,
            templates=self.templates,
            synced=frozenset(account_id for account_id, _ in self.templates),
            budget=Budget(spent_vnd, self.settings.cap_vnd, self.settings.urgent_cap_vnd, self.month),
        )


def rules_of(tenant_id: str) -> Rules:
    """Of the tenant in scope. Cheap enough for every batch: one look at Redis, and one query when something
    changed or the money was counted anew."""
    known, stale = held([tenant_id])
    if not stale:
        return known[tenant_id]
    row = db.session.connection().exec_driver_sql(RULES, {"tenants": [tenant_id]}).one()
    stored = stored_of(row)
    return keep(tenant_id, stale[tenant_id], stored, spending.spent_vnd(stored.month) if stored.month else 0)


def held(tenants: Sequence[str]) -> tuple[dict[str, Rules], dict[str, bytes | None]]:
    """The rules of these tenants that still hold, and the versions under which to `keep` those of the others."""
    fresh, stale, at = {}, {}, time.monotonic()
    for tenant_id, version in zip(tenants, _versions(tenants), strict=True):
        with _lock:
            known = _known.get(tenant_id)
        if known is not None and known[0] == version and at - known[1] < _kept_s(known[2]):
            fresh[tenant_id] = known[2]
        else:
            stale[tenant_id] = version
    return fresh, stale


def _kept_s(known: Rules) -> float:
    return KEPT_S if known.budget.month is None else SPENT_KEPT_S


def stored_of(row: Sequence) -> Stored:
    """From a row of RULES."""
    _, tenant, body, days, off, templates = row
    settings = rule_versions.from_body(body) if body else rule_versions.Settings()
    marks = [
        MarkedDay(date.fromisoformat(day), kind == "open", counts, reason, "console")
        for day, kind, counts, reason in days or ()
    ]
    is_counted = settings.cap_vnd is not None or settings.urgent_cap_vnd is not None
    return Stored(
        settings=settings,
        calendar=calendars.offices_of(tenant, marks).province,
        off=switches.without_locked(off or ()),
        templates={
            (one["account_id"], one["template_id"]): ZbsTemplate(**one).known for one in templates or ()
        },
        month=months.month_at(now(), ZoneInfo(tenant["timezone"])) if is_counted else None,
    )


def keep(tenant_id: str, version: bytes | None, stored: Stored, spent_vnd: int) -> Rules:
    """Remember what was read after `version` was asked for, so that a change in between is noticed."""
    found = stored.with_spent(spent_vnd)
    with _lock:
        _known[tenant_id] = (version, time.monotonic(), found)
    return found


def changed(tenant_id: str) -> None:
    """Make every process look anew; call it after the commit."""
    with _lock:
        _known.pop(tenant_id, None)
    try:
        queue.connection().set(_version_key(tenant_id), secrets.token_hex(8))
    except RedisError:
        return  # they look anew by themselves before long


def _versions(tenants: Sequence[str]) -> list[bytes | None]:
    """Each differs after a change, and after Redis forgot; None while it is away."""
    keys = [_version_key(one) for one in tenants]
    try:
        found = queue.connection().mget(keys)
        if new := [key for key, version in zip(keys, found, strict=True) if version is None]:
            pipe = queue.connection().pipeline(transaction=False)
            for key in new:
                pipe.set(key, secrets.token_hex(8), nx=True)
            pipe.mget(keys)
            found = pipe.execute()[-1]
        return found
    except RedisError:
        return [None] * len(keys)


def _version_key(tenant_id: str) -> str:
    return f"motcua:message-rules:{tenant_id}"
