"""Start, join, leave: the servers are there while somebody uses them, and only then."""

import os
import shutil
import stat
import subprocess
import time
from pathlib import Path

import psycopg
import pytest

from motcua.embedded import services
from motcua.embedded.problems import ServerWouldNotStart
from motcua.embedded.processes import wait_until
from tests.embedded.observing import (
    assert_nothing_runs,
    connect,
    count_things,
    is_all_stopped,
    open_redis,
    server_pid,
    state_of,
    store_things,
)


def test_a_first_start_gives_both_servers_with_the_extensions_we_need(new_var):
    endpoints = services.ensure(new_var)

    with connect(endpoints) as db, open_redis(endpoints) as store:
        for extension in ("unaccent", "pg_trgm", "citext"):
            db.execute(f"create extension {extension}")
        assert db.execute("select unaccent('Đăng ký'), lower('ĐẶNG')").fetchone() == ("Dang ky", "đặng")
        assert db.execute("show data_checksums").fetchone() == ("on",)
        assert db.execute("show server_encoding").fetchone() == ("UTF8",)
        assert db.execute("show timezone").fetchone() == ("UTC",)
        assert store.config_get("appendonly", "maxmemory-policy", "appendfsync") == {
            "appendonly": "yes",
            "maxmemory-policy": "noeviction",
            "appendfsync": "everysec",
        }


def test_what_was_stored_is_there_at_the_next_start(var):
    store_things(services.ensure(var))
    assert services.stop(var)
    assert is_all_stopped(var)

    assert count_things(services.ensure(var)) == (1000, 1000)


def test_a_second_call_joins_what_runs(var):
    first = services.ensure(var)
    pid = server_pid(var, "postgres")

    assert services.ensure(var) == first
    assert server_pid(var, "postgres") == pid


def test_fsync_is_on_unless_a_test_says_otherwise(var, monkeypatch):
    monkeypatch.delenv("MOTCUA_EMBEDDED_FSYNC")

    with connect(services.ensure(var)) as db:
        assert db.execute("show fsync").fetchone() == ("on",)
        assert db.execute("show synchronous_commit").fetchone() == ("on",)


def test_only_the_server_that_is_needed_starts_and_the_other_can_follow(new_var):
    endpoints = services.ensure(new_var, need=["redis"])
    assert endpoints.postgres_dsn_admin is None
    assert not (new_var / "postgres").exists()
    pid = server_pid(new_var, "redis")

    both = services.ensure(new_var)

    assert both.redis_url == endpoints.redis_url
    assert server_pid(new_var, "redis") == pid
    with connect(both) as db:
        assert db.execute("select 1").fetchone() == (1,)


def test_servers_listen_on_private_sockets_only(var):
    endpoints = services.ensure(var)

    with connect(endpoints) as db, open_redis(endpoints) as store:
        assert db.execute("show listen_addresses").fetchone() == ("",)
        assert store.config_get("port") == {"port": "0"}
    assert stat.S_IMODE(endpoints.postgres_socket_dir.stat().st_mode) == 0o700
    assert stat.S_IMODE((var / "postgres").stat().st_mode) == 0o700
    assert stat.S_IMODE((var / "log").stat().st_mode) == 0o700


def test_a_deep_data_folder_gets_its_sockets_in_a_short_private_one(tmp_path, new_var):
    deep = tmp_path.joinpath(*["mot-thu-muc-rat-sau"] * 6) / "var"
    deep.parent.mkdir(parents=True)
    new_var.symlink_to(deep)
    deep.mkdir()

    endpoints = services.ensure(deep)

    folder = endpoints.postgres_socket_dir
    assert len(os.fsencode(folder / ".s.PGSQL.5432")) < 104
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    with connect(endpoints) as db, open_redis(endpoints) as store:
        assert db.execute("select 1").fetchone() == (1,)
        assert store.ping()
    assert services.stop(deep)
    assert not folder.parent.exists()


