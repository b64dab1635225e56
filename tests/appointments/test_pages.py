"""Citizens' pages: booking from a proven dossier, changing a visit by its own address, the calendar file."""

import re
from datetime import datetime

import pytest
import time_machine
from icalendar import Calendar

from motcua.appointments import desks
from motcua.appointments.models import Visit
from motcua.core.clock import VIETNAM
from motcua.core.database import db, tenant_scope
from motcua.dossiers import following
from tests.factories import make_citizen, make_desk, make_dossier, make_visit

HOST = {"Host": "binh-thuan.localhost"}
OTHER_HOST = {"Host": "da-nang.localhost"}
TUESDAY = "2026-12-01T08:00"


@pytest.fixture(autouse=True)
def friday():
    with time_machine.travel("2026-11-27T10:00:00+07:00", tick=False):
        yield


@pytest.fixture
def dossier(two_provinces):
    with tenant_scope("binh-thuan"):
        make_desk(capacity=1)
        made = make_dossier(due_at="2026-12-01T10:00:00+07:00")
        db.session.commit()
    return made


@pytest.fixture
def browser(app, dossier):
    app.config["WTF_CSRF_ENABLED"] = False
    yield app.test_client()
    app.config["WTF_CSRF_ENABLED"] = True


def prove(browser, dossier) -> None:
    browser.post(f"/t/{dossier.token}/proof", data={"digits": "5678"}, headers=HOST)


def book(browser, dossier, slot=TUESDAY, **given):
    data = {"purpose": "collect", "desk": "1", "slot": slot} | given
    return browser.post(f"/visits/dossier/{dossier.token}", data=data, headers=HOST)


def only_visit() -> Visit:
    with tenant_scope("binh-thuan"):
        return db.session.scalars(db.select(Visit)).one()


def page(browser, path: str, host=HOST) -> str:
    answer = browser.get(path, headers=host)
    assert answer.status_code == 200, answer.status_code
    return answer.get_data(as_text=True)


def test_without_proof_the_page_sends_back_to_the_dossier(browser, dossier):
    for answer in (browser.get(f"/visits/dossier/{dossier.token}", headers=HOST), book(browser, dossier)):
        assert answer.status_code == 303
        assert answer.headers["Location"].endswith(f"/t/{dossier.token}")
    with tenant_scope("binh-thuan"):
        assert not db.session.scalars(db.select(Visit)).all()


def test_the_dossiers_page_leads_to_booking_once_it_is_proven(browser, dossier):
    assert f"/visits/dossier/{dossier.token}" not in page(browser, f"/t/{dossier.token}")

    prove(browser, dossier)

    assert f"/visits/dossier/{dossier.token}" in page(browser, f"/t/{dossier.token}")


def test_a_result_is_collected_from_the_day_it_is_promised_for(browser, dossier):
    prove(browser, dossier)

    text = page(browser, f"/visits/dossier/{dossier.token}?purpose=collect")

    assert "Thứ Ba 01/12" in text
    assert "Thứ Hai 30/11" not in text
    assert "Thứ Hai 30/11" in page(browser, f"/visits/dossier/{dossier.token}?purpose=ask")


def test_booking_gives_a_page_of_its_own_that_names_nobody(browser, dossier):
    prove(browser, dossier)

    answer = book(browser, dossier)

    visit = only_visit()
    assert answer.headers["Location"].endswith(f"/visits/{visit.token}")
    text = page(browser, f"/visits/{visit.token}")
    assert "08:00 thứ Ba, 01/12/2026" in text
    assert re.search(r"Số thứ tự\s*<strong>1</strong>", text)
    assert "Lan" not in text and dossier.code not in text


def test_a_slot_that_was_taken_meanwhile_is_refused_in_words(browser, dossier):
    prove(browser, dossier)
    with tenant_scope("binh-thuan"):
        make_visit(desks.get(1), TUESDAY)
        db.session.commit()

    answer = book(browser, dossier)

    assert answer.status_code == 303
    assert "vừa hết chỗ" in page(
        browser, answer.headers["Location"].replace("http://binh-thuan.localhost", "")
    )


