"""`/console/data-requests`: citizens' requests about their own data, and the law's clocks over them."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_login import current_user

from motcua import audit
from motcua.accounts.permissions import requires
from motcua.core.clock import now
from motcua.core.database import db
from motcua.core.errors import Invalid, MotcuaError, NotFound
from motcua.data_requests import clocks, copying, erasing, handling
from motcua.data_requests.models import DataTombstone
from motcua.zalo.phone import mask_phone, normalise_phone

bp = Blueprint("data_requests", __name__, url_prefix="/console/data-requests")

LATE = {
    "acknowledge": "Quá hạn báo cách giải quyết",
    "due": "Quá hạn trả lời",
    "due_soon": "Còn dưới một ngày",
}
SOURCES = {"chat": "Qua Zalo", "desk": "Tại quầy"}
MESSAGE_STATES = {
    "queued": "đang chờ gửi",
    "sending": "đang gửi",
    "sent": "đã gửi",
    "delivered": "đã đến máy",
    "seen": "đã xem",
    "uncertain": "chưa rõ đã đến chưa",
}


@bp.get("/")
@requires("data_request.handle")
def listed():
    return _list({})


@bp.post("/")
@requires("data_request.handle")
def receive():
    """Somebody at the desk, by their phone."""
    given = {name: request.form.get(name, "").strip() for name in ("kind", "phone", "said")}
    try:
        made = handling.file(given["kind"], "desk", phone=normalise_phone(given["phone"]), said=given["said"])
    except Invalid as error:
        db.session.rollback()
        flash(error.message, "error")
        return _list(given), 422
    db.session.commit()
    flash(f"Đã nhận yêu cầu số {made.id}. Xin báo cách giải quyết trong 2 ngày làm việc.", "success")
    return redirect(url_for("data_requests.show", number=made.id), 303)


@bp.get("/<int:number>")
@requires("data_request.handle")
def show(number: int):
    found = handling.get(number)
    audit.note_access("data_request.read", f"data request {number}")
    subject = erasing.subject_of(found)
    phone = found.phone or next((one.phone for one in subject.citizens if one.phone), None)
    message = handling.message_of(found)
    return render_template(
        "console/data_request.html",
        found=found,
        late=handling.late_clocks(found, now()),
        phone=mask_phone(phone) if phone else None,
        accounts=len(subject.citizens),
        holds=erasing.holds_on(subject),
        tombstone=db.session.scalar(db.select(DataTombstone).where(DataTombstone.request_id == number)),
        is_genuine=erasing.is_genuine,
        message=message and MESSAGE_STATES.get(message.state, "không gửi được, xin báo bằng cách khác"),
        longest_extension=clocks.LONGEST_EXTENSION,
        **_words(),
    )


@bp.get("/<int:number>/copy.zip")
@requires("data_request.handle")
def copy(number: int):
    """The same file that the citizen's link opens, to hand over at the desk."""
    found = handling.get(number)
    if found.kind != "access":
        raise NotFound
    audit.record("data_request.copy", f"data request {number}", {"for": "desk"})
    db.session.commit()
    response = Response(copying.archive(found), mimetype="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="ban-sao-du-lieu-{number}.zip"'
    return response


@bp.post("/<int:number>/<act>")
@requires("data_request.handle")
def do(number: int, act: str):
    if act not in ACTS:
        raise NotFound
    make, sentence = ACTS[act]
    try:
        make(number, current_user.full_name)
    except NotFound:
        raise
    except MotcuaError as error:
        db.session.rollback()
        flash(error.message, "error")
    else:
        db.session.commit()
        flash(sentence, "success")
    return redirect(url_for("data_requests.show", number=number), 303)


def _text() -> str:
    return request.form.get("text", "")


def _extend(number: int, by: str) -> None:
    days = request.form.get("days", "")
    handling.extend(number, by, int(days) if days.isdecimal() and len(days) < 4 else 0, _text())


def _erase(number: int, by: str) -> None:
    if request.form.get("confirmation", "").strip() != str(number):
        raise Invalid(f"Chưa xóa gì. Để xóa, xin gõ đúng số của yêu cầu: {number}.")
    handling.begin_erasure(number, by)


ACTS = {
    "acknowledge": (handling.acknowledge, "Đã báo cho người dân cách và hạn giải quyết."),
    "processor": (handling.name_processor, "Đã ghi có bên khác cùng xử lý; hạn là 20 ngày."),
    "extend": (_extend, "Đã gia hạn và báo lý do cho người dân."),
    "answer": (
        lambda number, by: handling.close(number, by, _text(), refused=False),
        "Đã trả lời người dân.",
    ),
    "refuse": (
        lambda number, by: handling.close(number, by, _text(), refused=True),
        "Đã báo lý do cho người dân.",
    ),
    "send-copy": (handling.send_copy, "Đã gửi liên kết tải bản sao qua Zalo."),
    "erase": (_erase, "Đang báo cho người dân; dữ liệu được xóa ngay sau tin cuối cùng."),
    "hold": (lambda number, by: handling.hold(number, by, _text()), "Đã giữ dữ liệu; không ai xóa được."),
    "lift": (handling.lift, "Đã gỡ lệnh giữ."),
}


def _list(given: dict):
    only_open = request.args.get("show") != "all"
    found = handling.listed(only_open=only_open)
    return render_template(
        "console/data_requests.html",
        found=found,
        late={one.id: handling.late_clocks(one, now()) for one in found},
        only_open=only_open,
        given=given,
        **_words(),
    )


def _words() -> dict:
    return {
        "kinds": {kind: names[0] for kind, names in handling.KIND_NAMES.items()},
        "states": handling.STATE_NAMES,
        "sources": SOURCES,
        "late_words": LATE,
    }
