"""Asking the desk something about one's dossier, in the chat: a button, one question, one line."""

from datetime import datetime, timedelta

from motcua.citizens.models import Citizen
from motcua.core.clock import now
from motcua.core.database import db
from motcua.core.errors import Conflict
from motcua.dossiers import finding, following, requests, result_links
from motcua.dossiers.models import Dossier
from motcua.tenancy import current
from motcua.zalo.messages import OpenUrl

from .keywords import plain
from .saying import command, say

LIFETIME = timedelta(minutes=15)
CANCEL = frozenset({"huy", "huy bo", "cancel", "thoi", "khong"})


def show(citizen: Citizen, key: str, code: str) -> None:
    """What can be asked about one dossier."""
    dossier = _own(citizen, key, code)
    if dossier is None:
        return
    english = citizen.language == "en"
    buttons = tuple(
        command(citizen, kind, dossier.code, names[english])
        for kind, names in requests.KINDS.items()
        if dossier.status not in requests.TOO_LATE[kind]
    )
    words = {"code": dossier.code, "agency": dossier.agency_name}
    say(citizen, key, "request_menu", words, (*buttons, command(citizen, "menu")))


def begin(citizen: Citizen, key: str, kind: str, code: str) -> None:
    dossier = _own(citizen, key, code)
    if dossier is None:
        return
    if dossier.status in requests.TOO_LATE[kind]:
        _too_late(citizen, key, dossier)
        return
    until = (now() + LIFETIME).isoformat()
    citizen.dialogue = {"request": kind, "dossier": dossier.id, "until": until}
    _question(citizen, key, kind, dossier, is_again=False)


def send_result_links(citizen: Citizen, key: str, code: str) -> None:
    """Links to the e-result, which open once, for this citizen only."""
    dossier = _own(citizen, key, code)
    if dossier is None:
        return
    made = result_links.make(dossier, citizen)
    words = {"code": dossier.code, "agency": dossier.agency_name}
    if not made:
        say(citizen, key, "no_result_file", words)
        return
    open_it = ("Mở: {}", "Open: {}")[citizen.language == "en"]
    buttons = tuple(OpenUrl(open_it.format(name)[:100], address) for name, address in made)
    hours = current.news_rules().link_hours
    say(citizen, key, "result_link", words | {"hours": hours}, (*buttons, command(citizen, "menu")))


def hear(citizen: Citizen, key: str, line: str) -> bool:
    """Take the line that a question of ours waits for. False when none does."""
    asked = citizen.dialogue
    if "request" not in asked or datetime.fromisoformat(asked["until"]) < now():
        return False
    kind = asked["request"]
    dossier = db.session.get(Dossier, (citizen.tenant_id, asked["dossier"]))
    if plain(line) in CANCEL:
        citizen.dialogue = {}
        say(citizen, key, "request_dropped", {"code": dossier.code})
        return True
    try:
        said = requests.read(kind, line)
    except requests.RequestUnclear:
        _question(citizen, key, kind, dossier, is_again=True)
        return True
    citizen.dialogue = {}
    try:
        requests.ask(dossier, kind, said, source="chat", citizen=citizen)
    except Conflict:
        _too_late(citizen, key, dossier)
        return True
    say(citizen, key, "request_kept", _words(citizen, kind, dossier))
    return True


def _own(citizen: Citizen, key: str, code: str) -> Dossier | None:
    """The dossier, for whoever proved it; anybody else is asked for the digits, whether or not there is one."""
    dossier = finding.look_up(code)
    found = following.find(dossier, citizen) if dossier is not None else None
    if found is not None and found.knows_details:
        return dossier
    code = code[:80]
    citizen.dialogue = {"proof_for": code, "until": (now() + LIFETIME).isoformat()}
    say(citizen, key, "request_needs_proof", {"code": code})
    return None


def _question(citizen: Citizen, key: str, kind: str, dossier: Dossier, *, is_again: bool) -> None:
    say(citizen, key, "request_asked", _words(citizen, kind, dossier) | {"problem": is_again or None})


def _too_late(citizen: Citizen, key: str, dossier: Dossier) -> None:
    words = {"code": dossier.code, "agency": dossier.agency_name}
    say(citizen, key, "request_too_late", words, (command(citizen, "person"), command(citizen, "menu")))


def _words(citizen: Citizen, kind: str, dossier: Dossier) -> dict:
    name = requests.KINDS[kind][citizen.language == "en"]
    return {"code": dossier.code, "agency": dossier.agency_name, "kind": kind, "request": name}
