"""This engine alone: does a message cost the same with a thousand provinces, a million waiting, a slow provider?"""

from collections.abc import Callable
from contextlib import nullcontext

from tests.bench import processes
from tests.bench.rates import Failed, Rate, interleaved, medians, paired, watch
from tests.bench.scenes import House, Scene

LIMIT_S, START_S = 180.0, 60.0
STARTED, SERVED = "tenants, a process just started", "tenants, a process that has served them before"
ONE, TWO = "5 ms, 1 process", "5 ms, 2 processes"
SLOW_ONE, SLOW_TWO = "50 ms, 1 process", "50 ms, 2 processes"


def scaling(house: House) -> dict[str, dict]:
    """Messages a second and CPU seconds per 1,000, each case beside the others.

    `ratio` is to its group's first, `of_one_process` to one process at the same latency; see `rates` for what is
    divided.
    """
    first = 2_000 if house.quick else 20_000
    most = 100_000 if house.quick else 1_000_000
    rounds = 1 if house.quick else 3
    # A message a person, however many provinces: several to the same person leave one after the other.
    of_tenants = {
        f"{count:,} tenant{'s' * (count > 1)}": house.scene(
            f"each{count}", tenants=count, messages=first, citizens=first
        )
        for count in (1, 34, 1_000)
    }
    one, many = of_tenants["1 tenant"], of_tenants["34 tenants"]
    heaps = {
        f"{heap:,} waiting": house.scene(f"w{heap}", tenants=34, messages=heap) for heap in heaps_up_to(most)
    }
    # The same out of each, and so few that none comes to its end, where a drain has less and less at hand.
    few = min(heaps_up_to(most)) * 4 // 5
    twice = interleaved(rounds, {name: drain_twice(scene, first) for name, scene in of_tenants.items()})
    slow = interleaved(
        rounds,
        {
            ONE: drain(one, first),
            TWO: drain(one, first, workers=2),
            SLOW_ONE: drain(one, first, latency_ms=50.0),
            SLOW_TWO: drain(one, first, workers=2, latency_ms=50.0),
        },
    )
    return {
        **{kind: compared([_of_kind(one_round, kind) for one_round in twice]) for kind in (STARTED, SERVED)},
        "processes and latency, 1 tenant": compared(slow, {TWO: ONE, SLOW_TWO: SLOW_ONE}),
        "processes, 34 tenants": compared(
            interleaved(
                rounds, {"1 process": drain(many, first), "2 processes": drain(many, first, workers=2)}
            )
        ),
        # Where the machine is not the limit: two that have half a core each, beside one that has it.
        "processes with half a core each, 1 tenant": compared(
            interleaved(
                rounds,
                {
                    "1 process": drain(one, first // 2, slots=2),
                    "2 processes": drain(one, first // 2, workers=2, slots=2),
                },
            )
        ),
        # Found when the process starts: to clear a million rows away before takes minutes.
        "waiting": compared(
            interleaved(rounds, {name: drain(scene, few, up=False) for name, scene in heaps.items()})
        ),
    }


def heaps_up_to(most: int) -> list[int]:
    return [heap for heap in (10_000, 100_000, 1_000_000) if heap <= most]


def compared(rounds: list[dict], to_one_process: dict[str, str] | None = None) -> dict[str, dict]:
    base = next(iter(rounds[0]))
    figures = medians(rounds)
    for name, figure in figures.items():
        _put(figure, "ratio", paired(rounds, name, base))
        if to_one_process and name in to_one_process:
            _put(figure, "of_one_process", paired(rounds, name, to_one_process[name]))
    return figures


def _put(figure: dict, name: str, ratio: float | None) -> None:
    if ratio is not None:
        figure[name] = ratio


def _of_kind(found: dict[str, dict[str, Rate] | Failed], kind: str) -> dict[str, Rate | Failed]:
    return {name: one if isinstance(one, Failed) else one[kind] for name, one in found.items()}


def drain(
    scene: Scene, count: int, *, workers: int = 1, latency_ms: float = 5.0, slots: int = 1, up: bool = True
) -> Callable[[], Rate]:
    """Send `count` of what waits in `scene`, and write their outcomes.

    `up`: the heap is there at once for processes that have begun before, so that none has a start before another.
    `slots`: each process has that part of a core.
    """

    def run() -> Rate:
        (scene.rest if up else scene.renew)()
        scene.house.provider.reset(latency_ms)
        with scene.workers(workers) as started:
            if up:
                processes.wait_for(scene.worker_lives, "a worker", START_S)
                processes.wait_until_at_rest(started)
                with processes.frozen(started):
                    scene.lay()
            with processes.in_turns(started, slots) if slots > 1 else nullcontext():
                return watch(scene.house.provider, started, count, scene.admin, LIMIT_S)

    return run


def drain_twice(scene: Scene, count: int) -> Callable[[], dict[str, Rate]]:
    """A process that finds the heap when it starts, and the same once more when it rests from that.

    The first time from its first message: what it does not know yet is what is asked for.
    """

    def run() -> dict[str, Rate]:
        provider = scene.house.provider
        scene.renew()
        provider.reset(5.0)
        with scene.workers(1) as started:
            just_started = watch(provider, started, count, scene.admin, LIMIT_S, warming=0.0)
            processes.wait_until_at_rest(started)
            provider.reset(5.0)
            scene.owe_again()
            return {STARTED: just_started, SERVED: watch(provider, started, count, scene.admin, LIMIT_S)}

    return run
