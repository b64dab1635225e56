"""Real servers in temporary folders, and other processes that use them."""

import shutil
import tempfile
from pathlib import Path

import pytest

from motcua.embedded import services
from tests.embedded.consuming import Consumers
from tests.embedded.observing import assert_nothing_runs


@pytest.fixture(autouse=True)
def quick_keepers(monkeypatch):
    monkeypatch.setenv("MOTCUA_EMBEDDED_FSYNC", "off")
    monkeypatch.setenv("MOTCUA_KEEPER_LINGER_S", "0.2")


@pytest.fixture
def new_var(tmp_path):
    """A data folder, not made yet, of which nothing runs any more afterwards."""
    path = tmp_path / "var"
    yield path
    services.release(path)
    assert services.stop(path)
    assert_nothing_runs(path)


@pytest.fixture(scope="session")
def made_cluster(tmp_path_factory):
    """An empty PostgreSQL cluster: copying one takes a tenth of the time of making one."""
    path = tmp_path_factory.mktemp("made") / "var"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOTCUA_EMBEDDED_FSYNC", "off")
        patch.setenv("MOTCUA_KEEPER_LINGER_S", "0.2")
        services.ensure(path, need=["postgres"])
        assert services.stop(path)
    return path / "postgres"


@pytest.fixture
def var(new_var, made_cluster):
    """A data folder that was used before, by us, and holds an empty cluster."""
    shutil.copytree(made_cluster, new_var / "postgres")
    return new_var


@pytest.fixture
def open_folder():
    """A temporary folder that every account can enter, which pytest's own is not."""
    folder = Path(tempfile.mkdtemp(prefix="motcua-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def consumers():
    with Consumers() as all_of_them:
        yield all_of_them
