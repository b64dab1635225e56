"""Answering what a procedure needs: papers, fee with its note, time, where; asking back; declining."""

import itertools

from motcua.catalogue import asking, lookup
from motcua.catalogue.facts import CHANNELS, describe_fee, describe_time
from motcua.catalogue.lookup import Procedure
from motcua.citizens.models import Citizen
from motcua.facts import asked
from motcua.messaging.wording.texts import MAX_CHARACTERS
from motcua.tenancy import current
from motcua.zalo.messages import OpenUrl

from . import missed
from .saying import command, say

MOST_CHOICES = 4  # and one button for "none of these"
ROOM = MAX_CHARACTERS - 300  # for the heading and the page's number
ASPECTS = {
    "papers": ("Giấy tờ cần có", "Papers needed"),
    "fee": ("Phí, lệ phí", "Fee"),
    "where": ("Nộp ở đâu, mấy ngày", "Where and how long"),
}
ASPECT_OF = {"papers": "papers", "fee": "fee", "time": "where", "where": "where", "online": "where"}
PORTAL = ("Xem trên Cổng DVC quốc gia", "National portal")
NONE_OF_THESE = ("Không phải các thủ tục này", "None of these")


def answer(citizen: Citizen, key: str, line: str) -> None:
    """Answer a question in the citizen's own words."""
    found = asking.ask(line)
    if found.kind == "match":
        asked.note("procedure", "match", found.results[0].code)
        aspect = ASPECT_OF.get(found.aspect or "", "")
        show(citizen, key, found.results[0].code, aspect)
    elif found.kind == "choices":
        asked.note("procedure", "choices")
        _offer(citizen, key, line, found.results)
    elif found.pointer:
        asked.note("procedure", "none")
        say(citizen, key, "procedure_not_here", {"pointer": found.pointer}, _lost(citizen))
    else:
        asked.note("procedure", "none")
        missed.note(line, "none")
        say(citizen, key, "not_understood", {"example": line[:100]}, _lost(citizen))


def show(citizen: Citizen, key: str, code: str, aspect: str = "", page: int = 1) -> None:
    """The card of one procedure, or one of its aspects (a key of ASPECTS)."""
    procedure = lookup.find_procedure(code)
    if procedure is None:
        say(citizen, key, "not_understood", {"example": code}, _lost(citizen))
        return
    if aspect in ASPECTS:
        _show_aspect(citizen, key, procedure, aspect, page)
        return
    channels = procedure.facts.channels
    words = _names(procedure) | {
        "field": procedure.facts.field,
        "time": _joined(describe_time(one) for one in channels),
        "fee": _shortened(_joined(describe_fee(one) for one in channels)),
        "papers": len(procedure.facts.papers_required()),
        "where": _where(procedure),
        "online": any(one.channel == "online" for one in channels),
        "note": procedure.note,
    }
    say(citizen, key, "procedure_card", words, _aspects(citizen, procedure))


def refuse_choices(citizen: Citizen, key: str) -> None:
    """None of the procedures offered was meant."""
    line = citizen.dialogue.get("question")
    if line:
        missed.note(line, "refused")
        asked.note("procedure", "refused")
        citizen.dialogue = {}
    say(citizen, key, "choice_refused", buttons=_lost(citizen))


def open_words(citizen: Citizen, key: str, words: str) -> None:
    """What a button carries: `1.000894`, `1.000894:papers`, `1.000894:papers:2`."""
    code, _, rest = words.partition(":")
    aspect, _, page = rest.partition(":")
    if not aspect and lookup.find_procedure(code) is not None:
        asked.note("procedure", "match", code)  # one of those that were offered
    show(citizen, key, code, aspect, int(page) if page.isdigit() else 1)


def _offer(citizen: Citizen, key: str, line: str, results) -> None:
    citizen.dialogue = {"question": line[:200]}
    shown = results[:MOST_CHOICES]
    buttons = [command(citizen, "procedure", one.code, one.name) for one in shown]
    buttons.append(command(citizen, "none_of_these", title=NONE_OF_THESE[citizen.language == "en"]))
    say(citizen, key, "procedure_choices", {"rows": [one.name for one in shown]}, tuple(buttons))


