"""What everybody may see: settled quarters only, by agency and by field, with nothing that tells of one person.

A quarter is shown once all its surveys are closed and can no longer be changed, so that looking every day does not
tell what one answer added. Procedures are not shown: their tables could be taken apart with the fields'.
"""

from datetime import timedelta

from motcua.surveys import rules
from motcua.tenancy import current

from . import periods, queries
from .anonymity import Published, Table, publish

OPINIONS = (("Hài lòng", "satisfied"), ("Bình thường", "neutral"), ("Không hài lòng", "dissatisfied"))
PACE = (("Đúng hạn", "on_time"), ("Trễ hạn", "late"))


def settling() -> timedelta:
    given = rules.of_tenant()
    return given.ask_within + given.open_for + rules.CHANGEABLE + timedelta(days=1)


def quarters() -> list[str]:
    return periods.settled_quarters(settling())


def tables(period: periods.Period) -> dict[str, dict[str, Published | None]]:
    """{"agency": {"opinions", "pace"}, "field": {…}}"""
    zone = current.tenant().settings["timezone"]
    found = {}
    for by in ("agency", "field"):
        rows = queries.count(period, by, zone)
        found[by] = {"opinions": _publish(rows, OPINIONS), "pace": _publish(rows, PACE)}
    return found


def _publish(rows: list[queries.Counts], columns: tuple[tuple[str, str], ...]) -> Published | None:
    return publish(
        Table(
            tuple(title for title, _ in columns),
            tuple((row.name, tuple(row[measure] for _, measure in columns)) for row in rows),
        )
    )
