"""An admin invites, changes and disables people, and cannot lock everybody out."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from motcua.accounts import managing
from motcua.accounts.models import Staff
from motcua.core.database import db, tenant_scope
from tests.accounts.conftest import Visitor, again, link_in
from tests.factories import make_province, make_staff
from tests.signing_in import sign_in

STAFF = "/console/staff"


@pytest.fixture
def boss(province):
    return make_staff(province, role="province_admin", full_name="Lê Văn Tám")


@pytest.fixture
def admin(app, boss, open_forms):
    return Visitor(sign_in(app.test_client(), boss), "binh-thuan.localhost")


def test_the_first_page_of_a_new_province_shows_the_admin_and_the_form(admin):
    page = admin.get(STAFF).text

    assert "Lê Văn Tám" in page and "Mời người mới" in page


def test_an_invitation_is_shown_once_and_opens(admin, visitor):
    words = {
        "email": "Lan@b.example",
        "full_name": " Trần  Thị Lan ",
        "role": "officer",
        "agency": "ubnd-phuong",
    }

    page = admin.post(STAFF, **words).text

    link = link_in(page)
    assert "Trần Thị Lan" in visitor().get(link).text
    assert "/console/password/" not in admin.get(STAFF).text
    lan = db.session.scalars(db.select(Staff).where(Staff.email == "lan@b.example")).one()
    assert (lan.full_name, lan.agency_code) == ("Trần Thị Lan", "ubnd-phuong")


@pytest.mark.parametrize(
    "given", [{"email": "lan"}, {"role": "king"}, {"agency": "so-khong-co"}, {"full_name": ""}]
)
def test_a_wrong_invitation_is_explained_and_what_was_typed_stays(admin, given):
    words = {"email": "lan@b.example", "full_name": "Trần Thị Lan", "role": "officer"} | given

    answer = admin.post(STAFF, **words)

    assert answer.status_code == 422 and "Xin" in answer.text
    assert words["email"] in answer.text
    assert db.session.scalar(db.select(db.func.count()).select_from(Staff)) == 1


def test_people_are_found_by_a_part_of_name_or_address(admin, province):
    make_staff(province, full_name="Đỗ Thị Mận", email="man@b.example")
    make_staff(province, full_name="Ngô Văn Khế", email="khe_50%@b.example")

    assert "Đỗ Thị Mận" in admin.get(f"{STAFF}?q=mận").text
    assert "Đỗ Thị Mận" not in admin.get(f"{STAFF}?q=50%25").text
    assert "Ngô Văn Khế" in admin.get(f"{STAFF}?q=50%25").text
    assert "Không có ai khớp" in admin.get(f"{STAFF}?q=ai%20do").text
    assert "Ngô Văn Khế" not in admin.get(f"{STAFF}?role=province_admin").text


def test_many_people_stand_on_pages_that_keep_the_filter(admin, province, monkeypatch):
    monkeypatch.setattr(managing, "PAGE", 2)
    for name in ("An", "Bình", "Chi", "Dung", "Én"):
        make_staff(province, full_name=f"Lê {name}", role="auditor")
    pages = [admin.get(f"{STAFF}?role=auditor&page={number}").text for number in (1, 2, 3)]

    shown = [
        [name for name in ("An", "Bình", "Chi", "Dung", "Én") if f"Lê {name}<" in page] for page in pages
    ]

    assert shown == [["An", "Bình"], ["Chi", "Dung"], ["Én"]]
    assert "Trang 2 / 3" in pages[1] and "role=auditor&amp;page=3" in pages[1]
    assert 'rel="next"' not in pages[2]
    for beyond in ("99", "-1", "x"):
        assert admin.get(f"{STAFF}?page={beyond}").status_code == 200


def test_role_and_agency_are_changed(admin, province):
    person = make_staff(province)

    admin.post(f"{STAFF}/{person.id}", role="auditor", agency="ubnd-phuong")

    assert (again(person).role, again(person).agency_code) == ("auditor", "ubnd-phuong")


def test_ones_own_role_and_account_stay(admin, boss):
    make_staff("binh-thuan", role="province_admin")

    changed = admin.post(f"{STAFF}/{boss.id}", role="officer")
    disabled = admin.post(f"{STAFF}/{boss.id}/disable")
    reset = admin.post(f"{STAFF}/{boss.id}/second-factor/reset")

    assert [one.status_code for one in (changed, disabled, reset)] == [409] * 3
    assert "nhờ một quản trị viên khác" in changed.text
    assert (again(boss).role, again(boss).is_enabled) == ("province_admin", True)


def test_the_last_admin_who_can_sign_in_stays(province, boss):
    invited = make_staff(province, role="province_admin")
    invited.password_hash = ""
    db.session.add(invited)
    db.session.commit()

    for change in (lambda: managing.disable(boss, None), lambda: managing.change_role(boss, "officer", None)):
        with pytest.raises(managing.LastAdmin):
            change()
    managing.disable(invited, boss)
    assert not invited.is_enabled


def test_two_admins_who_disable_each_other_at_once_leave_one(app, province, boss):
    other = make_staff(province, role="province_admin")
    pairs = [(boss.id, other.id), (other.id, boss.id)]
    db.session.remove()

    def disable(pair):
        with app.app_context(), tenant_scope("binh-thuan"):
            person, by = (db.session.get(Staff, ("binh-thuan", number)) for number in pair)
            try:
                managing.disable(person, by)
                db.session.commit()
            except managing.LastAdmin:
                db.session.rollback()
                return False
            return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(disable, pairs)) == [False, True]


def test_a_disabled_person_is_out_and_back_after_enabling(admin, province, visitor):
    person, one = make_staff(province), visitor()
    one.log_in(person)

    admin.post(f"{STAFF}/{person.id}/disable")
    out = one.get("/console/").status_code, one.log_in(person).status_code
    admin.post(f"{STAFF}/{person.id}/enable")

    assert out == (302, 401) and one.log_in(person).status_code == 303


def test_a_lost_phone_is_replaced_by_another_admins_word(admin, province, visitor):
    colleague, one = make_staff(province, role="province_admin"), visitor()

    admin.post(f"{STAFF}/{colleague.id}/second-factor/reset")

    assert one.log_in(colleague).headers["Location"] == "/console/login/second-factor"


def test_a_reset_link_and_a_new_invitation_are_shown_on_the_persons_page(admin, province, visitor):
    person = make_staff(province)

    page = admin.post(f"{STAFF}/{person.id}/link").text

    assert visitor().get(link_in(page)).status_code == 200
    assert "Lê Văn Tám tạo còn dùng được" in admin.get(f"{STAFF}/{person.id}").text


def test_a_disabled_person_gets_no_link(admin, province):
    person = make_staff(province, is_enabled=False)

    assert admin.post(f"{STAFF}/{person.id}/link").status_code == 409


def test_another_provinces_people_are_nobody_here(admin, province):
    make_province("da-nang")
    theirs = [make_staff("da-nang", full_name="RIÊNG CỦA ĐÀ NẴNG") for _ in range(3)][-1]
    nobody = theirs.id + 1000

    for more, method in (("", "get"), ("", "post"), ("/disable", "post"), ("/link", "post")):
        answers = [getattr(admin, method)(f"{STAFF}/{number}{more}") for number in (theirs.id, nobody)]
        assert [one.status_code for one in answers] == [404, 404]
    assert "RIÊNG" not in admin.get(STAFF).text


def test_a_name_cannot_bring_marks_into_the_page(admin, province):
    make_staff(province, full_name="<script>alert(1)</script>")

    assert "<script>alert" not in admin.get(STAFF).text
