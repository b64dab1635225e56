"""Logs stay small, and their end can be shown."""

import os

import pytest

from motcua.embedded.backoff import Backoff
from motcua.embedded.logs import BoundedLog


@pytest.fixture
def log(tmp_path):
    return BoundedLog(tmp_path / "web.log", limit_bytes=1000)


def write(fd, count, text="một dòng"):
    for number in range(count):
        os.write(fd, f"{text} {number}\n".encode())


def test_a_log_over_its_limit_moves_its_end_aside_and_the_child_goes_on(log):
    fd = log.open_for_child()
    write(fd, 200)

    log.trim()
    write(fd, 1, "sau đó")
    os.close(fd)

    assert log.path.read_text() == "sau đó 0\n"
    older = log.path.with_name("web.log.1").read_text()
    assert older.endswith("một dòng 199\n")
    assert len(older.encode()) <= 1000


def test_a_log_within_its_limit_is_left_alone(log):
    fd = log.open_for_child()
    write(fd, 3)
    os.close(fd)

    log.trim()

    assert log.path.read_text().count("\n") == 3
    assert not log.path.with_name("web.log.1").exists()


def test_the_tail_holds_whole_lines_since_a_moment(log):
    fd = log.open_for_child()
    write(fd, 3, "trước")
    since = log.size()
    write(fd, 50, "sau")
    os.close(fd)

    assert log.tail(since).startswith("sau 0\n")
    assert log.tail(since, limit_bytes=20) == "sau 48\nsau 49\n"
    assert log.tail(10**6).startswith("trước 0\n")


def test_a_log_that_does_not_exist_is_empty(log):
    log.trim()

    assert (log.tail(), log.size()) == ("", 0)


def test_other_accounts_cannot_read_a_log(log):
    os.close(log.open_for_child())

    assert log.path.stat().st_mode & 0o077 == 0


def test_restarts_wait_longer_each_time_and_a_long_life_forgives():
    backoff = Backoff(first_s=1, most_s=5, quick_s=10)

    assert [backoff.after_death(1) for _ in range(6)] == [0, 1, 2, 4, 5, 5]
    assert backoff.after_death(11) == 0
    assert backoff.after_death(1) == 0


def test_restarts_end_after_enough_quick_deaths():
    backoff = Backoff(give_up_after=3)

    assert [backoff.after_death(0) is None for _ in range(3)] == [False, False, True]
