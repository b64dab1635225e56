"""How the tests are shared out among the workers of a run: what shares an installation goes to one of them, and what
is long goes first.

By path, for the mark `xdist_group` does nothing here: pytest-xdist 3.8 writes it where pytest 9.2 no longer looks.
"""

import pytest
from xdist.scheduler import LoadScopeScheduling

from tests.browsing import is_in_a_browser

# Tests with whole installations of their own, by whose it is: each file or folder that uses it.
INSTALLATIONS = {
    "tests/kills/": "kills",
    "tests/vendor/test_two_consoles.py": "onboarding",
    "tests/vendor/test_onboarding_script.py": "onboarding",
    "tests/browser/test_onboarding_by_hand.py": "by hand",
    "tests/demo/": "story",
}


def installation_of(test_id: str) -> str | None:
    return next((name for path, name in INSTALLATIONS.items() if test_id.startswith(path)), None)


class ByInstallation(LoadScopeScheduling):
    """Every other test is handed out by itself."""

    def _split_scope(self, nodeid: str) -> str:
        return installation_of(nodeid) or nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    return ByInstallation(config, log) if config.getoption("dist") == "loadgroup" else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """First what is long, so that no worker is left with it while the others are done."""
    items.sort(key=lambda one: (installation_of(one.nodeid) is None, not is_in_a_browser(one)))
