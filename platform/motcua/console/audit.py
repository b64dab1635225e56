"""`/console/audit`: who changed what, whether the log is whole, and the log as a file."""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import date, datetime

from flask import Blueprint, Response, current_app, flash, g, redirect, render_template, request, url_for

from motcua import audit
from motcua.accounts.permissions import requires
from motcua.audit import chain, listing, verifying
from motcua.audit.models import AuditHead
from motcua.core.clock import VIETNAM
from motcua.core.database import db
from motcua.core.days import read_day

from . import audit_words

bp = Blueprint("audit", __name__, url_prefix="/console/audit")

COLUMNS = (*chain.FIELDS, "hash", "seal")
MAY_BE_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@bp.get("/")
@requires("audit.view")
def listed():
    """`?from=&to=&person=&action=&subject=` narrow it down, `before` is the number to go on from."""
    wanted = _wanted()
    before = request.args.get("before", "")
    entries, more = listing.page(wanted, int(before) if before.isdecimal() and len(before) < 18 else None)
    return render_template(
        "console/audit.html",
        entries=entries,
        more=more,
        wanted=wanted,
        query=_query(),
        actions=listing.actions(),
        words=audit_words,
    )


@bp.get("/verify")
@requires("audit.view")
def verify():
    """By GET: whoever only reads may ask it too."""
    verdict = verifying.verify()
    broken = verdict.broken
    found = {"entries": verdict.checked} | (
        {"broken": broken.number, "reason": broken.reason} if broken else {}
    )
    audit.record("audit.verify", "", found)
    db.session.commit()
    flash(sentence_of(verdict), "error" if broken else "success")
    return redirect(url_for("audit.listed"), 303)


@bp.get("/export.jsonl")
@requires("audit.view")
def export_lines():
    """To verify elsewhere; the same narrowing as the page."""
    return _export("jsonl", "application/x-ndjson", lambda entries: map(listing.as_line, entries))


@bp.get("/export.csv")
@requires("audit.view")
def export_table():
    """To read in a spreadsheet."""
    return _export("csv", "text/csv", _csv)


def _export(form: str, mimetype: str, write: Callable[[Iterator[dict]], Iterator[str]]) -> Response:
    wanted, query = _wanted(), _query()
    audit.record("audit.export", form, query)
    db.session.commit()
    until = db.session.scalar(db.select(AuditHead.number)) or 0
    entries = listing.exported(current_app._get_current_object(), g.tenant.id, wanted, until)
    response = Response(write(entries), mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="nhat-ky-{g.tenant.id}-{until}.{form}"'
    return response


def _csv(entries: Iterator[dict]) -> Iterator[str]:
    yield "\ufeff"  # without it Excel reads Vietnamese as another alphabet
    yield _row(COLUMNS)
    for entry in entries:
        told = {**entry, "detail": chain.as_json(entry["detail"])}
        yield _row(tuple(_harmless(str(told[name])) for name in COLUMNS))


def _row(cells: tuple[str, ...]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()


def _harmless(cell: str) -> str:
    """What a spreadsheet would run stands behind an apostrophe."""
    return "'" + cell if cell.startswith(MAY_BE_A_FORMULA) else cell


def sentence_of(verdict: chain.Verdict) -> str:
    if verdict.broken:
        reason = audit_words.REASONS[verdict.broken.reason]
        return (
            f"Nhật ký không còn nguyên vẹn: mục số {verdict.broken.number} {reason}. Xin giữ nguyên hệ thống, xuất "
            "nhật ký và báo ngay cho nhà cung cấp."
        )
    if verdict.first is None or verdict.last is None:
        return "Nhật ký chưa có mục nào."
    return (
        f"Nguyên vẹn từ mục {verdict.first[0]} ({_day(verdict.first[1])}) đến mục {verdict.last[0]} "
        f"({_day(verdict.last[1])})."
    )


def _day(moment: str) -> str:
    return f"{datetime.fromisoformat(moment).astimezone(VIETNAM):%d/%m/%Y}"


def _query() -> dict[str, str]:
    names = ("from", "to", "person", "action", "subject")
    return {name: given for name in names if (given := request.args.get(name, "").strip()[:100])}


def _wanted() -> listing.Wanted:
    asked = _query()
    return listing.Wanted(
        _date(asked.get("from", "")),
        _date(asked.get("to", "")),
        asked.get("person", ""),
        asked.get("action", ""),
        asked.get("subject", ""),
    )


def _date(text: str) -> date | None:
    try:
        return read_day(text)
    except ValueError:
        return None
