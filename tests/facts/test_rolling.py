"""A day's facts are a direct count of its live rows, however often and in whatever order they are made."""

import contextvars
from collections import Counter
from datetime import date, datetime, timedelta

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from motcua.core import queue
from motcua.core.clock import VIETNAM
from motcua.core.database import db, tenant_scope
from motcua.core.errors import Invalid
from motcua.dossiers.models import Dossier
from motcua.facts import figures, jobs, keeping, rolling, spans
from motcua.facts.figures import Wanted
from motcua.facts.models import FactCitizen, FactDay, FactDirty, FactDossier, FactMessage, FactMonth, FactPace
from motcua.messaging.models import Message
from motcua.reports.periods import Period
from tests.factories import dossier_code, make_citizen, make_dossier, numbers

DAY = date(2024, 11, 26)
NOW = datetime(2024, 12, 3, 12, tzinfo=VIETNAM)
LATER = date(2024, 12, 2)


def at(day: date, hour: float = 9.0) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=VIETNAM) + timedelta(hours=hour)


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def write(day: date = DAY, **given) -> Message:
    """A message to a phone, written at nine on `day`."""
    values = {
        "lane": "urgent",
        "event": "dossier_accepted",
        "phone_index": "x",
        "phone_encrypted": "x",
        "content": {},
        "dedupe_key": f"message {next(numbers)}",
        "created_at": at(day),
        "expires_at": at(day + timedelta(days=9)),
    }
    row = Message(**(values | given))
    db.session.add(row)
    db.session.flush()
    return row


def rows(table) -> list[tuple]:
    """Everything but the rows' numbers."""
    columns = [one for one in table.__table__.columns if one.name != "id"]
    return sorted(map(repr, db.session.execute(db.select(*columns)).all()))


def test_a_day_counts_what_was_received_and_what_fell_due(province, clock):
    make_dossier(received_at="2024-11-26T08:00:00+07:00", due_at="2024-11-26T10:00:00+07:00")

    jobs.roll_up(province, DAY)

    row = db.session.scalars(db.select(FactDossier)).one()
    assert (row.day, row.agency_key, row.received, row.fell_due, row.finished) == (
        DAY,
        "ubnd-phuong",
        1,
        1,
        0,
    )


def test_a_day_ends_at_midnight_in_vietnam(province, clock):
    write(created_at=datetime(2024, 11, 26, 23, 59, 59, tzinfo=VIETNAM))
    write(created_at=datetime(2024, 11, 27, 0, 0, 0, tzinfo=VIETNAM))
    db.session.commit()

    jobs.roll_up(province, DAY)

    assert db.session.scalars(db.select(FactMessage.messages)).all() == [1]


def test_counting_twice_changes_nothing(province, clock):
    write(state="delivered", channel="zbs_phone", price_vnd=300, sent_at=at(DAY, 9.001))
    make_dossier(received_at="2024-11-26T08:00:00+07:00")
    jobs.roll_up(province, DAY)
    before = rows(FactMessage) + rows(FactDossier) + rows(FactPace)

    jobs.roll_up(province, DAY.isoformat())

    assert rows(FactMessage) + rows(FactDossier) + rows(FactPace) == before


def test_money_and_pace_are_counted_of_what_zalo_took(province, clock):
    paid = {"channel": "zbs_phone", "price_vnd": 300}
    write(state="delivered", sent_at=at(DAY) + timedelta(seconds=10), **paid)
    write(state="sent", sent_at=at(DAY) + timedelta(seconds=11), **paid)
    write(state="failed", **paid)
    db.session.commit()

    jobs.roll_up(province, DAY)

    day = Period(DAY, DAY)
    measures = ("messages", "accepted", "paid", "cost_vnd", "timed", "timely", "not_sent")
    found = figures.compared(Wanted(day), spans.as_long_before(day), measures, "day").now
    assert found == {
        "messages": 3, "accepted": 2, "paid": 2, "cost_vnd": 600, "timed": 2, "timely": 1, "not_sent": 1,
    }  # fmt: skip


def test_what_counts_nothing_any_more_leaves_no_row(province, clock):
    message = write()
    db.session.commit()
    jobs.roll_up(province, DAY)
    db.session.delete(message)
    db.session.commit()

    jobs.roll_up(province, DAY)

    assert rows(FactMessage) == []


def test_a_day_that_is_still_to_come_is_refused(province, clock):
    with pytest.raises(Invalid):
        rolling.roll_day(rolling.today() + timedelta(days=1))


