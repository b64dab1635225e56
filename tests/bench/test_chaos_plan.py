"""A seed must be worth telling: it repeats the plan, and every plan has everything that may go wrong."""

import random

import pytest

from tests.bench.chaos.disturbing import Disturbances


def planned(seed: int, count: int = 18) -> list[tuple[float, str]]:
    plan = Disturbances(None, None, random.Random(seed)).plan(75.0, count)
    return [(at, name) for at, name, _ in plan]


def test_a_seed_repeats_its_plan():
    assert planned(7) == planned(7)
    assert planned(7) != planned(8)


@pytest.mark.parametrize("seed", [0, 7, 1975, 2**40])
def test_every_plan_does_everything_at_least_once_and_in_time(seed):
    plan = planned(seed)

    assert {name for _, name in plan} >= {name for _, name in planned(0, 9)}
    assert len({name for _, name in plan}) == 9
    assert [at for at, _ in plan] == sorted(at for at, _ in plan)
    assert all(0 < at < 75 for at, _ in plan)


@pytest.mark.parametrize("seed", range(20))
def test_only_one_worker_is_stopped_at_a_time_and_only_once(seed):
    names = [name for _, name in planned(seed, 40)]

    assert names.count("stop a worker past its lease") == 1
    assert len(names) == 40
