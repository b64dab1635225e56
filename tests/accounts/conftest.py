"""Browsers at a console's door, and a mail server's letterbox."""

import re
from dataclasses import replace

import pytest

from motcua.accounts import second_factor
from motcua.core.clock import now
from motcua.core.database import db
from tests.factories import PASSWORD, TOTP_SECRET

STRONG = "gió bấc thổi qua đồng lúa"


class Visitor:
    """A browser on one host."""

    def __init__(self, client, host: str):
        self.client, self.headers = client, {"Host": host}

    def get(self, path: str, **options):
        return self.client.get(path, headers=self.headers, **options)

    def post(self, path: str, **form):
        return self.client.post(path, headers=self.headers, data=form)

    def log_in(self, person, password: str = PASSWORD, console: str = "/console"):
        """The first step only."""
        return self.post(f"{console}/login", email=person.email, password=password)

    def log_in_wholly(self, person, console: str = "/console"):
        assert self.log_in(person, console=console).status_code == 303
        return self.post(f"{console}/login/code", code=code_now())

    @property
    def cookie(self) -> str:
        return self.client.get_cookie("motcua", domain=self.headers["Host"]).value


def code_now(steps_ahead: int = 0) -> str:
    """What the phone of the tests' admins shows now, or so many steps later."""
    at = int(now().timestamp()) + steps_ahead * second_factor.STEP_S
    return second_factor.pyotp.TOTP(TOTP_SECRET).at(at)


def link_in(page: str) -> str:
    """The path of the link that a page shows to be copied, or that a letter holds."""
    return re.search(r"https?://[^/\s]+(/(?:console|vendor)/password/[\w.-]+)", page)[1]


@pytest.fixture
def open_forms(app):
    """Forms without their CSRF token."""
    app.config["WTF_CSRF_ENABLED"] = False
    yield
    app.config["WTF_CSRF_ENABLED"] = True


@pytest.fixture
def visitor(app, open_forms):
    """A new browser on the province's host."""
    return lambda slug="binh-thuan": Visitor(app.test_client(), f"{slug}.localhost")


@pytest.fixture
def at_vendor(app, open_forms):
    return lambda: Visitor(app.test_client(), app.config["SETTINGS"].vendor_host)


@pytest.fixture
def with_mail(app):
    """As if a mail server were set up: letters are then for a worker to write."""
    ours = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(ours, smtp_url="smtp://127.0.0.1:1")
    yield
    app.config["SETTINGS"] = ours


def again(person):
    """The person's row as it is now."""
    db.session.expire_all()
    return db.session.get(type(person), db.inspect(person).identity)
