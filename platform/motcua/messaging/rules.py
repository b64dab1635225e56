"""What a province's settings allow when a message is about to leave: hours, switches, templates, money."""

import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from redis.exceptions import RedisError

from motcua.core import queue
from motcua.core.calendar import Calendar
from motcua.core.clock import now
from motcua.core.database import db
from motcua.tenancy import calendars, current

from . import rule_versions, spending, switches
from .hours import ANY_TIME, Hours
from .zbs_templates import KnownTemplate, ZbsTemplate

KEPT_S = 60.0  # at most: a change is heard at once through Redis
SPENT_KEPT_S = 2.0
WARN_AT = 0.8

_lock = threading.Lock()
_known: dict[str, tuple[bytes | None, float, "Rules"]] = {}


@dataclass(frozen=True)
class Budget:
    """One month's money. It is as fresh as the last tally: what leaves in a few seconds may go over a cap."""

    spent_vnd: int = 0
    cap_vnd: int | None = None
    urgent_cap_vnd: int | None = None

    def allows(self, price_vnd: int, *, is_urgent: bool) -> bool:
        cap = self.urgent_cap_vnd if is_urgent else self.cap_vnd
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


def rules_of(tenant_id: str) -> Rules:
    """Of the tenant in scope. Cheap enough for every batch: one look at Redis, and a few queries when something
    changed or the money was counted anew."""
    version = _version(tenant_id)
    at = time.monotonic()
    with _lock:
        held = _known.get(tenant_id)
    if held and held[0] == version and at - held[1] < SPENT_KEPT_S:
        return held[2]
    if held and held[0] == version and at - held[1] < KEPT_S and held[2].budget.cap_vnd is None:
        return held[2]  # nobody counts the money
    loaded = _load()
    with _lock:
        _known[tenant_id] = (version, at, loaded)
    return loaded


def changed(tenant_id: str) -> None:
    """Make every process look anew; call it after the commit."""
    with _lock:
        _known.pop(tenant_id, None)
    try:
        queue.connection().set(_version_key(tenant_id), secrets.token_hex(8))
    except RedisError:
        return  # they look anew by themselves before long


def _load() -> Rules:
    settings = rule_versions.in_force()
    tenant = current.tenant()
    known = calendars.offices_of(tenant.settings, [one.mark for one in calendars.days_in_force()])
    templates = db.session.scalars(db.select(ZbsTemplate)).all()
    cap = settings.cap_vnd
    spent = spending.spent_vnd(spending.month_of(now())) if cap is not None else 0
    return Rules(
        hours=settings.hours,
        calendar=known.province,
        off=switches.off(),
        templates={(one.account_id, one.template_id): one.known for one in templates},
        synced=frozenset(one.account_id for one in templates),
        budget=Budget(spent, cap, settings.urgent_cap_vnd),
    )


def _version(tenant_id: str) -> bytes | None:
    """Differs after each change, and after Redis forgot."""
    try:
        key = _version_key(tenant_id)
        found = queue.connection().get(key)
        if found is None:
            queue.connection().set(key, secrets.token_hex(8), nx=True)
            found = queue.connection().get(key)
        return found
    except RedisError:
        return None


def _version_key(tenant_id: str) -> str:
    return f"motcua:message-rules:{tenant_id}"
