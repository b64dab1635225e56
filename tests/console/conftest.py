"""Browsers that signed in to a province's console."""

import pytest

from tests.factories import make_staff
from tests.signing_in import sign_in

HOST = {"Host": "binh-thuan.localhost"}


class Browser:
    """A test client that stays on its province's host."""

    def __init__(self, client):
        self.client = client

    def get(self, path: str):
        return self.client.get(path, headers=HOST)

    def follow(self, path: str, **options):
        """Post, and go where the answer leads."""
        return self.post(path, follow_redirects=True, **options)

    def post(self, path: str, **options):
        return self.client.post(path, headers=HOST, **options)


def _signed_in(app, role: str) -> Browser:
    return Browser(sign_in(app.test_client(), make_staff("binh-thuan", role=role)))


@pytest.fixture
def without_tokens(app):
    """Forms without their CSRF token, for tests of other things."""
    app.config["WTF_CSRF_ENABLED"] = False
    yield
    app.config["WTF_CSRF_ENABLED"] = True


@pytest.fixture
def admin(app, two_provinces, without_tokens):
    return _signed_in(app, "province_admin")


@pytest.fixture
def officer(app, two_provinces, without_tokens):
    return _signed_in(app, "officer")
