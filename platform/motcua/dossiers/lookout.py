"""Every few minutes: which dossiers are about to be late, are late, or lie silent; whom to remind.

The desk is told first, by flags; the citizen of what they must do themselves, and of a silence that goes on. Days are
counted by the province's calendar, so that a round is a handful of statements however many dossiers there are.
"""

from datetime import UTC, datetime, timedelta

from motcua.core import queue, scope
from motcua.core.calendar import Calendar
from motcua.core.clock import now
from motcua.core.database import db
from motcua.tenancy import current
from motcua.tenancy.calendars import Offices

from . import news, notices, promising, syncing
from .models import Dossier
from .news import Piece
from .record_models import DossierFee, DossierSupplement
from .records import NOTHING, Made
from .rows import followers_of
from .statuses import FINISHED, Status

LOOK = "motcua.dossiers.jobs.look"
EVERY_S = 600
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
# Reminders come when people are awake.
FIRST_HOUR, LAST_HOUR = 7, 20
# The ball is with the office; in 5 and 6 it is with the citizen, who is reminded instead.
WATCHED = (Status.FILED, Status.ACCEPTED, Status.PROCESSING, Status.WITHDRAWAL)
GONE = "Hồ sơ đã có diễn biến hoặc ngày hẹn mới."
DETAILS = {
    "due_in_2_days": "Hẹn trả lúc %. Xin trả đúng hẹn, hoặc gửi văn bản xin lỗi kèm ngày hẹn mới trước lúc đó.",
    "due_in_1_day": "Hẹn trả lúc %. Xin trả đúng hẹn, hoặc gửi ngay văn bản xin lỗi kèm ngày hẹn mới.",
    "overdue_without_apology": "Đã quá hẹn từ %. Xin gửi ngay văn bản xin lỗi kèm ngày hẹn mới.",
    "silent": "Không có diễn biến nào từ %. Xin cập nhật; nếu không, người dân sẽ được báo.",
    "supplement_lapsed": "Hạn bổ sung đã hết lúc %. Xin xử lý tiếp, gia hạn hoặc kết thúc hồ sơ.",
}


def wake_due() -> None:
    """Ask for a round of the tenant in scope, unless there was one just now."""
    tenant_id = scope.required()
    if queue.connection().set(f"motcua:looked:{tenant_id}", "1", nx=True, ex=EVERY_S):
        queue.wake(LOOK, tenant_id, lane="normal")


def look() -> int:
    """One round of the tenant in scope; commits. Returns how many messages are owed to citizens."""
    known = promising.offices()
    flag(known.province)
    db.session.commit()
    told = tell(known) if FIRST_HOUR <= known.province.local(now()).hour < LAST_HOUR else 0
    db.session.commit()
    return told


def flag(calendar: Calendar) -> None:
    """Raise and close the desk's flags. Does not commit."""
    at = now()
    one, two = (calendar.step_days(at, days) for days in (1, 2))
    zone = str(calendar.zone)
    notices.run(notices.CLOSE, one=one, two=two, note=GONE)
    for kind, after, until in (
        ("due_in_1_day", at, one),
        ("due_in_2_days", one, two),
        ("overdue_without_apology", LONG_AGO, at),
    ):
        notices.run(notices.FLAG_DUE, kind=kind, detail=DETAILS[kind], zone=zone, after=after, until=until)
    kind = "supplement_lapsed"
    words = {"kind": kind, "detail": DETAILS[kind], "zone": zone}
    notices.run(notices.FLAG_SUPPLEMENT, after=LONG_AGO, until=at, asked_before=at, **words)
    for status, since in silences(calendar).items():
        words = {"kind": "silent", "detail": DETAILS["silent"], "zone": zone}
        notices.run(notices.FLAG_SILENT, status=status, since=since, **words)
    if days := current.news_rules().silence_days:
        syncing.mark_stale(calendar.step_days(at, -days))


def silences(calendar: Calendar) -> dict[int, datetime]:
    """Status -> whose last event before this moment is a silence."""
    rules, at = current.news_rules(), now()
    days = {int(status): rules.silence_days for status in WATCHED}
    days |= {int(status): given for status, given in rules.silence_days_by_status.items()}
    return {
        status: calendar.step_days(at, -given)
        for status, given in sorted(days.items())
        if given and status not in FINISHED
    }


def tell(known: Offices) -> int:
    """Remind of windows that close, and tell of silences that went on. Does not commit."""
    at, calendar = now(), known.province
    one, three = (calendar.step_days(at, days) for days in (1, 3))
    told = 0
    for kind, what, after, until in (
        ("supplement_in_1_day", "supplement", at, one),
        ("supplement_in_3_days", "supplement", one, three),
        ("fee_in_1_day", "fee", at, one),
    ):
        # Whoever was asked only just now need not be reminded.
        words = {"after": after, "until": until, "asked_before": at - timedelta(hours=6)}
        claimed = list(notices.run(notices.REMIND[what], kind=kind, **words).scalars())
        told += _remind(what, kind, claimed, known)
    ripe = calendar.step_days(at, -current.news_rules().silence_told_after_days)
    settled = {row.dossier_id: row.about for row in notices.run(notices.SETTLE_SILENCES, until=ripe)}
    return told + _tell_silences(settled, known)


def _remind(what: str, kind: str, dossier_ids: list[int], known: Offices) -> int:
    if not dossier_ids:
        return 0
    model, is_open = (
        (DossierSupplement, DossierSupplement.closed_at.is_(None))
        if what == "supplement"
        else (DossierFee, DossierFee.paid_at.is_(None))
    )
    query = db.select(model).where(model.dossier_id.in_(dossier_ids), is_open).order_by(model.number)
    records = {one.dossier_id: one for one in db.session.scalars(query)}

    def piece(dossier: Dossier, calendar: Calendar) -> Piece:
        record = records[dossier.id]
        about = record.respond_by if what == "supplement" else record.pay_by
        made = Made(supplement=record) if what == "supplement" else Made(fee=record)
        key = f"{kind}:{dossier.id}:{about.isoformat()}"
        return Piece(f"dossier_{what}_reminder", key, made, calendar=calendar)

    return _tell_all(dossier_ids, piece, known, by_phone=True)


def _tell_silences(settled: dict[int, datetime], known: Offices) -> int:
    still = db.session.scalars(
        db.select(Dossier).where(Dossier.id.in_(settled), Dossier.status.not_in(FINISHED))
    )
    silent = [dossier.id for dossier in still if dossier.status_at == settled[dossier.id]]

    def piece(dossier: Dossier, calendar: Calendar) -> Piece:
        key = f"silent:{dossier.id}:{dossier.status_at.isoformat()}"
        return Piece("dossier_silent", key, NOTHING, {"silent_since": dossier.status_at}, calendar)

    return _tell_all(silent, piece, known, by_phone=False)


def _tell_all(dossier_ids: list[int], piece, known: Offices, *, by_phone: bool) -> int:
    """The same kind of news of many dossiers: a few questions, however many. In the calmer lane."""
    if not dossier_ids:
        return 0
    tenant = current.tenant()  # held: the session forgets what nobody holds
    hearing = followers_of(dossier_ids)
    dossiers = db.session.scalars(db.select(Dossier).where(Dossier.id.in_(dossier_ids)).order_by(Dossier.id))
    told = sum(
        news.tell_piece(
            dossier,
            piece(dossier, known.of(dossier.agency_code)),
            hearing.get(dossier.id, []),
            lane="normal",
            by_phone=by_phone,
        )
        for dossier in dossiers.all()
    )
    del tenant
    return told
