from collections import Counter

from .world.world import World


class RateLimits:
    """Requests a minute of the virtual clock, per app and per account; answers what is left."""

    def __init__(self, world: World):
        self._world = world
        self._minute = -1
        self._used: Counter = Counter()

    def clear(self) -> None:
        self._used.clear()

    def take(self, app_id: str, oa_id: str) -> tuple[int, int]:
        """Count one request; (limit, remaining) of the tighter of the two, -1 remaining when refused."""
        minute = self._world.clock.now_ms() // 60_000
        if minute != self._minute:
            self._minute = minute
            self._used.clear()
        settings = self._world.settings
        by_app = settings.rate_limit_per_minute - self._used["app", app_id]
        by_oa = settings.oa_rate_limit_per_minute - self._used["oa", oa_id]
        limit = settings.rate_limit_per_minute if by_app <= by_oa else settings.oa_rate_limit_per_minute
        left = min(by_app, by_oa)
        if left <= 0:
            return limit, -1
        self._used["app", app_id] += 1
        self._used["oa", oa_id] += 1
        return limit, left - 1
