"""What stands on a province's own site beside its front: search, procedures, offices, how to follow, the real channel.

All of it by GET and without a script; what is the same for everybody may be kept by browsers.
"""

from flask import Blueprint, g, redirect, render_template, request, url_for

from motcua.catalogue import browsing, lookup
from motcua.core import qr
from motcua.core.errors import NotFound, TooManyAttempts
from motcua.tenancy import current

from . import offices, searching, telling

bp = Blueprint("portal", __name__)

GONE = {"withdrawn": 410, "elsewhere": 404, "unknown": 404}


@bp.context_processor
def words():
    return {"office_state": offices.state_words, "office_hours": offices.hours_words}


@bp.get("/tim")
def search():
    asked = _line()
    found, status = None, 200
    if asked:
        try:
            found = searching.search(asked)
        except TooManyAttempts as error:
            page = render_template("portal/search.html", asked=asked, found=None, refused=error.message)
            return page, error.status, {"Retry-After": str(error.details["retry_after_s"])}
        status = 404 if found.is_nothing else 200
    page = render_template("portal/search.html", asked=asked, found=found, refused="", **_channel())
    return page, status


@bp.get("/thu-tuc/")
def fields():
    """All fields; with `?linh-vuc=` the procedures of one."""
    field, known = request.args.get("linh-vuc", "")[:200], browsing.fields()
    if not field:
        return render_template("portal/fields.html", fields=known)
    if field not in dict(known):
        raise NotFound("Tỉnh không có lĩnh vực này. Xin chọn trong danh sách lĩnh vực.")
    page = browsing.in_field(field, request.args.get("trang", 1, type=int))
    return render_template("portal/field.html", field=field, page=page)


@bp.get("/thu-tuc/<code>")
def procedure(code: str):
    found = lookup.find_procedure(code[:60])
    if found is None:
        missing = browsing.missing(code[:60])
        page = render_template("portal/no_procedure.html", code=code[:60], missing=missing)
        return page, GONE[missing.kind]
    if code != found.code:
        return redirect(url_for("portal.procedure", code=found.code), 301)
    address = current.public_url(url_for("portal.procedure", code=found.code))
    return render_template(
        "portal/procedure.html",
        procedure=found,
        facts=found.facts,
        cases=telling.cases(found),
        notes=telling.notes(found),
        papers=telling.papers(found),
        place=telling.place(found),
        source=telling.source(found),
        overridden=telling.overridden(found),
        address=address,
        qr=qr.for_page(address),
        **_channel(),
    )


@bp.get("/co-quan")
def offices_listed():
    asked = _line()
    level = request.args.get("cap", "")
    level = level if level in ("province", "commune") else "province"
    return render_template(
        "portal/offices.html", offices=offices.listed(asked, level), asked=asked, level=level
    )


@bp.get("/co-quan/<code>")
def office(code: str):
    found = offices.find(code)
    if found is None:
        raise NotFound("Không có cơ quan này trong tỉnh. Xin tìm ở danh sách cơ quan.")
    of = "commune" if found.agency.kind == "commune" else found.agency.code
    page = browsing.of_agency(of, request.args.get("trang", 1, type=int))
    return render_template("portal/office.html", office=found, page=page)


@bp.get("/theo-doi")
def how_to_follow():
    channel = _channel()
    return render_template(
        "portal/how_to_follow.html",
        qr=qr.for_page(channel["chat_url"]) if channel["chat_url"] else None,
        **channel,
    )


@bp.get("/kenh-chinh-thuc")
def official_channel():
    return render_template(
        "portal/official_channel.html",
        contact=current.contact_words(),
        hosts=g.tenant.settings["hosts"],
        **_channel(),
    )


def _line() -> str:
    """What was typed, without what no keyboard gives."""
    return request.args.get("q", "").replace("\x00", "").strip()[: searching.LONGEST]


def _channel() -> dict:
    """The Official Account that citizens are invited to, None while the province has none."""
    account = current.official_account()
    return {"account": account, "chat_url": current.chat_url(account.oa_id) if account else None}
