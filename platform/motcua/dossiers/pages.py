"""The citizen's page behind the QR: `/t/<token>`."""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for

from motcua.core.database import db
from motcua.core.errors import NotFound, TooManyAttempts
from motcua.tenancy import current

from . import codes, proofs, workflow
from .adapters import pulling
from .models import Dossier, DossierEvent

bp = Blueprint("tracking", __name__, url_prefix="/t")

MOST_PROOFS_KEPT = 10


class TokenUnknown(NotFound):
    code = "token_unknown"
    message = (
        "Không tìm thấy hồ sơ theo mã này. Xin quét lại mã QR trên giấy tiếp nhận hoặc hỏi quầy một cửa."
    )


@bp.get("/<token>")
def show(token: str):
    dossier = find_dossier(token)
    proven = dossier.token in session.get("proven", [])
    events = workflow.line(dossier)[::-1]
    account = current.official_account()
    return render_template(
        "dossiers/tracking.html",
        dossier=dossier,
        events=events if proven else _milestones(events),
        proven=proven,
        as_of=pulling.as_of(dossier),
        account=account,
        chat_url=current.chat_url(account.oa_id) if account else None,
        follow_code=codes.spaced(dossier.token),
    )


@bp.post("/<token>/proof")
def prove(token: str):
    dossier = find_dossier(token)
    digits = request.form.get("digits", "").strip()
    try:
        who = f"address:{request.remote_addr}"
        right = proofs.check(dossier, digits, who, most_of_who=proofs.MOST_WRONG_OF_AN_ADDRESS)
    except TooManyAttempts as error:
        flash(error.message, "error")
        return redirect(url_for("tracking.show", token=dossier.token), 303)
    if right:
        kept = [one for one in session.get("proven", []) if one != dossier.token]
        session["proven"] = [*kept, dossier.token][-MOST_PROOFS_KEPT:]
    else:
        flash(
            "Bốn số này không khớp với hồ sơ. Xin xem lại số điện thoại hoặc số giấy tờ đã ghi khi nộp.",
            "error",
        )
    return redirect(url_for("tracking.show", token=dossier.token), 303)


def find_dossier(token: str) -> Dossier:
    known = codes.read_token(token)
    dossier = known and db.session.scalar(db.select(Dossier).where(Dossier.token == known))
    if not dossier:
        raise TokenUnknown
    return dossier


def _milestones(events: list[DossierEvent]) -> list[DossierEvent]:
    """Without proof only changes of status show, not who handed what to whom."""
    shown: list[DossierEvent] = []
    for event in events:
        if shown and shown[-1].status == event.status:
            shown[-1] = event
        else:
            shown.append(event)
    return shown
