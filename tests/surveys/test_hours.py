"""Surveys keep to the province's hours and calendar: what cannot be asked now is asked later, and is never lost."""

from datetime import UTC, datetime, time, timedelta

import pytest

from motcua.core import scope
from motcua.core.database import db
from motcua.messaging.channels import rules
from motcua.messaging.limits import rule_versions
from motcua.messaging.limits.hours import DEFAULTS, ZBS_BY_DAY, Hours
from motcua.messaging.limits.rule_versions import Settings
from motcua.surveys import hours
from motcua.tenancy import current
from tests.surveys.conftest import asked, ended, sweep

QUARTER = timedelta(minutes=15)


def settle(survey: Hours) -> None:
    rule_versions.change(Settings(hours=DEFAULTS | {"survey": survey}), "Phạm Thu Hà")
    db.session.commit()
    rules.changed(scope.required())


def local(day: int, hour: int, minute: int = 0, month: int = 11, year: int = 2026) -> datetime:
    """In Vietnam; 26 November 2026 is a Thursday."""
    return datetime(year, month, day, hour, minute, tzinfo=UTC) - timedelta(hours=7)


def expires() -> datetime:
    (message,) = asked()
    return message.expires_at


def test_what_ends_after_the_hours_is_asked_in_the_next_ones_and_lives_as_long_as_they(lan, clock):
    settle(Hours(time(9), time(11)))
    clock.move_to(local(26, 11, 30))
    ended()

    assert sweep() == 0
    clock.move_to(local(27, 9))
    assert sweep() == 1
    assert expires() - local(27, 11) < timedelta(seconds=1)


def test_where_only_working_days_are_allowed_saturdays_dossiers_are_asked_on_monday(lan, clock):
    settle(Hours(time(8), time(21), "working"))
    clock.move_to(local(28, 10))
    ended()

    assert sweep() == 0
    clock.move_to(local(30, 10))
    assert sweep() == 1


def test_nobody_is_asked_on_a_public_holiday_but_on_the_day_after(lan, clock):
    clock.move_to(local(1, 10, month=1, year=2027))
    ended()

    assert sweep() == 0
    clock.move_to(local(2, 10, month=1, year=2027))
    assert sweep() == 1


def test_nobody_is_reminded_on_a_public_holiday_but_on_the_day_after(lan, clock):
    clock.move_to(local(29, 10, month=12))
    ended()
    sweep()

    clock.move_to(local(1, 10, 30, month=1, year=2027))
    assert sweep() == 0
    clock.move_to(local(2, 10, month=1, year=2027))
    assert sweep() == 1


def test_days_off_that_outlast_the_time_to_ask_lose_nobody(lan, clock):
    settle(Hours(time(8), time(21), "working"))
    tenant = current.tenant()
    tenant.settings = tenant.settings | {"survey": {"ask_within_days": 2}}
    db.session.commit()
    clock.move_to(local(27, 20, 45))  # a Friday
    ended()

    assert sweep() == 0
    clock.move_to(local(30, 9))
    assert sweep() == 1


def test_in_the_last_half_hour_nobody_is_asked_who_might_not_hear_any_more(lan, clock):
    clock.move_to(local(26, 20, 35))
    ended()

    assert sweep() == 0


@pytest.mark.parametrize(
    "given",
    [
        DEFAULTS["survey"],
        Hours(time(9), time(11)),
        Hours(time(9), time(9, 40), "working"),
        Hours(time(5), time(23), "no_holidays"),
        Hours(),
        Hours(days="working"),
    ],
    ids=["default", "two hours", "forty minutes", "beyond Zalo's day", "always", "working days"],
)
def test_whoever_is_asked_can_be_told_at_once_and_each_allowed_day_has_its_hour(province, given):
    settle(given)
    known = rules.rules_of(province)
    asked_on, allowed_on = set(), set()
    at = local(28, 0, month=12)
    while at < local(11, 0, month=1, year=2027):
        day = known.calendar.local(at).date()
        if given.next_moment(known.calendar.local(at), known.calendar) <= at:
            allowed_on.add(day)
        if hours.may_ask_at(at):
            asked_on.add(day)
            assert given.next_moment(known.calendar.local(at), known.calendar) <= at
            assert ZBS_BY_DAY.next_moment(known.calendar.local(at), None) <= at
            assert QUARTER <= hours.left_at(at) <= timedelta(hours=15)
        at += QUARTER

    assert asked_on == allowed_on
