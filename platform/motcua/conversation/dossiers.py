"""Dossiers in the chat: looked up, proven, followed, and the list of one's own."""

from datetime import datetime, timedelta

from motcua.citizens import registry
from motcua.citizens.models import Citizen
from motcua.core.clock import now
from motcua.core.errors import MotcuaError, TooManyAttempts
from motcua.dossiers import codes, finding, following, news, proofs, wording
from motcua.dossiers.adapters import pulling
from motcua.dossiers.models import Dossier, Follow
from motcua.facts import asked

from . import procedures
from .intents import Intent
from .saying import ask_for_phone, command, say, send

PROOF_LIFETIME = timedelta(minutes=15)


def show(citizen: Citizen, key: str, intent: Intent) -> None:
    look_up(citizen, key, Intent("look_up", dossier=intent.words))


def look_up(citizen: Citizen, key: str, intent: Intent) -> None:
    dossier = _guess(citizen, key, intent)
    if dossier is not None:
        found = following.find(dossier, citizen)
        _tell_status(citizen, key, dossier, found)


def _tell_status(citizen: Citizen, key: str, dossier: Dossier, found: Follow | None) -> None:
    asked.note("dossier", "match")
    message = news.status_message(dossier, found, citizen.language, pulling.as_of(dossier))
    send(citizen, key, "dossier_status", message)


def follow(citizen: Citizen, key: str, intent: Intent) -> None:
    if intent.token is None and not _follows(citizen, intent.dossier):
        # A dossier code can be counted up; the paper's code or the digits cannot. A code that is not there is
        # asked about as well: only the right digits tell.
        ask_proof(citizen, key, codes.folded(intent.dossier))
        return
    dossier = _guess(citizen, key, intent)
    if dossier is None:
        return
    found = following.follow(dossier, citizen, "token")
    registry.agree(citizen, ("dossier_messages",), "chat")
    citizen.muted_at = None
    say(citizen, f"{key}:following", "following", {"code": dossier.code, "procedure": dossier.procedure_name})
    _tell_status(citizen, key, dossier, found)
    if not found.knows_details:
        ask_proof(citizen, key, dossier.code)


def _follows(citizen: Citizen, code: str) -> bool:
    dossier = finding.look_up(code)
    return dossier is not None and following.find(dossier, citizen) is not None


def ask_proof(citizen: Citizen, key: str, code: str) -> None:
    citizen.dialogue = {"proof_for": code, "until": (now() + PROOF_LIFETIME).isoformat()}
    say(citizen, f"{key}:proof", "proof_asked", {"code": code})


def prove(citizen: Citizen, key: str, intent: Intent) -> None:
    """Four digits that we asked for, or that came with a code in one line."""
    code = intent.dossier or _asked_about(citizen)
    if code is None:
        procedures.answer(citizen, key, intent.digits)
        return
    try:
        dossier = proofs.prove_code(code, intent.digits, proofs.Guesser(citizen.id))
    except TooManyAttempts as error:
        _cooled_down(citizen, key, error)
        return
    if dossier is None:
        asked.note("dossier", "none")
        say(citizen, key, "not_found")
        return
    citizen.dialogue = {}
    citizen.muted_at = None
    found = following.follow(dossier, citizen, "digits", digits=intent.digits)
    registry.agree(citizen, ("dossier_messages",), "chat")
    _tell_status(citizen, key, dossier, found)


def unfollow(citizen: Citizen, key: str, intent: Intent) -> None:
    dossier = _guess(citizen, key, intent)
    if dossier is not None:
        following.unfollow(dossier, citizen)
        say(citizen, key, "unfollowed", {"code": dossier.code})


def show_mine(citizen: Citizen, key: str, intent: Intent) -> None:
    dossiers = [dossier for dossier, _ in following.followed_by(citizen)]
    if not dossiers:
        say(citizen, key, "no_dossiers", buttons=(command(citizen, "find"), command(citizen, "menu")))
        if citizen.phone_index is None:
            ask_for_phone(citizen, key)
        return
    buttons = tuple(
        command(
            citizen, "dossier", dossier.code, ("Hồ sơ ", "Dossier ")[citizen.language == "en"] + dossier.code
        )
        for dossier in dossiers
    )
    say(citizen, key, "my_dossiers", listed(citizen, dossiers), buttons)


def _guess(citizen: Citizen, key: str, intent: Intent) -> Dossier | None:
    """The dossier that a code or token names; a wrong one is answered here, and counted."""
    who = proofs.Guesser(citizen.id)
    try:
        if intent.token:
            dossier = proofs.read_token(intent.token, who)
        elif _follows(citizen, intent.dossier):
            return finding.look_up(intent.dossier)  # their own may be looked at as often as they like
        else:
            dossier = proofs.read_code(intent.dossier, who)
    except TooManyAttempts as error:
        _cooled_down(citizen, key, error)
        return None
    if dossier is None:
        asked.note("dossier", "none")
        say(citizen, key, "not_found")
    return dossier


def _asked_about(citizen: Citizen) -> str | None:
    """The code whose digits we asked for a short while ago."""
    waits = citizen.dialogue
    if not isinstance(waits.get("proof_for"), str) or datetime.fromisoformat(waits["until"]) < now():
        return None
    return waits["proof_for"]


def _cooled_down(citizen: Citizen, key: str, error: MotcuaError) -> None:
    say(citizen, key, "cooled_down", {"minutes": -(-error.details["retry_after_s"] // 60)})


def listed(citizen: Citizen, dossiers: list[Dossier]) -> dict:
    """What a text says of the first five: {"dossiers": [{"code", …}], "as_of": in words}."""
    as_of = wording.moment(pulling.as_of(*dossiers[:5]), citizen.language)
    return {"dossiers": _lines(citizen, dossiers), "as_of": as_of}


def _lines(citizen: Citizen, dossiers: list[Dossier]) -> list[dict]:
    return [
        {
            "code": dossier.code,
            "procedure": dossier.procedure_name,
            "status": wording.status(dossier, citizen.language),
            "due": wording.moment(dossier.due_at, citizen.language),
            "place": dossier.pickup_place or dossier.agency_name,
            "hours": dossier.pickup_hours,
        }
        for dossier in dossiers[:5]
    ]
