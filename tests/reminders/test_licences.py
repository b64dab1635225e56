"""Reminders of a licence's expiry: asked for, on their days, ended by a word."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from motcua.citizens import registry
from motcua.citizens.models import Consent
from motcua.core.database import db
from motcua.messaging.models import Message
from motcua.reminders import licences
from motcua.reminders.models import LicenceReminder
from motcua.services.driving_licence import offering
from tests.factories import make_citizen

NOON = datetime(2026, 11, 26, 5, 0, tzinfo=UTC)  # 12:00 in Vietnam
NIGHT = datetime(2026, 11, 26, 15, 30, tzinfo=UTC)  # 22:30
EXPIRES = date(2027, 3, 1)


@pytest.fixture
def citizen(province):
    return make_citizen()


@pytest.fixture
def asked(citizen):
    """A citizen who looked a licence up at noon and wants to be reminded."""
    with time_machine.travel(NOON, tick=False):
        offering.offer(citizen.id, offering.Offer(EXPIRES, "79********01", "B"))
        assert licences.remind(citizen) is not None
        db.session.commit()
    return citizen


def sweep_at(day: date, hour_utc: int = 5) -> int:
    with time_machine.travel(datetime(day.year, day.month, day.day, hour_utc, tzinfo=UTC), tick=False):
        return licences.sweep()


def reminders() -> list[Message]:
    return list(db.session.scalars(db.select(Message).where(Message.event == "licence_reminder")))


def test_without_a_look_up_there_is_nothing_to_remind_of(citizen):
    assert licences.remind(citizen) is None


def test_asking_is_kept_with_a_consent_of_its_own_and_no_number(asked):
    row = db.session.scalars(db.select(LicenceReminder)).one()

    assert (row.expires_on, row.next_on) == (EXPIRES, EXPIRES - timedelta(days=60))
    assert row.words == ("79********01", "B")
    assert "79********01" not in row.licence_encrypted
    assert db.session.scalars(db.select(Consent.purpose)).all() == ["licence_reminder"]


def test_asking_twice_keeps_one(asked):
    with time_machine.travel(NOON, tick=False):
        offering.offer(asked.id, offering.Offer(EXPIRES, "79********01", "B"))
        licences.remind(asked)
        db.session.commit()

    assert db.session.scalar(db.select(db.func.count()).select_from(LicenceReminder)) == 1


def test_each_rung_of_the_ladder_is_told_once_and_then_nothing_is_kept(asked):
    told = []
    for before in range(70, -3, -1):
        day = EXPIRES - timedelta(days=before)
        told += [before] * sweep_at(day)
        assert sweep_at(day) == 0

    assert told == [60, 30, 7, 1]
    assert db.session.scalar(db.select(LicenceReminder)) is None


def test_a_day_missed_is_made_up_for_with_the_days_that_are_left(asked):
    assert sweep_at(EXPIRES - timedelta(days=50)) == 1
    assert "50 ngày" in str(reminders()[0].content)


def test_nobody_is_woken_at_night(asked):
    with time_machine.travel(NIGHT + timedelta(days=90), tick=False):
        assert licences.sweep() == 0


@pytest.mark.parametrize("end", ["forget", "stop"])
def test_a_word_ends_it_and_what_was_kept_goes(asked, end):
    licences.forget(asked) if end == "forget" else registry.withdraw(asked)
    db.session.commit()

    assert sweep_at(EXPIRES - timedelta(days=30)) == 0
    assert reminders() == []
    assert db.session.scalar(db.select(LicenceReminder)) is None


def test_what_has_expired_unnoticed_is_not_told_any_more(asked):
    assert sweep_at(EXPIRES + timedelta(days=5)) == 0
    assert db.session.scalar(db.select(LicenceReminder)) is None


@given(st.dates(date(2026, 1, 1), date(2030, 1, 1)), st.integers(-5, 100))
def test_the_next_day_is_always_ahead_and_on_the_ladder(after, ahead):
    expires = after + timedelta(days=ahead)

    found = licences.next_day(expires, after)

    if found is None:
        assert ahead <= 1
    else:
        assert found > after
        assert (expires - found).days in licences.LADDER
