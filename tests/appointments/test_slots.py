"""Cutting the day into slots, and what is left of them."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import time_machine
from hypothesis import given
from hypothesis import strategies as st

from motcua.appointments import desks, opening, slots
from motcua.core.database import db
from motcua.tenancy import current
from tests.factories import make_desk, make_visit

MONDAY = date(2026, 11, 30)
clocks = st.integers(0, 24 * 60 - 1).map(lambda at: time(at // 60, at % 60))


@st.composite
def openings(draw):
    """One to three spans of a day that follow each other."""
    times = sorted(draw(st.sets(clocks, min_size=2, max_size=6)))
    return [
        (opening.at(MONDAY, begin), opening.at(MONDAY, end))
        for begin, end in zip(times[::2], times[1::2], strict=False)
    ]


@given(openings(), st.integers(5, 240))
def test_slots_fill_each_span_from_its_start_and_never_leave_it(spans, minutes):
    length = timedelta(minutes=minutes)

    cut = slots.cut(spans, minutes)

    assert all(end - start == length for start, end in cut)
    assert all(start.tzinfo is UTC for start, _ in cut)
    assert all(before[1] <= after[0] for before, after in pairwise(cut))
    for begin, end in spans:
        inside = [one for one in cut if begin <= one[0] and one[1] <= end]
        assert len(inside) == (end - begin) // length
        assert not inside or inside[0][0] == begin
    assert len(cut) == sum((end - begin) // length for begin, end in spans)


@time_machine.travel("2026-11-27T10:10:00+07:00", tick=False)
def test_places_left_fall_with_each_booking_and_past_slots_are_gone(province):
    desk = make_desk(capacity=2, horizon_days=3)
    make_visit(desk, "2026-11-30T08:00")
    make_visit(desk, "2026-11-30T08:00")
    make_visit(desk, "2026-11-30T08:30")

    free = {f"{one.local:%d %H:%M}": one.left for one in slots.bookable(desk)}

    assert next(iter(free)) == "27 10:30"
    assert "30 08:00" not in free
    assert (free["30 08:30"], free["30 09:00"], free["30 13:30"]) == (1, 2, 2)
    assert "30 11:30" not in free
    assert {label[:2] for label in free} == {"27", "30"}


@time_machine.travel("2026-11-27T10:10:00+07:00", tick=False)
def test_closed_days_have_no_slots_and_an_extra_saturday_has_the_offices(province):
    tenant = current.tenant()
    tenant.settings = tenant.settings | {
        "closed_days": [{"date": "2026-12-01", "reason": "Bão"}],
        "extra_open_days": [{"date": "2026-11-28", "reason": "Làm bù"}],
    }
    db.session.commit()
    desk = make_desk(horizon_days=6)
    desks.close_on(desk, date(2026, 12, 2), "Họp", 1)

    days = {one.day.isoformat() for one in slots.bookable(desk)}

    assert days == {"2026-11-27", "2026-11-28", "2026-11-30", "2026-12-03"}


@time_machine.travel("2026-11-27T10:10:00+07:00", tick=False)
def test_a_desk_with_hours_of_its_own_opens_on_saturday_mornings(province):
    desk = make_desk(horizon_days=3, hours={"6": [["07:30", "09:00"]], "1": [["14:00", "15:00"]]})

    free = [f"{one.local:%a %H:%M}" for one in slots.bookable(desk)]

    assert free == ["Sat 07:30", "Sat 08:00", "Sat 08:30", "Mon 14:00", "Mon 14:30"]


def test_a_slot_knows_its_local_day():
    late = datetime(2026, 11, 30, 23, tzinfo=UTC)

    assert slots.Slot(late, late + timedelta(hours=1), 1).day == date(2026, 12, 1)
