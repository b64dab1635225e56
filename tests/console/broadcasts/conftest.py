"""What the tests of announcements in the console share: who does what, and how a page is read."""

import re

import pytest

from motcua.broadcasts.models import Broadcast
from motcua.core.database import db, tenant_scope
from tests.broadcasts.conftest import FORM, clock, person  # noqa: F401

from ..conftest import _signed_in

SLUG = "binh-thuan"
LIST = "/console/broadcasts/"


@pytest.fixture
def writer(app, two_provinces, without_tokens, clock):  # noqa: F811
    return _signed_in(app, "communications")


@pytest.fixture
def admin(app, two_provinces, without_tokens, clock):  # noqa: F811
    return _signed_in(app, "province_admin")


@pytest.fixture
def leader(app, two_provinces, without_tokens, clock):  # noqa: F811
    return _signed_in(app, "leader")


@pytest.fixture
def citizens(writer):
    with tenant_scope(SLUG):
        return [person().id for _ in range(3)]


def only() -> Broadcast:
    with tenant_scope(SLUG):
        return db.session.scalars(db.select(Broadcast).order_by(Broadcast.id.desc()).limit(1)).one()


def written(writer, **given) -> str:
    answer = writer.post(LIST + "new", data=FORM | given)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return f"{LIST}{only().id}"


def said(answer) -> str:
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))


def approve(person, path: str, **also):
    """As their page, opened now, would send it."""
    page = said(person.get(path))
    hidden = {name: re.search(rf'name="{name}" value="(\w+)"', page)[1] for name in ("revision", "words")}
    return person.post(path, data={"action": "approve"} | hidden | also)
