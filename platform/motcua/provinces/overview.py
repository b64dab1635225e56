"""All provinces at a glance: a handful of questions for all of them together, whatever their number."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, text

from motcua.core import months, reporting
from motcua.core.clock import VIETNAM, now
from motcua.core.queue import LANES
from motcua.core.text.normal import normalise, without_marks
from motcua.messaging.dispatch.deciding import NOT_INVITED
from motcua.tenancy import current

from . import readiness
from .readiness import Checklist

DRAFT = "draft"  # on trial, and nobody of the province has signed in yet
STATES = {DRAFT: "Mới tạo", "trial": "Dùng thử", "live": "Đang phục vụ", "suspended": "Tạm ngừng"}
MOST_COUNTED = 1000
ERRORS_OF = timedelta(hours=24)

TENANTS = text("""
    SELECT tenant.id, tenant.status, tenant.origin, tenant.settings->'names' AS names,
        tenant.settings->'hosts' AS hosts, tenant.settings->'plan' AS plan,
        EXISTS (SELECT FROM staff WHERE tenant_id = tenant.id AND is_enabled AND password_hash <> '') AS is_manned,
        (SELECT count(*) FROM alert WHERE tenant_id = tenant.id AND closed_at IS NULL) AS alerts,
        (SELECT bool_or(state = 'needs_consent') FROM official_account WHERE tenant_id = tenant.id) AS needs_consent,
        EXISTS (SELECT FROM delivery_pause WHERE tenant_id = tenant.id AND ended_at IS NULL) AS is_paused
    FROM tenant ORDER BY tenant.id
""")
# Each count stops at its limit, and the oldest is the index' first entry.
BACKLOGS = text("""
    SELECT tenant.id, lane, due.waiting, due.oldest
    FROM tenant CROSS JOIN unnest(CAST(:lanes AS text[])) AS lane
    CROSS JOIN LATERAL (
        SELECT count(*) AS waiting, min(next_attempt_at) AS oldest FROM (
            SELECT next_attempt_at FROM message
            WHERE tenant_id = tenant.id AND message.lane = lane.lane AND state = 'queued'
              AND next_attempt_at <= :now
            ORDER BY next_attempt_at, id LIMIT :most) AS counted) AS due
    WHERE due.waiting > 0
""")
# What a trial holds back from those who are not invited is no error.
ERRORS = text("""
    SELECT tenant.id, sum(found.many) AS many
    FROM tenant CROSS JOIN unnest(ARRAY['uncertain', 'failed', 'expired']) AS state
    CROSS JOIN LATERAL (
        SELECT count(*) AS many FROM (
            SELECT FROM message WHERE tenant_id = tenant.id AND message.state = state.state
              AND message.state IN ('uncertain', 'failed', 'expired') AND created_at >= :since
              AND failure IS DISTINCT FROM :held_back
            LIMIT :most) AS counted) AS found
    GROUP BY tenant.id
""")
SPENT = text("""
    SELECT tenant_id, sum(messages) AS messages, sum(amount_vnd) AS amount FROM message_spend
    WHERE month = :month GROUP BY tenant_id
""")


@dataclass(frozen=True)
class Lane:
    """`waiting` counts to MOST_COUNTED; the oldest has been due for `oldest_s` seconds."""

    waiting: int
    oldest_s: float


@dataclass(frozen=True)
class Glance:
    """One province. `paid_messages` and `cost_vnd` are of this month; errors of the last 24 hours."""

    slug: str
    name: str
    legal_name: str
    host: str
    state: str
    checklist: Checklist
    oa_health: str  # "good" | "bad" | "none"
    oa_words: str
    webhook_at: datetime | None
    lanes: dict[str, Lane]
    errors: int
    paid_messages: int
    cost_vnd: int
    plan_limit: int | None
    plan_weight: int
    is_paused: bool
    alerts: int
    has_folder: bool
    key: str = field(repr=False)  # what a search looks in

    @property
    def waiting(self) -> int:
        return sum(one.waiting for one in self.lanes.values())

    @property
    def oldest_s(self) -> float:
        return max((one.oldest_s for one in self.lanes.values()), default=0.0)


SORTS = {
    "name": lambda one: one.slug,
    "state": lambda one: (list(STATES).index(one.state), one.slug),
    "ready": lambda one: (one.checklist.done, one.slug),
    "oa": lambda one: (one.oa_health != "bad", one.oa_health != "none", one.slug),
    "webhook": lambda one: (one.webhook_at is not None, one.webhook_at, one.slug),
    "backlog": lambda one: (-one.waiting, one.slug),
    "oldest": lambda one: (-one.oldest_s, one.slug),
    "errors": lambda one: (-one.errors, one.slug),
    "usage": lambda one: (-one.paid_messages, one.slug),
    "cost": lambda one: (-one.cost_vnd, one.slug),
}


def glance(sought: str = "", sort: str = "name", state: str = "") -> list[Glance]:
    """Every province whose names, slug or host hold the words `sought`, in that order and state."""
    with reporting.connection() as opened:
        found = _all(opened)
    words = _plain(sought).split()
    shown = [one for one in found if all(word in one.key for word in words) and state in ("", one.state)]
    return sorted(shown, key=SORTS.get(sort, SORTS["name"]))


def glance_at(slug: str) -> Glance | None:
    return next((one for one in glance() if one.slug == slug), None)


def _all(opened: Connection) -> list[Glance]:
    moment = now()
    facts = {row.id: row for row in opened.execute(readiness.FACTS, {"only": None})}
    words = {"lanes": list(LANES), "now": moment, "most": MOST_COUNTED}
    lanes: dict[str, dict[str, Lane]] = {}
    for row in opened.execute(BACKLOGS, words):
        lanes.setdefault(row.id, {})[row.lane] = Lane(row.waiting, (moment - row.oldest).total_seconds())
    words = {"since": moment - ERRORS_OF, "most": MOST_COUNTED, "held_back": NOT_INVITED}
    errors = {row.id: int(row.many) for row in opened.execute(ERRORS, words)}
    month = months.month_at(moment)
    spent = {row.tenant_id: row for row in opened.execute(SPENT, {"month": month})}
    return [
        _glance(row, facts[row.id], lanes.get(row.id, {}), errors.get(row.id, 0), spent.get(row.id))
        for row in opened.execute(TENANTS)
        if row.id in facts
    ]


def _glance(row, facts, lanes: dict[str, Lane], errors: int, spent) -> Glance:
    entry = current.name_on({"names": row.names}, now().astimezone(VIETNAM).date())
    plan = row.plan or {}
    is_bad = bool(row.needs_consent or row.alerts or facts.unknown_apps)
    health = "bad" if is_bad else "good" if facts.connected else "none"
    return Glance(
        slug=row.id,
        name=entry["short_name"],
        legal_name=entry["name"],
        host=row.hosts[0],
        state=DRAFT if row.status == "trial" and not row.is_manned else row.status,
        checklist=readiness.checklist(facts),
        oa_health=health,
        oa_words=readiness.account_words(facts),
        webhook_at=facts.webhook_at,
        lanes=lanes,
        errors=errors,
        paid_messages=int(spent.messages) if spent else 0,
        cost_vnd=int(spent.amount) if spent else 0,
        plan_limit=plan.get("messages_per_month"),
        plan_weight=plan.get("weight", 1),
        is_paused=row.is_paused,
        alerts=row.alerts,
        has_folder=row.origin == "folder",
        key=_plain(" ".join((entry["name"], entry["short_name"], row.id, *row.hosts))),
    )


def _plain(words: str) -> str:
    return without_marks(normalise(words))
