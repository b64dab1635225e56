"""The province's offices as citizens look for them: where, when, and whether the door is open now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from motcua.catalogue.models import Agency
from motcua.catalogue.names import plain_name
from motcua.core import language
from motcua.core.clock import now
from motcua.services import data, prepared, registry, switching
from motcua.services.directory import matching, opening
from motcua.tenancy import calendars, current
from motcua.tenancy.hours_text import hours_line

DIRECTORY = "directory"
WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True)
class Office:
    """`about`: what the province's directory adds (address, phone, hotline, way, map_link, note); may be empty."""

    agency: Agency
    state: opening.State
    hours: str
    about: Mapping[str, Any]


def listed(words: str = "", level: str = "") -> list[Office]:
    """Those of the tenant in scope that exist today: all of a level ("province", "commune"), or those `words` name."""
    agencies = matching.agencies_on(current.today())
    if words.strip():
        chosen = matching.find(words, agencies).agencies
    else:
        chosen = [one for one in agencies if not level or one.level == level]
    return _offices(chosen, agencies)


def centres(most: int = 4) -> list[Office]:
    """The province's own one-stop centres, for the front page."""
    agencies = matching.agencies_on(current.today())
    return _offices([one for one in agencies if one.kind == "centre"][:most], agencies)


def find(code: str) -> Office | None:
    agencies = matching.agencies_on(current.today())
    chosen = [one for one in agencies if one.code == code]
    return next(iter(_offices(chosen, agencies)), None)


def has_directory() -> bool:
    return switching.is_on(DIRECTORY)


def state_words(state: opening.State) -> str:
    """Whether it is open, in the page's language."""
    if not language.is_english():
        return state.sentence
    if state.is_open:
        return f"Open now, until {state.closes_at:%H:%M}" if state.closes_at else "Open now"
    return f"Closed, opens {_when(state.opens_at)}" if state.opens_at else "Closed"


def hours_words(line: str) -> str:
    """`T2-T6 07:00-11:30` as it is, or with English days."""
    if not language.is_english():
        return line
    for own, english in zip(("T2", "T3", "T4", "T5", "T6", "T7", "CN"), WEEKDAYS_EN, strict=True):
        line = line.replace(own, english)
    return line


def _when(opens: datetime) -> str:
    return f"{opens:%H:%M} {WEEKDAYS_EN[opens.weekday()]} {opens:%d/%m}"


def _offices(chosen: list[Agency], agencies: list[Agency]) -> list[Office]:
    marks = [day.mark for day in calendars.days_in_force()]
    own_hours = [(one.code, one.office_hours) for one in agencies if one.office_hours]
    known, added, at = (
        calendars.offices_of(current.tenant().settings, marks, own_hours),
        _directory(),
        now(),
    )
    found = []
    for agency in chosen:
        calendar = known.of(agency.code)
        row, _ = added.get(plain_name(agency.code)) or added.get(plain_name(agency.name)) or ({}, None)
        found.append(Office(agency, opening.state(calendar, at), hours_line(calendar.hours), row))
    return found


def _directory() -> Mapping[str, tuple[Mapping[str, Any], Any]]:
    """What the directory service knows, by plain code and name; nothing where the province has it off."""
    if not has_directory():
        return {}
    holding = data.in_force(DIRECTORY, current.today())
    standing = tuple((version.id, former and former.id) for version, former in holding)
    return prepared.of(registry.find(DIRECTORY), standing)
