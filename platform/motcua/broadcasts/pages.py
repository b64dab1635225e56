"""`/thong-bao`: what the province announced, for everybody to check."""

from flask import Blueprint, flash, redirect, render_template, request, url_for

from motcua.core.errors import NotFound
from motcua.tenancy import current

from . import content, numbering, publishing

bp = Blueprint("announcements", __name__, url_prefix="/thong-bao")

NOT_OURS = (
    "Không có thông báo mang số này. Nếu ông/bà nhận được tin ghi số này, đó không phải tin của tỉnh: "
    "xin đừng bấm đường dẫn trong tin, và báo cho cơ quan công an gần nhất."
)


@bp.get("")
def listed():
    """`?number=` checks one: it leads to its page, or says that the province has none of that number."""
    asked = request.args.get("number", "").strip()[:40]
    if asked:
        found = publishing.find(asked)
        if found is not None:
            return redirect(url_for("announcements.show", code=found.code), 303)
        flash(NOT_OURS, "error")
    page = max(1, request.args.get("page", 1, type=int))
    announcements, pages = publishing.newest(page)
    answer = render_template(
        "broadcasts/list.html",
        announcements=announcements,
        page=min(page, pages),
        pages=pages,
        asked=asked,
        kinds=content.KIND_NAMES,
    )
    return (answer, 404) if asked else answer


@bp.get("/<code>")
def show(code: str):
    found = publishing.find(code)
    if found is None:
        raise NotFound(NOT_OURS if numbering.read(code) else None)
    account = current.official_account()
    return render_template(
        "broadcasts/announcement.html",
        one=found,
        kinds=content.KIND_NAMES,
        account=account,
        chat_url=account and current.chat_url(account.oa_id),
        contact=current.contact_words(),
    )
