"""Which days are to be counted now, and asking for it: today every few minutes, older ones when they changed.

A message of yesterday is still delivered and seen today, so a day is come back to until RESTLESS has passed since
its end; later changes mark it (see the migration that watches the live tables).
"""

import time
from datetime import date, timedelta

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from motcua.core import months, queue, scope
from motcua.core.clock import VIETNAM, now
from motcua.core.database import db

from .asked import forget_old
from .models import FactBacklog, FactDay, FactMonth
from .rolling import RULES, begins_at, marked, roll_day, roll_days, roll_month, sum_up_old, today

KEEP_UP = "motcua.facts.jobs.keep_up"
EVERY_S = 240  # for today; a tenant whose day takes long waits REST times as long as that took
YESTERDAY_EVERY = timedelta(hours=1)
RESTLESS = timedelta(hours=26)
LOOK_BACK = timedelta(days=40)
MONTH_EVERY = timedelta(hours=20)
MOST_DAYS = 50
LANE = "broadcast"
TIME_SLICE_S, SHARED_SLICE_S = 20.0, 1.0
REST = 50
MOST_COUNTED = 10_000
MOST_FILLED = 400  # in a round
# Days that are counted together: as many as take about so long, a month at most.
FIRST_BUNCH, MOST_IN_A_BUNCH, BUNCH_S = 4, 31, 2.0
LONGEST_BACK = timedelta(days=3653)

WAITING = text("""
    SELECT count(*), min(next_attempt_at) FROM (
        SELECT next_attempt_at FROM message
        WHERE tenant_id = :tenant AND lane = :lane AND state = 'queued' AND next_attempt_at <= :now
        ORDER BY next_attempt_at, id LIMIT :most) AS due
""")
UNCOUNTED = text("""
    SELECT one::date AS day
    FROM (SELECT least(
            (SELECT min(received_at) FROM dossier WHERE tenant_id = :tenant AND received_at >= :oldest),
            (SELECT min(created_at) FROM message_key WHERE tenant_id = :tenant AND created_at >= :oldest)
        ) AS at) AS first,
        generate_series((first.at AT TIME ZONE :zone)::date::timestamp, :yesterday, interval '1 day') AS one
    WHERE NOT EXISTS (SELECT FROM fact_day WHERE tenant_id = :tenant AND fact_day.day = one::date
        AND rolled_at >= (one + interval '1 day') AT TIME ZONE :zone)
    UNION SELECT day FROM fact_day WHERE tenant_id = :tenant AND rules < :rules AND day <= CAST(:yesterday AS date)
    ORDER BY day DESC LIMIT :most
""")
UNCOUNTED_MONTHS = text("""
    SELECT DISTINCT date_trunc('month', day)::date AS month FROM fact_day
    WHERE tenant_id = :tenant AND day < :this AND NOT EXISTS (
        SELECT FROM fact_month WHERE tenant_id = :tenant AND fact_month.month = date_trunc('month', day)::date
        AND rolled_at >= (date_trunc('month', day) + interval '1 month') AT TIME ZONE :zone)
    ORDER BY month DESC
""")


def wake_due() -> None:
    """Ask for a round of the tenant in scope, unless there was one just now."""
    tenant_id = scope.required()
    if queue.connection().set(_flag(tenant_id), "1", nx=True, ex=EVERY_S):
        queue.wake(KEEP_UP, tenant_id, lane=LANE)


def keep_up() -> int:
    """Count what is due, and after that what never was, for about a time slice; commits. Returns how many days."""
    began, done = time.monotonic(), 0
    sum_up_old(began + TIME_SLICE_S)
    sample_backlog()
    forget_old()
    for day in due():
        done += roll_day(day)
        if time.monotonic() - began > TIME_SLICE_S:
            break
    _count_months()
    took = time.monotonic() - began
    if took * REST > EVERY_S:
        queue.connection().set(_flag(scope.required()), "1", ex=int(took * REST))
    return done + _fill_up()


