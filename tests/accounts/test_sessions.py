"""Sign-ins are rows: they run out, are listed, and end when something about the person changes."""

import re
from datetime import timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from motcua.accounts import managing, second_factor, sessions
from motcua.accounts.models import StaffSignIn
from motcua.core.clock import now
from motcua.core.database import db
from tests.accounts.conftest import STRONG, again, code_now
from tests.factories import PASSWORD, make_staff


@pytest.fixture
def officer(province):
    return make_staff(province)


def signed_in(visitor, person):
    one = visitor()
    assert one.log_in(person).status_code == 303
    return one


def is_in(one) -> bool:
    return one.get("/console/account").status_code == 200


def test_two_idle_hours_end_a_sign_in_and_visits_keep_it(officer, visitor):
    busy, idle, began = signed_in(visitor, officer), signed_in(visitor, officer), now()

    with time_machine.travel(began + timedelta(minutes=119)):
        assert is_in(busy)
    with time_machine.travel(began + timedelta(minutes=121)):
        assert is_in(busy) and not is_in(idle)


def test_twelve_hours_end_it_however_busy(officer, visitor):
    one, began = signed_in(visitor, officer), now()

    seen = []
    for hours in range(1, 14):
        with time_machine.travel(began + timedelta(hours=hours)):
            seen.append(is_in(one))

    assert seen == [True] * 11 + [False] * 2


def test_the_last_visit_is_noted_to_the_minute(officer, visitor):
    one, began = signed_in(visitor, officer), now()

    def noted():
        db.session.rollback()
        return db.session.scalars(db.select(StaffSignIn.last_seen_at)).one()

    first = noted()
    with time_machine.travel(began + timedelta(seconds=30)):
        one.get("/console/")
        assert noted() == first
    with time_machine.travel(began + timedelta(seconds=90)):
        one.get("/console/")
        assert noted() > first


def test_ones_devices_are_listed_and_one_is_ended(officer, visitor):
    mine, other = signed_in(visitor, officer), visitor()
    other.headers |= {"User-Agent": "Mozilla/5.0 (Windows NT 10.0) AppleWebKit Chrome/130 Safari"}
    other.log_in(officer)

    page = mine.get("/console/account").text
    assert "Chrome trên Windows" in page and "127.0.x.x" in page and "thiết bị này" in page
    number = db.session.scalar(db.select(StaffSignIn.id).where(StaffSignIn.device == "Chrome trên Windows"))
    mine.post(f"/console/account/sessions/{number}/end")

    assert is_in(mine) and not is_in(other)


def test_all_others_are_ended_at_once(officer, visitor):
    mine, others = signed_in(visitor, officer), [signed_in(visitor, officer) for _ in range(2)]

    mine.post("/console/account/sessions/end-others")

    assert is_in(mine) and not any(map(is_in, others))


def test_another_persons_sign_in_cannot_be_ended(officer, visitor):
    mine, colleague = signed_in(visitor, officer), make_staff("binh-thuan")
    theirs = signed_in(visitor, colleague)
    number = db.session.scalar(db.select(StaffSignIn.id).where(StaffSignIn.person_id == colleague.id))

    assert mine.post(f"/console/account/sessions/{number}/end").status_code == 404
    assert is_in(theirs)


def test_a_cookie_kept_after_signing_out_opens_nothing(officer, visitor):
    one = signed_in(visitor, officer)
    kept = one.cookie
    one.post("/console/logout")
    other = visitor()
    other.client.set_cookie("motcua", kept, domain="binh-thuan.localhost")

    assert not is_in(other)


def test_changing_ones_password_signs_the_others_out_and_not_oneself(officer, visitor):
    mine, other = signed_in(visitor, officer), signed_in(visitor, officer)
    words = {"password": STRONG, "again": STRONG}

    wrong = mine.post("/console/account/password", current="sai", **words)
    weak = mine.post("/console/account/password", current=PASSWORD, password="ngắn", again="ngắn")
    done = mine.post("/console/account/password", current=PASSWORD, **words)

    assert (wrong.status_code, weak.status_code, done.status_code) == (422, 422, 303)
    assert is_in(mine) and not is_in(other)
    assert visitor().log_in(officer, STRONG).status_code == 303


CHANGES = {
    "role": lambda person, by: managing.change_role(person, "leader", by),
    "agency": lambda person, by: managing.change_agency(person, "ubnd-phuong"),
    "disabled": managing.disable,
    "second factor": managing.reset_second_factor,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_an_admin_changes_ends_the_persons_sign_ins(officer, visitor, change):
    one = signed_in(visitor, officer)

    change(again(officer), make_staff("binh-thuan", role="province_admin"))
    db.session.commit()

    assert not is_in(one)


def test_an_officer_turns_a_second_factor_on_and_off_with_a_code(officer, visitor):
    mine, other = signed_in(visitor, officer), signed_in(visitor, officer)
    page = mine.get("/console/account/second-factor").text
    secret = re.search(r"Khóa: <code[^>]*>([A-Z2-7 ]+)</code>", page)[1].replace(" ", "")
    done = mine.post("/console/account/second-factor", code=second_factor.code_of(secret))
    assert "chỉ hiện lần này" in done.text and is_in(mine) and not is_in(other)
    assert visitor().log_in(officer).headers["Location"] == "/console/login/code"

    wrong = mine.post("/console/account/second-factor/remove", code="000000")
    with time_machine.travel(now() + timedelta(seconds=60)):
        mine.post("/console/account/second-factor/remove", code=second_factor.code_of(secret))

    assert wrong.status_code == 422 and not again(officer).has_second_factor


def test_an_admin_who_changes_phones_sets_the_new_one_up_at_once(province, visitor):
    admin, one = make_staff(province, role="province_admin"), visitor()
    one.log_in_wholly(admin)

    answer = one.post("/console/account/second-factor/remove", code=code_now(1))

    assert answer.headers["Location"] == "/console/login/second-factor"
    assert one.get("/console/").status_code == 302
    assert one.get("/console/login/second-factor").status_code == 200


@given(st.one_of(st.ip_addresses().map(str), st.text(max_size=40), st.none()))
def test_an_address_is_never_kept_whole(address):
    kept = sessions.masked(address)

    assert kept.endswith(("x.x", "…", "không rõ")) and kept != address


@given(st.text(max_size=300))
def test_any_browser_gets_a_short_name(user_agent):
    assert len(sessions.device(user_agent)) < 40
