"""Many days counted in one go say what counting them day by day says; an upgrade's days are filled without asking."""

import contextvars
from datetime import date, timedelta

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from motcua.core import queue
from motcua.core.database import db, tenant_scope
from motcua.dossiers.models import Dossier
from motcua.facts import handled, keeping, rolling
from motcua.facts.models import FactDay, FactDirty, FactSealed
from motcua.facts.sources import SOURCES
from motcua.facts.summaries import BY_MONTH, FactProvince
from motcua.messaging.models import Message
from tests.facts.test_handled import HAPPENINGS, happen
from tests.facts.test_rolling import DAY, LIVES, NOW, at, live, rows, write

DAYS = [date(2024, 11, 24) + timedelta(days=number) for number in range(7)]  # to the end of the month
TABLES = [one.table for one in SOURCES] + list(BY_MONTH.values()) + [FactProvince]
WRITTEN = st.fixed_dictionaries({
    "day": st.sampled_from(DAYS),
    "hour": st.sampled_from([0.0, 9.5, 23.999]),
    "state": st.sampled_from(["queued", "sent", "delivered", "failed"]),
    "price_vnd": st.sampled_from([None, 0, 300]),
    "took_s": st.integers(0, 400),
})  # fmt: skip


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def say(given: dict) -> None:
    begun = at(given["day"], given["hour"])
    went = {"sent_at": begun + timedelta(seconds=given["took_s"])} if given["state"] != "queued" else {}
    write(created_at=begun, state=given["state"], price_vnd=given["price_vnd"], **went)


def facts() -> dict[str, list]:
    return {one.__tablename__: rows(one) for one in TABLES}


def forget(*tables: type) -> None:
    for table in tables:
        db.session.execute(db.delete(table))
    db.session.commit()


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(LIVES, min_size=1, max_size=5),
    st.lists(st.tuples(st.integers(0, 4), HAPPENINGS), max_size=8),
    st.lists(WRITTEN, max_size=5),
    st.sets(st.sampled_from(DAYS), min_size=1),
)
def test_days_together_are_what_they_are_one_by_one(province, lives, happenings, messages, together):
    with time_machine.travel(NOW, tick=False):
        contextvars.copy_context().run(compare, lives, happenings, messages, sorted(together))


def compare(lives: list[dict], happenings: list, messages: list[dict], together: list[date]) -> None:
    with tenant_scope("binh-thuan"):
        forget(Dossier, Message, FactDay, *TABLES)
        forget(FactDirty)
        kept = dict(enumerate(live(given) for given in lives))
        for number, (what, given_) in happenings:
            if number in kept:
                happen(kept[number], what, given_)
                if what == "gone":
                    del kept[number]
        for one in messages:
            say(one)
        db.session.commit()
        for day in DAYS:
            rolling.roll_day(day)
        expected = facts()

        rolling.roll_days(together)
        assert facts() == expected  # over what was there

        forget(FactDay, *TABLES)
        rolling.roll_days(DAYS)
        assert facts() == expected
        assert not set(rolling.marked(99)) & set(DAYS)


def test_what_counts_nothing_any_more_leaves_no_row_in_the_days_together(province, clock):
    message = write()
    db.session.commit()
    rolling.roll_days(DAYS)
    assert facts()["fact_message"]
    db.session.delete(message)
    db.session.commit()

    rolling.roll_days(DAYS)

    assert facts()["fact_message"] == []


def test_days_whose_rows_were_deleted_keep_their_numbers_among_others(province, clock):
    write(DAY)
    write(DAY + timedelta(days=1))
    db.session.commit()
    rolling.roll_days(DAYS)
    before = facts()["fact_message"]
    rolling.seal("message", at(DAY + timedelta(days=1), 0))
    forget(Message)

    rolling.roll_days(DAYS)

    assert facts()["fact_message"] == before[:1]
    forget(FactSealed)


def test_one_province_fills_nothing_of_anothers(two_provinces, clock):
    with tenant_scope("da-nang"):
        write()
        db.session.commit()

    with tenant_scope("binh-thuan"):
        rolling.roll_days(DAYS)
        assert facts()["fact_message"] == []


def test_after_an_upgrade_every_day_is_filled_and_none_waits_for_marks(province, clock):
    live(RUNNING)
    db.session.commit()
    for back in range(60):
        rolling.roll_day(rolling.today() - timedelta(days=back))
    expected = facts()
    mark_all_as_an_upgrade_does()
    assert not handled.is_kept() and facts()["fact_handled"] == []
    assert keeping.due()[0] == rolling.today() and len(keeping.due()) <= 2

    keeping.keep_up()

    assert handled.is_kept()
    assert facts() == expected
    assert keeping.never_counted(9) == [] and rolling.marked(9) == []


def test_a_day_before_the_first_live_row_is_filled_too(province, clock):
    long_ago = DAY - timedelta(days=400)
    db.session.add(FactDay(day=long_ago, rolled_at=at(long_ago + timedelta(days=2)), took_ms=1, rules=0))
    db.session.commit()
    assert keeping.never_counted(9) == [long_ago]

    keeping.keep_up()

    assert handled.is_kept()


def test_a_fill_gives_way_after_each_bunch_and_goes_on_by_itself(province, clock, monkeypatch):
    write(rolling.today() - timedelta(days=50))
    db.session.commit()
    monkeypatch.setattr(keeping, "TIME_SLICE_S", 0.0)
    before = keeping.never_counted(99)

    keeping.keep_up()

    left = keeping.never_counted(99)
    assert 0 < len(left) < len(before) and left == before[-len(left) :]
    assert queue.lane_queue(keeping.LANE).count == 1  # behind whoever else waits
    monkeypatch.setattr(keeping, "TIME_SLICE_S", 60.0)
    monkeypatch.setattr(keeping, "SHARED_SLICE_S", 60.0)
    keeping.keep_up()
    assert keeping.never_counted(1) == []


def test_whoever_finds_the_count_taken_leaves_it_and_asks_for_no_round(province, clock, monkeypatch):
    write(rolling.today() - timedelta(days=9))
    db.session.commit()
    monkeypatch.setattr(keeping, "roll_days", lambda days: False)

    keeping.keep_up()

    assert keeping.never_counted(1)
    assert queue.lane_queue(keeping.LANE).count == 0


RUNNING = {
    "received_at": at(DAY, 8), "due_at": at(DAY + timedelta(days=3)), "status": 10,
    "status_at": at(DAY + timedelta(days=1), 8), "agency_code": "a", "channel": "online",
}  # fmt: skip


def mark_all_as_an_upgrade_does() -> None:
    """As migration 0077 leaves a province: a new table is empty, all days are marked and of older rules."""
    for table in ("fact_handled", "fact_handled_month"):
        db.session.execute(text(f"DELETE FROM {table}"))
    db.session.execute(db.update(FactDay).values(rules=0))
    db.session.execute(text("INSERT INTO fact_dirty (tenant_id, day) SELECT tenant_id, day FROM fact_day"))
    db.session.commit()
