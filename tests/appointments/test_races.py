"""Many people at once: never more than there are places, never a number twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

import pytest

from motcua.appointments import booking, desks, people, slots
from motcua.appointments.models import Visit
from motcua.appointments.people import BookingRefused
from motcua.citizens.models import Citizen
from motcua.core.clock import now
from motcua.core.database import db, tenant_scope
from tests.factories import make_citizen, make_desk

PEOPLE, PLACES, AT_ONCE = 50, 4, 10


@pytest.fixture
def world(app, two_provinces):
    """Citizens with phones of their own, and a desk; (citizen ids, desk id, a slot a few days ahead)."""
    with tenant_scope("binh-thuan"):
        desk = make_desk(capacity=PLACES)
        ids = [make_citizen(f"7{n:018d}", phone=f"849{n:08d}").id for n in range(PEOPLE)]
        free = [one.starts_at for one in slots.bookable(desk) if one.starts_at.date() > now().date()]
        db.session.commit()
        return ids, desk.id, free


def at_once(app, action, jobs: list, threads: int = AT_ONCE) -> list:
    """Run `action(job)` for all, each in a transaction of its own, `threads` of them from the same moment on."""
    together = Barrier(threads)

    def work(mine):
        together.wait()
        done = []
        for job in mine:
            with app.app_context(), tenant_scope("binh-thuan"):
                try:
                    done.append(action(job))
                    db.session.commit()
                except BookingRefused as error:
                    db.session.rollback()
                    done.append(error.reason)
        return done

    with ThreadPoolExecutor(threads) as pool:
        shares = pool.map(work, [jobs[at::threads] for at in range(threads)])
        return [answer for share in shares for answer in share]


def book(citizen_id: int, desk_id: int, starts_at: datetime) -> int:
    citizen = db.session.get(Citizen, ("binh-thuan", citizen_id))
    person = people.of_citizen(citizen)
    return booking.book(person, desks.get(desk_id), starts_at, "file", booked_by="chat").number


def test_fifty_people_for_four_places_are_exactly_four(app, world):
    ids, desk_id, free = world

    answers = at_once(app, lambda one: book(one, desk_id, free[0]), ids)

    assert sorted(one for one in answers if one != "full") == [1, 2, 3, 4]
    assert answers.count("full") == PEOPLE - PLACES


def test_numbers_of_a_day_neither_repeat_nor_jump_over_all_its_slots(app, world):
    ids, desk_id, free = world
    day = [one for one in free if one.date() == free[0].date()]
    jobs = [(citizen, day[at % 8]) for at, citizen in enumerate(ids)]

    answers = at_once(app, lambda job: book(job[0], desk_id, job[1]), jobs)

    given = sorted(one for one in answers if one != "full")
    assert given == list(range(1, 8 * PLACES + 1))


def test_one_person_from_many_phones_at_once_stays_within_the_daily_limit(app, world):
    ids, desk_id, free = world
    day = [one for one in free if one.date() == free[0].date()]

    answers = at_once(app, lambda slot: book(ids[0], desk_id, slot), day[:10])

    assert len([one for one in answers if isinstance(one, int)]) == 2
    assert answers.count("daily") == 8


def test_visits_that_move_into_one_slot_at_once_fill_it_and_no_more(app, world):
    ids, desk_id, free = world
    target = free[12]
    visits = []
    with tenant_scope("binh-thuan"):
        for at, citizen in enumerate(ids[:20]):
            book(citizen, desk_id, free[at // PLACES])
        db.session.commit()
        visits = list(db.session.scalars(db.select(Visit.id)))

    def move(visit_id):
        return booking.move(db.session.get(Visit, ("binh-thuan", visit_id)), target).id

    answers = at_once(app, move, visits)

    assert answers.count("full") == 20 - PLACES
    with tenant_scope("binh-thuan"):
        assert len(list(db.session.scalars(db.select(Visit).where(Visit.starts_at == target)))) == PLACES
        numbers = db.session.execute(db.select(Visit.day, Visit.number)).all()
        assert len(set(numbers)) == len(numbers)
