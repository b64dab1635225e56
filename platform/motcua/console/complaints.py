"""`/console/complaints`: citizens' complaints, their clocks, and the steps staff take. No names, no numbers."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from motcua.accounts.permissions import requires
from motcua.complaints import handling
from motcua.core.clock import now
from motcua.core.database import db
from motcua.core.errors import MotcuaError, NotFound
from motcua.dossiers.models import Dossier

from . import own_agency

bp = Blueprint("complaints", __name__, url_prefix="/console/complaints")

OVERDUE = {
    "triage": "Quá hạn 2 ngày làm việc để tiếp nhận, chuyển hoặc từ chối",
    "answer": "Quá hạn 15 ngày làm việc để trả lời",
    "publish": "Quá hạn 2 ngày làm việc để công khai kết quả",
}


@bp.context_processor
def words():
    return {
        "staff": current_user,
        "kinds": handling.KIND_NAMES,
        "states": handling.STATE_NAMES,
        "actions": handling.ACTION_NAMES,
        "overdue": lambda complaint: OVERDUE.get(handling.overdue(complaint, now())),
    }


@bp.get("/")
@requires("complaint.view")
def listed():
    only_open = request.args.get("all") != "1"
    found = handling.listed(**_eyes(), only_open=only_open)
    return render_template("console/complaints.html", found=found, only_open=only_open)


@bp.get("/<int:number>")
@requires("complaint.view")
def show(number: int):
    complaint = handling.get(number, **_eyes())
    dossier = (
        db.session.get(Dossier, (complaint.tenant_id, complaint.dossier_id)) if complaint.dossier_id else None
    )
    possible = [action for action, (states, _, _) in handling.STEPS.items() if complaint.state in states]
    return render_template(
        "console/complaint.html",
        complaint=complaint,
        dossier=dossier,
        possible=possible,
        wordless=handling.WITHOUT_WORDS,
        longest=handling.LONGEST,
        shortest=handling.SHORTEST,
    )


@bp.post("/<int:number>")
@requires("complaint.answer")
def act(number: int):
    """A refusal cannot be taken back: first a page says what it does and asks for the number."""
    action, words = request.form.get("action", ""), request.form.get("words", "")
    typed = request.form.get("name")
    try:
        if action == "refuse" and (typed or "").strip() != str(number):
            _, reason = handling.foresee(number, action, words, **_eyes())
            db.session.rollback()
            error = "" if typed is None else f"Chưa ghi. Xin gõ đúng {number}."
            page = render_template(
                "console/complaint_refusal.html", number=number, reason=reason, error=error
            )
            return page, 422 if error else 200
        handling.act(number, action, words, current_user.id, **_eyes())
    except NotFound:
        raise
    except MotcuaError as error:
        db.session.rollback()
        handling.get(number, **_eyes())  # another province's is not found, whatever was sent
        flash(error.message, "error")
    else:
        flash("Đã ghi. Người dân được báo trong Zalo.", "success")
    return redirect(url_for("complaints.show", number=number), 303)


def _eyes() -> dict:
    """Which complaints the signed-in person may see."""
    return {
        "may_see_conduct": "complaint.conduct" in current_user.permissions,
        "agency": own_agency.bound_to(),
    }
