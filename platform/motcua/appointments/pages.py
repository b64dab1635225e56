"""Citizens' pages: book from a dossier's page, and see, move or cancel a visit by its own address.

Whoever proved a dossier on its tracking page may book for it; whoever holds a visit's address may change it.
No script is needed: every choice is a link or a form.
"""

from datetime import date, datetime

from flask import Blueprint, Response, flash, redirect, render_template, request, session, url_for

from motcua.core.clock import VIETNAM
from motcua.core.database import db
from motcua.core.errors import NotFound
from motcua.dossiers import codes, intake
from motcua.dossiers.models import Dossier
from motcua.dossiers.statuses import Status

from . import booking, calendar_file, desks, people, slots, telling
from .models import PURPOSES, Desk
from .people import BookingRefused
from .states import StepRefused

bp = Blueprint("visits", __name__, url_prefix="/visits")

DAYS_SHOWN = 6


@bp.context_processor
def words():
    return {"telling": telling}


@bp.get("/dossier/<token>")
def offer(token: str):
    """What for, which desk, which day, which hour: each choice narrows the next."""
    dossier = _proven(token)
    if dossier is None:
        return _to_proof(token)
    purposes = _purposes(dossier)
    purpose = _chosen("purpose", purposes)
    serving = desks.serving(dossier)
    desk = _desk_chosen(serving)
    first = desks.collect_from(dossier) if purpose == "collect" else None
    return render_template(
        "visits/offer.html",
        dossier=dossier,
        purposes=purposes,
        purpose=purpose,
        serving=serving,
        desk=desk,
        first=first,
        here={"token": dossier.token, "purpose": purpose, "desk": desk.id if desk else None},
        **_choice(desk, first),
    )


@bp.post("/dossier/<token>")
def book(token: str):
    dossier = _proven(token)
    if dossier is None:
        return _to_proof(token)
    purpose = request.form.get("purpose", "")
    desk = next((one for one in desks.serving(dossier) if str(one.id) == request.form.get("desk")), None)
    starts_at = _moment(request.form.get("slot", ""))
    if purpose not in _purposes(dossier) or desk is None or starts_at is None:
        flash("Xin chọn việc cần làm, quầy và giờ đến, rồi bấm Đặt lịch.", "error")
        return redirect(url_for("visits.offer", token=dossier.token), 303)
    try:
        visit = booking.book(people.of_dossier(dossier), desk, starts_at, purpose, booked_by="page")
    except BookingRefused as error:
        flash(telling.refusal(error), "error")
        db.session.rollback()
        back = {"purpose": purpose, "desk": desk.id, "day": starts_at.date().isoformat()}
        return redirect(url_for("visits.offer", token=dossier.token, **back), 303)
    db.session.commit()
    flash("Đã đặt lịch.", "success")
    return redirect(url_for("visits.show", token=visit.token), 303)


@bp.get("/<token>")
def show(token: str):
    visit, desk = booking.by_token(token)
    moving = visit.can_move and "move" in request.args
    return render_template(
        "visits/visit.html",
        visit=visit,
        desk=desk,
        moving=moving,
        here={"token": visit.token, "move": 1},
        **_choice(desk if moving else None, None),
    )


@bp.post("/<token>")
def change(token: str):
    """`act`: cancel, or move to the form's `slot`."""
    visit, _ = booking.by_token(token)
    act, starts_at = request.form.get("act"), _moment(request.form.get("slot", ""))
    try:
        if act == "cancel":
            booking.cancel(visit)
            flash("Đã hủy lịch. Cảm ơn ông/bà đã báo trước.", "success")
        elif act == "move" and starts_at:
            booking.move(visit, starts_at)
            flash("Đã đổi lịch.", "success")
        else:
            flash("Xin chọn một giờ rồi bấm Đổi sang giờ này.", "error")
            return redirect(url_for("visits.show", token=visit.token, move=1), 303)
    except BookingRefused as error:
        flash(telling.refusal(error), "error")
        db.session.rollback()
        return redirect(url_for("visits.show", token=token, move=1), 303)
    except StepRefused as error:
        flash(error.message, "error")
        db.session.rollback()
        return redirect(url_for("visits.show", token=token), 303)
    db.session.commit()
    return redirect(url_for("visits.show", token=visit.token), 303)


@bp.get("/<token>.ics")
def calendar(token: str):
    visit, desk = booking.by_token(token)
    answer = Response(calendar_file.of(visit, desk), content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="lich-hen.ics"'
    return answer


def _proven(token: str) -> Dossier | None:
    """The dossier, when this browser proved it; None when it did not. Raises NotFound for an unknown token."""
    known = codes.read_token(token)
    if not known:
        raise NotFound
    dossier = intake.find_by_token(known)
    return dossier if dossier.token in session.get("proven", []) else None


def _to_proof(token: str):
    flash("Để đặt lịch, xin nhập 4 số cuối ở mục Diễn biến để xác minh hồ sơ này là của ông/bà.", "error")
    return redirect(url_for("tracking.show", token=token), 303)


def _purposes(dossier: Dossier) -> list[str]:
    """What one may come for, the likeliest first."""
    likely = {Status.SUPPLEMENT: "supplement", Status.READY: "collect"}.get(Status(dossier.status), "ask")
    possible = {"ask", likely}
    if dossier.due_at and not dossier.is_finished:
        possible.add("collect")
    return sorted(possible, key=lambda one: (one != likely, PURPOSES.index(one)))


def _chosen(name: str, allowed: list[str]) -> str:
    given = request.args.get(name, "")
    return given if given in allowed else allowed[0]


def _desk_chosen(serving: list[Desk]) -> Desk | None:
    if len(serving) == 1:
        return serving[0]
    return next((one for one in serving if str(one.id) == request.args.get("desk")), None)


def _choice(desk: Desk | None, first: date | None) -> dict:
    """Days with a free place, and the hours of the chosen one; the first such day where none is chosen."""
    free = slots.bookable(desk, first) if desk else []
    days = list(dict.fromkeys(one.day for one in free))
    asked = _day(request.args.get("day", ""))
    start = next((at for at, one in enumerate(days) if one == asked), 0)
    chosen = days[start] if days else None
    page = start // DAYS_SHOWN * DAYS_SHOWN
    return {
        "days": days[page : page + DAYS_SHOWN],
        "earlier": days[page - DAYS_SHOWN] if page else None,
        "later": days[page + DAYS_SHOWN] if page + DAYS_SHOWN < len(days) else None,
        "day": chosen,
        "hours": [one for one in free if one.day == chosen],
    }


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _moment(text: str) -> datetime | None:
    """`2026-12-01T08:00`, by Vietnamese clocks."""
    try:
        moment = datetime.strptime(text, "%Y-%m-%dT%H:%M").replace(tzinfo=VIETNAM)
    except ValueError:
        return None
    return moment if moment.year > 2000 else None
