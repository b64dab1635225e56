"""How long a request about personal data may take, by the working calendar."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from motcua.core.clock import VIETNAM
from motcua.data_requests import clocks
from motcua.data_requests.models import KINDS
from motcua.dossiers import promising

MONDAY = datetime(2026, 11, 23, 3, tzinfo=UTC)  # 10:00 in Vietnam; Tuesday the 24th is a holiday
pytestmark = pytest.mark.usefixtures("province")


def local(at: datetime) -> str:
    return f"{at.astimezone(VIETNAM):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("kind", "due"),
    [
        ("access", "2026-12-03 10:00"),
        ("correct", "2026-12-03 10:00"),
        ("withdraw", "2026-12-08 10:00"),
        ("restrict", "2026-12-08 10:00"),
        ("object", "2026-12-08 10:00"),
        ("delete", "2026-12-14 10:00"),  # day 20 is Sunday the 13th
    ],
)
def test_each_kind_has_its_days_and_a_closed_last_day_rolls_on(kind, due):
    assert local(clocks.due(MONDAY, kind)) == due
    assert local(clocks.acknowledge_by(MONDAY)) == "2026-11-26 10:00"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.integers(-300 * 1440, 0).map(lambda minutes: MONDAY + timedelta(minutes=minutes)),
    st.sampled_from(KINDS),
    st.booleans(),
    st.integers(0, 15),
)
def test_no_clock_ends_before_its_days_or_on_a_closed_day(at, kind, has_processor, more):
    due = clocks.due(at, kind, has_processor=has_processor, extension_days=more)

    least = max(clocks.DAYS[kind], 20 if has_processor else 0) + more
    assert due - at >= timedelta(days=least)
    calendar = promising.offices().province
    day = due.astimezone(VIETNAM).date()
    assert calendar.next_working_day(day - timedelta(days=1)) == day


@pytest.mark.parametrize("days", [-1, 16])
def test_no_extension_is_longer_than_the_law_allows(days):
    with pytest.raises(ValueError, match="0 to 15"):
        clocks.due(MONDAY, "access", extension_days=days)
