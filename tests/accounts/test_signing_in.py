"""Staff sign in; nobody guesses their way in."""

import re

import pytest

from motcua.audit.models import AuditEntry
from motcua.core.database import db
from tests.factories import PASSWORD, make_dossier, make_staff

HOST = {"Host": "binh-thuan.localhost"}


@pytest.fixture
def officer(province):
    return make_staff("binh-thuan", email="ha@binh-thuan.example")


@pytest.fixture
def browser(app, officer):
    return app.test_client()


def sign_in(browser, email="ha@binh-thuan.example", password=PASSWORD, target=""):
    page = browser.get("/console/login", headers=HOST).get_data(as_text=True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    form = {"email": email, "password": password, "csrf_token": token}
    return browser.post(f"/console/login{target}", data=form, headers=HOST)


def test_without_signing_in_the_console_asks_for_it(browser):
    answer = browser.get("/console/", headers=HOST)

    assert answer.status_code == 302
    assert answer.headers["Location"] == "/console/login?next=/console/"


def test_with_the_right_password_the_officer_sees_the_dossiers(browser):
    dossier = make_dossier()

    assert sign_in(browser, email=" HA@binh-thuan.example ").status_code == 303

    page = browser.get("/console/", headers=HOST).get_data(as_text=True)
    assert dossier.code in page and "Phạm Thu Hà" in page


@pytest.mark.parametrize(
    ("email", "password"),
    [("ha@binh-thuan.example", "sai"), ("ai-do@binh-thuan.example", PASSWORD)],
    ids=["password", "email"],
)
def test_wrong_words_get_one_and_the_same_answer(browser, email, password):
    answer = sign_in(browser, email, password)

    assert answer.status_code == 401
    assert "Email hoặc mật khẩu chưa đúng" in answer.get_data(as_text=True)


def test_five_wrong_passwords_cool_down(browser):
    for _ in range(5):
        sign_in(browser, password="sai")

    assert sign_in(browser).status_code == 429


def test_a_disabled_officer_is_out_at_once(browser, officer):
    sign_in(browser)
    db.session.execute(db.text("UPDATE staff SET is_enabled = false"))
    db.session.commit()

    assert browser.get("/console/", headers=HOST).status_code == 302


def test_after_signing_out_the_console_is_closed(browser):
    sign_in(browser)
    page = browser.get("/console/", headers=HOST).get_data(as_text=True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]

    browser.post("/console/logout", data={"csrf_token": token}, headers=HOST)

    assert browser.get("/console/", headers=HOST).status_code == 302


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_after_signing_in_nobody_is_led_elsewhere(browser, target):
    answer = sign_in(browser, target=f"?next={target}")

    assert answer.headers["Location"] == "/console/"


def test_the_officer_prints_the_receipt(browser):
    dossier = make_dossier()
    sign_in(browser)

    page = browser.get(f"/console/dossiers/{dossier.code}/receipt", headers=HOST)

    assert page.status_code == 200
    assert "Giấy tiếp nhận hồ sơ và hẹn trả kết quả" in page.get_data(as_text=True)


def test_the_officer_sees_one_dossiers_line_of_time(browser):
    dossier = make_dossier()
    sign_in(browser)

    page = browser.get(f"/console/dossiers/{dossier.code}", headers=HOST).get_data(as_text=True)

    assert "Diễn biến" in page and "Tin đã báo" in page


def test_a_password_is_kept_as_argon2id_only(officer):
    kept = db.session.execute(db.text("SELECT password_hash FROM staff")).scalar()

    assert kept.startswith("$argon2id$")


def test_the_log_says_who_came_in_and_who_did_not(browser, officer):
    sign_in(browser, password="sai")
    sign_in(browser, email="ai-do@binh-thuan.example")
    sign_in(browser)

    told = [(one.action, one.subject, one.actor_name) for one in db.session.scalars(db.select(AuditEntry))]

    assert sorted(told) == [
        ("person.refused", f"staff {officer.id}", "Người chưa đăng nhập"),
        ("person.refused", "staff ?", "Người chưa đăng nhập"),
        ("person.sign_in", f"staff {officer.id}", "Phạm Thu Hà"),
    ]
