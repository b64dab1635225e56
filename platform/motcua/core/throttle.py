"""How much may go out now: token buckets and circuit breakers kept in Redis, shared by all processes.

One round trip takes tokens for a whole batch out of several buckets at once, and only while every circuit
is closed. Redis' own clock is used, so that hosts need not agree on the time; set back, it ends what it had begun
(a circuit is then tried by one). Redis away: everything passes (the other side still has its own limit), because
holding urgent messages back would be worse.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from redis.exceptions import RedisError

from .queue import connection

FORGET_AFTER_S = 3600
FAILURES_TO_OPEN = 10  # in a row, over all processes
FIRST_PAUSE_S, LONGEST_PAUSE_S = 5.0, 300.0
PROBE_S = 20.0  # how long the one that tries a half-open circuit may take

log = structlog.get_logger(__name__)

_TAKE, _REPORT = (
    (Path(__file__).with_name("throttle_lua") / f"{name}.lua").read_text() for name in ("take", "report")
)


@dataclass(frozen=True)
class Bucket:
    """`per_minute` calls, of which at most a quarter at once; `reserved` (0 to 1) is not for this caller.

    The refill makes up the other three quarters, so that no minute, wherever it begins, sees more than
    `per_minute`.
    """

    name: str
    per_minute: int
    reserved: float = 0.0

    @property
    def capacity(self) -> float:
        return max(self.per_minute / 4, 1.0)

    @property
    def per_second(self) -> float:
        return max(self.per_minute - self.capacity, 1.0) / 60


@dataclass(frozen=True)
class Grant:
    """How many of the wanted calls may leave now; when `count` is short, why and how long to wait."""

    count: int
    wait_s: float = 0.0
    reason: str = ""  # "" | "rate" | "circuit_open"


def take(buckets: Sequence[Bucket], circuits: Sequence[str], want: int) -> Grant:
    """Take up to `want` tokens out of all `buckets` together. A half-open circuit grants a single try."""
    return take_all([Request(tuple(buckets), tuple(circuits), want)])[0]


@dataclass(frozen=True)
class Request:
    """One `take`."""

    buckets: tuple[Bucket, ...]
    circuits: tuple[str, ...]
    want: int


def take_all(requests: Sequence[Request]) -> list[Grant]:
    """Many `take`s in one round trip, in their order."""
    grants = [Grant(one.want) for one in requests]
    asked = [_words_to_take(one) for one in requests]
    try:
        for places, answers in _run(_TAKE, [int(PROBE_S * 1000), FORGET_AFTER_S], asked):
            for at, (count, wait_ms, reason) in zip(places, answers, strict=True):
                grants[at] = Grant(int(count), int(wait_ms) / 1000, reason.decode())
    except RedisError as error:
        log.warning("throttle_unreachable", error=type(error).__name__)
    return grants


def _words_to_take(one: Request) -> tuple[list[str], list]:
    words: list = [one.want, len(one.buckets), len(one.circuits)]
    for each in one.buckets:
        words += [each.capacity, each.per_second, each.reserved * each.capacity]
    return [*(_bucket(each.name) for each in one.buckets), *map(_circuit, one.circuits)], words


def _run(
    script: str, first: list, asked: Sequence[tuple[list[str], list]]
) -> Iterator[tuple[list[int], Any]]:
    """Run `script` over (keys, words) of many, once for all that a cluster keeps together, all in one round trip.

    `first`: the words before everybody's. Yields the places in `asked` that an answer is for, and the answer.
    """
    together: dict[str, list[int]] = defaultdict(list)
    for at, (keys, _) in enumerate(asked):
        together[_slot(keys[0])].append(at)
    pipe = connection().pipeline(transaction=False)
    for places in together.values():
        keys = [key for at in places for key in asked[at][0]]
        words = [word for at in places for word in asked[at][1]]
        pipe.eval(script, len(keys), *keys, *first, *words)
    yield from zip(together.values(), pipe.execute(), strict=True)


def _slot(key: str) -> str:
    """What stands in braces, by which a cluster places a key; else the key."""
    return key.partition("{")[2].partition("}")[0] or key


def give_back(buckets: Sequence[Bucket], unused: int) -> None:
    """Return tokens of calls that were not made after all."""
    if unused > 0:
        report_all([Report(tuple((one, unused, None, False) for one in buckets))])


def spend(bucket: Bucket, left: int | None, *, exhausted: bool = False) -> None:
    """The other side says that only `left` calls are left this minute, or none at all (`exhausted`)."""
    report_all([Report(((bucket, 0, left, exhausted),))])


def note_results(circuit: str, ok: int, failed: int, *, open_for_s: float = 0.0, why: str = "") -> None:
    """Count what became of calls: any success closes the circuit, many failures in a row open it.

    `open_for_s` opens it at once for that long: the other side said that nothing will pass, and `why`.
    """
    if ok or failed or open_for_s:
        report_all([Report((), ((circuit, ok, failed, open_for_s, why),))])


def close_circuit(circuit: str) -> None:
    """Somebody mended the cause."""
    try:
        connection().delete(_circuit(circuit))
    except RedisError as error:
        log.warning("throttle_unreachable", error=type(error).__name__)


@dataclass(frozen=True)
class Circuit:
    """`open_s`: seconds until it is tried again, 0.0 while closed or half-open; `why` a sentence or ""."""

    open_s: float = 0.0
    why: str = ""


def look(circuit: str) -> Circuit:
    """How a circuit stands; closed when Redis is away."""
    try:
        until, since, why = connection().hmget(_circuit(circuit), "open_until", "opened_at", "why")
        if until is None:
            return Circuit()
        seconds, micros = connection().time()
    except RedisError as error:
        log.warning("throttle_unreachable", error=type(error).__name__)
        return Circuit()
    moment = seconds + micros / 1e6
    was_set_back = float(since or 0) / 1000 > moment  # the clock: see take.lua
    left_s = 0.0 if was_set_back else max(float(until) / 1000 - moment, 0.0)
    return Circuit(left_s, (why or b"").decode())


@dataclass(frozen=True)
class Report:
    """What became of calls of one app: (bucket, unused, left or None, exhausted) and (circuit, ok, failed,
    open for s, why), as `give_back`, `spend` and `note_results` have them."""

    buckets: tuple[tuple[Bucket, int, int | None, bool], ...]
    circuits: tuple[tuple[str, int, int, float, str], ...] = ()


def report_all(reports: Sequence[Report]) -> None:
    """Many reports in one round trip."""
    first = [FAILURES_TO_OPEN, int(FIRST_PAUSE_S * 1000), int(LONGEST_PAUSE_S * 1000), FORGET_AFTER_S]
    try:
        list(_run(_REPORT, first, [_words_to_report(one) for one in reports]))
    except RedisError as error:
        log.warning("throttle_unreachable", error=type(error).__name__)


def _words_to_report(report: Report) -> tuple[list[str], list]:
    words: list = [len(report.buckets), len(report.circuits)]
    for one, unused, left, exhausted in report.buckets:
        words += [one.capacity, unused, -1 if left is None else left, int(exhausted)]
    for _, ok, failed, open_for_s, why in report.circuits:
        words += [ok, failed, int(open_for_s * 1000), why]
    keys = [_bucket(one.name) for one, *_ in report.buckets]
    return keys + [_circuit(name) for name, *_ in report.circuits], words


def _bucket(name: str) -> str:
    return f"motcua:bucket:{name}"


def _circuit(name: str) -> str:
    return f"motcua:circuit:{name}"
