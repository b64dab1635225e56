"""How often services were asked and how often they failed, from the rows that hold no words of any question."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import func

from motcua.core.clock import VIETNAM
from motcua.core.database import db

from .asking import FAILURES
from .models import ServiceAsked


@dataclass(frozen=True)
class Day:
    """One day of one service. `slow_ms`: nineteen of twenty answers came within it."""

    day: date
    asked: int = 0
    failed: int = 0
    slow_ms: int = 0


def of_day(today: date) -> dict[str, Day]:
    """Service -> today's figures, for the tenant in scope."""
    return {code: days[-1] for code, days in _counted(today, 1).items()}


def of_service(code: str, today: date, days: int = 14) -> list[Day]:
    """The last days, the newest first, quiet ones too."""
    found = {one.day: one for one in _counted(today, days, code).get(code, ())}
    return [found.get(day, Day(day)) for day in (today - timedelta(days=back) for back in range(days))]


def _counted(today: date, days: int, code: str | None = None) -> dict[str, list[Day]]:
    row, since = ServiceAsked, today - timedelta(days=days - 1)
    day = func.date(func.timezone(VIETNAM.key, row.asked_at))
    query = (
        db.select(
            row.service,
            day,
            func.count(),
            func.count().filter(row.outcome.in_(FAILURES)),
            func.percentile_disc(0.95).within_group(row.took_ms),
        )
        .where(row.asked_at >= datetime.combine(since, time(), VIETNAM))
        .group_by(row.service, day)
        .order_by(day)
    )
    if code is not None:
        query = query.where(row.service == code)
    found: dict[str, list[Day]] = {}
    for service, *numbers in db.session.execute(query):
        found.setdefault(service, []).append(Day(*numbers))
    return found
