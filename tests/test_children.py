"""What a run starts is gone when the run is, however it ended."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests import children
from tests.installation import ROOT, wait_until

PROGRAM = """
import json, os, signal, subprocess, sys, threading, time
from tests.bench import processes
from tests.children import adopt, start
from tests.simulated import Simulator
from pathlib import Path

kept = []
kept.append(start(["sh", "-c", "sleep 300 & sleep 300"]))
in_thread = threading.Thread(target=lambda: kept.append(start(["sleep", "300"])))
in_thread.start()
in_thread.join()
kept.append(start(["sleep", "300"]))
os.kill(kept[-1].pid, signal.SIGSTOP)
kept.append(start(["sh", "-c", "sleep 300 & exit"]))
kept.append(adopt(subprocess.Popen(["sleep", "300"])))
kept.append(processes.start(["sleep", "300"], env=dict(os.environ), cwd=Path("/"), log=Path(os.devnull)))
kept.append(Simulator().process)
print(json.dumps([one.pid for one in kept]), flush=True)
signal.pause()
"""


def alive(pids: list[int]) -> list[int]:
    """Those of them, and of their groups, that run."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, group = stat.read_text().rpartition(")")[2].split()[:3]
        except OSError:
            continue
        pid = int(stat.parent.name)
        if state != "Z" and (pid in pids or int(group) in pids):
            found.append(pid)
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_run_that_is_killed_leaves_no_process_behind(number):
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as run:
        pids = json.loads(run.stdout.readline())
        before = alive(pids)

        run.send_signal(number)
        run.wait(10)
    assert len(before) > len(pids)  # the shells' children, too

    wait_until(lambda: not alive(pids), f"{pids} gone", 10)


def test_a_number_that_is_somebody_elses_now_is_left_alone():
    with subprocess.Popen(["sleep", "300"]) as somebody:
        children._end(somebody.pid, "1")  # it did not start with the machine

        assert alive([somebody.pid]) != []
        children._end(somebody.pid, children._started_at(somebody.pid))
    assert somebody.returncode == -signal.SIGKILL
