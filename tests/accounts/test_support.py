"""A visit of the vendor's: with a reason, for a while, seeing only, in sight of the province, ended at will."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine

from motcua.accounts import support
from motcua.core.clock import now
from motcua.core.database import db, tenant_scope
from motcua.core.errors import Invalid
from tests.accounts.conftest import Visitor
from tests.factories import make_dossier, make_province, make_staff, make_vendor_staff
from tests.signing_in import sign_in

REASON = "Xem vì sao danh mục không nạp được, theo yêu cầu của Sở"


@pytest.fixture
def helper(province):
    return make_vendor_staff(role="vendor_support", full_name="Trịnh Quốc Việt")


@pytest.fixture
def path(helper) -> str:
    return urlsplit(support.begin("binh-thuan", helper, REASON, 2)).path


@pytest.fixture
def inside(path, visitor):
    one = visitor()
    assert one.post(path).status_code == 303
    return one


@pytest.fixture
def admin(app, province, open_forms):
    person = make_staff(province, role="province_admin", full_name="Lê Văn Tám")
    return Visitor(sign_in(app.test_client(), person), "binh-thuan.localhost")


def number_of(path: str = "") -> int:
    db.session.rollback()
    return db.session.scalars(db.select(support.SupportEntry.id)).one()


def test_the_visitor_sees_and_everybody_sees_the_visitor(inside, admin):
    dossier = make_dossier()

    assert dossier.code in inside.get("/console/dossiers/?tab=all").text
    for one in (inside, admin):
        page = one.get("/console/").text
        assert "Trịnh Quốc Việt của nhà cung cấp đang vào hỗ trợ" in page and REASON in page
    assert REASON in admin.get("/console/support").text


def test_without_a_visit_there_is_no_banner(admin):
    assert "đang vào hỗ trợ" not in admin.get("/console/").text
    assert "Chưa lần nào" in admin.get("/console/support").text


@pytest.mark.parametrize(
    ("method", "where"),
    [("post", "/console/calendar/"), ("post", "/console/dossiers/new"), ("post", "/console/staff"),
     ("post", "/console/support/1/end"), ("post", "/console/support/1/changes"), ("get", "/console/dossiers/new")],
)  # fmt: skip
def test_the_visitor_changes_nothing_and_gives_itself_no_right(inside, method, where):
    assert getattr(inside, method)(where).status_code in (403, 405)


def test_a_link_opens_once_and_looking_is_not_opening(path, visitor):
    assert [visitor().get(path).status_code for _ in range(2)] == [200, 200]
    assert [visitor().post(path).status_code for _ in range(2)] == [303, 404]


def test_of_six_at_once_one_gets_in(app, path):
    token = path.rpartition("/")[2]
    db.session.remove()

    def come(_):
        with app.app_context(), tenant_scope("binh-thuan"):
            try:
                support.open_visit(token)
            except support.VisitGone:
                return False
            db.session.commit()
            return True

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(come, range(6))) == [False] * 5 + [True]


def test_a_link_not_opened_in_a_quarter_of_an_hour_is_gone(path, visitor):
    with time_machine.travel(now() + timedelta(minutes=16)):
        assert visitor().post(path).status_code == 404


def test_the_time_ends_the_visit(inside):
    with time_machine.travel(now() + timedelta(hours=2, minutes=1)):
        assert inside.get("/console/").status_code == 302


def test_the_province_ends_it_at_once(inside, admin):
    admin.post(f"/console/support/{number_of()}/end")

    assert inside.get("/console/").status_code == 302
    assert "Lê Văn Tám kết thúc" in admin.get("/console/support").text


def test_the_visitor_leaves_and_the_visit_is_over(inside, admin):
    inside.post("/console/logout")

    assert "đang vào hỗ trợ" not in admin.get("/console/").text


def test_a_person_who_left_the_vendor_is_out_of_every_province(inside, helper):
    helper.is_enabled = False
    db.session.add(helper)
    db.session.commit()

    assert inside.get("/console/").status_code == 302


def test_an_admin_may_let_the_visitor_change_set_up_and_nothing_else(inside, admin):
    before = inside.post("/console/statuses/").status_code
    admin.post(f"/console/support/{number_of()}/changes", allowed="1")

    assert before == 403
    assert inside.post("/console/statuses/").status_code != 403
    assert inside.post("/console/staff", email="a@b.example").status_code == 403
    assert "được sửa thiết lập" in admin.get("/console/").text
    admin.post(f"/console/support/{number_of()}/changes", allowed="0")
    assert inside.post("/console/statuses/").status_code == 403


def test_the_visit_is_of_one_province_only(inside, visitor):
    make_province("da-nang")
    other = visitor("da-nang")
    other.client.set_cookie("motcua", inside.cookie, domain="da-nang.localhost")

    assert other.get("/console/").status_code == 302


@pytest.mark.parametrize(
    ("reason", "hours"), [("xem", 1), (" " * 40, 1), (REASON, 4.5), (REASON, 0), (REASON, -1)]
)
def test_no_visit_without_a_reason_or_for_longer(helper, reason, hours):
    with pytest.raises(Invalid, match="Xin"):
        support.begin("binh-thuan", helper, reason, hours)