def test_personal_data_in_a_failed_statement_does_not_reach_the_log(var):
    with connect(services.ensure(var)) as db:
        db.execute("create table citizen (phone text primary key, born int)")
        db.execute("insert into citizen values ('84901234567', 1990)")
        for statement in (
            "insert into citizen values ('84901234567', 1990)",
            "insert into citizen values ('x', '84901234567a')",
            "selec '84901234567'",
        ):
            with pytest.raises(psycopg.Error):
                db.execute(statement)

    assert "84901234567" not in (var / "log" / "postgres.log").read_text()


def test_servers_outlive_the_command_that_started_them_while_another_uses_them(var, consumers):
    first = consumers.start(var)
    store_things(first.answer())
    pid = server_pid(var, "postgres")
    second = consumers.start(var)
    second.answer()

    first.end()

    assert count_things(services.ensure(var)) == (1000, 1000)
    assert server_pid(var, "postgres") == pid


def test_when_the_last_consumer_leaves_nothing_stays_behind(var, consumers):
    one, other = consumers.start(var), consumers.start(var)
    one.answer(), other.answer()

    one.kill()
    assert not wait_until(lambda: is_all_stopped(var), 0.6)
    other.end()

    assert_nothing_runs(var)
    assert state_of(var).servers["postgres"].status == "stopped"


def test_ten_at_once_get_one_keeper(new_var, consumers):
    ten = [consumers.start(new_var) for _ in range(10)]

    answers = [one.answer() for one in ten]

    assert all(answer == answers[0] for answer in answers)
    assert "redis_url" in answers[0]
    starts = [
        line for line in (new_var / "log" / "keeper.log").read_text().splitlines() if "servers run as" in line
    ]
    assert len(starts) == 1


def test_a_consumer_that_comes_while_the_keeper_ends_gets_servers(var, monkeypatch, consumers):
    monkeypatch.setenv("MOTCUA_KEEPER_LINGER_S", "0")
    for _ in range(4):
        store = consumers.start(var, "release")
        store.answer()
        store.end()

        assert "redis_url" in consumers.start(var).answer()


def test_stop_refuses_while_another_uses_the_servers(var, consumers):
    services.ensure(var)
    other = consumers.start(var)
    other.answer()

    assert services.stop(var) is False
    assert not is_all_stopped(var)

    other.end()
    assert services.stop(var) is True
    assert is_all_stopped(var)


def test_stop_of_a_folder_never_used_is_done_at_once(tmp_path):
    assert services.stop(tmp_path / "never") is True


def test_a_forked_child_goes_on_holding(var):
    services.ensure(var)
    hear, tell = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(tell)
        os.read(hear, 1)
        os._exit(0)
    os.close(hear)

    services.release(var)
    assert not wait_until(lambda: is_all_stopped(var), 0.6)

    os.close(tell)
    os.waitpid(child, 0)
    assert_nothing_runs(var)


def test_a_started_program_holds_only_when_it_is_given_the_lock(var):
    services.ensure(var)
    with (
        subprocess.Popen(["sleep", "60"]) as other,
        subprocess.Popen(["sleep", "60"], pass_fds=[services.lock_fd(var)]) as holder,
    ):
        services.release(var)
        assert not wait_until(lambda: is_all_stopped(var), 0.6)

        holder.kill()
        assert_nothing_runs(var)
        other.kill()


def test_a_folder_removed_while_we_hold_it_is_made_anew(var):
    services.ensure(var, need=["redis"])
    shutil.rmtree(var)

    with open_redis(services.ensure(var, need=["redis"])) as store:
        time.sleep(0.5)
        assert store.ping()


def test_a_keeper_that_cannot_begin_is_told_with_its_log(var, monkeypatch):
    monkeypatch.setenv("MOTCUA_KEEPER_LINGER_S", "soon")

    with pytest.raises(ServerWouldNotStart, match="soon"):
        services.ensure(var)


def test_the_keeper_is_told_none_of_our_secrets(var, monkeypatch):
    monkeypatch.setenv("MOTCUA_SECRET_KEY", "s3cr3t-of-the-province")
    monkeypatch.setenv("PGPORT", "1")

    services.ensure(var)

    for pid in (state_of(var).pid, server_pid(var, "postgres"), server_pid(var, "redis")):
        environment = Path(f"/proc/{pid}/environ")
        if environment.exists():
            assert b"s3cr3t" not in environment.read_bytes()
