"""Whose turn it is: shares by weight, nobody forgotten, and work that arrives as a look ends."""

from collections import Counter

import pytest

from motcua.core import fair_ring, queue
from motcua.core.fair_ring import Settled
from tests.installation import wait_until

LANE = "broadcast"


def turns_of(rounds: int, quantum: int = 10, backlog: dict[str, int] | None = None) -> Counter:
    """Who got how much in so many rounds of one turn each; without `backlog` everybody has more than enough."""
    got: Counter[str] = Counter()
    left = dict(backlog or {})
    for _ in range(rounds):
        for turn in fair_ring.take([LANE], 1, quantum):
            took = min(quantum, left.get(turn.tenant_id, quantum))
            if turn.tenant_id in left:
                left[turn.tenant_id] -= took
            got[turn.tenant_id] += took
            fair_ring.settle([Settled(turn, took, leaves=took < quantum)])
    return got


def test_everybody_gets_the_same(app):
    fair_ring.wake(LANE, ["a", "b", "c"])

    assert turns_of(30) == {"a": 100, "b": 100, "c": 100}


def test_a_weight_of_three_is_three_times_the_share(app):
    fair_ring.weigh(LANE, {"a": 3})
    fair_ring.wake(LANE, ["a", "b"])

    got = turns_of(80)

    assert got["a"] == pytest.approx(3 * got["b"], abs=30)


def test_who_comes_late_is_served_next_and_owes_nothing_for_before(app):
    fair_ring.wake(LANE, ["million"])
    turns_of(1000)

    fair_ring.wake(LANE, ["couple"])

    assert turns_of(2, backlog={"couple": 1})["couple"] == 1


def test_what_was_taken_yesterday_is_forgotten_when_nobody_waits(app):
    fair_ring.wake(LANE, ["a"])
    turns_of(1000, backlog={"a": 9_995})
    fair_ring.wake(LANE, ["b"])
    fair_ring.wake(LANE, ["a"])

    assert turns_of(20) == {"a": 100, "b": 100}


def test_a_turn_that_found_nothing_costs_nothing(app):
    fair_ring.wake(LANE, ["a", "b"])
    (first,) = fair_ring.take([LANE], 1, 100)
    fair_ring.settle([Settled(first, 0)])

    assert turns_of(20) == {"a": 100, "b": 100}


def test_work_that_arrives_while_the_last_look_is_on_its_way_keeps_the_tenant_in_the_ring(app):
    fair_ring.wake(LANE, ["a"])
    (turn,) = fair_ring.take([LANE], 1, 10)
    fair_ring.wake(LANE, ["a"])

    fair_ring.settle([Settled(turn, 0, leaves=True)])

    assert [one.tenant_id for one in fair_ring.take([LANE], 1, 10)] == ["a"]


@pytest.mark.parametrize("who_leaves_is_first", [True, False])
def test_whoever_found_nothing_does_not_take_out_a_tenant_of_whom_another_holds_work(
    app, who_leaves_is_first
):
    fair_ring.wake(LANE, ["a"])
    (holding,) = fair_ring.take([LANE], 1, 10)
    (finding_nothing,) = fair_ring.take([LANE], 1, 10)
    done = [Settled(finding_nothing, 0, leaves=True), Settled(holding, 10)]

    for one in done if who_leaves_is_first else reversed(done):
        fair_ring.settle([one])

    (again,) = fair_ring.take([LANE], 1, 10)
    fair_ring.settle([Settled(again, 0, leaves=True)])
    assert fair_ring.take([LANE], 1, 10) == []


def test_who_stays_does_not_bring_back_a_tenant_that_another_has_sent_away(app):
    fair_ring.wake(LANE, ["a"])
    (staying,) = fair_ring.take([LANE], 1, 10)
    (at_its_limit,) = fair_ring.take([LANE], 1, 10)

    fair_ring.settle([Settled(at_its_limit, 0, away_s=60)])
    fair_ring.settle([Settled(staying, 10)])

    assert fair_ring.take([LANE], 1, 10) == []


def test_a_higher_lane_is_taken_first(app):
    fair_ring.wake("broadcast", ["a"])
    fair_ring.wake("urgent", ["b"])

    (turn,) = fair_ring.take(queue.LANES, 5, 10)

    assert (turn.tenant_id, turn.lane) == ("b", "urgent")


def test_who_is_away_is_not_served_nor_woken_before_its_time(app):
    fair_ring.wake(LANE, ["a"])
    (turn,) = fair_ring.take([LANE], 1, 10)
    fair_ring.settle([Settled(turn, 10, away_s=600)])

    fair_ring.served(LANE)
    assert not fair_ring.wake(LANE, ["a"])
    assert fair_ring.take([LANE], 1, 10) == []

    assert fair_ring.wake(LANE, ["a"], force=True)
    assert len(fair_ring.take([LANE], 1, 10)) == 1


def test_after_its_time_it_is_served_again_and_a_worker_is_asked_for(app):
    fair_ring.wake(LANE, ["a"])
    (turn,) = fair_ring.take([LANE], 1, 10)
    fair_ring.settle([Settled(turn, 10, away_s=0.001)])
    fair_ring.served(LANE)
    wait_until(lambda: fair_ring.wake(LANE, []), "a worker is asked for")

    assert len(fair_ring.take([LANE], 1, 10)) == 1


def test_a_worker_is_asked_for_once(app):
    assert fair_ring.wake(LANE, ["a"])
    assert not fair_ring.wake(LANE, ["b"])

    fair_ring.served(LANE)

    assert fair_ring.wake(LANE, ["c"])


def set_redis_clock_back(hours: float = 5) -> None:
    """What Redis keeps is then so much further in the future than it was."""
    for part in ("later", "left"):
        key = f"motcua:{{ring}}:{LANE}:{part}"
        for name, _ in queue.connection().zscan_iter(key):
            queue.connection().zincrby(key, hours * 3_600_000, name)
    asked = f"motcua:{{ring}}:{LANE}:asked"
    if (left_ms := queue.connection().pttl(asked)) > 0:
        queue.connection().pexpire(asked, left_ms + int(hours * 3_600_000))


@pytest.mark.parametrize("hours", [5, 0.1], ids=["by hours", "by less than somebody may be away"])
def test_when_redis_clock_is_set_back_nobody_stays_away_for_as_long_as_it_was_set_back(app, hours):
    fair_ring.wake(LANE, ["a", "b"])
    turns = fair_ring.take([LANE], 2, 10)
    fair_ring.settle([Settled(turn, 10, away_s=60) for turn in turns])
    fair_ring.served(LANE)

    set_redis_clock_back(hours)

    assert fair_ring.wake(LANE, [])
    assert {one.tenant_id for one in fair_ring.take([LANE], 5, 10)} == {"a", "b"}


def test_who_came_back_after_the_clock_was_set_back_is_away_again_when_it_is_told_to(app):
    fair_ring.wake(LANE, ["a"])
    (turn,) = fair_ring.take([LANE], 1, 10)
    fair_ring.settle([Settled(turn, 10, away_s=60)])
    set_redis_clock_back()
    (turn,) = fair_ring.take([LANE], 1, 10)

    fair_ring.settle([Settled(turn, 10, away_s=60)])

    assert fair_ring.take([LANE], 1, 10) == []


def test_when_redis_clock_is_set_back_a_worker_that_never_came_is_asked_for_again(app):
    assert fair_ring.wake(LANE, ["a"])

    set_redis_clock_back()

    assert fair_ring.wake(LANE, ["a"])
