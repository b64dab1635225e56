"""Password, then code: who must have a second factor is not in without, and nobody guesses."""

import re
from datetime import timedelta

import pytest
import time_machine

from motcua.accounts import second_factor
from motcua.core import attempts
from motcua.core.clock import now
from motcua.core.database import db
from tests.accounts.conftest import again, code_now
from tests.factories import PASSWORD, make_staff


@pytest.fixture
def admin(province):
    return make_staff(province, role="province_admin")


def without_second_factor(person):
    second_factor.remove(again(person))
    db.session.commit()


def test_an_admins_password_alone_opens_nothing_but_the_code_page(admin, visitor):
    one = visitor()

    answer = one.log_in(admin)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/console/login/code")
    assert "Nhập mã xác thực" in one.get("/console/login/code").text
    assert one.get("/console/").status_code == 302


def test_with_the_code_the_admin_is_in_where_they_wanted(admin, visitor):
    one = visitor()
    one.post("/console/login?next=/console/staff", email=admin.email, password=PASSWORD)

    answer = one.post("/console/login/code", code=code_now())

    assert (answer.status_code, answer.headers["Location"]) == (303, "/console/staff")
    assert one.get("/console/staff").status_code == 200


def test_the_code_page_opens_for_nobody_who_did_not_say_the_password(admin, visitor):
    one = visitor()

    assert one.get("/console/login/code").headers["Location"] == "/console/login"
    assert one.post("/console/login/code", code=code_now()).headers["Location"] == "/console/login"
    assert one.get("/console/").status_code == 302


def test_ten_minutes_after_the_password_one_begins_again(admin, visitor):
    one = visitor()
    one.log_in(admin)

    with time_machine.travel(now() + timedelta(minutes=11)):
        answer = one.post("/console/login/code", code=code_now())

    assert answer.headers["Location"] == "/console/login"


def test_a_password_changed_meanwhile_ends_the_first_step(admin, visitor):
    one = visitor()
    one.log_in(admin)
    admin.set_password("một mật khẩu khác hẳn")
    db.session.add(admin)
    db.session.commit()

    assert one.post("/console/login/code", code=code_now()).headers["Location"] == "/console/login"


def test_five_wrong_codes_cool_down_also_after_the_password_again(admin, visitor):
    one = visitor()
    one.log_in(admin)
    wrong = "000000" if code_now() != "000000" else "111111"
    statuses = [one.post("/console/login/code", code=wrong).status_code for _ in range(5)]

    one.log_in(admin)

    assert statuses == [401] * 5
    assert one.post("/console/login/code", code=code_now()).status_code == 429


def test_one_address_is_cooled_down_whoever_it_tries(province, visitor, monkeypatch):
    monkeypatch.setattr("motcua.accounts.signing_in.MOST_WRONG_OF_AN_ADDRESS", 6)
    one = visitor()

    for number in range(6):
        assert one.post("/console/login", email=f"a{number}@b.example", password="sai").status_code == 401

    assert one.post("/console/login", email="a9@b.example", password="sai").status_code == 429


def test_right_passwords_do_not_count_against_an_office(province, visitor, monkeypatch):
    monkeypatch.setattr("motcua.accounts.signing_in.MOST_WRONG_OF_AN_ADDRESS", 2)
    officer = make_staff(province)

    assert [visitor().log_in(officer).status_code for _ in range(4)] == [303] * 4


def test_an_invited_a_disabled_and_an_unknown_person_get_one_answer(province, visitor):
    invited, disabled = make_staff(province), make_staff(province, is_enabled=False)
    invited.password_hash = ""
    db.session.add(invited)
    db.session.commit()

    emails = (invited.email, disabled.email, "khong-ai@binh-thuan.example")
    pages = [visitor().post("/console/login", email=email, password=PASSWORD) for email in emails]

    said = {re.sub(r'(nonce|value)="[^"]+"', "", page.text) for page in pages}
    assert [page.status_code for page in pages] == [401] * 3
    assert len(said) == 1


def test_an_admin_without_a_second_factor_sets_one_up_before_anything_else(admin, visitor):
    without_second_factor(admin)
    one = visitor()

    assert one.log_in(admin).headers["Location"] == "/console/login/second-factor"
    assert one.get("/console/").status_code == 302
    page = one.get("/console/login/second-factor").text
    secret = re.search(r"Khóa: <code[^>]*>([A-Z2-7 ]+)</code>", page)[1].replace(" ", "")
    assert "<svg" in page
    refused = one.post("/console/login/second-factor", code="12345")
    done = one.post("/console/login/second-factor", code=second_factor.code_of(secret))

    codes = re.findall(r"<li><code[^>]*>([\w-]+)</code>", done.text)
    assert refused.status_code == 422 and len(codes) == 10
    assert one.get("/console/").status_code == 200
    assert second_factor.take(again(admin), codes[0]) == "recovery"


def test_a_sign_in_from_before_does_not_outlive_the_need_for_a_second_factor(admin, visitor):
    one = visitor()
    one.log_in_wholly(admin)
    assert one.get("/console/").status_code == 200

    without_second_factor(again(admin))

    assert one.get("/console/").status_code == 302


def test_a_recovery_code_opens_once_and_says_how_many_are_left(admin, visitor):
    code = second_factor.renew_recovery_codes(admin)[0]
    db.session.commit()
    first, second = visitor(), visitor()
    first.log_in(admin)
    second.log_in(admin)

    answer = first.post("/console/login/code", code=code)

    assert answer.headers["Location"] == "/console/account"
    assert "còn 9 mã" in first.get("/console/account").text
    assert second.post("/console/login/code", code=code).status_code == 401


def test_the_session_from_before_signing_in_is_worth_nothing_after(province, visitor):
    officer, one = make_staff(province), visitor()
    one.log_in(officer)
    before = one.cookie
    one.log_in(officer)
    other = visitor()
    other.client.set_cookie("motcua", before, domain="binh-thuan.localhost")

    assert one.get("/console/").status_code == 200
    assert other.get("/console/").status_code == 302


def test_a_guess_counts_before_it_is_judged(province, visitor):
    officer, one = make_staff(province), visitor()
    attempts.take({f"{province}:login:{officer.email}": 5, f"{province}:x": 9})

    statuses = [one.log_in(officer, "sai").status_code for _ in range(5)]

    assert statuses == [401] * 4 + [429]
