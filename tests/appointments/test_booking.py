"""Booking within capacity and limits; moving, cancelling, and the numbers of the queue."""

from datetime import datetime, timedelta

import pytest
import time_machine

from motcua.appointments import booking, desks, people, slots
from motcua.appointments.people import BookingRefused
from motcua.appointments.states import StepRefused
from motcua.core.clock import VIETNAM
from motcua.core.database import db
from motcua.tenancy import current
from tests.factories import make_citizen, make_desk, make_dossier, make_visit

TUESDAY = "2026-12-01T08:00"


@pytest.fixture(autouse=True)
def friday():
    with time_machine.travel("2026-11-27T10:00:00+07:00", tick=False):
        yield


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


def refused(action) -> str:
    with pytest.raises(BookingRefused) as error:
        action()
    return error.value.reason


def test_a_visit_has_its_slot_the_next_number_and_two_reminders(province):
    desk = make_desk()

    first, second = make_visit(desk, "2026-12-01T09:00"), make_visit(desk, TUESDAY)

    assert [first.number, second.number] == [1, 2]
    assert second.ends_at - second.starts_at == timedelta(minutes=30)
    assert second.remind_day_at == local("2026-11-30T09:00")
    assert first.remind_hour_at == local("2026-12-01T08:00")
    assert second.remind_hour_at is None  # 7:00 is in the quiet hours, 8:00 too late
    assert len(first.token) >= 22


def test_a_full_slot_is_refused_and_no_number_is_lost(province):
    desk = make_desk(capacity=1)
    make_visit(desk, TUESDAY)

    assert refused(lambda: make_visit(desk, TUESDAY)) == "full"
    assert make_visit(desk, "2026-12-01T08:30").number == 2


def test_a_slot_that_overlaps_one_of_an_older_grid_counts_its_people(province):
    desk = make_desk(capacity=1, slot_minutes=60)
    make_visit(desk, TUESDAY)
    desk.slot_minutes = 30

    assert refused(lambda: make_visit(desk, "2026-12-01T08:30")) == "full"
    assert slots.bookable(desk)[0].local.isoformat().startswith("2026-11-27T10:30")


@pytest.mark.parametrize(
    ("starts", "reason"),
    [
        ("2026-11-27T09:30", "past"),
        ("2026-12-28T08:00", "past"),
        ("2026-11-28T08:00", "closed"),
        ("2026-12-01T11:30", "closed"),
        ("2026-12-01T08:10", "closed"),
    ],
    ids=["this morning", "beyond the horizon", "a Saturday", "lunch", "between two slots"],
)
def test_what_is_no_slot_cannot_be_booked(province, starts, reason):
    desk = make_desk()

    assert refused(lambda: make_visit(desk, starts)) == reason


def test_who_has_proven_nothing_books_nothing(province):
    assert refused(lambda: make_visit(make_desk(), TUESDAY, citizen=make_citizen())) == "proof"


def test_one_person_books_two_a_day_and_three_in_all(province):
    desk, lan = make_desk(), make_citizen(phone="84912345678")
    make_visit(desk, TUESDAY, citizen=lan)
    make_visit(desk, "2026-12-01T09:00", citizen=lan)

    assert refused(lambda: make_visit(desk, "2026-12-01T10:00", citizen=lan)) == "daily"
    make_visit(desk, "2026-12-02T08:00", citizen=lan)
    assert refused(lambda: make_visit(desk, "2026-12-03T08:00", citizen=lan)) == "open"


def test_a_second_account_with_the_same_phone_is_the_same_person(province):
    desk = make_desk()
    for uid in ("1", "2"):
        make_visit(desk, TUESDAY, citizen=make_citizen(uid, phone="84912345678"))

    third = make_citizen("3", phone="84912345678")

    assert refused(lambda: make_visit(desk, "2026-12-01T09:00", citizen=third)) == "daily"


def test_the_provinces_own_limit_holds(province):
    tenant = current.tenant()
    tenant.settings = tenant.settings | {"visits": {"daily_limit": 1, "open_limit": 9, "grace_minutes": 30}}
    db.session.commit()
    desk, lan = make_desk(), make_citizen(phone="84912345678")
    make_visit(desk, TUESDAY, citizen=lan)

    assert refused(lambda: make_visit(desk, "2026-12-01T09:00", citizen=lan)) == "daily"


