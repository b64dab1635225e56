"""What a citizen has chosen so far of a visit, kept in their dialogue for a quarter of an hour."""

from datetime import date, datetime, timedelta

from motcua.appointments import booking, desks
from motcua.appointments.models import Desk, Visit
from motcua.citizens.models import Citizen
from motcua.core.clock import VIETNAM, now
from motcua.core.errors import NotFound
from motcua.dossiers import following
from motcua.dossiers.models import Dossier
from motcua.dossiers.statuses import Status

LIFETIME = timedelta(minutes=15)


def state_of(citizen: Citizen) -> dict | None:
    """What was chosen so far; None when nothing is, or too long ago."""
    held = citizen.dialogue
    if "visit" not in held or datetime.fromisoformat(held["until"]) < now():
        return None
    return dict(held["visit"])


def keep(citizen: Citizen, state: dict) -> None:
    citizen.dialogue = {"visit": state, "until": (now() + LIFETIME).isoformat()}


def serving(citizen: Citizen, state: dict) -> list[Desk]:
    return desks.serving(dossier_of(citizen, state), state.get("procedure"))


def dossier_of(citizen: Citizen, state: dict) -> Dossier | None:
    return next((one for one in dossiers_of(citizen) if one.id == state.get("dossier")), None)


def dossiers_of(citizen: Citizen) -> list[Dossier]:
    """What the citizen follows and has proven to be theirs: a code on a lost paper books nothing."""
    return [dossier for dossier, found in following.followed_by(citizen, 10) if found.knows_details]


def about(purpose: str, dossiers: list[Dossier]) -> list[Dossier]:
    """Those that one may come for: a result that is there or promised, papers that were asked for."""
    if purpose == "supplement":
        return [one for one in dossiers if one.status == Status.SUPPLEMENT]
    return [one for one in dossiers if one.status == Status.READY or (one.due_at and not one.is_finished)]


def first_day(citizen: Citizen, state: dict) -> date | None:
    """A result is collected from the day it is there, else from the day it is promised for."""
    dossier = dossier_of(citizen, state) if state.get("purpose") == "collect" else None
    return desks.collect_from(dossier) if dossier else None


def own_visit(citizen: Citizen, number: str) -> Visit | None:
    try:
        return booking.of_citizen(citizen, int(number)) if number.isdecimal() and len(number) < 19 else None
    except NotFound:
        return None


def read_day(words: str) -> date | None:
    try:
        return date.fromisoformat(words)
    except ValueError:
        return None


def read_moment(words: str) -> datetime | None:
    """`2026-12-01T14:00`, by Vietnamese clocks; None for anything that is no time of these years."""
    try:
        moment = datetime.fromisoformat(words).replace(tzinfo=VIETNAM)
    except ValueError:
        return None
    return moment if abs(moment.year - now().year) < 2 else None
