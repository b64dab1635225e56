"""One procedure as its page shows it: what to bring, how long, what it costs, where to go."""

from dataclasses import dataclass

from motcua.catalogue import browsing, lookup
from motcua.catalogue.facts import CHANNELS, Paper, describe_fee, describe_time
from motcua.catalogue.lookup import Procedure
from motcua.catalogue.models import Agency
from motcua.core import language
from motcua.core.database import db

from .file import Origin, origin

CHANNELS_EN = {"counter": "At the desk", "online": "Online", "post": "By post"}
LEVELS_EN = {"ministry": "Ministry", "province": "Province", "commune": "Commune", "other": "Other offices"}
# A paper whose name begins so is asked of some applicants only.
SOMETIMES = ("trường hợp", "đối với", "nếu ", "riêng ", "khi ")
OWN = "Do tỉnh quy định"


@dataclass(frozen=True)
class Case:
    """A time and a fee, as the source says them, with the ways of filing that they hold for."""

    ways: str
    time: str
    fee: str


@dataclass(frozen=True)
class Papers:
    """The papers asked of everybody, those asked in some cases, and the source's own sentences of guidance."""

    always: list[Paper]
    sometimes: list[Paper]
    guidance: tuple[str, ...]


@dataclass(frozen=True)
class Place:
    """Where to file: an office of the province, or every commune's own (`agency` None)."""

    agency: Agency | None
    is_commune: bool
    fallback: str


def cases(procedure: Procedure) -> list[Case]:
    """One for each different answer, online first."""
    names = CHANNELS_EN if language.is_english() else CHANNELS
    found: dict[tuple[str, str], dict[str, None]] = {}
    for channel in ("online", "counter", "post"):
        for one in procedure.facts.channels:
            if one.channel == channel:
                found.setdefault((describe_time(one), describe_fee(one)), {})[names[channel]] = None
    return [Case(", ".join(ways), time, fee) for (time, fee), ways in found.items()]


def notes(procedure: Procedure) -> list[str]:
    """What the source says beside times and fees: mostly how the time runs, or where to file."""
    return list(dict.fromkeys(one.note for one in procedure.facts.channels if one.note))


def papers(procedure: Procedure) -> Papers:
    required = procedure.facts.papers_required()
    sometimes = [one for one in required if one.name.lower().startswith(SOMETIMES)]
    return Papers([one for one in required if one not in sometimes], sometimes, procedure.facts.guidance())


def place(procedure: Procedure) -> Place:
    facts = procedure.facts
    fallback = facts.implementing_agency or facts.competent_agency or facts.issuing_agency
    if procedure.agency and procedure.agency != "commune":
        agency = lookup.find_agency(procedure.agency)
        return Place(agency, False, agency.name if agency else fallback)
    if procedure.agency == "commune" or "commune" in facts.levels:
        return Place(None, True, fallback)
    centre = db.session.scalar(
        db.select(Agency).where(Agency.kind == "centre", Agency.level == "province").order_by(Agency.id)
    )
    return Place(centre, False, fallback)


def source(procedure: Procedure) -> Origin:
    """Of the national facts; what the province says over them is marked beside each."""
    if not procedure.facts.source:
        return Origin(language.t(OWN), None)
    found = origin(procedure.facts.source)
    since = browsing.in_force_since(procedure.code)
    return Origin(found.name, since or found.as_of)


def overridden(procedure: Procedure) -> set[str]:
    """What the province says itself, of "name", "time", "fee"."""
    return {name.partition(".")[0] for name in procedure.overrides}
