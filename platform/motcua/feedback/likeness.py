"""Reports that may tell of the same thing: same kind and commune, about the same days, near or in like words."""

import math
from dataclasses import dataclass
from datetime import timedelta

from motcua.catalogue.names import plain_name
from motcua.core.database import db

from .handling import seen_by
from .models import OPEN, Feedback

WITHIN = timedelta(days=14)
NEAR_M = 80.0
ALIKE = 0.5  # share of the shorter text's words that stand in the other
MOST = 200
COMMON = frozenset({
    "o", "tai", "truoc", "gan", "so", "nha", "duong", "co", "bi", "dang", "qua", "da", "roi", "thi", "la", "va", "cua",
    "cho", "cac", "nhung", "nay", "kia", "rat",
})  # fmt: skip


@dataclass(frozen=True)
class Likely:
    """`distance_m` where both know their place."""

    other: Feedback
    share: float
    distance_m: float | None


def duplicates(one: Feedback, staff) -> list[Likely]:
    """Earlier and later reports that may be the same, of those this person sees; the likeliest first."""
    if one.received_at is None:
        return []
    near = db.session.scalars(
        db.select(Feedback)
        .where(
            Feedback.kind == one.kind,
            Feedback.commune_code.is_not_distinct_from(one.commune_code),
            Feedback.received_at.between(one.received_at - WITHIN, one.received_at + WITHIN),
            Feedback.state.in_((*OPEN, "answered")),
            Feedback.id != one.id,
            *seen_by(staff),
        )
        .order_by(Feedback.received_at.desc())
        .limit(MOST)
    )
    mine = _words(one)
    found = []
    for other in near:
        share, distance = _share(mine, _words(other)), _distance(one.location, other.location)
        if (distance is not None and distance <= NEAR_M) or (
            share >= ALIKE and (distance is None or distance <= 10 * NEAR_M)
        ):
            found.append(Likely(other, share, distance))
    return sorted(found, key=lambda likely: (-likely.share, likely.distance_m or 0.0))


def _words(one: Feedback) -> frozenset[str]:
    words = plain_name(f"{one.text} {one.place}").split()
    return frozenset(words) - COMMON


def _share(mine: frozenset[str], other: frozenset[str]) -> float:
    shorter = min(len(mine), len(other))
    return len(mine & other) / shorter if shorter >= 3 else 0.0


def _distance(here: tuple[float, float] | None, there: tuple[float, float] | None) -> float | None:
    """Metres, on a plane: these are streets."""
    if here is None or there is None:
        return None
    north = (here[0] - there[0]) * 111_320
    east = (here[1] - there[1]) * 111_320 * math.cos(math.radians(here[0]))
    return math.hypot(north, east)
