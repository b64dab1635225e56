"""A whole installation of its own, so that any of its processes can be killed."""

import pytest

from tests.installation import installed


@pytest.fixture(scope="session")
def installation(tmp_path_factory):
    made = installed(tmp_path_factory.mktemp("kills"))
    yield made
    made.tidy()


@pytest.fixture
def fresh(installation):
    """Nothing owed, nobody told, a connected OA; web and worker down."""
    installation.renew()
    yield installation
    installation.stop()
