"""Invitations and resets: a link opens once, for a while, for its person, and can be made up by nobody."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from motcua.accounts import invitations, jobs, links, realms
from motcua.accounts.models import Staff, StaffLink
from motcua.core.clock import now
from motcua.core.database import db, tenant_scope
from motcua.core.errors import Invalid
from tests.accounts.conftest import STRONG, again, link_in
from tests.alerts.test_alerts import letterbox  # noqa: F401
from tests.factories import make_province, make_staff

INVITED = ("lan@binh-thuan.example", "Trần Thị Lan", "officer")


@pytest.fixture
def invited(province) -> str:
    """The path of an invitation."""
    link = invitations.invite(*INVITED)
    db.session.commit()
    return link_in(link)


def choose(one, path: str, plain: str = STRONG):
    return one.post(path, password=plain, again=plain)


def test_an_invited_person_sets_a_password_and_signs_in(invited, visitor):
    one = visitor()
    assert "Trần Thị Lan" in one.get(invited).text

    answer = choose(one, invited)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/console/login")
    login = one.post("/console/login", email=INVITED[0], password=STRONG)
    assert (login.status_code, login.headers["Location"]) == (303, "/console/")


def test_looking_at_a_link_does_not_use_it_up_and_using_it_does(invited, visitor):
    assert [visitor().get(invited).status_code for _ in range(2)] == [200, 200]

    first, second = choose(visitor(), invited), choose(visitor(), invited)

    assert (first.status_code, second.status_code, visitor().get(invited).status_code) == (303, 404, 404)


def test_a_weak_password_leaves_the_link_open(invited, visitor):
    refused = choose(visitor(), invited, "lan123")
    personal = choose(visitor(), invited, "tranthilan1990")

    assert (refused.status_code, personal.status_code) == (422, 422)
    assert "ít nhất 12 ký tự" in refused.text
    assert choose(visitor(), invited).status_code == 303


def test_an_invitation_ends_after_a_week_and_a_reset_after_two_hours(province, invited, visitor):
    person = make_staff(province)
    reset = link_in(invitations.send(person, by="Phạm Thu Hà"))
    db.session.commit()

    with time_machine.travel(now() + timedelta(hours=2, minutes=1)):
        assert visitor().get(reset).status_code == 404
        assert visitor().get(invited).status_code == 200
    with time_machine.travel(now() + timedelta(days=7, minutes=1)):
        assert visitor().get(invited).status_code == 404


def test_a_new_link_closes_the_earlier_ones(province, visitor):
    person = make_staff(province)
    first, second = (link_in(invitations.send(person, by="Phạm Thu Hà")) for _ in range(2))
    db.session.commit()

    assert (visitor().get(first).status_code, visitor().get(second).status_code) == (404, 200)


def test_disabling_closes_a_link(invited, visitor):
    db.session.execute(db.update(Staff).values(is_enabled=False))
    db.session.commit()

    assert visitor().get(invited).status_code == 404


def test_a_link_of_one_province_opens_nothing_in_another_or_at_the_vendors(invited, visitor, at_vendor):
    make_province("da-nang")
    token = invited.rpartition("/")[2]

    assert visitor("da-nang").get(invited).status_code == 404
    assert at_vendor().get(f"/vendor/password/{token}").status_code == 404


def test_of_six_who_use_one_link_at_once_one_sets_the_password(app, invited):
    token = invited.rpartition("/")[2]
    db.session.remove()

    def use(number: int) -> bool:
        with app.app_context(), tenant_scope("binh-thuan"):
            try:
                invitations.set_password(realms.STAFF, token, f"{STRONG} {number}")
            except links.LinkGone:
                return False
            db.session.commit()
            return True

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(use, range(6))) == [False] * 5 + [True]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_changed_or_invented_token_opens_nothing(invited, data):
    token = invited.rpartition("/")[2]
    at = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from("AaZz09-_.") | st.characters(max_codepoint=500))
    changed = token[:at] + other + token[at + 1 :]

    if changed != token:
        with pytest.raises(links.LinkGone):
            links.find(realms.STAFF, changed)
    with pytest.raises(links.LinkGone):
        links.find(realms.STAFF, data.draw(st.text(max_size=80)))


def test_the_table_alone_makes_no_link(invited):
    row = db.session.scalars(db.select(StaffLink)).one()

    assert row.nonce not in invited and str(row.nonce) not in invited.rpartition("/")[2].split(".")[-1]
    with pytest.raises(links.LinkGone):
        links.find(realms.STAFF, row.nonce)


@pytest.mark.parametrize(
    ("email", "name", "role", "field"),
    [("lan", "Trần Thị Lan", "officer", "email"), ("lan@b.example", "L", "officer", "full_name"),
     ("lan@b.example", "Trần Thị Lan", "vendor_admin", "role"),
     ("a@b.example\nBcc: c@d.example", "Lan Lan", "officer", "email"),
     ("lan@b.example", "Lan\x00Lan", "officer", "full_name")],
)  # fmt: skip
def test_a_wrong_invitation_names_the_field(province, email, name, role, field):
    with pytest.raises(Invalid) as refused:
        invitations.invite(email, name, role)

    assert list(refused.value.details) == [field]


def test_nobody_is_invited_twice_in_any_writing(invited):
    with pytest.raises(invitations.AlreadyThere):
        invitations.invite("LAN@Binh-Thuan.example ", "Ai khác", "leader")


def test_a_forgotten_password_answers_alike_for_everybody_and_mails_only_one(
    province,
    visitor,
    letterbox,  # noqa: F811
):
    person = make_staff(province)
    pages = [visitor().post("/console/forgot", email=email) for email in (person.email, "ai@do.example")]

    assert pages[0].status_code == pages[1].status_code == 200
    assert "Nếu địa chỉ này có tài khoản" in pages[0].text and "Nếu địa chỉ này có tài khoản" in pages[1].text
    db.session.rollback()
    (row,) = db.session.scalars(db.select(StaffLink)).all()
    assert jobs.mail_link("staff", province, row.id)
    ((to, letter),) = letterbox.letters
    assert to == [person.email] and "dùng được một lần" in letter
    assert choose(visitor(), link_in(letter)).status_code == 303


def test_a_link_that_was_used_meanwhile_is_not_mailed(province, letterbox):  # noqa: F811
    person = make_staff(province)
    row = links.make(person, "reset", "Phạm Thu Hà")
    links.use_up(row)
    db.session.commit()

    assert not jobs.mail_link("staff", province, row.id)
    assert letterbox.letters == []


def test_asking_again_and_again_is_cooled_down(province, visitor, with_mail):
    statuses = [visitor().post("/console/forgot", email="a@b.example").status_code for _ in range(4)]

    assert statuses == [200] * 3 + [429]


def test_without_mail_the_page_says_whom_to_ask(province, visitor):
    person, page = make_staff(province), visitor().get("/console/forgot").text
    visitor().post("/console/forgot", email=person.email)

    assert "nhờ một quản trị viên" in page
    assert db.session.scalar(db.select(db.func.count()).select_from(StaffLink)) == 0


def test_setting_a_password_by_link_signs_every_browser_out(province, visitor):
    person, one = make_staff(province), visitor()
    one.log_in(person)
    link = link_in(invitations.send(again(person), by="Phạm Thu Hà"))
    db.session.commit()

    choose(visitor(), link)

    assert one.get("/console/").status_code == 302
