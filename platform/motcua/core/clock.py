"""The one place that asks what time it is."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")  # +07:00, no daylight saving


def now() -> datetime:
    """Aware UTC; tests freeze it."""
    return datetime.now(UTC)
