"""Reminders at their hour and each once, absences, and desks that close after people have booked."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from motcua.appointments import booking, desks, people, reminder_times, reminding
from motcua.appointments.models import DeskDay, Visit
from motcua.core import queue
from motcua.core.clock import VIETNAM
from motcua.core.database import db, tenant_scope
from motcua.messaging.models import Message
from motcua.sweeper import sweep_all
from motcua.tenancy import current
from tests.factories import make_citizen, make_desk, make_dossier, make_visit

FRIDAY = "2026-11-27T10:00:00+07:00"
TUESDAY = "2026-12-01T10:00"


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


@pytest.fixture
def visit(province):
    with time_machine.travel(FRIDAY, tick=False):
        made = make_visit(make_desk(), TUESDAY, citizen=make_citizen(phone="84912345678"))
        db.session.commit()
    return made


def at(text: str) -> list[Message]:
    """Sweep at that local time; what is owed since."""
    last = db.session.scalar(db.select(db.func.max(Message.id))) or 0
    queue.connection().flushdb()
    with time_machine.travel(local(text), tick=False):
        reminding.sweep()
    return list(db.session.scalars(db.select(Message).where(Message.id > last).order_by(Message.id)))


def words(message: Message) -> str:
    return message.content["consultation"]["text"]


def test_the_working_day_before_and_an_hour_before_each_once(visit):
    assert at("2026-11-30T08:59") == []
    (day_before,) = at("2026-11-30T09:00")
    assert at("2026-11-30T09:01") == []
    assert at("2026-12-01T08:59") == []
    (hour_before,) = at("2026-12-01T09:00")
    assert at("2026-12-01T09:05") == []

    assert [day_before.event, hour_before.event] == ["visit_reminder_day", "visit_reminder_hour"]
    assert "10:00 thứ Ba, 01/12/2026, số thứ tự 1" in words(day_before)
    assert "Quầy một cửa phường Một, 12 Trần Phú" in words(hour_before)
    assert (day_before.lane, day_before.content["zbs"]["purpose"]) == ("normal", "visit")
    assert hour_before.expires_at == visit.starts_at
    pressed = [one["text"] for one in day_before.content["consultation"]["buttons"]]
    assert pressed == [f"#visit-confirm:{visit.id}", f"#rebook:{visit.id}", f"#cancel-visit:{visit.id}"]


def test_at_night_nothing_is_sent_and_in_the_morning_it_is(visit):
    visit.remind_day_at = local("2026-11-29T21:30")
    db.session.commit()

    assert at("2026-11-29T22:00") == []
    assert at("2026-11-30T07:59") == []
    assert len(at("2026-11-30T08:00")) == 1


def test_a_reminder_that_comes_after_the_visit_is_dropped(visit):
    assert at("2026-12-01T10:05") == []
    db.session.refresh(visit)
    assert (visit.remind_day_at, visit.remind_hour_at) == (None, None)


def test_a_cancelled_visit_is_not_reminded_and_a_moved_one_at_its_new_time(visit):
    with time_machine.travel(FRIDAY, tick=False):
        booking.move(visit, local("2026-12-03T15:00"))
        db.session.commit()

    assert at("2026-11-30T09:00") == []
    assert len(at("2026-12-02T09:00")) == 1
    booking.cancel(visit)
    db.session.commit()
    assert at("2026-12-03T14:00") == []


def test_who_said_stop_hears_nothing(visit):
    citizen = make_citizen()
    citizen.muted_at = local("2026-11-28T08:00")
    db.session.commit()

    assert at("2026-11-30T09:00") == []


def test_english_is_spoken_to_who_wants_it(visit):
    make_citizen().language = "en"
    db.session.commit()

    (message,) = at("2026-11-30T09:00")

    assert "A reminder of your visit: 10:00 Tuesday, 01/12/2026" in words(message)


def test_who_is_not_on_zalo_is_reminded_by_the_dossiers_phone(province):
    with time_machine.travel(FRIDAY, tick=False):
        dossier = make_dossier()
        booking.book(people.of_dossier(dossier), make_desk(), local(TUESDAY), "ask", booked_by="page")
        db.session.commit()

    (message,) = at("2026-11-30T09:00")

    assert message.phone == "84912345678"
    assert list(message.content) == ["zbs"]
    assert message.content["zbs"]["data"]["so_thu_tu"] == "1"


def test_two_sweeps_at_once_remind_everybody_once(app, two_provinces):
    with time_machine.travel(FRIDAY, tick=False), tenant_scope("binh-thuan"):
        desk = make_desk(capacity=30)
        for _ in range(30):
            make_visit(desk, TUESDAY)
        db.session.commit()

    def sweep(_):
        with app.app_context(), tenant_scope("binh-thuan"):
            return reminding.sweep()

    with time_machine.travel(local("2026-11-30T09:30"), tick=False), ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(sweep, range(4)))

    assert sum(counts) == 30
    with tenant_scope("binh-thuan"):
        assert db.session.scalar(db.select(db.func.count()).select_from(Message)) == 30


def test_the_sweep_of_all_tenants_reminds_too(app, visit):
    with time_machine.travel(local("2026-11-30T09:00"), tick=False):
        sweep_all()

    with tenant_scope("binh-thuan"):
        assert db.session.scalars(db.select(Message.event)).all() == ["visit_reminder_day"]


def test_who_has_not_come_half_an_hour_after_the_slot_is_absent(visit):
    at("2026-12-01T10:59")
    db.session.refresh(visit)
    assert visit.state == "booked"

    at("2026-12-01T11:00")
    db.session.refresh(visit)

    assert visit.state == "no_show"
    assert not db.session.scalars(db.select(DeskDay)).one().is_kept


def test_who_arrived_is_not_absent_later(visit):
    with time_machine.travel(local("2026-12-01T09:55"), tick=False):
        booking.mark(visit.id, "arrived")

    at("2026-12-01T16:00")

    assert db.session.get(Visit, ("binh-thuan", visit.id)).state == "arrived"


def test_a_day_closed_in_the_calendar_calls_visits_off_and_offers_others(visit):
    tenant = current.tenant()
    tenant.settings = tenant.settings | {"closed_days": [{"date": "2026-12-01", "reason": "Bão"}]}
    db.session.commit()

    (message,) = at("2026-11-28T22:00")
    assert at("2026-11-28T22:02") == []
    db.session.refresh(visit)

    assert (visit.state, visit.cancelled_by, visit.sequence) == ("cancelled", "office", 1)
    assert "không làm việc" in words(message)
    assert message.content["zbs"]["data"]["viec"] == "Đã hủy vì quầy nghỉ"
    pressed = [one["text"] for one in message.content["consultation"]["buttons"]]
    assert pressed == [
        f"#visit-move:{visit.id}:2026-12-02T07:00",
        f"#visit-move:{visit.id}:2026-12-02T07:30",
        f"#visit-move:{visit.id}:2026-12-02T08:00",
        f"#rebook:{visit.id}",
    ]


def test_a_desks_own_closure_touches_no_other_desk(visit):
    with time_machine.travel(FRIDAY, tick=False):
        other = make_visit(make_desk(name="Quầy khác"), TUESDAY)
        desks.close_on(desks.get(visit.desk_id), date(2026, 12, 1), "Họp", 1)
        db.session.commit()

    assert len(at("2026-11-28T09:00")) == 1
    db.session.refresh(other)
    assert other.state == "booked"


moments = st.datetimes(datetime(2026, 11, 1), datetime(2026, 12, 31), timezones=st.just(VIETNAM))  # noqa: DTZ001


@given(moments, moments, st.integers(1, 6))
def test_reminders_are_never_at_night_never_late_and_never_at_once(starts_at, booked_at, back):
    day_before = starts_at.date() - timedelta(back)

    by_day, by_hour = reminder_times.plan(starts_at, day_before, booked_at)

    for moment in filter(None, (by_day, by_hour)):
        assert not reminder_times.is_quiet(moment)
        assert booked_at < moment < starts_at
    if by_hour:
        assert timedelta(minutes=15) <= starts_at - by_hour <= timedelta(hours=1)