def _show_aspect(citizen: Citizen, key: str, procedure: Procedure, aspect: str, page: int) -> None:
    rows = {"papers": _papers, "fee": _fees, "where": _places}[aspect](procedure)
    pages = _pages(rows)
    page = min(max(page, 1), len(pages))
    words = _names(procedure) | {"rows": pages[page - 1], "page": page, "pages": len(pages)}
    buttons = _aspects(citizen, procedure, without=aspect)
    if page < len(pages):
        title = ("Xem tiếp", "Next page")[citizen.language == "en"]
        buttons = (
            command(citizen, "procedure", f"{procedure.code}:{aspect}:{page + 1}", title),
            *buttons,
        )
    say(citizen, key, f"procedure_{aspect}", words, buttons)


def _aspects(citizen: Citizen, procedure: Procedure, without: str = "") -> tuple:
    english = citizen.language == "en"
    buttons = [
        command(citizen, "procedure", f"{procedure.code}:{aspect}", titles[english])
        for aspect, titles in ASPECTS.items()
        if aspect != without
    ]
    if procedure.facts.url:
        buttons.append(OpenUrl(PORTAL[english], procedure.facts.url))
    return (*buttons, command(citizen, "person"))


def _papers(procedure: Procedure) -> list[str]:
    rows = []
    for paper in procedure.facts.papers:
        if paper.kind == "note":
            rows.append(paper.name)
            continue
        counts = [f"{paper.originals} bản chính"] if paper.originals else []
        counts += [f"{paper.copies} bản sao"] if paper.copies else []
        form = ["có mẫu"] if paper.has_form else []
        more = ", ".join(counts + form)
        rows.append(f"• {paper.name}" + (f" ({more})" if more else ""))
    return rows


def _fees(procedure: Procedure) -> list[str]:
    return _by_channel(procedure, describe_fee)


def _places(procedure: Procedure) -> list[str]:
    notes = dict.fromkeys(one.note for one in procedure.facts.channels if one.note)
    desk = [procedure.desk] if procedure.desk else []
    return [f"Nơi giải quyết: {_where(procedure)}", *desk, *_by_channel(procedure, describe_time), *notes]


def _by_channel(procedure: Procedure, describe) -> list[str]:
    """One row for each different answer, with the channels that it holds for."""
    said: dict[str, list[str]] = {}
    for one in procedure.facts.channels:
        names = said.setdefault(describe(one), [])
        if CHANNELS[one.channel] not in names:
            names.append(CHANNELS[one.channel])
    if len(said) == 1:
        return [f"• {next(iter(said))}"]
    return [f"• {', '.join(names)}: {text}" for text, names in said.items()]


def _pages(rows: list[str]) -> list[list[str]]:
    """Rows packed into pages of ROOM characters; a row longer than a page is cut at a blank."""
    pages: list[list[str]] = [[]]
    left = ROOM
    for row in itertools.chain.from_iterable(map(_cut, rows)):
        if len(row) > left and pages[-1]:
            pages.append([])
            left = ROOM
        pages[-1].append(row)
        left -= len(row) + 1
    return pages


def _cut(row: str) -> list[str]:
    parts = []
    while len(row) > ROOM:
        at = row.rfind(" ", 0, ROOM)
        at = at if at > 0 else ROOM
        parts.append(row[:at])
        row = row[at:].lstrip()
    return [*parts, row]


def _where(procedure: Procedure) -> str:
    agency = _agency_name(procedure)
    facts = procedure.facts
    return agency or facts.implementing_agency or facts.competent_agency or facts.issuing_agency


def _agency_name(procedure: Procedure) -> str | None:
    found = procedure.agency and procedure.agency != "commune" and lookup.find_agency(procedure.agency)
    return found.name if found else None


def _names(procedure: Procedure) -> dict:
    return {"province": current.province_name(), "name": procedure.name, "code": procedure.code}


def _joined(texts) -> str:
    return "; hoặc ".join(dict.fromkeys(texts))


def _shortened(fee: str) -> str:
    """On the card; the whole fee with all its notes is one tap away."""
    return fee if len(fee) <= 250 else fee[:250].rsplit(" ", 1)[0] + " … (xem đủ ở mục Phí, lệ phí)"


def _lost(citizen: Citizen) -> tuple:
    return (command(citizen, "menu"), command(citizen, "person"))
