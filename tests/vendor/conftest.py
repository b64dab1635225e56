"""One installation of its own for the whole way of a new province, with web and worker running."""

import pytest

from tests.factories import APP_ID, APP_SECRET, WEBHOOK_SECRET
from tests.installation import installed


@pytest.fixture(scope="package")
def world(tmp_path_factory):
    made = installed(tmp_path_factory.mktemp("onboarding") / "var")
    made.simulator.reset(f"http://127.0.0.1:{made.port}/webhooks/zalo")
    made.simulator.ask(
        "POST",
        "/apps",
        {
            "app_id": APP_ID,
            "app_secret": APP_SECRET,
            "oa_secret_key": WEBHOOK_SECRET,
            "webhook_url": f"http://127.0.0.1:{made.port}/webhooks/zalo",
            "callback_url": f"http://localhost:{made.port}/zalo/consent",
        },
    )
    made.start("web")
    made.start("worker")
    yield made
    made.tidy()
