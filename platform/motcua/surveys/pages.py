"""`/t/<token>/survey`: the survey on the page behind the QR, for whoever proved that the dossier is theirs."""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for

from motcua.core.clock import now
from motcua.core.database import db
from motcua.core.errors import Conflict
from motcua.dossiers.models import Dossier
from motcua.dossiers.pages import find_dossier
from motcua.tenancy import current

from . import answering, asking
from .answering import LONGEST_COMMENT
from .models import Survey
from .wording import LEVELS, LOW, QUESTIONS, REASONS

bp = Blueprint("survey_page", __name__, url_prefix="/t")


@bp.route("/<token>/survey", methods=["GET", "POST"])
def show(token: str):
    dossier = find_dossier(token)
    if dossier.token not in session.get("proven", []):
        flash("Xin nhập 4 số cuối điện thoại hoặc số giấy tờ trước khi đánh giá.", "error")
        return redirect(url_for("tracking.show", token=dossier.token), 303)
    survey = asking.open_for(dossier)
    if request.method == "POST":
        return _keep(dossier, survey)
    answer = survey and answering.of_person(survey, None)
    db.session.commit()
    return render_template(
        "surveys/survey.html",
        dossier=dossier,
        survey=survey,
        answer=answer,
        may_answer=survey is not None
        and (answering.can_change(answer) if answer else now() <= survey.closes_at),
        levels=LEVELS,
        reasons=REASONS,
        questions=QUESTIONS,
        low=LOW,
        longest=LONGEST_COMMENT,
        contact=current.tenant().settings.get("contact") or {},
    )


def _keep(dossier: Dossier, survey: Survey | None):
    form = request.form
    level = form.get("level", "")
    if survey is None or level not in map(str, LEVELS):
        flash("Xin chọn một mức hài lòng rồi gửi lại.", "error")
        return redirect(url_for("survey_page.show", token=dossier.token), 303)
    details = {name: int(form[name]) for name in QUESTIONS if form.get(name, "") in ("1", "2", "3")}
    try:
        answer = answering.give(survey, int(level), channel="page")
        answering.add(answer, reasons=form.getlist("reasons"), comment=form.get("comment", ""), **details)
    except Conflict as error:
        db.session.rollback()
        flash(error.message, "error")
    else:
        db.session.commit()
        flash("Cảm ơn ông/bà đã đánh giá. Có thể đổi câu trả lời trong 24 giờ.", "success")
    return redirect(url_for("survey_page.show", token=dossier.token), 303)