def test_a_dossier_has_one_visit_to_come(province):
    desk, dossier = make_desk(), make_dossier(owner={"name": "Lan", "phone": "0912345678"})
    make_visit(desk, TUESDAY, citizen=make_citizen(phone="84912345678"), dossier=dossier)

    other = people.of_dossier(dossier)

    def book_again():
        return booking.book(other, desk, local("2026-12-02T08:00"), "collect", booked_by="page")

    assert refused(book_again) == "dossier"


def test_booking_and_cancelling_again_and_again_ends(province):
    desk, lan = make_desk(), make_citizen(phone="84912345678")
    for _ in range(6):
        booking.cancel(make_visit(desk, TUESDAY, citizen=lan))

    assert refused(lambda: make_visit(desk, TUESDAY, citizen=lan)) == "churn"


def test_three_absences_close_booking_for_thirty_days_and_then_no_more(province):
    desk, lan = make_desk(), make_citizen(phone="84912345678")
    with time_machine.travel("2026-11-02T08:00:00+07:00", tick=False):
        for day in (3, 4, 5):
            visit = make_visit(desk, f"2026-11-0{day}T08:00", citizen=lan)
            with time_machine.travel(visit.starts_at + timedelta(minutes=10), tick=False):
                booking.mark(visit.id, "no_show")

    assert refused(lambda: make_visit(desk, TUESDAY, citizen=lan)) == "absent"
    assert people.paused_until(f"phone:{lan.phone_index}") == local("2026-12-05T08:00")
    with time_machine.travel("2026-12-06T08:00:00+07:00", tick=False):
        assert make_visit(desk, "2026-12-07T08:00", citizen=lan).number == 1


def test_absences_at_a_desk_that_kept_no_list_count_for_nothing(province):
    desk, lan = make_desk(), make_citizen(phone="84912345678")
    for day in (1, 2, 3):
        make_visit(desk, f"2026-12-0{day}T08:00", citizen=lan).state = "no_show"
    db.session.flush()

    assert people.paused_until(f"phone:{lan.phone_index}") is None


def test_moving_gives_a_number_of_the_new_day_and_frees_the_old_place(province):
    desk = make_desk(capacity=1)
    visit = make_visit(desk, TUESDAY)
    token = visit.token

    moved = booking.move(visit, local("2026-12-02T14:00"))

    assert (moved.number, moved.sequence, moved.token) == (1, 1, token)
    assert moved.day.isoformat() == "2026-12-02"
    assert make_visit(desk, TUESDAY).number == 2  # the first number of Tuesday is not given again


def test_moving_within_the_day_keeps_the_number(province):
    desk = make_desk()
    visit = make_visit(desk, TUESDAY)

    assert booking.move(visit, local("2026-12-01T14:00")).number == 1
    assert make_visit(desk, TUESDAY).number == 2


def test_moving_to_a_full_slot_leaves_the_visit_where_it_was(province):
    desk = make_desk(capacity=1)
    visit = make_visit(desk, TUESDAY)
    make_visit(desk, "2026-12-01T08:30")

    assert refused(lambda: booking.move(visit, local("2026-12-01T08:30"))) == "full"
    assert visit.starts_at == local(TUESDAY)


def test_a_visit_that_the_citizen_cancelled_stays_cancelled(province):
    visit = booking.cancel(make_visit(make_desk(), TUESDAY))

    assert refused(lambda: booking.move(visit, local("2026-12-02T08:00"))) == "over"
    with pytest.raises(StepRefused, match="Xin"):
        booking.cancel(visit)


def test_what_the_office_called_off_may_be_moved(province):
    visit = booking.cancel(make_visit(make_desk(), TUESDAY), by="office")

    moved = booking.move(visit, local("2026-12-02T08:00"))

    assert (moved.state, moved.sequence) == ("booked", 2)


def test_desks_are_those_of_the_agency_that_take_the_procedure(province):
    mine = make_desk(procedure_codes=["1.000894"])
    make_desk(name="Quầy khác", agency_code="so-khac")
    make_desk(name="Quầy đóng", takes_bookings=False)
    make_desk(name="Quầy đất đai", fields=["Đất đai"])
    dossier = make_dossier()

    assert desks.serving(dossier) == [mine]
    assert [one.name for one in desks.serving()] == ["Quầy khác", "Quầy một cửa phường Một", "Quầy đất đai"]


def test_a_desk_is_found_by_words_without_accents(province):
    desk = make_desk(name="Quầy một cửa phường Phú Thủy")

    assert desks.named([desk], "phuong phu thuy") == [desk]
    assert desks.named([desk], "phú lâm") == []
