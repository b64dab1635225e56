"""`/console/dashboards`: the province's figures, drawn and in tables, and the rows behind each."""

import io
from urllib.parse import urlencode

from flask import Blueprint, g, render_template, request, send_file, url_for

from motcua.accounts import gate
from motcua.accounts.permissions import requires
from motcua.core import language
from motcua.core.clock import now
from motcua.core.errors import Invalid
from motcua.core.language import said
from motcua.dossiers.statuses import NAMES, NAMES_EN
from motcua.facts import behind, dashboards, figures, names, numerals, paper, spans, workbook
from motcua.facts.boards import Behind, Board, Chart
from motcua.facts.definitions import DEFINITIONS
from motcua.facts.figures import Wanted
from motcua.messaging.events import title_of

from . import labels, own_agency

bp = Blueprint("dashboards", __name__, url_prefix="/console/dashboards")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TABS = {
    "overview": "Tổng quan",
    "dossiers": "Hồ sơ",
    "messages": "Tin nhắn",
    "citizens": "Người dân, tra cứu",
    "satisfaction": "Hài lòng, phản ánh",
    "questions": "Câu hỏi",
}


@bp.context_processor
def words():
    return {"tabs": TABS, "periods": spans.CHOICES} | drawing()


def drawing() -> dict:
    """What cards, tables and charts are made with, in the reader's language."""
    return {
        "behind_url": behind_url,
        "spark": spark,
        "written": written,
        "said_cell": said_cell,
        "changed": lambda card: numerals.change(card.value, card.before, card.kind, language.current()),
        "drawn": drawn,
    }


def _view(key: str):
    @requires("report.view")
    def show():
        span, agency = asked()
        return render_template("console/dashboards/board.html", **_words(key, span, agency))

    return show


for _key in TABS:
    bp.add_url_rule("/" if _key == "overview" else f"/{_key}", _key, _view(_key))


@bp.get("/dossiers/rows")
@requires("report.view")
def dossier_rows():
    """The dossiers behind a count: codes, no names."""
    span, agency = asked()
    measure = request.args.get("measure", "received")
    if measure not in behind.DOSSIERS:
        raise Invalid("Số liệu này không xem được từng hồ sơ. Xin mở lại từ trang số liệu.")
    return render_template(
        "console/dashboards/dossier_rows.html",
        page=behind.dossiers(Wanted(span.period, agency), measure, _page_number()),
        title=behind.TITLES[measure],
        statuses=NAMES_EN if language.is_english() else NAMES,
        may_open=gate.may("dossier.view"),
        **_filters("dossiers", span, agency),
        more={"measure": measure},
    )


@bp.get("/messages/rows")
@requires("report.view")
def message_rows():
    """The messages behind a count: what, when and how, not to whom. The count is the province's, and so are they."""
    own_agency.refuse_bound()
    span, agency = asked()
    more = {
        name: request.args[name][:60]
        for name in ("state", "channel", "event", "paid")
        if request.args.get(name)
    }
    return render_template(
        "console/dashboards/message_rows.html",
        page=behind.messages(Wanted(span.period), more, _page_number()),
        title_of=title_of,
        labels=labels,
        channels=names.CHANNELS,
        may_open=gate.may("delivery.view"),
        **_filters("messages", span, agency),
        more=more,
    )


@bp.get("/report.xlsx")
@requires("report.view")
def export():
    span, agency = asked()
    book = workbook.workbook(
        _boards(span, agency), span, _agency_name(agency, figures.agencies()), figures.as_of()
    )
    return send_file(
        io.BytesIO(book), mimetype=XLSX, as_attachment=True, download_name=f"{_file_name(span)}.xlsx"
    )


@bp.get("/report.pdf")
@requires("report.view")
def report():
    span, agency = asked()
    made = paper.to_pdf(
        _boards(span, agency), span, _agency_name(agency, figures.agencies()), figures.as_of(), at=now()
    )
    return send_file(io.BytesIO(made), mimetype="application/pdf", download_name=f"{_file_name(span)}.pdf")


def overview_cards() -> tuple:
    """For the console's first page: the usual span, of whoever is signed in."""
    span = spans.asked_for(spans.USUAL)
    return dashboards.overview(span, own_agency.bound_to()).cards


