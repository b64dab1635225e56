from collections import Counter

KEPT = 50_000


class Tallies:
    """How often something was done by somebody in a period: uploads a month, promotions a day."""

    def __init__(self):
        self._counts: Counter = Counter()

    def count(self, *key: str) -> int:
        return self._counts["|".join(key)]

    def add(self, *key: str) -> None:
        self._counts["|".join(key)] += 1
        if len(self._counts) > KEPT:
            for old in list(self._counts)[: KEPT // 2]:
                del self._counts[old]

    def dump(self) -> dict:
        return dict(self._counts)

    def load(self, data: dict) -> None:
        self._counts = Counter(data)
