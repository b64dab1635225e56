"""Counting one day, or one month, of the tenant in scope anew: a statement a table, the same however often."""

import time
from datetime import date, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from motcua.core import months, scope
from motcua.core.clock import VIETNAM, now
from motcua.core.database import db
from motcua.core.errors import Invalid

from .models import FactDay, FactDirty, FactMonth, FactSealed
from .sources import SOURCES, WRITTEN
from .summing import replacing, sum_up, sum_up_month, unsummed

# What a day is counted for: one more with each table of facts that days counted before it have no rows in.
RULES = 1
LOCK = text("SELECT pg_try_advisory_xact_lock(hashtext('motcua facts'), hashtext(:tenant))")
WAIT = text("SELECT pg_advisory_xact_lock(hashtext('motcua facts'), hashtext(:tenant))")
# Marks that somebody still holds stay: their change is not to be seen yet.
TAKE_MARKS = text("""
    DELETE FROM fact_dirty WHERE tenant_id = :tenant AND id IN (
        SELECT id FROM fact_dirty WHERE tenant_id = :tenant AND day = :day FOR UPDATE SKIP LOCKED)
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
    began, moment = time.monotonic(), now()
    since, until = begins_at(day), min(begins_at(day + timedelta(days=1)), moment)
    words = {"tenant": scope.required(), "day": day, "since": since, "until": until, "zone": VIETNAM.key}
    if not db.session.scalar(LOCK, words):
        db.session.rollback()
        return False
    db.session.execute(TAKE_MARKS, words)
    gone = _sealed()
    for source in SOURCES:
        is_kept = source.rows_kept is None or moment - since < source.rows_kept
        if is_kept and since >= gone.get(source.reads, since):
            db.session.execute(STATEMENTS[source.table], words)
    sum_up(day)
    took = int((time.monotonic() - began) * 1000)
    _keep(FactDay, {"day": day}, rolled_at=moment, took_ms=took, rules=RULES)
    db.session.commit()
    return True


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


def marked(most: int) -> list[date]:
    """Days that are over and were changed since, the newest first."""
    query = db.select(FactDirty.day).distinct().order_by(FactDirty.day.desc()).limit(most)
    return list(db.session.scalars(query))


def _keep(table: type, key: dict, **measures) -> None:
    values = {"tenant_id": scope.required()} | key | measures
    statement = insert(table).values(**values)
    db.session.execute(statement.on_conflict_do_update(index_elements=["tenant_id", *key], set_=measures))


STATEMENTS = {
    source.table: replacing(source.table.__tablename__, "day", source.key, source.measures, source.select)
    for source in SOURCES
}
