"""`/console/satisfaction`: punctuality and satisfaction for leaders, and the dossiers behind each count."""

import io

from flask import Blueprint, render_template, request, send_file
from flask_login import current_user

from motcua.accounts.permissions import requires
from motcua.core.database import db
from motcua.core.errors import Invalid
from motcua.facts import figures, handled, rolling
from motcua.reports import periods, queries, scores
from motcua.reports.definitions import DEFINITIONS, FACTORS, INDICES_SOURCE, SIPAS
from motcua.reports.figures import Figures, summed
from motcua.reports.workbook import workbook
from motcua.surveys import rules
from motcua.surveys.models import SurveyAnswer
from motcua.surveys.wording import LEVELS, REASONS
from motcua.tenancy import current

from . import own_agency
from . import satisfaction_table as table

bp = Blueprint("leader", __name__, url_prefix="/console/satisfaction")

GROUP_NAMES = {
    "agency": "Cơ quan",
    "field": "Lĩnh vực",
    "procedure": "Thủ tục",
    "month": "Tháng",
}
MEASURE_NAMES = {
    "total": "Hồ sơ trong kỳ",
    "finished": "Đã xong",
    "running": "Đang giải quyết",
    "without_due": "Không có hẹn trả",
    "on_time": "Đúng hạn",
    "early": "Trước hạn",
    "late": "Trễ hạn",
    "late_with_apology": "Trễ hạn có xin lỗi",
    "late_without_apology": "Trễ hạn không xin lỗi",
}
MOST_MARKED = 1100
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.context_processor
def words():
    return {
        "staff": current_user,
        "group_names": GROUP_NAMES,
        "measure_names": MEASURE_NAMES,
        "decimal": table.decimal,
        "shared": table.shared,
    }


@bp.get("/")
@requires("report.view")
def show():
    period, by = _asked()
    order = _order()
    rows, points, is_kept = _counted(period, by)
    nine = scores.scores_of(points)
    reached = scores.total(nine)
    total = Figures(summed([row.counts for row in rows]))
    return render_template(
        "reports/leader.html",
        period=period,
        by=by,
        order=order,
        orders=table.ORDERS,
        columns=table.COLUMNS,
        each=table.PAGE,
        page=table.page_of(table.ordered(rows, by, order), request.args.get("page", 1, type=int)),
        total=total,
        last_line=table.line(total),
        factors=_factors(total, points),
        nine=nine,
        reached=reached,
        staff_reached=scores.staff_total(nine),
        band=scores.band_of(*reached, rules.of_tenant().bands),
        definitions=DEFINITIONS,
        indices_source=INDICES_SOURCE,
        sipas=SIPAS,
        as_of=figures.as_of() if is_kept else None,
        recounting=len(rolling.marked(MOST_MARKED)),
    )


@bp.get("/dossiers")
@requires("report.view")
def dossiers():
    """The dossiers behind one count: codes, no names, and never who was dissatisfied; one's own agency's."""
    period, by = _asked()
    measure = request.args.get("measure", "total")
    if measure not in MEASURE_NAMES:
        raise Invalid("Số liệu này không xem được từng hồ sơ. Xin chọn một số liệu về thời hạn.")
    key, page = request.args.get("key") or None, max(1, min(request.args.get("page", 1, type=int), 10_000))
    found = queries.dossiers(period, measure, by, key, _zone(), page, agency=own_agency.bound_to())
    return render_template(
        "reports/dossiers.html",
        period=period,
        by=by,
        measure=measure,
        key=key,
        page=page,
        found=found[: queries.PAGE],
        has_more=len(found) > queries.PAGE,
    )


@bp.get("/comments")
@requires("report.view")
def comments():
    period, by = _asked()
    numbers = queries.comments(period)
    answers = db.session.scalars(db.select(SurveyAnswer).where(SurveyAnswer.id.in_(numbers))).all()
    by_number = {answer.id: answer for answer in answers}
    return render_template(
        "reports/comments.html",
        period=period,
        by=by,
        answers=[by_number[number] for number in numbers],
        levels=LEVELS,
        reasons=REASONS,
    )


@bp.get("/export.xlsx")
@requires("report.view")
def export():
    period, by = _asked()
    order = _order()
    rows, points, _ = _counted(period, by)
    nine = scores.scores_of(points)
    total = Figures(summed([row.counts for row in rows]))
    return send_file(
        io.BytesIO(workbook(period, GROUP_NAMES[by], table.ordered(rows, by, order), total, nine)),
        mimetype=XLSX,
        as_attachment=True,
        download_name=f"hai-long-{period.first:%Y%m%d}-{period.last:%Y%m%d}.xlsx",
    )


def _counted(period: periods.Period, by: str) -> tuple[list[Figures], dict, bool]:
    """The groups' figures, the points of the indices, and whether both came from daily facts."""
    is_kept = handled.is_kept()
    if is_kept:
        rows, points = handled.count(period, by), handled.points(period)
    else:
        rows, points = queries.count(period, by, _zone()), queries.points(period, _zone())
    return [Figures(counts) for counts in rows], points, is_kept


def _factors(total: Figures, points: dict) -> list[tuple]:
    """(name, share, formula) of SIPAS's five."""
    special = {"satisfied": total.satisfied, "complaints": scores.answered_in_time(points)}
    return [
        (name, special[question] if question in special else total.factor(question), formula)
        for name, question, formula in FACTORS
    ]


def _asked() -> tuple[periods.Period, str]:
    by = request.args.get("by", "agency")
    if by not in GROUP_NAMES:
        raise Invalid("Không chia được theo mục này. Xin chọn cơ quan, lĩnh vực, thủ tục hoặc tháng.")
    return periods.of_request(request.args.get("from", ""), request.args.get("to", "")), by


def _order() -> str:
    return request.args.get("order", table.NEEDED_FIRST)


def _zone() -> str:
    return current.tenant().settings["timezone"]
