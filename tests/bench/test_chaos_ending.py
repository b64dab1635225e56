"""However a chaos run ends, nothing of it comes up again behind it, and nothing waits for ever."""

import json
import random
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.bench import processes
from tests.bench.chaos import disturbing
from tests.bench.chaos.disturbing import Disturbances, Workers


@pytest.fixture
def home(tmp_path) -> SimpleNamespace:
    """Where an installation would be: its folder and its environment."""
    for name in ("log", "run"):
        (tmp_path / name).mkdir()
    return SimpleNamespace(settings=SimpleNamespace(var=tmp_path), env={"PATH": ""})


@pytest.fixture
def disturbances(home) -> Disturbances:
    made = Disturbances(home, Workers(home), random.Random(7))
    yield made
    made.end()
    made.workers.end()


def asleep(home) -> subprocess.Popen:
    argv = [sys.executable, "-S", "-c", "import time; time.sleep(300)"]
    return processes.start(argv, env=home.env, cwd=Path("/"), log=home.settings.var / "log" / "asleep.log")


def test_a_worker_whose_restart_was_pending_stays_down(home, disturbances):
    disturbances.workers.running["worker-1"] = killed = asleep(home)
    disturbances.kill_worker()

    disturbances.end()
    disturbances.workers.end()
    time.sleep(1.7)

    assert disturbances.workers.running == {"worker-1": killed}
    assert killed.poll() is not None


def test_a_restart_that_comes_after_the_end_starts_nothing(disturbances):
    disturbances.workers.end()

    disturbances.workers.start("worker-1")

    assert disturbances.workers.running == {}


def test_a_sweep_that_hangs_is_ended_in_time(home, disturbances, monkeypatch):
    monkeypatch.setattr(disturbing, "ENDS_WITHIN_S", 0.3)
    disturbances.sweeps.append(hanging := asleep(home))
    began = time.monotonic()

    disturbances.settle()

    assert hanging.poll() is not None
    assert time.monotonic() - began < 10


def test_what_does_not_come_up_again_is_not_waited_for_for_ever(disturbances, monkeypatch):
    monkeypatch.setattr(disturbing, "ENDS_WITHIN_S", 0.3)
    disturbances._soon(0, lambda: time.sleep(5))

    with pytest.raises(TimeoutError):
        disturbances.settle()


def test_a_server_that_is_gone_already_was_down(home, disturbances):
    gone = asleep(home)
    processes.end(gone)
    state = {"servers": {"redis": {"pid": gone.pid}}}
    (home.settings.var / "run" / "keeper.json").write_text(json.dumps(state))

    assert disturbances.kill_server("redis") == "redis was down already"