def _fill_up() -> int:
    """Count what never was, for about a time slice; where others wait, a short one, and the rest behind them.

    Some days each time, however long the round took before: of two provinces that wait for each other, neither ends.
    """
    began, done, bunch, days = time.monotonic(), 0, FIRST_BUNCH, never_counted(MOST_FILLED)
    while days:
        together = [day for day in days[:bunch] if day.replace(day=1) == days[0].replace(day=1)]
        at = time.monotonic()
        if not roll_days(together):
            return done
        done, days = done + len(together), days[len(together) :]
        took_each = max(time.monotonic() - at, 0.001) / len(together)
        bunch = max(1, min(MOST_IN_A_BUNCH, int(BUNCH_S / took_each)))
        if not _goes_on(began):
            return done
    words = {"tenant": scope.required(), "this": today().replace(day=1), "zone": VIETNAM.key}
    for month in db.session.scalars(UNCOUNTED_MONTHS, words).all():
        if not _goes_on(began):
            break
        roll_month(month)
    return done


def _goes_on(began: float) -> bool:
    took = time.monotonic() - began
    if took <= (SHARED_SLICE_S if queue.lane_queue(LANE).count else TIME_SLICE_S):
        return True
    # Years of facts take minutes; an announcement on its way must not stand still for them, nor they for a round.
    queue.wake(KEEP_UP, scope.required(), lane=LANE)
    return False


def due() -> list[date]:
    """Today first, then yesterday, then marked days, then those that were never counted to their end."""
    last, moment = today(), now()
    known = dict(
        db.session.execute(
            db.select(FactDay.day, FactDay.rolled_at).where(FactDay.day >= last - LOOK_BACK)
        ).all()
    )
    found = [last]
    for back in range(1, LOOK_BACK.days if known else 2):
        day = last - timedelta(days=back)
        if day < min(known, default=day):
            break
        ended, rolled_at = begins_at(day + timedelta(days=1)), known.get(day)
        if rolled_at is None or rolled_at < ended:
            found.append(day)
        elif moment < ended + RESTLESS:
            found += [day] if moment - rolled_at >= YESTERDAY_EVERY else []
        elif rolled_at < ended + RESTLESS:
            found.append(day)
    return list(
        dict.fromkeys([*found, *(day for day in marked(MOST_DAYS, by_these_rules=True) if day <= last)])
    )


def never_counted(most: int) -> list[date]:
    """Days before today that were not counted after their end by the rules of now, the newest first, back to the first
    one with live rows.

    There are such days where a province was served before there were facts, its dossiers reach further back than its
    time with us, it was suspended on that day, or an
    upgrade brought a table of facts.
    """
    words = {"tenant": scope.required(), "yesterday": today() - timedelta(days=1), "zone": VIETNAM.key}
    words |= {"oldest": begins_at(today()) - LONGEST_BACK, "most": most, "rules": RULES}
    return list(db.session.scalars(UNCOUNTED, words))


def sample_backlog() -> None:
    """Note how many messages are due and wait, and for how long; commits."""
    moment, waiting, oldest_s = now(), 0, 0
    for lane in queue.LANES:
        words = {"tenant": scope.required(), "lane": lane, "now": moment, "most": MOST_COUNTED}
        count, oldest = db.session.execute(WAITING, words).one()
        waiting += count
        oldest_s = max(oldest_s, int((moment - oldest).total_seconds()) if oldest else 0)
    row = FactBacklog
    statement = insert(row).values(
        tenant_id=scope.required(),
        day=today(),
        samples=1,
        waiting_sum=waiting,
        waiting_most=waiting,
        oldest_s=oldest_s,
    )
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["tenant_id", "day"],
            set_={
                "samples": row.samples + 1,
                "waiting_sum": row.waiting_sum + waiting,
                "waiting_most": db.func.greatest(row.waiting_most, waiting),
                "oldest_s": db.func.greatest(row.oldest_s, oldest_s),
            },
        )
    )
    db.session.commit()


def _count_months() -> None:
    """This month once a day, the last one until it is over for a day."""
    this = today().replace(day=1)
    before = months.month_before(this)
    known = dict(
        db.session.execute(
            db.select(FactMonth.month, FactMonth.rolled_at).where(FactMonth.month.in_((before, this)))
        ).all()
    )
    if this not in known or now() - known[this] >= MONTH_EVERY:
        roll_month(this)
    if (
        now() >= begins_at(this) + RESTLESS
        and known.get(before, begins_at(before)) < begins_at(this) + RESTLESS
    ):
        roll_month(before)


def _flag(tenant_id: str) -> str:
    return f"motcua:facts:{tenant_id}"
