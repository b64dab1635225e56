"""The citizen's page behind the QR: `/t/<token>`, and the way to it with a code and its proof."""

import secrets

from flask import Blueprint, flash, redirect, render_template, request, session, url_for

from motcua.core.database import db
from motcua.core.errors import Conflict, Invalid, NotFound, TooManyAttempts
from motcua.tenancy import current

from . import codes, finding, proofs, requests, result_links, tracking
from .adapters import pulling
from .models import Dossier

bp = Blueprint("tracking", __name__, url_prefix="/t")

MOST_PROOFS_KEPT = 10


class TokenUnknown(NotFound):
    code = "token_unknown"
    message = (
        "Không tìm thấy hồ sơ theo mã này. Xin quét lại mã QR trên giấy tiếp nhận hoặc hỏi quầy một cửa."
    )


@bp.post("/")
def look_up():
    """From the front page: a code and its proof; what was wrong of the two is not said."""
    code, digits = request.form.get("code", "").strip()[:80], request.form.get("digits", "").strip()[:20]
    try:
        dossier = proofs.prove_code(code, digits, guesser())
    except TooManyAttempts as error:
        flash(error.message, "error")
        return redirect(url_for("front.home"), 303)
    if dossier is None:
        flash(proofs.WRONG, "error")
        return redirect(url_for("front.home"), 303)
    keep_proof(dossier)
    return redirect(url_for("tracking.show", token=dossier.token), 303)


@bp.get("/<token>")
def show(token: str):
    dossier = find_dossier(token)
    account = current.official_account()
    return render_template(
        "dossiers/tracking.html",
        account=account,
        chat_url=current.chat_url(account.oa_id) if account else None,
        follow_code=codes.spaced(dossier.token),
        as_of=pulling.as_of(dossier),
        **tracking.contents(dossier, proven=is_proven(dossier)),
    )


@bp.post("/<token>/proof")
def prove(token: str):
    dossier = find_dossier(token)
    digits = request.form.get("digits", "").strip()[:20]
    try:
        right = proofs.check(dossier, dossier.code, digits, guesser())
    except TooManyAttempts as error:
        flash(error.message, "error")
        return redirect(url_for("tracking.show", token=dossier.token), 303)
    if right:
        keep_proof(dossier)
    else:
        flash(proofs.WRONG, "error")
    return redirect(url_for("tracking.show", token=dossier.token), 303)


@bp.post("/<token>/requests")
def ask(token: str):
    """What the citizen asks of the desk; only where this browser proved the dossier."""
    dossier = find_dossier(token)
    kind = request.form.get("kind", "")
    back = redirect(url_for("tracking.show", token=dossier.token, _anchor="yeu-cau"), 303)
    if not is_proven(dossier) or kind not in requests.KINDS:
        flash("Xin nhập 4 số xác minh trước khi gửi yêu cầu.", "error")
        return back
    line = " ".join(filter(None, (request.form.get("said", ""), request.form.get("digits", ""))))
    try:
        requests.ask(dossier, kind, requests.read(kind, line), source="page")
    except (Conflict, Invalid) as error:
        db.session.rollback()
        flash(error.message, "error")
        return back
    db.session.commit()
    flash(f"Đã ghi yêu cầu: {requests.KINDS[kind][0]}. Cán bộ sẽ xem và trả lời.", "success")
    return back


@bp.post("/<token>/result")
def open_result(token: str):
    """A link to the e-result for this browser, which proved the dossier."""
    dossier = find_dossier(token)
    made = result_links.make(dossier) if is_proven(dossier) else []
    db.session.commit()
    if not made:
        flash("Chưa mở được kết quả điện tử. Xin nhập 4 số xác minh, hoặc nhận tại quầy.", "error")
        return redirect(url_for("tracking.show", token=dossier.token), 303)
    return redirect(made[0][1], 303)


def find_dossier(token: str) -> Dossier:
    known = codes.read_token(token)
    dossier = finding.look_up_token(known) if known else None
    if not dossier:
        raise TokenUnknown
    return dossier


def guesser() -> proofs.Guesser:
    """This browser, as far as it keeps our cookie, at its address."""
    browser = session.setdefault("guesser", secrets.token_urlsafe(9))
    return proofs.Guesser(browser=browser, address=request.remote_addr)


def is_proven(dossier: Dossier) -> bool:
    return dossier.token in session.get("proven", [])


def keep_proof(dossier: Dossier) -> None:
    kept = [one for one in session.get("proven", []) if one != dossier.token]
    session["proven"] = [*kept, dossier.token][-MOST_PROOFS_KEPT:]
