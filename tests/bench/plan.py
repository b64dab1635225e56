"""What can be measured, by name, in the order it is."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from tests.bench.catalogue_import import catalogue_import
from tests.bench.catalogue_search import catalogue_search
from tests.bench.chaos import running as chaos_run
from tests.bench.chaos.counting import nothing_wrong
from tests.bench.consoles.running import consoles, nobody_waits
from tests.bench.dashboards import dashboards, reads_no_live_table_whole
from tests.bench.dossier_batch import LINES, dossier_batch
from tests.bench.fairness import fairness
from tests.bench.hosts import cutting
from tests.bench.hosts.holding import held_ones_settled
from tests.bench.hosts.network import NoNamespaces
from tests.bench.intake.comparing import webhook_intake
from tests.bench.parts import listed, tried
from tests.bench.peers.contest import contest, engine
from tests.bench.phone import api_to_phone, question_to_answer
from tests.bench.rates import nobody_failed
from tests.bench.scaling import scaling
from tests.bench.scenes import House
from tests.bench.service_questions import service_questions
from tests.bench.storage import storage
from tests.bench.webhooks_too import webhooks_too


@dataclass(frozen=True)
class Benchmark:
    """`run` gets the house, or None for one that builds its own (`own`), and whether it must be quick.

    `holds` says whether the figures are what they must be on any machine.
    """

    title: str
    run: Callable[[House | None, bool], dict]
    own: bool = False
    holds: Callable[[dict], bool] = lambda figures: True


def chaos(_house: None, quick: bool) -> dict:
    """One row a seed; MOTCUA_BENCH_SEEDS names others than ours."""
    given = [int(seed) for seed in listed(os.environ.get("MOTCUA_BENCH_SEEDS", ""))]
    seeds = given or (chaos_run.SEEDS[:1] if quick else chaos_run.SEEDS)
    size = (1_500, 20.0, 10) if quick else (20_000, 75.0, 18)
    rows = {}
    for seed in seeds:
        name = f"seed {seed}"
        say(name)
        rows[name] = tried(name, partial(chaos_run.chaos, seed, *size, say))
    return rows


def say(line: str) -> None:
    sys.stderr.write(line + "\n")


def hosts(_house: None, quick: bool) -> dict:
    try:
        return {"one of two cut off": cutting.hosts(1_000 if quick else 5_000)}
    except NoNamespaces as error:
        return {"not measured": {"why": str(error)}}


# The house's own database is copied for the scenes: what uses it directly comes after them.
BENCHMARKS = {
    "engine": Benchmark(
        "This engine and clients that only send; 5 ms", lambda h, _: engine(h), holds=nobody_failed
    ),
    "peers": Benchmark(
        "This engine, other task queues and the limit; messages a second",
        lambda h, _: contest(h),
        holds=nobody_failed,
    ),
    "scaling": Benchmark(
        "More provinces, more waiting, two processes", lambda h, _: scaling(h), holds=nobody_failed
    ),
    "fairness": Benchmark(
        "A receipt beside another province's broadcast", lambda h, _: fairness(h), holds=nobody_failed
    ),
    "intake": Benchmark(
        "Webhooks checked and stored, beside the insert alone",
        lambda h, _: webhook_intake(h),
        holds=nobody_failed,
    ),
    "storage": Benchmark("Bytes a row", lambda h, _: storage(h)),
    "phone": Benchmark("From an API call to the phone", lambda h, _: api_to_phone(h)),
    "question": Benchmark("From a question to its answer", lambda h, _: question_to_answer(h)),
    "import": Benchmark("A province's catalogue of 20,000 rows", lambda h, _: catalogue_import(h.home)),
    "batch": Benchmark(
        "A night's changes through the batch door",
        lambda h, quick: dossier_batch(h.home, 20_000 if quick else LINES),
    ),
    "search": Benchmark("Searching the catalogue", lambda _h, _q: catalogue_search(), own=True),
    "services": Benchmark(
        "Free-text look-ups, milliseconds a question", lambda _h, quick: service_questions(quick), own=True
    ),
    "dashboards": Benchmark(
        "Dashboards of one province: a year of messages, three of dossiers",
        lambda _h, quick: dashboards(quick),
        own=True,
        holds=reads_no_live_table_whole,
    ),
    "consoles": Benchmark(
        "Consoles: 20 admins and 500 officers at once",
        lambda _h, quick: consoles(quick),
        own=True,
        holds=nobody_waits,
    ),
    "told": Benchmark(
        "Messages with all that Zalo tells of them", lambda _h, quick: webhooks_too(quick), own=True
    ),
    "chaos": Benchmark("Anything dies while messages go", chaos, own=True, holds=nothing_wrong),
    "hosts": Benchmark(
        "Two worker hosts, one cut off in the middle", hosts, own=True, holds=held_ones_settled
    ),
}
