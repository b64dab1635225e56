"""The nine indices of a period: computed where the data allow, beside the agency's own and the appraised score.

The two columns of people's scores stay empty here: nobody has entered any.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from .definitions import BANDS, COUNTS_OF, INDICES, STAFF_INDICES
from .figures import CENT, Share

MOST_POINTS = 2


@dataclass(frozen=True)
class Score:
    number: int
    name: str
    formula: str
    computed: Decimal | None
    counted: int
    self_score: Decimal | None = None
    appraised: Decimal | None = None


def scores_of(points: dict) -> list[Score]:
    """`points` as queries.points gives them."""
    return [
        Score(number, name, formula, _cents(points.get(key)), points[COUNTS_OF[key]] if key else 0)
        for number, name, key, formula in INDICES
    ]


def total(scores: list[Score]) -> tuple[Decimal, int]:
    """Points reached, and the most that the computable indices could give."""
    known = [one.computed for one in scores if one.computed is not None]
    return sum(known, Decimal(0)).quantize(CENT), MOST_POINTS * len(known)


def staff_total(scores: list[Score]) -> tuple[Decimal, int]:
    """The score of an officer's work: indices 1, 2, 3, 4 and 7."""
    return total([one for one in scores if one.number in STAFF_INDICES])


def band_of(reached: Decimal, most: int, bands: tuple[int, ...]) -> str | None:
    """The band of the whole form (18 points), reached in proportion where some indices cannot be computed."""
    if not most:
        return None
    points = reached * MOST_POINTS * len(INDICES) / most
    return next((name for name, least in zip(BANDS, bands, strict=False) if points >= least), BANDS[-1])


def answered_in_time(points: dict) -> Share:
    """Of complaints: the average of 2 for in time and 0 for late, as a share."""
    whole = points["complaints"]
    part = int((Decimal(points["complaint"]) * whole / MOST_POINTS).to_integral_value()) if whole else 0
    return Share(part, whole)


def _cents(value) -> Decimal | None:
    return None if value is None else Decimal(value).quantize(CENT, ROUND_HALF_UP)