@pytest.mark.parametrize(
    "given",
    [{"slot": "x"}, {"slot": "0001-01-01T00:00"}, {"desk": "7"}, {"purpose": "file"}, {"purpose": ""}],
)
def test_a_form_that_names_what_is_not_offered_books_nothing(browser, dossier, given):
    prove(browser, dossier)

    assert book(browser, dossier, **given).status_code == 303

    with tenant_scope("binh-thuan"):
        assert not db.session.scalars(db.select(Visit)).all()


def test_who_holds_the_address_may_move_and_cancel(browser, dossier):
    prove(browser, dossier)
    book(browser, dossier)
    token = only_visit().token
    assert "Chọn giờ khác" in page(browser, f"/visits/{token}?move=1")

    browser.post(f"/visits/{token}", data={"act": "move", "slot": "2026-12-02T14:00"}, headers=HOST)
    assert "14:00 thứ Tư, 02/12/2026" in page(browser, f"/visits/{token}")
    browser.post(f"/visits/{token}", data={"act": "cancel"}, headers=HOST)
    assert "Đã hủy" in page(browser, f"/visits/{token}")
    browser.post(f"/visits/{token}", data={"act": "move", "slot": TUESDAY}, headers=HOST)

    assert (only_visit().state, only_visit().sequence) == ("cancelled", 2)


def test_a_follower_with_the_same_proof_hears_of_what_was_booked_on_the_page(browser, dossier):
    with tenant_scope("binh-thuan"):
        lan = make_citizen(phone="84912345678")
        following.follow_own(lan)
        db.session.commit()
        key = f"phone:{lan.phone_index}"
    prove(browser, dossier)
    book(browser, dossier)

    assert (only_visit().citizen_id, only_visit().person) == (lan.id, key)


def test_another_provinces_visit_is_not_found(browser, dossier):
    prove(browser, dossier)
    book(browser, dossier)
    token = only_visit().token

    for path in (f"/visits/{token}", f"/visits/{token}.ics", f"/visits/dossier/{dossier.token}"):
        assert browser.get(path, headers=OTHER_HOST).status_code == 404
    assert browser.post(f"/visits/{token}", data={"act": "cancel"}, headers=OTHER_HOST).status_code == 404
    assert only_visit().state == "booked"


def events_of(browser, token: str):
    answer = browser.get(f"/visits/{token}.ics", headers=HOST)
    assert answer.content_type.startswith("text/calendar")
    calendar = Calendar.from_ical(answer.data)
    (event,) = calendar.walk("VEVENT")
    return calendar, event


def test_the_calendar_file_keeps_its_uid_through_changes(browser, dossier):
    prove(browser, dossier)
    book(browser, dossier)
    token = only_visit().token

    calendar, first = events_of(browser, token)
    assert (calendar["METHOD"], first["STATUS"], first["SEQUENCE"]) == ("PUBLISH", "CONFIRMED", 0)
    assert first["DTSTART"].params["TZID"] == "Asia/Ho_Chi_Minh"
    assert first["DTSTART"].dt == datetime(2026, 12, 1, 8, tzinfo=VIETNAM)
    assert calendar.walk("VTIMEZONE") and calendar.walk("VALARM")
    browser.post(f"/visits/{token}", data={"act": "move", "slot": "2026-12-02T14:00"}, headers=HOST)
    _, moved = events_of(browser, token)
    assert (moved["UID"], moved["SEQUENCE"]) == (first["UID"], 1)
    assert moved["DTSTART"].dt == datetime(2026, 12, 2, 14, tzinfo=VIETNAM)
    browser.post(f"/visits/{token}", data={"act": "cancel"}, headers=HOST)
    calendar, gone = events_of(browser, token)

    assert (calendar["METHOD"], gone["STATUS"], gone["UID"]) == ("CANCEL", "CANCELLED", first["UID"])
    assert gone["SEQUENCE"] == 2
    assert token not in gone["UID"]


def test_the_calendar_file_names_nobody_and_no_dossier(browser, dossier):
    prove(browser, dossier)
    book(browser, dossier)

    text = browser.get(f"/visits/{only_visit().token}.ics", headers=HOST).get_data(as_text=True)

    assert dossier.code not in text and "Lan" not in text and "5678" not in text


def test_a_form_without_its_token_is_refused(app, dossier):
    answer = app.test_client().post("/visits/abc", data={"act": "cancel"}, headers=HOST)

    assert answer.status_code == 400
