"""A cable that is pulled while its host holds messages, and what became of those."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import psycopg

from tests.bench import processes
from tests.bench.chaos.counting import nothing_wrong
from tests.bench.hosts.network import Host

UNDER_WAY, UNDER_WAY_WITHIN_S = 30, 60.0  # messages at least on both hosts, so that each holds some
HELD_AFTER_S = 2.0  # the other host has written down most of what it was sending
CUTS = 5
PENDING = ("sending", "uncertain")
HELD = """
    SELECT tenant_id, id FROM message WHERE state = 'sending' AND claimed_at < %s
"""


@dataclass(frozen=True)
class Cut:
    """Messages that the host took with it, by province and id; `times`: how often the cable was pulled for them."""

    at: datetime
    held: frozenset[tuple[str, int]]
    times: int

    def still_held(self, admin: str) -> "Cut":
        """Later, before any lease is over: without what the other host, busy, was slow to write down."""
        with psycopg.connect(admin) as server:
            return replace(self, held=self.held & set(server.execute(HELD, (self.at,)).fetchall()))

    def told(self, admin: str, ever_uncertain: set[tuple[str, int]]) -> dict[str, int]:
        """`held`; of those `held_uncertain` once their lease was over; `held_settled` at the end."""
        with psycopg.connect(admin) as server:
            rows = server.execute(
                "SELECT tenant_id, id FROM message WHERE state <> ALL (%s)", (list(PENDING),)
            ).fetchall()
        return {
            "cuts": self.times,
            "held": len(self.held),
            "held_uncertain": len(self.held & ever_uncertain),
            "held_settled": len(self.held & set(rows)),
        }


def cut_off(admin: str, host: Host, say: Callable[[str], None]) -> Cut:
    """Pull the cable of `host` and leave it so; plug it in and pull again where it held nothing.

    Raises TimeoutError when it never did.
    """
    with psycopg.connect(admin, autocommit=True) as server:
        for times in range(1, CUTS + 1):
            _wait_until_under_way(server)
            (before,) = server.execute("SELECT clock_timestamp()").fetchone()
            host.pull_cable()
            time.sleep(HELD_AFTER_S)
            if held := server.execute(HELD, (before,)).fetchall():
                return Cut(before, frozenset(held), times)
            say(f"host {host.name} held nothing when its cable was pulled: once more")
            host.plug_in()
    raise TimeoutError(f"a host that is cut off held no message in {CUTS} cuts")


def _wait_until_under_way(server: psycopg.Connection) -> None:
    """Messages are owed in waves, and between two of them none are under way."""

    def are_many() -> bool:
        (count,) = server.execute("SELECT count(*) FROM message WHERE state = 'sending'").fetchone()
        return count >= UNDER_WAY

    processes.wait_for(are_many, "messages under way", UNDER_WAY_WITHIN_S, 0.001)


def held_ones_settled(figures: Mapping[str, Mapping]) -> bool:
    """Nothing went wrong, and the cut showed something: what was held became uncertain, and all of it was settled."""
    return nothing_wrong(figures) and all(
        "why" in row or (row["held_uncertain"] > 0 and row["held_settled"] == row["held"])
        for row in figures.values()
    )
