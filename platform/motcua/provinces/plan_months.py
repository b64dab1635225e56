"""A limit that begins in the middle of a month begins with what the province has sent in it."""

from collections.abc import Mapping
from typing import Any

from motcua.core.database import tenant_scope
from motcua.facts import left
from motcua.messaging.limits import plans


def begin(slug: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> None:
    """Count the running month of a province that has had no limit and is about to get one; commits.

    Before the limit is written: a worker that knows of it finds the count.
    """
    if _limit(before) is None and _limit(after) is not None:
        with tenant_scope(slug):
            plans.begin(left.left_this_month())


def _limit(plan: Mapping[str, Any] | None) -> int | None:
    return (plan or {}).get("messages_per_month")
