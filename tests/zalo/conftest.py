import socket

import pytest
from hypothesis import settings

from tests.zalo.simulated import running

# Machines that are busy with other things make deadlines fail, and examples belong in tests, not in folders.
settings.register_profile("zalo", deadline=None, database=None)
settings.load_profile("zalo")


@pytest.fixture
def free_port() -> int:
    """A port of loopback that nobody listens on."""
    return unused_port()


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def simulator() -> str:
    """The base address of a simulator that runs for this test worker."""
    with running(unused_port()) as base_url:
        yield base_url
