"""As root, as an ordinary account, and first the one and then the other."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from motcua.embedded import services
from motcua.embedded.folders import VarFolder
from motcua.embedded.identity import NOBODY, Identity, choose_identity, within_reach
from motcua.embedded.postgres import find_installations
from tests.embedded.consuming import CONSUMER, Consumers
from tests.embedded.observing import assert_nothing_runs, connect, count_things, server_pid, store_things
from tests.embedded.ordinary import OrdinaryUser, copy_packages

WAYS = ("namespace", "user") if os.geteuid() == 0 else ("direct",)


@pytest.fixture(scope="module")
def somebody():
    folder = Path(tempfile.mkdtemp(prefix="motcua-test-python-"))
    folder.chmod(0o755)
    yield OrdinaryUser(folder, CONSUMER)
    shutil.rmtree(folder)


@pytest.fixture
def open_var(open_folder):
    """A data folder below one that everybody may enter and write."""
    open_folder.chmod(0o777)
    var = open_folder / "var"
    yield var
    services.release(var)
    assert services.stop(var)
    assert_nothing_runs(var)


def owner_of_process(pid):
    return int(Path(f"/proc/{pid}/status").read_text().partition("Uid:")[2].split()[0])


@pytest.mark.parametrize(("way", "place"), [*((way, "closed") for way in WAYS), (WAYS[-1], "open")])
def test_each_way_keeps_its_data(way, place, request, monkeypatch):
    """`closed`: below a folder of mode 0700, as pytest's temporary ones and many home folders are."""
    var = request.getfixturevalue("new_var" if place == "closed" else "open_var")
    monkeypatch.setenv("MOTCUA_EMBEDDED_ROOT", way)
    store_things(services.ensure(var))
    expected = choose_identity(VarFolder.at(var))

    assert (var / "postgres").stat().st_uid == (var / "valkey").stat().st_uid == expected.uid
    assert owner_of_process(server_pid(var, "postgres")) == expected.uid
    assert services.stop(var)

    assert count_things(services.ensure(var)) == (1000, 1000)


def test_data_made_as_another_uid_is_used_by_a_namespace_later(new_var, monkeypatch):
    monkeypatch.setenv("MOTCUA_EMBEDDED_ROOT", "user")
    store_things(services.ensure(new_var))
    services.stop(new_var)
    monkeypatch.delenv("MOTCUA_EMBEDDED_ROOT")

    assert count_things(services.ensure(new_var)) == (1000, 1000)


def test_data_of_a_namespace_is_used_as_another_uid_later(new_var, monkeypatch):
    store_things(services.ensure(new_var))
    services.stop(new_var)
    monkeypatch.setenv("MOTCUA_EMBEDDED_ROOT", "user")

    assert count_things(services.ensure(new_var)) == (1000, 1000)


def test_an_ordinary_account_starts_its_own_servers(open_var, somebody):
    with Consumers() as consumers:
        endpoints = consumers.start(open_var, **somebody.options).answer()

        store_things(endpoints)

        assert count_things(endpoints) == (1000, 1000)
        assert owner_of_process(server_pid(open_var, "postgres")) == somebody.uid
    assert_nothing_runs(open_var)


def test_what_an_ordinary_account_made_root_uses_and_hands_back(open_var, somebody):
    with Consumers() as consumers:
        store_things(consumers.start(open_var, **somebody.options).answer())
    assert_nothing_runs(open_var)

    assert count_things(services.ensure(open_var)) == (1000, 1000)
    assert services.stop(open_var)

    foreign = [path for path in open_var.rglob("*") if path.lstat().st_uid != somebody.uid]
    assert foreign == []
    with Consumers() as consumers:
        assert count_things(consumers.start(open_var, **somebody.options).answer()) == (1000, 1000)
    assert_nothing_runs(open_var)


def test_what_another_made_an_ordinary_account_is_refused_in_a_clear_sentence(open_var, somebody):
    store_things(services.ensure(open_var))
    services.stop(open_var)
    if not somebody.is_another:
        open_var.joinpath("run").chmod(0o500)

    with Consumers() as consumers:
        answer = consumers.start(open_var, **somebody.options).answer()

    assert answer["problem"] == "var_not_writable"
    assert "không có quyền ghi" in answer["message"]
    assert f'sudo chown -R "$USER" {open_var}' in answer["message"]
    open_var.joinpath("run").chmod(0o711)
    assert count_things(services.ensure(open_var)) == (1000, 1000)


def test_programs_behind_a_closed_folder_are_copied_to_where_the_servers_can_run_them(
    tmp_path, new_var, monkeypatch
):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.setenv("PYTHONPATH", str(copy_packages(closed / "packages")))
    monkeypatch.setenv("MOTCUA_EMBEDDED_ROOT", "user")

    store_things(services.ensure(new_var))

    assert count_things(services.ensure(new_var)) == (1000, 1000)


@pytest.mark.parametrize("found", find_installations(), ids=lambda found: str(found.bindir.parent.name))
def test_every_installation_found_serves(found, new_var, monkeypatch):
    monkeypatch.setenv("MOTCUA_EMBEDDED_POSTGRES", str(found.bindir))

    endpoints = services.ensure(new_var)

    with connect(endpoints) as db:
        assert db.info.server_version // 10000 == found.major
        assert db.execute("select lower('ĐẶNG')").fetchone() == ("đặng",)


@pytest.mark.parametrize("found", find_installations(), ids=lambda found: str(found.bindir.parent.name))
def test_a_copy_of_every_installation_runs(found, open_folder, tmp_path):
    """Also where the copy is needed by nobody today: the identity stands for one that reaches only the copy."""
    folder = VarFolder(open_folder)
    folder.prepare()

    class Far(Identity):
        def reaches(self, path, access=os.X_OK):
            return found.base not in path.parents

    copied = within_reach(
        Far("direct", NOBODY, NOBODY), folder, found.bindir / "postgres", found.parts, found.base
    )

    assert open_folder in copied.parents
    assert (
        within_reach(Far("direct", 0, 0), folder, found.bindir / "postgres", found.parts, found.base)
        == copied
    )
    said = subprocess.run([copied, "--version"], capture_output=True, text=True, check=True).stdout
    assert f"{found.major}." in said
