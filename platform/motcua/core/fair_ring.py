"""Whose turn it is: weighted fair queueing of tenants inside each lane, shared by all workers, in Redis.

A tenant is in a lane's ring while it has work there. Each has a virtual time that grows by what it took
divided by its weight; whoever has the least is next, and who comes back starts no earlier than the ring is.
A tenant that may not go on now (a limit, a pause) is away until a moment; should Redis' clock be set back meanwhile,
it comes back at once. The ring is a hint like every queue: emptied, it is filled again from the database.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from .queue import connection

ASKED_TTL_S = 10
LONGEST_AWAY_S = 3600.0

_TAKE, _SETTLE, _WAKE = (
    (Path(__file__).with_name("ring_lua") / f"{name}.lua").read_text() for name in ("take", "settle", "wake")
)


@dataclass(frozen=True, slots=True)
class Turn:
    """`tenant_id` may take up to `quantum` on `lane`; give it to `settle` with what became of it."""

    tenant_id: str
    lane: str
    quantum: int
    woken: int = 0


@dataclass(frozen=True, slots=True)
class Settled:
    """`took` of the turn's quantum; then it stays in the ring, leaves it, or is away for `away_s`."""

    turn: Turn
    took: int
    leaves: bool = False
    away_s: float | None = None


def wake(lane: str, tenants: Iterable[str], *, force: bool = False) -> bool:
    """Put tenants into the ring; True when a worker must be asked for. `force`: those that are away too.

    With no tenants: True when there is work and nobody has asked.
    """
    keys = [*_keys(lane), _asked(lane)]
    return bool(connection().eval(_WAKE, len(keys), *keys, ASKED_TTL_S, int(force), *tenants))


def served(lane: str) -> None:
    """A worker has come: from now on new work asks for the next one."""
    connection().delete(_asked(lane))


def take(lanes: Sequence[str], count: int, quantum: int) -> list[Turn]:
    """The next turns of the highest of `lanes` that has work, at most `count`."""
    keys = [key for lane in lanes for key in _keys(lane)]
    answer = connection().eval(_TAKE, len(keys), *keys, count, quantum)
    if not answer:
        return []
    lane = lanes[int(answer[0]) - 1]
    pairs = zip(answer[1::2], answer[2::2], strict=True)
    return [Turn(name.decode(), lane, quantum, int(woken)) for name, woken in pairs]


def settle(done: Sequence[Settled]) -> None:
    by_lane: dict[str, list] = {}
    for one in done:
        how = "leave" if one.leaves else "stay"
        if one.away_s is not None:
            how = int(min(max(one.away_s, 0.001), LONGEST_AWAY_S) * 1000)
        words = by_lane.setdefault(one.turn.lane, [])
        words += [one.turn.tenant_id, one.turn.woken, one.turn.quantum - one.took, how]
    pipe = connection().pipeline(transaction=False)
    for lane, words in by_lane.items():
        pipe.eval(_SETTLE, 6, *_keys(lane), *words)
    pipe.execute()


def members(lane: str, most: int) -> list[str]:
    """Who is in a lane's ring or away from it, at most `most` of each."""
    ring, later, *_ = _keys(lane)
    names = connection().zrange(ring, 0, most - 1) + connection().zrange(later, 0, most - 1)
    return [name.decode() for name in names]


def weigh(lane: str, weights: dict[str, float]) -> None:
    """Remember the weights of tenants; 1 is everybody's until told otherwise."""
    if weights:
        connection().hset(_keys(lane)[4], mapping=weights)


def _keys(lane: str) -> list[str]:
    # One hash tag: a cluster keeps together what one script touches.
    return [f"motcua:{{ring}}:{lane}", *(f"motcua:{{ring}}:{lane}:{part}" for part in PARTS)]


PARTS = ("later", "woken", "spent", "weights", "left")


def _asked(lane: str) -> str:
    return f"motcua:{{ring}}:{lane}:asked"