def asked() -> tuple[spans.Span, str | None]:
    """What the address asks for. Who may see one agency only gets that one."""
    span = spans.asked_for(
        request.args.get("period", ""), request.args.get("from", "")[:10], request.args.get("to", "")[:10]
    )
    return span, own_agency.bound_to() or request.args.get("agency", "")[:200] or None


def behind_url(one: Behind, of_span: dict) -> str | None:
    """Where the rows are; None for whom that page does not open."""
    if one.what == "board":
        return url_for(f"dashboards.{one.asked['board']}", **of_span)
    if one.what in ("dossiers", "messages"):
        if one.what == "messages" and own_agency.bound_to() is not None:
            return None
        endpoint = "dashboards.dossier_rows" if one.what == "dossiers" else "dashboards.message_rows"
        return _address(endpoint, of_span, one.asked)
    if one.what == "desk":
        return _address("desk.index", {}, {"agency": ""} | one.asked) if gate.may("dossier.view") else None
    if one.what == "questions":
        return url_for("questions.listed") if gate.may("question.view") else None
    return url_for("complaints.listed") if gate.may("complaint.answer") else None


def _address(endpoint: str, of_span: dict, asked: dict) -> str:
    """As `url_for`, which would take longer for a table's thousand links than all else on the page."""
    kept = {name: value for name, value in of_span.items() if name not in asked}
    begun = g.setdefault("begun_addresses", {})
    key = (endpoint, *kept.items())
    if key not in begun:
        begun[key] = f"{url_for(endpoint)}?{urlencode(kept)}{'&' if kept else ''}"
    return begun[key] + urlencode(asked)


def written(value, kind: str) -> str:
    return numerals.written(value, kind, language.current())


def said_cell(value, kind: str):
    """A cell of a table: words of ours and people's, or a number."""
    return said(written(value, kind)) if kind in ("text", "day") else written(value, kind)


def drawn(chart: Chart) -> dict:
    """A chart's data with the names of its lines in the reader's language: inside a picture none can be marked."""
    data, words = chart.data, language.sentences() if language.is_english() else {}
    return data | {
        "names": [words.get(name, name) for name in data["names"]],
        "series": [one | {"name": words.get(one["name"], one["name"])} for one in data["series"]],
    }


def spark(line: tuple[float, ...]) -> str:
    """The points of a line as tall as 24 and as wide as 100; empty where there is nothing to draw."""
    if len(line) < 2 or not any(line):
        return ""
    most, step = max(line), 100 / (len(line) - 1)
    return " ".join(f"{at * step:.1f},{22 - 20 * value / most:.1f}" for at, value in enumerate(line))


def _boards(span: spans.Span, agency: str | None) -> list[Board]:
    return [make(span, agency) for make in dashboards.BOARDS.values()]


def _words(key: str, span: spans.Span, agency: str | None) -> dict:
    board = dashboards.BOARDS[key](span, agency)
    return _filters(key, span, agency) | {
        "board": board,
        "definitions": [DEFINITIONS[one] for one in dict.fromkeys(card.key for card in board.cards)],
    }


def _filters(key: str, span: spans.Span, agency: str | None) -> dict:
    of_span = {"period": span.choice}
    if span.choice == "free":
        of_span |= {"from": span.period.first.isoformat(), "to": span.period.last.isoformat()}
    mine, agencies = own_agency.bound_to(), figures.agencies()
    return {
        "key": key,
        "span": span,
        "agency": agency,
        "agency_name": _agency_name(agency, agencies),
        "agencies": [] if mine else agencies,
        "knows_agencies": key in dashboards.OF_AN_AGENCY,
        "as_of": figures.as_of(),
        "of_span": of_span | ({"agency": agency} if agency and not mine else {}),
    }


def _agency_name(key: str | None, agencies: list[tuple[str, str]]) -> str:
    return "Toàn tỉnh" if key is None else dict(agencies).get(key, key)


def _page_number() -> int:
    return max(1, min(request.args.get("page", 1, type=int), 1_000))


def _file_name(span: spans.Span) -> str:
    return f"so-lieu-{span.period.first:%Y%m%d}-{span.period.last:%Y%m%d}"
