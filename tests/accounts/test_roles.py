"""What each role may: an auditor changes nothing anywhere, and every refusal says who can help."""

import re

import pytest

from motcua.accounts.permissions import PERMISSIONS, ROLE_NAMES, ROLES, VENDOR_ROLE_NAMES, VENDOR_ROLES
from motcua.open_doors import PUBLIC, TENANTLESS
from tests.accounts.conftest import Visitor
from tests.factories import make_api_key, make_staff, make_vendor_staff
from tests.signing_in import sign_in

# One's own sign-in, password and second factor; and the search, a POST because what is sought is private.
FOR_READERS = {
    "console.logout", "console.change_own_password", "console.end_own_session", "console.end_other_sessions",
    "console.set_up_own_second_factor", "console.remove_own_second_factor", "console.renew_own_recovery_codes",
    "desk.find",
}  # fmt: skip


LISTS = (
    "dossiers/", "requests", "dossiers/warnings", "visits/", "conversations/", "questions/", "complaints/", "feedback/",
    "broadcasts/", "satisfaction/", "catalogue/", "calendar/", "services/", "messages/", "deliveries/", "statuses/",
    "staff", "support", "account",
)  # fmt: skip


def browser(app, person, host: str = "binh-thuan.localhost") -> Visitor:
    return Visitor(sign_in(app.test_client(), person), host)


def walk(app):
    """(endpoint, method, a path) of every route of a province's console."""
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/console") or rule.endpoint in PUBLIC | TENANTLESS:
            continue
        path = re.sub(r"<int:[^>]+>", "1", rule.rule)
        path = re.sub(r"<[^>]+>", "x", path)
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            yield rule.endpoint, method, path


def test_every_role_holds_known_permissions_and_has_a_name():
    assert ROLES.keys() == ROLE_NAMES.keys() and VENDOR_ROLES.keys() == VENDOR_ROLE_NAMES.keys()
    assert all(held <= PERMISSIONS.keys() for held in (ROLES | VENDOR_ROLES).values())
    assert not any(one.startswith("vendor.") for held in ROLES.values() for one in held)


def test_an_auditor_may_see_all_there_is_to_see():
    seeing = {one for one in PERMISSIONS if one.endswith(".view") and not one.startswith("vendor.")}

    assert seeing | {"audit.view"} <= ROLES["auditor"]
    assert {one.partition(".")[2] for one in ROLES["auditor"]} <= {"view", "view_all", "open"}


def test_an_auditor_changes_nothing_on_any_route(app, province, open_forms):
    auditor = browser(app, make_staff(province, role="auditor"))
    walked, passed = 0, set()
    for endpoint, method, path in walk(app):
        if method == "GET":
            continue
        walked += 1
        answer = auditor.client.open(path, method=method, headers=auditor.headers)
        if answer.status_code != 403:
            passed.add(endpoint)
            sign_in(auditor.client, make_staff(province, role="auditor"))  # one of them was “Đăng xuất”
    assert walked > 40
    assert passed <= FOR_READERS


def test_a_reader_is_refused_even_where_a_view_asks_for_no_more_than_seeing(app, province, open_forms):
    auditor = browser(app, make_staff(province, role="auditor"))

    refused = auditor.post("/console/dossiers/new")

    assert refused.status_code == 403 and "quản trị viên" in refused.text


def test_an_auditor_opens_every_list(app, province, open_forms):
    auditor = browser(app, make_staff(province, role="auditor"))

    pages = ("/console/", *(f"/console/{name}" for name in LISTS))
    assert {path: auditor.get(path).status_code for path in pages} == dict.fromkeys(pages, 200)


@pytest.mark.parametrize("role", sorted(ROLES))
def test_every_refusal_names_the_permission_the_roles_and_the_admins(app, province, open_forms, role):
    make_staff(province, role="province_admin", full_name="Lê Văn Tám")
    one = browser(app, make_staff(province, role=role))
    refused = 0
    for _, method, path in walk(app):
        if method != "GET":
            continue
        answer = one.get(path)
        if answer.status_code == 403:
            refused += 1
            assert "Lê Văn Tám" in answer.text, path
            assert ROLE_NAMES["province_admin"] in answer.text, path
            assert re.search(r"Tài khoản chưa có quyền “[^”]+”", answer.text), path
    assert (refused == 0) == (role == "province_admin")


def test_where_there_is_no_admin_yet_the_vendor_is_named(app, province, open_forms):
    page = browser(app, make_staff(province)).get("/console/staff").text

    assert "Nhà cung cấp hệ thống" in page


def test_the_vendors_refusal_names_the_vendors_admins(app, open_forms):
    make_vendor_staff(full_name="Trịnh Quốc Việt")
    support = make_vendor_staff(role="vendor_support")

    page = browser(app, support, "localhost").get("/vendor/staff")

    assert page.status_code == 403 and "Trịnh Quốc Việt" in page.text
    assert VENDOR_ROLE_NAMES["vendor_admin"] in page.text


def test_an_api_key_is_told_which_kind_of_key_may(app, province):
    make_staff(province, role="province_admin", full_name="Lê Văn Tám")
    key = {"Authorization": f"Bearer {make_api_key(province, 'read_only')}"}

    answer = app.test_client().put("/api/v1/dossiers/000.00.01.H11-241126-0001", json={}, headers=key)

    error = answer.json["error"]
    assert (answer.status_code, error["code"]) == (403, "forbidden")
    assert error["grant"]["permission"] == "dossier.write" and error["grant"]["ask"] == ["Lê Văn Tám"]
    assert "live" in error["message"] and "Gửi hồ sơ" in error["message"]
