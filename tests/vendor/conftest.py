"""One installation of its own for the whole way of a new province, with web and worker running."""

import pytest

from tests.installation import installed


@pytest.fixture(scope="package")
def world(tmp_path_factory):
    made = installed(tmp_path_factory.mktemp("onboarding") / "var")
    try:
        made.simulator.reset(f"http://127.0.0.1:{made.port}/webhooks/zalo")
        made.start("web")
        made.start("worker")
        yield made
    finally:
        made.tidy()
