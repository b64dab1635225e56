"""What has left this month is known from the facts of its days and what was written since they were counted."""

from datetime import date, datetime

import pytest
import time_machine

from motcua.core.clock import VIETNAM
from motcua.core.database import db, tenant_scope
from motcua.facts import left, rolling
from tests.facts.test_rolling import at, write

FIRST, SECOND, TODAY = date(2024, 12, 1), date(2024, 12, 2), date(2024, 12, 3)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(datetime(2024, 12, 3, 12, tzinfo=VIETNAM), tick=False) as traveller:
        yield traveller


def sent(day: date, hour: float = 9.0, state: str = "sent") -> None:
    write(day, state=state, created_at=at(day, hour))
    db.session.commit()


def test_days_that_were_counted_days_that_were_not_and_what_came_since_add_up(province, clock):
    for day in (FIRST, FIRST, SECOND, TODAY):
        sent(day)
    rolling.roll_day(FIRST)
    rolling.roll_day(TODAY)
    clock.shift(60)
    for state in ("sent", "delivered", "seen", "sending", "uncertain", "queued", "failed", "expired"):
        sent(TODAY, 12.01, state)

    assert left.left_this_month() == 4 + 5


def test_what_was_deleted_since_its_day_was_counted_has_left_all_the_same(province):
    sent(FIRST)
    rolling.roll_day(FIRST)
    db.session.execute(db.text("DELETE FROM message"))
    db.session.commit()

    assert left.left_this_month() == 1


def test_the_month_is_vietnams_own(province):
    sent(FIRST, -0.01)
    sent(FIRST, 0.01)

    assert left.left_this_month() == 1


def test_another_provinces_messages_are_its_own(two_provinces):
    with tenant_scope("da-nang"):
        sent(TODAY)
        rolling.roll_day(TODAY)

    with tenant_scope("binh-thuan"):
        assert left.left_this_month() == 0
