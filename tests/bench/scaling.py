"""This engine alone: does a message cost the same with a thousand provinces, a million waiting, a slow provider?"""

from collections.abc import Callable
from contextlib import nullcontext

from tests.bench import processes
from tests.bench.rates import Rate, interleaved, watch
from tests.bench.scenes import House, Scene

LIMIT_S, START_S = 180.0, 60.0


def scaling(house: House) -> dict[str, dict]:
    """Messages a second and CPU seconds per 1,000, each case beside the others; `ratio` is to its group's first."""
    first = 2_000 if house.quick else 20_000
    most = 100_000 if house.quick else 1_000_000
    rounds = 1 if house.quick else 3
    few = min(heaps_up_to(most))
    # A message a person, however many provinces: several to the same person leave one after the other.
    of_tenants = {
        count: house.scene(f"each{count}", tenants=count, messages=first, citizens=first)
        for count in (1, 34, 1_000)
    }
    one = of_tenants[1]
    by_tenants = {f"{count:,} tenant{'s' * (count > 1)}": scene for count, scene in of_tenants.items()}
    heaps = {
        f"{heap:,} waiting": house.scene(f"w{heap}", tenants=34, messages=heap) for heap in heaps_up_to(most)
    }
    return {
        "tenants, a process just started": compared(
            rounds, {name: drain(scene, first) for name, scene in by_tenants.items()}
        ),
        "tenants, a process that has served them before": compared(
            rounds, {name: drain(scene, first, warm=True) for name, scene in by_tenants.items()}
        ),
        **{
            f"processes, {name}": compared(
                rounds,
                {
                    "1 process": drain(by_tenants[name], first, up=True),
                    "2 processes": drain(by_tenants[name], first, workers=2, up=True),
                },
            )
            for name in ("1 tenant", "34 tenants")
        },
        # Where the machine is not the limit: two that have half a core each, beside one that has it.
        "processes with half a core each, 1 tenant": compared(
            rounds,
            {
                "1 process": drain(one, first, up=True, slots=2),
                "2 processes": drain(one, first, workers=2, up=True, slots=2),
            },
        ),
        "waiting": compared(rounds, {name: drain(scene, few) for name, scene in heaps.items()}),
        "latency": compared(
            1,
            {
                f"{latency_ms:g} ms, {name}": drain(one, first, workers=workers, latency_ms=latency_ms)
                for latency_ms in (5.0, 50.0)
                for workers, name in ((1, "1 process"), (2, "2 processes"))
            },
        ),
    }


def heaps_up_to(most: int) -> list[int]:
    return [heap for heap in (10_000, 100_000, 1_000_000) if heap <= most]


def compared(rounds: int, cases: dict[str, Callable[[], Rate]]) -> dict[str, dict]:
    figures = interleaved(rounds, cases)
    base = next(iter(figures.values())).get("per_second")
    return {
        name: figure
        | ({"ratio": round(figure["per_second"] / base, 2)} if base and "per_second" in figure else {})
        for name, figure in figures.items()
    }


def drain(
    scene: Scene,
    count: int,
    *,
    workers: int = 1,
    latency_ms: float = 5.0,
    up: bool = False,
    warm: bool = False,
    slots: int = 1,
) -> Callable[[], Rate]:
    """Send `count` of what waits in `scene`; when that is all of it, every outcome must be written, too.

    `up`: the heap is there at once for processes that have begun before, so that none has a start before another.
    `warm`: the same processes send it all twice, and the second time counts, once they rest from the first.
    `slots`: each process has that part of a core.
    """

    def run() -> Rate:
        (scene.rest if up else scene.renew)()
        provider = scene.house.provider
        provider.reset(latency_ms)
        is_done = scene.is_done if count == scene.messages else None
        with scene.workers(workers) as started:
            if up:
                processes.wait_for(scene.worker_lives, "a worker", START_S)
                processes.wait_until_at_rest(started)
                with processes.frozen(started):
                    scene.lay()
            if warm:
                watch(provider, started, count, is_done, LIMIT_S)
                processes.wait_until_at_rest(started)
                provider.reset(latency_ms)
                scene.owe_again()
            with processes.in_turns(started, slots) if slots > 1 else nullcontext():
                return watch(provider, started, count, is_done, LIMIT_S)

    return run
