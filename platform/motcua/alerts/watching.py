"""Opening and closing alerts from facts: whoever looks last is right, and nobody has to remember to tell."""

from collections.abc import Callable
from dataclasses import dataclass

import structlog
from sqlalchemy.dialects.postgresql import insert

from motcua.core import queue, scope, throttle
from motcua.core.clock import now
from motcua.core.database import db
from motcua.tenancy.models import OfficialAccount

from .models import Alert

MAIL = "motcua.alerts.jobs.mail"
KINDS = {"consultation": "tin tư vấn", "zbs": "tin mẫu ZBS"}
LONG_PAUSE_S = 60.0  # shorter ones heal by themselves

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Shown:
    """An open alert in words: what happened and what the admin does about it."""

    alert: Alert
    sentence: str


@dataclass(frozen=True)
class Watch:
    """What another room can find out by itself, for the tenant in scope.

    `causes` gives (kind, subject) of everything amiss now, `sentence` the words for an open alert, None where
    its subject is gone.
    """

    kinds: tuple[str, ...]
    causes: Callable[[], list[tuple[str, str]]]
    sentence: Callable[[Alert], str | None]


_watches: list[Watch] = []


def watch(one: Watch) -> None:
    """Rooms on higher floors say here, when they are imported, what they watch."""
    _watches.append(one)


def circuit_of(account, kind: str) -> str:
    """The name in `core.throttle` of an OA's circuit for one kind of message (see KINDS).

    `account` is anything with `app_id` and `oa_id`.
    """
    return f"zalo:{{{account.app_id}}}:oa:{account.oa_id}:{kind}"


def circuits_of(account) -> dict[str, throttle.Circuit]:
    """How each circuit of an OA stands."""
    return {kind: throttle.look(circuit_of(account, kind)) for kind in KINDS}


def look() -> None:
    """Bring the alerts of the tenant in scope up to date and have new ones mailed; commits."""
    causes = {*_causes(), *(cause for one in _watches for cause in one.causes())}
    opened = {(alert.kind, alert.subject): alert for alert in open_alerts()}
    for kind, subject in sorted(causes - opened.keys()):
        db.session.execute(
            insert(Alert)
            .values(tenant_id=scope.required(), kind=kind, subject=subject)
            .on_conflict_do_nothing()
        )
        log.error("alert_opened", tenant=scope.required(), kind=kind, subject=subject)
    for gone in opened.keys() - causes:
        opened[gone].closed_at = now()
        log.info("alert_closed", tenant=scope.required(), kind=gone[0], subject=gone[1])
    unmailed = bool(causes - opened.keys()) or any(one.mailed_at is None for one in opened.values())
    db.session.commit()
    if causes and unmailed:
        queue.wake(MAIL, scope.required(), lane="normal")


def open_alerts() -> list[Alert]:
    """Of the tenant in scope, the oldest first."""
    return list(db.session.scalars(db.select(Alert).where(Alert.closed_at.is_(None)).order_by(Alert.id)))


def shown() -> list[Shown]:
    """The open alerts of the tenant in scope in words."""
    alerts = open_alerts()
    if not alerts:
        return []
    accounts = {one.key: one for one in db.session.scalars(db.select(OfficialAccount))}
    others = {kind: one.sentence for one in _watches for kind in one.kinds}
    found = []
    for one in alerts:
        if one.kind in others:
            sentence = others[one.kind](one)
        else:
            sentence = _sentence(one, accounts[one.subject]) if one.subject in accounts else None
        found += [Shown(one, sentence)] if sentence else []
    return found


def _causes() -> list[tuple[str, str]]:
    causes = []
    for account in db.session.scalars(db.select(OfficialAccount)):
        if account.state == "needs_consent":
            causes.append(("oa_needs_consent", account.key))
        elif account.state == "connected":
            open_s = max(one.open_s for one in circuits_of(account).values())
            causes += [("oa_blocked", account.key)] if open_s > LONG_PAUSE_S else []
    return causes


def _sentence(alert: Alert, account: OfficialAccount) -> str:
    if alert.kind == "oa_needs_consent":
        return (
            f"OA “{account.name}” đã mất quyền gửi tin nên tin của tỉnh đang chờ. "
            "Xin mở mục Official Account và bấm “Kết nối” để cấp quyền lại; tin đang chờ sẽ được gửi tiếp."
        )
    found = {kind: one for kind, one in circuits_of(account).items() if one.open_s}
    kinds = " và ".join(KINDS[kind] for kind in found) or "tin"
    why = next((one.why for one in found.values() if one.why), "Xin kiểm tra OA trên Zalo.")
    return (
        f"Zalo đang từ chối {kinds} của OA “{account.name}” nên hệ thống tạm ngừng gửi và sẽ tự thử lại. {why} "
        "Xong việc, xin bấm “Thử lại ngay” ở mục Official Account."
    )
