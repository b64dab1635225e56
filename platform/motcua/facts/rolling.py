"""Counting a day, many days, or a month of the tenant in scope anew: a statement a table, the same however often."""

import re
import time
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from motcua.core import months, scope
from motcua.core.clock import VIETNAM, now
from motcua.core.database import db
from motcua.core.errors import Invalid

from .models import FactDay, FactDirty, FactMonth, FactSealed
from .sources import SOURCES, WRITTEN, Source
from .summing import replacing, sum_up, sum_up_days, sum_up_month, unsummed

# What a day is counted for: one more with each table of facts that days counted before it have no rows in.
RULES = 1
LOCK = text("SELECT pg_try_advisory_xact_lock(hashtext('motcua facts'), hashtext(:tenant))")
WAIT = text("SELECT pg_advisory_xact_lock(hashtext('motcua facts'), hashtext(:tenant))")
# Marks that somebody still holds stay: their change is not to be seen yet.
TAKE_MARKS = text("""
    DELETE FROM fact_dirty WHERE tenant_id = :tenant AND id IN (
        SELECT id FROM fact_dirty
        WHERE tenant_id = :tenant AND day = ANY (CAST(:days AS date[])) FOR UPDATE SKIP LOCKED)
""")
ACTIVE = text(f"""
    SELECT count(*) FROM (
        SELECT DISTINCT citizen_id, phone_index {WRITTEN} AND state IN ('sent', 'delivered', 'seen')) AS one
""")  # noqa: S608 - constants


def begins_at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=VIETNAM)


def today() -> date:
    return now().astimezone(VIETNAM).date()


def roll_day(day: date) -> bool:
    """Count the day and commit. False when another process is at it for this tenant.

    Raises Invalid for a day that is still to come.
    """
    if day > today():
        raise Invalid("Ngày này chưa đến nên chưa có gì để tính. Xin chọn hôm nay hoặc ngày trước đó.")

    def count(words: dict, moment: datetime, gone: dict[str, datetime]) -> None:
        since, until = begins_at(day), min(begins_at(day + timedelta(days=1)), moment)
        for source in SOURCES:
            if _is_countable(source, since, moment, gone):
                db.session.execute(
                    STATEMENTS[source.table], words | {"day": day, "since": since, "until": until}
                )
        sum_up(day)

    return _roll([day], count)


def roll_days(days: Sequence[date]) -> bool:
    """As `roll_day` for days of one month that are over: one statement a table for all of them, one commit."""

    def count(words: dict, moment: datetime, gone: dict[str, datetime]) -> None:
        for source in SOURCES:
            countable = [day for day in days if _is_countable(source, begins_at(day), moment, gone)]
            if countable:
                db.session.execute(OF_MANY[source.table], words | {"days": countable})
        sum_up_days(days)

    return _roll(days, count)


def _roll(days: Sequence[date], count: Callable[[dict, datetime, dict[str, datetime]], None]) -> bool:
    """Under the tenant's lock: take the days' marks, `count(words, moment, what is gone)`, note it, commit."""
    began, moment = time.monotonic(), now()
    words = {"tenant": scope.required(), "days": list(days), "zone": VIETNAM.key}
    if not db.session.scalar(LOCK, words):
        db.session.rollback()
        return False
    db.session.execute(TAKE_MARKS, words)
    count(words, moment, _sealed())
    took = int((time.monotonic() - began) * 1000) // len(days)
    for day in days:
        _keep(FactDay, {"day": day}, rolled_at=moment, took_ms=took, rules=RULES)
    db.session.commit()
    return True


def _is_countable(source: Source, since: datetime, moment: datetime, gone: dict[str, datetime]) -> bool:
    """Whether all live rows of the day that begins then are still there."""
    is_kept = source.rows_kept is None or moment - since < source.rows_kept
    return is_kept and since >= gone.get(source.reads, since)


def roll_month(month: date) -> None:
    """Count who was reached in the month that begins on `month`, and commit.

    A month some of whose messages were deleted keeps what was counted, if that is more.
    """
    since, until = months.bounds(month)
    words = {"tenant": scope.required(), "since": since, "until": min(until, now())}
    active = db.session.scalar(ACTIVE, words)
    if since < _sealed().get("message", since):
        known = db.session.scalar(db.select(FactMonth.active_citizens).where(FactMonth.month == month))
        active = max(active, known or 0)
    _keep(FactMonth, {"month": month}, active_citizens=active, rolled_at=now())
    db.session.commit()


def sum_up_old(until: float) -> None:
    """Sum up months that were counted before there were sums, till that moment of the monotonic clock; commits each."""
    for month in unsummed():
        if time.monotonic() > until or not db.session.scalar(LOCK, {"tenant": scope.required()}):
            break
        sum_up_month(month)
        db.session.commit()
    db.session.rollback()


def seal(source: str, before: datetime) -> None:
    """From now on no day with rows of the table `source` from before that moment is counted anew; commits.

    Call it before deleting them. It waits for a count that is under way.
    """
    db.session.execute(WAIT, {"tenant": scope.required()})
    values = insert(FactSealed).values(tenant_id=scope.required(), source=source, before=before)
    later = {"before": db.func.greatest(FactSealed.before, values.excluded.before)}
    db.session.execute(values.on_conflict_do_update(index_elements=["tenant_id", "source"], set_=later))
    db.session.commit()


def _sealed() -> dict[str, datetime]:
    return dict(db.session.execute(db.select(FactSealed.source, FactSealed.before)).all())


def marked(most: int, *, by_these_rules: bool = False) -> list[date]:
    """Days that are over and were changed since, the newest first.

    `by_these_rules`: without those that are to be counted anew in any case, see `RULES`.
    """
    query = db.select(FactDirty.day).distinct().order_by(FactDirty.day.desc()).limit(most)
    if by_these_rules:
        query = query.where(FactDirty.day.not_in(db.select(FactDay.day).where(FactDay.rules < RULES)))
    return list(db.session.scalars(query))


def _keep(table: type, key: dict, **measures) -> None:
    values = {"tenant_id": scope.required()} | key | measures
    statement = insert(table).values(**values)
    db.session.execute(statement.on_conflict_do_update(index_elements=["tenant_id", *key], set_=measures))


def _statement(source: Source, select: str, within: str):
    name = source.table.__tablename__
    return replacing(name, "day", source.key, source.measures, select, within)


def _for_each_day(select: str) -> str:
    """The same select for each of :days, whose bounds stand where a single day's words stood."""
    of_its_own = re.sub(r":(since|until)\b", r"counted.\1", select)
    return f"""
        SELECT counted.day, told.* FROM (
            SELECT day, day::timestamp AT TIME ZONE :zone AS since,
                (day + 1)::timestamp AT TIME ZONE :zone AS until
            FROM unnest(CAST(:days AS date[])) AS one(day)) AS counted, LATERAL ({of_its_own}) AS told"""  # noqa: S608


STATEMENTS = {
    source.table: _statement(
        source,
        f"SELECT CAST(:day AS date) AS day, told.* FROM ({source.select}) AS told",  # noqa: S608 - constants
        "day = :day",
    )
    for source in SOURCES
}
OF_MANY = {
    source.table: _statement(source, _for_each_day(source.select), "day = ANY (CAST(:days AS date[]))")
    for source in SOURCES
}
