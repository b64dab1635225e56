"""This engine alone: does a message cost the same with a thousand provinces, a million waiting, two processes?"""

from collections.abc import Callable

from tests.bench.rates import Rate, interleaved, watch
from tests.bench.scenes import House, Scene

LIMIT_S = 180.0


def scaling(house: House) -> dict[str, dict]:
    """Messages a second and CPU seconds per 1,000, each case beside the others; `ratio` is to its group's first."""
    first = 2_000 if house.quick else 20_000
    most = 100_000 if house.quick else 1_000_000
    rounds = 1 if house.quick else 3
    one = house.scene("t1", tenants=1, messages=first)
    by_tenants = {
        "1 tenant": one,
        "34 tenants": house.scene("t34", tenants=34, messages=first),
        "1,000 tenants": house.scene("t1000", tenants=1_000, messages=first),
    }
    heaps = {
        f"{heap:,} waiting": house.scene(f"w{heap}", tenants=34, messages=heap) for heap in heaps_up_to(most)
    }
    return {
        "tenants": compared(rounds, {name: _drain(scene, first) for name, scene in by_tenants.items()}),
        "waiting": compared(
            rounds, {name: _drain(scene, min(heaps_up_to(most))) for name, scene in heaps.items()}
        ),
        "processes": compared(
            rounds, {"1 process": _drain(one, first), "2 processes": _drain(one, first, workers=2)}
        ),
        "latency": compared(
            rounds, {"5 ms": _drain(one, first), "50 ms": _drain(one, first, latency_ms=50.0)}
        ),
    }


def heaps_up_to(most: int) -> list[int]:
    return [heap for heap in (10_000, 100_000, 1_000_000) if heap <= most]


def compared(rounds: int, cases: dict[str, Callable[[], Rate]]) -> dict[str, dict]:
    figures = interleaved(rounds, cases)
    base = next(iter(figures.values()))["per_second"]
    return {
        name: figure | {"ratio": round(figure["per_second"] / base, 2)} for name, figure in figures.items()
    }


def _drain(scene: Scene, count: int, *, workers: int = 1, latency_ms: float = 5.0) -> Callable[[], Rate]:
    """Send `count` of what waits in `scene`; when that is all of it, every outcome must be written, too."""

    def run() -> Rate:
        scene.renew()
        scene.house.provider.reset(latency_ms)
        with scene.workers(workers) as started:
            return watch(
                scene.house.provider,
                started,
                count,
                scene.is_done if count == scene.messages else None,
                LIMIT_S,
            )

    return run
