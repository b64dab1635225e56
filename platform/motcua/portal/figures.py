"""On time and satisfied, for the front page: the sums of the newest settled quarter that can be published.

They come from the very tables that `/satisfaction` shows, so nothing can be told from the two together. A settled
quarter no longer changes; its sums are kept for a while, because counting a province's quarter takes its time.
"""

import json
from dataclasses import dataclass

from redis.exceptions import RedisError

from motcua.core import queue, scope
from motcua.reports import periods, public
from motcua.reports.anonymity import Published

KEPT_S = 1800


@dataclass(frozen=True)
class Figures:
    """Shares in per cent with one decimal; None where too few to publish. `quarter` as `2026-Q3`."""

    quarter: str
    on_time: float | None
    dossiers: int
    satisfied: float | None
    answers: int

    @property
    def is_empty(self) -> bool:
        return self.on_time is None and self.satisfied is None


def newest() -> Figures:
    quarter = public.quarters()[0]
    key = f"motcua:front:{scope.required()}:{quarter}"
    try:
        kept = queue.connection().get(key)
        if kept:
            return Figures(**json.loads(kept))
        counted = _count(quarter)
        queue.connection().set(key, json.dumps(counted.__dict__), ex=KEPT_S)
    except RedisError:
        return _count(quarter)
    return counted


def _count(quarter: str) -> Figures:
    tables = public.tables(periods.quarter(quarter))["agency"]
    on_time, dossiers = _share(tables["pace"], "Đúng hạn")
    satisfied, answers = _share(tables["opinions"], "Hài lòng")
    return Figures(quarter, on_time, dossiers, satisfied, answers)


def _share(table: Published | None, column: str) -> tuple[float | None, int]:
    """None too where the column was put together with another because it is small."""
    if table is None or column not in table.columns or len(table.columns) < 2:
        return None, 0
    part = table.column_totals[table.columns.index(column)]
    return round(100 * part / table.total, 1), table.total
