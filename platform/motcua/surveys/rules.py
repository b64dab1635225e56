"""When a province asks and reminds, and how long it listens: its `[survey]`, or what holds everywhere."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from motcua.tenancy import current

CHANGEABLE = timedelta(hours=24)
FIRST_HOUR, LAST_HOUR = (
    time(8),
    time(20, 30),
)  # nobody is asked between 21 and 8: what leaves late arrives late
QUIET_FROM = time(21)


@dataclass(frozen=True)
class Rules:
    is_on: bool = True
    reminder_after: timedelta = timedelta(days=3)
    open_for: timedelta = timedelta(days=21)
    ask_within: timedelta = timedelta(
        days=7
    )  # of the dossier's end: old dossiers loaded later are left alone
    text_kept: timedelta = timedelta(days=730)
    bands: tuple[int, int, int, int] = (15, 12, 9, 6)  # of 18 points: excellent, good, fair, middling


def of_tenant() -> Rules:
    settings = current.tenant().settings
    given = settings.get("survey") or {}
    days = {
        name: timedelta(days=given[f"{name}_days"])
        for name in ("reminder_after", "open_for", "ask_within")
        if given.get(f"{name}_days")
    }
    if kept := (settings.get("retention") or {}).get("survey_text_days"):
        days["text_kept"] = timedelta(days=kept)
    more = {"bands": tuple(given["bands"])} if given.get("bands") else {}
    return Rules(is_on=given.get("is_on", True), **days, **more)


def may_ask_at(at: datetime) -> bool:
    return FIRST_HOUR <= _local(at).time() < LAST_HOUR


def until_quiet(at: datetime) -> timedelta:
    """How long a message that leaves at `at` may still arrive today."""
    local = _local(at)
    return datetime.combine(local.date(), QUIET_FROM, local.tzinfo) - local


def _local(at: datetime) -> datetime:
    return at.astimezone(ZoneInfo(current.tenant().settings["timezone"]))
