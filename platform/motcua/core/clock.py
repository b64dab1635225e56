"""The one place that asks what time it is."""

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")  # +07:00, no daylight saving


def now() -> datetime:
    """Aware UTC; tests freeze it."""
    return datetime.now(UTC)


def jitter(least_s: float, most_s: float) -> timedelta:
    """So that those who waited together do not come back together."""
    return timedelta(seconds=random.uniform(least_s, most_s))  # noqa: S311 - spreads load, hides nothing
