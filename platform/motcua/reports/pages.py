"""`/satisfaction`: what the province shows to everybody."""

from flask import Blueprint, render_template, request

from motcua.core.errors import NotFound

from . import anonymity, periods, public
from .definitions import DEFINITIONS

bp = Blueprint("satisfaction", __name__)
SHOWN = ("Hồ sơ trong kỳ", "Đúng hạn", "Trễ hạn", "Hài lòng", "Bình thường, không hài lòng")


@bp.get("/satisfaction")
def show():
    offered = public.quarters()
    wanted = request.args.get("quarter") or offered[0]
    if wanted not in offered:
        raise NotFound("Chưa có số liệu của quý này. Xin chọn một quý trong danh sách.")
    period = periods.quarter(wanted)
    return render_template(
        "reports/public.html",
        quarters=offered,
        wanted=wanted,
        period=period,
        tables=public.tables(period),
        definitions=[one for one in DEFINITIONS if one.name in SHOWN],
        k=anonymity.K,
        merged=anonymity.MERGED,
    )
