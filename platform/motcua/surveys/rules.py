"""Whether a province asks, when it reminds, and how long it listens: its `[survey]`, or what holds everywhere."""

from dataclasses import dataclass
from datetime import timedelta

from motcua.tenancy import current

CHANGEABLE = timedelta(hours=24)


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
