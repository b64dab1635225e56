"""What a page offers its reader: no link and no form that would be refused to them. Admins are refused nothing."""

import re
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest

from motcua.accounts.permissions import ROLES, VENDOR_ROLES
from motcua.complaints import handling
from motcua.conversation import handover, missed
from motcua.conversation.models import Handover
from motcua.core.database import db, tenant_scope
from motcua.data_requests import handling as data_requests
from tests.factories import (
    make_citizen,
    make_communes,
    make_desk,
    make_dossier,
    make_staff,
    make_vendor_staff,
)
from tests.feedback.conftest import reported
from tests.signing_in import host_of, sign_in

NUMBERED = re.compile(
    r"(?<=/)[^/]*\d[^/]*(?=/|$)|(?<=/console/messages/)[a-z_]+$|(?<=/tenants/)[a-z-]+(?=/$)"
)


class Offers(HTMLParser):
    """Addresses of links, and (method, address) of forms that can be sent."""

    def __init__(self, text: str):
        super().__init__()
        self.links: list[str] = []
        self.forms: list[tuple[str, str]] = []
        self._within = ("GET", "")
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])
        if tag == "form":
            self._within = (given.get("method", "get").upper(), given.get("action") or "")
        if tag == "button" and given.get("type", "submit") == "submit":
            method, action = self._within
            self.forms.append((method, given.get("formaction") or action))


@pytest.fixture
def full(two_provinces):
    """Something to open in every list that a person without rights may look at."""
    with tenant_scope("binh-thuan"):
        make_communes()
        make_dossier()
        make_desk()
        lan = make_citizen(phone="84912345678")
        talk = Handover(citizen_id=lan.id)
        db.session.add(talk)
        db.session.flush()
        handover.hear(lan, "k", "Cho tôi hỏi lệ phí đăng ký kết hôn")
        handling.file(lan, "regulation", "Cán bộ quầy 3 bắt tôi đi lại bốn lần", None)
        data_requests.file("access", "chat", citizen=lan, said="")
        missed.note("làm giấy xanh đỏ", "none")
        reported(lan)
        reported(lan)
        db.session.commit()


def closed_offers(app, person, start: str) -> list[str]:
    """From `start`, through one page of every kind: what is offered there and refused."""
    client, host = sign_in(app.test_client(), person), host_of(person)
    routes = app.url_map.bind(host)
    waiting, known, refused, came_from = [start], set(), [], {}
    while waiting:
        path = waiting.pop(0)
        kind = NUMBERED.sub("#", urlsplit(path).path)
        if kind in known:
            continue
        known.add(kind)
        answer = client.get(path, headers={"Host": host})
        if answer.status_code == 403:
            refused.append(f"{came_from[path]}: a link to {path}")
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        offers = Offers(answer.text)
        for method, action in offers.forms:
            endpoint, _ = routes.match(urlsplit(urljoin(path, action)).path, method)
            wanted = permission_of(app, endpoint, method)
            if wanted and wanted not in person.permissions:
                refused.append(f"{path}: a form for {endpoint}, which needs {wanted}")
        for link in (urljoin(path, one) for one in offers.links):
            if link.startswith(start):
                came_from.setdefault(link, path)
                waiting.append(link)
    assert len(known) > 3, known
    return refused


def permission_of(app, endpoint: str, method: str) -> str | None:
    view = app.view_functions[endpoint]
    view_class = getattr(view, "view_class", None)
    return getattr(getattr(view_class, method.lower()) if view_class else view, "permission", None)


@pytest.mark.parametrize("role", [one for one in ROLES if one != "province_admin"])
def test_a_province_offers_nobody_what_is_closed_to_them(app, full, role):
    assert "\n".join(closed_offers(app, make_staff("binh-thuan", role=role), "/console/")) == ""


@pytest.mark.parametrize("role", [one for one in VENDOR_ROLES if one != "vendor_admin"])
def test_the_vendor_offers_nobody_what_is_closed_to_them(app, full, role):
    assert "\n".join(closed_offers(app, make_vendor_staff(role=role), "/vendor/")) == ""
