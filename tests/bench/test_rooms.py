"""What is measured lies under var/ and is gone when it is over; a disk too small is told before."""

import collections
import subprocess
from pathlib import Path

import psycopg
import pytest

from tests.bench import __main__, rooms
from tests.bench.plan import Benchmark
from tests.bench.rooms import TooLittleRoom
from tests.bench.scenes import house
from tests.installation import ROOT


def test_a_folder_stands_under_var_and_leaves_nothing():
    with rooms.folder("told") as made:
        path = Path(made)
        assert path.parent == ROOT / "var" / "bench"
        (path / "row").write_text("x")

    assert not path.exists()


def test_what_a_killed_run_left_goes_with_the_next(monkeypatch, tmp_path):
    monkeypatch.setattr(rooms, "BENCH", tmp_path)
    with subprocess.Popen(["true"]) as ended:
        pass
    (left := tmp_path / f"chaos-{ended.pid}-abc").mkdir()

    with rooms.folder("told") as own, rooms.folder("told"):
        assert not left.exists()
        assert Path(own).exists()


def test_a_disk_too_small_is_told_with_what_helps(monkeypatch, tmp_path):
    usage = collections.namedtuple("usage", "total used free")
    monkeypatch.setattr(rooms.shutil, "disk_usage", lambda _where: usage(9e9, 6e9, 3e9))

    rooms.require_room(100_000, tmp_path)
    with pytest.raises(
        TooLittleRoom, match=r"1,000,000 messages want 6\.0 GB .* 3\.0 GB are free\. .*QUICK=1"
    ):
        rooms.require_room(1_000_000, tmp_path)


def test_scenes_go_with_their_benchmark_and_can_be_made_again():
    def databases(home) -> set[str]:
        with psycopg.connect(home.address("postgres")) as server:
            return {name for (name,) in server.execute("SELECT datname FROM pg_database").fetchall()}

    def benchmark(home, _quick) -> dict:
        scene = home.scene("heap", tenants=1, messages=10, citizens=5)
        scene.lay()
        assert "bench_heap" in databases(home)
        return scene.states()

    with house(quick=True) as home:
        for _ in range(2):
            figures = __main__._figures(Benchmark("Heap", benchmark), lambda: home, quick=True)
            assert figures == {"queued": 10}
            assert "bench_heap" not in databases(home)
