"""`make demo`, as its readers run it: the whole story in real processes, every message on its phone."""

import os
import subprocess
import sys

import pytest

from tests.simulated import free_port

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def play(tmp_path):
    env = os.environ | {"MOTCUA_VAR": str(tmp_path / "var")}
    env.pop("DATABASE_URL", None)
    env.pop("REDIS_URL", None)

    def run(port: int) -> subprocess.CompletedProcess:
        argv = [sys.executable, "-m", "motcua", "demo", "--exit", "--port", str(port)]
        argv += ["--simulator-port", str(free_port())]
        return subprocess.run(argv, env=env, capture_output=True, text=True, timeout=150)

    return run


def test_the_story_is_seen_on_the_phones_and_again_the_next_day(play):
    for _ in range(2):
        told = play(free_port())

        assert told.returncode == 0, told.stdout + told.stderr
        for step in range(1, 11):
            assert f"\n{step}. " in told.stdout
        assert "THÔNG BÁO" in told.stdout
        assert "SỚM HƠN" in told.stdout
        assert "Thủ tục đăng ký kết hôn" in told.stdout
        assert "Thủ tục đăng ký khai sinh" in told.stdout


def test_a_taken_port_is_one_clear_sentence_in_two_languages(play):
    import socket

    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen()

        told = play(door.getsockname()[1])

    assert told.returncode == 1
    assert "Cổng" in told.stderr and "port" in told.stderr.lower()
    assert "Traceback" not in told.stderr