def test_one_province_counts_nothing_of_another(two_provinces, clock):
    with tenant_scope("da-nang"):
        write()
        db.session.commit()

    jobs.roll_up("binh-thuan", DAY)

    with tenant_scope("binh-thuan"):
        assert rows(FactMessage) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda: db.update(Message).values(state="seen"),
        lambda: db.update(Message).values(created_at=at(DAY - timedelta(days=1))),
        lambda: db.delete(Message),
    ],
    ids=["changed", "moved", "deleted"],
)
def test_whoever_changes_a_day_that_is_over_marks_it(province, clock, change):
    write()
    db.session.commit()
    jobs.roll_up(province, DAY)
    assert rolling.marked(9) == []

    db.session.execute(change())
    db.session.commit()

    assert DAY in rolling.marked(9)


def test_a_mark_is_written_once_and_taken_by_the_next_count(province, clock):
    for _ in range(3):
        write()
    db.session.commit()
    assert db.session.scalar(db.select(db.func.count()).select_from(FactDirty)) == 1

    jobs.roll_up(province, DAY)

    assert rolling.marked(9) == []


def test_a_mark_that_somebody_still_holds_survives_the_count(province, clock, app):
    """Whoever changes the day has not committed: the count cannot see it, so the day must be counted again."""
    message = write()
    db.session.commit()
    other = db.engine.connect()
    other.exec_driver_sql("SELECT set_config('motcua.tenant_id', 'binh-thuan', true)")
    other.execute(db.text("UPDATE message SET state = 'seen' WHERE id = :id"), {"id": message.id})

    jobs.roll_up(province, DAY)
    still = rolling.marked(9)
    other.commit()
    other.close()

    assert still == [DAY]
    db.session.rollback()
    jobs.roll_up(province, DAY)
    assert db.session.scalars(db.select(FactMessage.state)).all() == ["seen"]


def test_followers_of_an_earlier_day_are_those_of_now_without_what_came_after(province, clock):
    make_citizen()
    event = db.text(
        "INSERT INTO webhook_event (tenant_id, oa_id, event_key, event_name, body_encrypted, received_at, state, tries,"
        " next_try_at) VALUES ('binh-thuan', 'x', 'a', 'follow', '', :at, 'done', 1, :at)"
    )
    db.session.execute(event, {"at": at(DAY + timedelta(days=1))})
    db.session.commit()

    for day in (DAY, DAY + timedelta(days=1)):
        jobs.roll_up(province, day)

    found = db.session.execute(
        db.select(FactCitizen.gained, FactCitizen.followers).order_by(FactCitizen.day)
    ).all()
    assert [tuple(row) for row in found] == [(0, 0), (1, 1)]


def test_today_comes_first_then_yesterday_then_marked_days(province, clock):
    write()
    db.session.commit()
    today = rolling.today()

    assert keeping.due() == [today, today - timedelta(days=1), DAY]


def test_a_day_is_left_in_peace_once_it_was_counted_after_its_last_stir(province, clock):
    jobs.roll_up(province, LATER)
    assert LATER not in keeping.due()

    clock.move_to(NOW + timedelta(days=1))
    assert LATER in keeping.due()
    jobs.roll_up(province, LATER)

    assert LATER not in keeping.due()


def test_a_province_from_before_there_were_facts_is_counted_by_itself(province, clock):
    make_dossier(received_at="2024-10-05T08:00:00+07:00")
    write(date(2024, 10, 9))
    db.session.commit()

    jobs.keep_up(province)

    counted = db.session.scalars(db.select(FactDay.day).order_by(FactDay.day)).all()
    assert counted[0] == date(2024, 10, 5) and len(counted) == (rolling.today() - counted[0]).days + 1
    assert figures.standing(rolling.today()).pending == 1
    months = db.session.scalars(db.select(FactMonth.month).order_by(FactMonth.month)).all()
    assert months[0] == date(2024, 10, 1)
    assert keeping.never_counted(9) == []


def test_a_dossier_from_further_back_than_any_count_is_reached_later(province, clock):
    jobs.keep_up(province)
    assert keeping.never_counted(9) == []
    make_dossier(received_at="2024-11-20T08:00:00+07:00")

    assert keeping.never_counted(2) == [LATER - timedelta(days=1), LATER - timedelta(days=2)]


def test_a_round_counts_what_is_due_and_samples_the_backlog(province, clock):
    write(next_attempt_at=NOW - timedelta(seconds=90), expires_at=NOW + timedelta(days=1))
    db.session.commit()

    assert jobs.keep_up(province) == (rolling.today() - DAY).days + 1

    ((_, _, most, oldest_s),) = figures.backlog(Period(rolling.today(), rolling.today()), "day")
    assert (most, oldest_s) == (1, 90)


