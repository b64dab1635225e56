"""How long the look-ups with free text take a question: land prices of the real table, traffic fines."""

import statistics
import time
from collections.abc import Callable

from motcua.services.land_price import SERVICE as LAND
from motcua.services.traffic_fine.finding import FineIndex
from tests.factories import TENANTS
from tests.services.land_price.tables import HCMC, ask, published
from tests.services.land_price.test_understanding import generated, hand_written
from tests.services.traffic_fine import test_finding as fines

ROUNDS = 5


def service_questions(quick: bool) -> dict[str, dict[str, float]]:
    """Milliseconds a question, the median of five rounds; `first_s` is what a process pays once."""
    began = time.perf_counter()
    book = LAND.prepare([published(HCMC)])
    land_s = time.perf_counter() - began
    began = time.perf_counter()
    index = FineIndex(TENANTS / "_national" / "traffic")
    fines_s = time.perf_counter() - began
    land = [row["question"] for row in hand_written()]
    land += [line for _, line, _ in generated(14, 100 if quick else 800)]
    asked = [line for name in ("known", "unseen", "sampled", "later") for line, _ in fines.questions(name)]
    return {
        "land_price": {"questions": len(land), "first_s": round(land_s, 2)}
        | speed(lambda line: ask(book, line), land),
        "traffic_fine": {"questions": len(asked), "first_s": round(fines_s, 2)} | speed(index.search, asked),
    }


def speed(answer: Callable[[str], object], lines: list[str]) -> dict[str, float]:
    rounds = []
    for _ in range(ROUNDS):
        took = []
        for line in lines:
            began = time.perf_counter()
            answer(line)
            took.append((time.perf_counter() - began) * 1000)
        took.sort()
        rounds.append((took[len(took) // 2], took[int(len(took) * 0.99)], took[-1]))
    middle = [statistics.median(one) for one in zip(*rounds, strict=True)]
    return dict(zip(("p50_ms", "p99_ms", "longest_ms"), (round(one, 1) for one in middle), strict=True))
