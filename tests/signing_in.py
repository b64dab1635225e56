"""Signed-in browsers, for tests of other things than signing in: without the form, and without waiting for Argon2.

What the form itself does is shown in tests/accounts.
"""

from contextlib import nullcontext
from urllib.parse import parse_qs, urljoin, urlsplit

from flask import current_app
from flask.sessions import SecureCookieSessionInterface

from motcua.accounts import gate, realms, sessions
from motcua.accounts.models import Staff
from motcua.core.database import db, tenant_scope


def cookie_of(person) -> str:
    """The cookie of a browser in which this person has just signed in, second factor and all."""
    with nullcontext() if realms.of(person) is realms.VENDOR else tenant_scope(person.tenant_id):
        token = sessions.begin(db.session.merge(person), "127.0.0.1", "Test")
        db.session.commit()
    return SecureCookieSessionInterface().get_signing_serializer(current_app).dumps({gate.TOKEN: token})


def host_of(person) -> str:
    if realms.of(person) is realms.VENDOR:
        return current_app.config["SETTINGS"].vendor_host
    return f"{person.tenant_id}.localhost"


def sign_in(client, person):
    """`client` goes on as this person, on the host of the person's console."""
    client.set_cookie("motcua", cookie_of(person), domain=host_of(person))
    return client


def come_in(page, email: str) -> None:
    """A page of a real browser that was asked to sign in goes on, as this person, to where it wanted."""
    asked = urlsplit(page.url)
    slug = asked.hostname.removesuffix(".localhost")
    with tenant_scope(slug):
        person = db.session.scalars(db.select(Staff).where(Staff.email == email)).one()
    target = urljoin(page.url, parse_qs(asked.query)["next"][0])
    whole_host = urljoin(page.url, "/")  # a path would be kept beside the server's own cookie, and win
    page.goto("about:blank")  # what the page still fetched would bring the old cookie back
    page.context.add_cookies([{"name": "motcua", "value": cookie_of(person), "url": whole_host}])
    page.goto(target)
