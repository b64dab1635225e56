"""Whatever is killed, the data stays and the servers come back."""

import os
import signal
import subprocess

from motcua.embedded import services
from motcua.embedded.postgres import find_installations
from motcua.embedded.processes import wait_until
from tests.embedded.observing import (
    connect,
    count_things,
    is_running,
    kill_hard,
    server_pid,
    state_of,
    store_things,
)


def is_back(var, name, old_pid):
    server = state_of(var).servers[name]
    return server.status == "ready" and server.pid not in (0, old_pid)


def test_postgres_killed_comes_back_with_every_row(var):
    endpoints = services.ensure(var)
    store_things(endpoints)
    for _ in range(2):
        pid = server_pid(var, "postgres")
        kill_hard(pid)

        assert wait_until(lambda pid=pid: is_back(var, "postgres", pid), 30)
        assert count_things(endpoints) == (1000, 1000)


def test_valkey_killed_comes_back_with_every_item(var):
    endpoints = services.ensure(var)
    store_things(endpoints)
    pid = server_pid(var, "redis")
    kill_hard(pid)

    assert wait_until(lambda: is_back(var, "redis", pid), 30)
    assert count_things(endpoints) == (1000, 1000)


def test_keeper_killed_takes_the_servers_along_and_the_next_call_brings_all_back(var):
    store_things(services.ensure(var))
    pids = [server_pid(var, "postgres"), server_pid(var, "redis")]
    keeper = state_of(var).pid
    kill_hard(keeper)

    endpoints = services.ensure(var)

    assert count_things(endpoints) == (1000, 1000)
    assert state_of(var).pid != keeper
    assert not any(map(is_running, pids))


def test_everything_killed_at_once_loses_nothing(var):
    store_things(services.ensure(var))
    for pid in (state_of(var).pid, server_pid(var, "postgres"), server_pid(var, "redis")):
        os.kill(pid, signal.SIGKILL)

    assert count_things(services.ensure(var)) == (1000, 1000)


def test_a_server_that_survived_its_keeper_is_stopped_and_replaced(var):
    """What happens where the kernel knows no parent-death signal: here the signal is held up."""
    store_things(services.ensure(var))
    pids = [server_pid(var, "postgres"), server_pid(var, "redis")]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    kill_hard(state_of(var).pid)
    revive = subprocess.Popen(["sh", "-c", "sleep 0.7; kill -CONT $0 $1", *map(str, pids)])

    assert count_things(services.ensure(var)) == (1000, 1000)

    revive.wait()
    assert not any(map(is_running, pids))


def test_a_consumer_killed_in_the_middle_of_a_first_start_leaves_a_usable_folder(new_var, consumers):
    starting = consumers.start(new_var)
    assert wait_until(lambda: (new_var / "postgres.new").exists(), 30)
    starting.kill()

    with connect(services.ensure(new_var)) as db:
        assert db.execute("select 1").fetchone() == (1,)


def test_a_keeper_killed_while_it_makes_the_cluster_is_followed_by_one_that_makes_it_anew(new_var, consumers):
    starting = consumers.start(new_var)
    assert wait_until(lambda: (new_var / "postgres.new" / "base").exists(), 30)
    os.kill(state_of(new_var).pid, signal.SIGKILL)

    with connect(starting.answer()) as db:
        assert db.execute("select 1").fetchone() == (1,)
    assert not (new_var / "postgres.new").exists()


def test_a_pid_file_whose_number_passed_to_another_program_is_no_obstacle(var):
    store_things(services.ensure(var))
    pid_file = var / "postgres" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    services.stop(var)
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    os.chown(pid_file, (var / "postgres").stat().st_uid, -1)

    assert count_things(services.ensure(var)) == (1000, 1000)


def test_a_postgres_somebody_started_by_hand_on_our_data_is_stopped_first(var, open_folder):
    endpoints = services.ensure(var)
    store_things(endpoints)
    services.stop(var)
    stranger = start_postgres_by_hand(var, open_folder)
    assert wait_until(lambda: (open_folder / ".s.PGSQL.5432").exists(), 30)

    assert count_things(services.ensure(var)) == (1000, 1000)

    assert stranger.wait(timeout=10) is not None


def start_postgres_by_hand(var, socket_folder):
    owner = (var / "postgres").stat().st_uid
    become = ["unshare", "--user", "--map-user=1000"] if os.geteuid() == 0 and owner == 0 else []
    change = {"user": owner, "group": owner, "extra_groups": []} if os.geteuid() == 0 and owner else {}
    socket_folder.chmod(0o777)
    program = find_installations()[0].bindir / "postgres"
    return subprocess.Popen(
        [*become, program, "-D", var / "postgres", "-k", socket_folder, "-c", "listen_addresses="],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **change,
    )
