"""Starting: several processes at once, on nothing."""

import os
import subprocess
import sys

import pytest

BOOT = "from motcua.boot import boot; from motcua.core import migrating; print(migrating.is_current(boot()))"


@pytest.fixture
def env(tmp_path):
    env = os.environ | {"MOTCUA_VAR": str(tmp_path / "var"), "MOTCUA_EMBEDDED_FSYNC": "off"}
    env.pop("DATABASE_URL", None)
    env.pop("REDIS_URL", None)
    return env


def test_many_processes_start_at_once_on_an_empty_folder(env):
    argv = [sys.executable, "-c", BOOT]
    starting = [
        subprocess.Popen(argv, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(6)
    ]

    answers = [process.communicate(timeout=100) for process in starting]

    assert [out.strip() for out, _ in answers] == ["True"] * 6, answers
    # And when all is there already, they do not fall over each other either.
    again = [subprocess.Popen(argv, env=env, stdout=subprocess.PIPE, text=True) for _ in range(6)]
    assert [process.communicate(timeout=100)[0].strip() for process in again] == ["True"] * 6
