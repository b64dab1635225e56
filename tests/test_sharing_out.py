"""What shares an installation is run by one worker, whatever pytest and pytest-xdist make of their marks."""

import os
import subprocess
import sys
from pathlib import Path

from tests.sharing_out import INSTALLATIONS, installation_of

TESTS = Path(__file__).resolve().parent
OF_TWO_FILES = """
import os, pytest
@pytest.mark.parametrize("at", range(4))
def test_it(at):
    with open(os.environ["SEEN"], "a") as seen:
        seen.write(os.environ["PYTEST_XDIST_WORKER"] + "\\n")
"""


def test_two_workers_leave_one_installation_to_one_of_them(tmp_path):
    for name in ("test_one", "test_two"):
        (tmp_path / "tests" / "kills").mkdir(parents=True, exist_ok=True)
        (tmp_path / "tests" / "kills" / f"{name}.py").write_text(OF_TWO_FILES)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    paths = [str(TESTS.parent), str(TESTS.parent / "platform")]
    env = os.environ | {"PYTHONPATH": os.pathsep.join(paths), "SEEN": str(tmp_path / "seen")}
    argv = ["-q", "-n", "2", "--dist", "loadgroup", "-p", "tests.sharing_out", "-p", "no:cacheprovider"]
    argv.append("--import-mode=importlib")
    for name in ("PYTEST_XDIST_WORKER", "PYTEST_XDIST_TESTRUNUID"):
        env.pop(name, None)

    done = subprocess.run(
        [sys.executable, "-m", "pytest", *argv], cwd=tmp_path, env=env, capture_output=True, text=True
    )

    assert done.returncode == 0, done.stdout + done.stderr
    workers = (tmp_path / "seen").read_text().split()
    assert (len(workers), len(set(workers))) == (8, 1)


def test_every_path_that_is_named_is_there_and_nobody_relies_on_the_mark():
    assert [path for path in INSTALLATIONS if not (TESTS.parent / path).exists()] == []
    assert installation_of("tests/kills/test_kills.py::test_x") == "kills"
    assert installation_of("tests/core/test_x.py::test_kills") is None
    mark = "mark." + "xdist_group"
    assert [str(one) for one in TESTS.rglob("test_*.py") if mark in one.read_text("utf-8")] == []
