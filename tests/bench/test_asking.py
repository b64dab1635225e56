"""What a person may write behind `make bench`."""

import subprocess

import pytest

from tests.bench import plan
from tests.bench.chaos import running
from tests.installation import ROOT


@pytest.mark.parametrize("written", ["1,2,3", "1, 2, 3", "1 2 3", " 1,  2,3, "])
def test_seeds_stand_with_commas_or_blanks(monkeypatch, written):
    monkeypatch.setattr(running, "chaos", lambda seed, *_: {"seed": seed})
    monkeypatch.setenv("MOTCUA_BENCH_SEEDS", written)

    assert list(plan.chaos(None, True)) == ["seed 1", "seed 2", "seed 3"]


def test_make_passes_lists_with_blanks_on_whole():
    said = subprocess.run(
        ["make", "-n", "-o", "assets", "bench", "SEEDS=1, 2, 3", "ONLY=peers, chaos"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    ).stdout

    assert "MOTCUA_BENCH_SEEDS='1, 2, 3' " in said
    assert " --only 'peers, chaos'" in said