MOMENTS = st.integers(0, 5 * 48).map(lambda half_hours: at(LATER - timedelta(days=2), half_hours / 2))
LIVES = st.fixed_dictionaries(
    {
        "received_at": MOMENTS,
        "due_at": st.none() | MOMENTS,
        "status": st.sampled_from([1, 2, 4, 5, 3, 8, 9, 10]),
        "status_at": MOMENTS,
        "agency_code": st.sampled_from(["a", "b"]),
        "channel": st.sampled_from(["counter", "online", "post"]),
    }
)
CHANGES = st.lists(st.tuples(st.integers(0, 5), LIVES | st.just("gone")), max_size=6)


def live(given: dict) -> Dossier:
    """A row as some history may have left it."""
    row = Dossier(
        code=dossier_code(), token=f"token {next(numbers)}", procedure_code="1.000894", procedure_name="Kết hôn",
        people_encrypted="", agency_name=given["agency_code"], source_time=NOW, source_digest="", **given,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def counted_by_hand(lives: list[dict]) -> dict[date, Counter]:
    """What each day should say, from the definitions."""
    found: dict[date, Counter] = {}

    def count(moment: datetime, what: str, who: str) -> None:
        if moment < NOW:
            found.setdefault(moment.astimezone(VIETNAM).date(), Counter())[what, who] += 1

    for one in lives:
        due, status, who = one["due_at"], one["status"], one["agency_code"]
        finished = one["status_at"] if status in (3, 7, 8, 9, 10) else None
        ended = finished or (one["status_at"] if status == 5 else None)
        count(one["received_at"], "received", who)
        if finished:
            count(finished, "finished", who)
            count(finished, "without_due" if due is None else "late" if finished > due else "on_time", who)
        if due is not None and (ended is None or ended > due):
            count(max(due, one["received_at"]), "fell_due", who)
    return found


def facts_found() -> dict[date, Counter]:
    found: dict[date, Counter] = {}
    for row in db.session.scalars(db.select(FactDossier)):
        for what in ("received", "finished", "without_due", "late", "on_time", "fell_due"):
            if number := getattr(row, what):
                found.setdefault(row.day, Counter())[what, row.agency_key] = number
    return found


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(LIVES, min_size=1, max_size=6), CHANGES)
def test_facts_are_a_direct_count_whatever_happened_in_between(province, lives, changes):
    """All days are counted once; then only the marked ones, after changes, moves to another agency and deletions."""
    with time_machine.travel(NOW, tick=False):
        contextvars.copy_context().run(live_through, lives, changes)


def live_through(lives: list[dict], changes: list) -> None:
    with tenant_scope("binh-thuan"):
        for table in (Dossier, FactDossier, FactDirty):
            db.session.execute(db.delete(table))
        db.session.execute(db.delete(FactDirty))
        kept = {number: (live(given), given) for number, given in enumerate(lives)}
        db.session.commit()
        for back in range(4):
            rolling.roll_day(rolling.today() - timedelta(days=back))
        for number, change in changes:
            if number not in kept:
                continue
            row, _ = kept.pop(number)
            if change == "gone":
                db.session.delete(row)
            else:
                for name, value in change.items():
                    setattr(row, name, value)
                kept[number] = (row, change)
            db.session.commit()
        for day in [rolling.today(), *(one for one in rolling.marked(9) if one < rolling.today())]:
            rolling.roll_day(day)

        expected = counted_by_hand([given for _, given in kept.values()])

        assert facts_found() == expected
        summed = Counter()
        for numbers_of_day in expected.values():
            for (what, _), number in numbers_of_day.items():
                summed[what] += number
        standing = figures.standing(rolling.today())
        assert standing.pending == summed["received"] - summed["finished"]
        assert standing.overdue == summed["fell_due"] - summed["late"]


def test_filling_up_gives_way_to_an_announcement_and_comes_back(province, clock, monkeypatch):
    make_dossier(received_at="2024-10-05T08:00:00+07:00")
    db.session.commit()
    monkeypatch.setattr(keeping, "SHARED_SLICE_S", 0.0)
    queue.wake("motcua.broadcasts.jobs.run", province, 1, lane="broadcast")

    jobs.keep_up(province)

    assert keeping.never_counted(1)
    assert [job.func_name for job in queue.lane_queue("broadcast").jobs][1:] == [keeping.KEEP_UP]
    queue.lane_queue("broadcast").empty()
    jobs.keep_up(province)
    assert not keeping.never_counted(1)
