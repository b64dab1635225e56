"""When to try again, by Vietnamese clocks."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.core.clock import VIETNAM
from motcua.zalo.errors import NightBlocked, QuotaExceeded, RateLimited, Retry, ZaloRejected, error_for


def at(text: str) -> datetime:
    """ "24/11/2026 22:30:05" on Vietnamese clocks."""
    return datetime.strptime(text, "%d/%m/%Y %H:%M:%S").replace(tzinfo=VIETNAM)


@pytest.mark.parametrize(
    ("retry", "failed", "again"),
    [
        (Retry.NEXT_MINUTE, "24/11/2026 22:30:05", "24/11/2026 22:31:00"),
        (Retry.NEXT_MINUTE, "31/12/2026 23:59:59", "01/01/2027 00:00:00"),
        (Retry.NEXT_DAY, "24/11/2026 00:00:00", "25/11/2026 00:00:00"),
        (Retry.NEXT_DAY, "31/12/2026 23:59:59", "01/01/2027 00:00:00"),
        (Retry.NEXT_MONTH, "01/11/2026 00:00:00", "01/12/2026 00:00:00"),
        (Retry.NEXT_MONTH, "31/01/2027 12:00:00", "01/02/2027 00:00:00"),
        (Retry.NEXT_MONTH, "31/12/2026 23:00:00", "01/01/2027 00:00:00"),
        (Retry.MORNING, "24/11/2026 22:00:00", "25/11/2026 06:00:00"),
        (Retry.MORNING, "25/11/2026 05:59:59", "25/11/2026 06:00:00"),
        (Retry.MORNING, "25/11/2026 06:00:30", "25/11/2026 07:00:00"),
        (Retry.MORNING, "25/11/2026 07:00:00", "26/11/2026 06:00:00"),
        (Retry.REFRESH_TOKEN, "24/11/2026 22:30:05", "24/11/2026 22:30:05"),
        (Retry.LATER, "24/11/2026 22:30:05", "24/11/2026 22:30:05"),
    ],
)
def test_the_first_moment_that_can_help(retry, failed, again):
    assert retry.earliest(at(failed).astimezone(UTC)) == at(again)


@pytest.mark.parametrize("retry", [Retry.NEVER, Retry.OTHER_CHANNEL, Retry.AFTER_FIX])
def test_where_waiting_does_not_help_there_is_no_moment(retry):
    assert retry.earliest(at("24/11/2026 22:30:05")) is None


@given(
    st.sampled_from(Retry),
    st.datetimes(datetime(2024, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)
def test_the_moment_is_never_past_and_at_most_a_month_away(retry, failed):
    moment = retry.earliest(failed)

    assert moment is None or failed <= moment <= failed + timedelta(days=31)


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (error_for("openapi", -32), "24/11/2026 22:31:00"),
        (error_for("openapi", -234), "25/11/2026 06:00:00"),
        (error_for("business", -144), "25/11/2026 00:00:00"),
        (error_for("business", -1441), "01/12/2026 00:00:00"),
        (error_for("business", -124), "24/11/2026 22:30:05"),
        (RateLimited(), "24/11/2026 22:31:00"),
        (NightBlocked(), "25/11/2026 06:00:00"),
        (QuotaExceeded(), "25/11/2026 00:00:00"),
        (RateLimited(retry_at=at("24/11/2026 22:30:45")), "24/11/2026 22:30:45"),
    ],
)
def test_an_error_says_when_to_come_back(error, again):
    assert error.earliest_retry(at("24/11/2026 22:30:05")) == at(again)


def test_an_error_that_is_for_ever_says_so():
    assert ZaloRejected().earliest_retry(at("24/11/2026 22:30:05")) is None
