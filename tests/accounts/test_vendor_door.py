"""The vendor's people: on their own host, with a second factor, apart from every province."""

import re

import pytest
from flask import Blueprint

from motcua.accounts import gate, realms, second_factor, vendor_invitations
from motcua.accounts.permissions import requires
from motcua.accounts.vendor_models import VendorStaff
from motcua.app import create_app
from motcua.core import scope
from motcua.core.database import db
from tests.accounts.conftest import STRONG, Visitor, code_now, link_in
from tests.factories import make_staff, make_vendor_staff
from tests.signing_in import cookie_of, sign_in


def test_from_the_first_invitation_to_the_first_page(app, at_vendor):
    link = vendor_invitations.invite("viet@vendor.example", "Trịnh Quốc Việt", "vendor_admin")
    db.session.commit()
    one = at_vendor()
    assert link.startswith("http://localhost")

    one.post(link_in(link), password=STRONG, again=STRONG)
    step = one.post("/vendor/login", email="viet@vendor.example", password=STRONG)
    assert step.headers["Location"] == "/vendor/login/second-factor"
    page = one.get("/vendor/login/second-factor").text
    secret = re.search(r"Khóa: <code[^>]*>([A-Z2-7 ]+)</code>", page)[1].replace(" ", "")
    one.post("/vendor/login/second-factor", code=second_factor.code_of(secret))

    assert "Trịnh Quốc Việt" in one.get("/vendor/account").text
    assert one.get("/vendor/staff").status_code == 200


@pytest.mark.parametrize("path", ["/vendor/login", "/vendor/staff", "/vendor/account", "/vendor/forgot"])
def test_on_a_provinces_host_there_is_no_such_page(province, visitor, path):
    nowhere = "/vendor/nowhere"

    assert visitor().get(path).status_code == 404
    assert bare(visitor().get(path).text, path) == bare(visitor().get(nowhere).text, nowhere)


def bare(page: str, path: str) -> str:
    """Without what is another in each answer."""
    return re.sub(r'nonce="[^"]+"|name="csrf_token" value="[^"]+"', "", page).replace(path, "")


def test_a_vendors_cookie_opens_no_province_and_a_provinces_not_the_vendor(app, province, at_vendor, visitor):
    vendor, admin = make_vendor_staff(), make_staff(province, role="province_admin")
    theirs, ours = at_vendor(), visitor()
    theirs.client.set_cookie("motcua", cookie_of(admin), domain="localhost")
    ours.client.set_cookie("motcua", cookie_of(vendor), domain="binh-thuan.localhost")

    assert ours.get("/console/").status_code == 302
    assert theirs.get("/vendor/account").status_code == 302


def test_the_same_address_may_be_of_the_vendor_and_of_a_province_and_they_stay_two(
    province, at_vendor, visitor
):
    make_staff(province, email="ha@b.example")
    vendor = make_vendor_staff(email="ha@b.example")

    assert visitor().post("/console/login", email="ha@b.example", password="sai").status_code == 401
    assert at_vendor().log_in_wholly(vendor, "/vendor").status_code == 303


def test_the_last_admin_of_the_vendor_stays(app, open_forms):
    boss = make_vendor_staff()
    other = make_vendor_staff(role="vendor_support")
    one = Visitor(sign_in(app.test_client(), boss), "localhost")

    assert one.post(f"/vendor/staff/{boss.id}/disable").status_code == 409
    assert one.post(f"/vendor/staff/{other.id}", role="vendor_admin").status_code == 303
    db.session.expire_all()
    assert db.session.get(VendorStaff, other.id).role == "vendor_admin"


def test_support_manages_nobody(app, open_forms):
    one = Visitor(sign_in(app.test_client(), make_vendor_staff(role="vendor_support")), "localhost")

    assert (
        one.post("/vendor/staff", email="a@b.example", full_name="Ai Đó", role="vendor_admin").status_code
        == 403
    )


def test_a_page_of_the_vendors_knows_who_is_signed_in_and_has_no_tenant(settings, app):
    pages = Blueprint("vendor_try", __name__, url_prefix="/vendor/try")

    @pages.get("")
    @requires("vendor.open")
    def show():
        return {"who": gate.vendor_person().full_name, "tenant": scope.current()}

    person = make_vendor_staff()
    other = create_app(settings)
    other.register_blueprint(pages)
    client = sign_in(other.test_client(), person)

    answers = [client.get("/vendor/try", headers={"Host": host}) for host in ("localhost", "example.org")]

    with other.app_context():
        for engine in db.engines.values():
            engine.dispose()
    assert answers[0].json == {"who": "Phạm Thu Hà", "tenant": None}
    assert answers[1].status_code == 404


def test_recovery_codes_of_the_vendors_open_once(app, at_vendor):
    person = make_vendor_staff()
    code = second_factor.renew_recovery_codes(person)[0]
    db.session.commit()
    one = at_vendor()
    one.log_in(person, console="/vendor")

    assert one.post("/vendor/login/code", code=code).headers["Location"] == "/vendor/account"
    one.post("/vendor/logout")
    one.log_in(person, console="/vendor")
    assert one.post("/vendor/login/code", code=code).status_code == 401
    assert one.post("/vendor/login/code", code=code_now()).status_code == 303
    assert realms.of(person) is realms.VENDOR
