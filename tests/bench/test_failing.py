"""A part that fails is seen: it costs the others nothing, and the run is no success."""

import json
import sys

import psycopg
import pytest

from tests.bench import __main__, plan
from tests.bench.chaos import running
from tests.bench.parts import failures
from tests.bench.plan import Benchmark


def test_a_seed_that_falls_costs_the_others_nothing(monkeypatch, capsys):
    def one(seed, *_):
        if seed == 2:
            raise psycopg.OperationalError("server closed the connection")
        return {"lost": 0}

    monkeypatch.setattr(running, "chaos", one)
    monkeypatch.setenv("MOTCUA_BENCH_SEEDS", "1,2,3")

    rows = plan.chaos(None, True)

    assert rows["seed 1"] == rows["seed 3"] == {"lost": 0}
    assert rows["seed 2"] == {"failed": "OperationalError: server closed the connection"}
    assert "seed 2 failed" in (told := capsys.readouterr().err)
    assert "Traceback" in told


def test_failed_parts_are_found_in_groups_too():
    figures = {"5 ms": {"A": {"n": 1}, "B": {"failed": "x"}}, "C": {"failed": "y"}, "seconds": 3}
    figures["D"] = {"n": 3, "webhooks": {"delivered": 9, "failed": 2}}

    assert sorted(failures(figures)) == ["B", "C"]


@pytest.mark.parametrize(
    "figures", [{"A": {"n": 1}, "B": {"failed": "RuntimeError: fell"}}, RuntimeError("fell")]
)
def test_a_run_with_a_failure_keeps_every_row_says_so_and_ends_as_failed(
    figures, monkeypatch, tmp_path, capsys
):
    def run(_house, _quick):
        if isinstance(figures, Exception):
            raise figures
        return figures

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(__main__.processes, "end_in_order", lambda: None)
    monkeypatch.setattr(
        __main__,
        "BENCHMARKS",
        {
            "first": Benchmark("First", run, own=True),
            "second": Benchmark("Second", lambda _h, _q: {"B": {"n": 2}}, own=True),
        },
    )
    monkeypatch.setattr(sys, "argv", ["bench"])

    with pytest.raises(SystemExit) as ended:
        __main__.main()

    assert ended.value.code not in (0, None)
    assert "first" in str(ended.value.code)
    assert "second" not in str(ended.value.code)
    kept = json.loads((tmp_path / "bench.json").read_text())
    assert kept["second"]["figures"] == {"B": {"n": 2}}
    assert "fell" in capsys.readouterr().out
