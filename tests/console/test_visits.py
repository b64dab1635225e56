"""The desk's own pages: the day's list, marks, the week, settings and closures."""

import pytest
import time_machine

from motcua.appointments.models import Desk, DeskDay, Visit
from motcua.core.database import db, tenant_scope
from motcua.messaging.models import Message
from tests.factories import make_citizen, make_desk, make_dossier, make_visit

MORNING = "2026-12-01T07:30:00+07:00"
PAGE = "/console/visits/"
FORM = {
    "agency_code": "ubnd-phuong",
    "name": "Quầy số 2",
    "slot_minutes": "20",
    "capacity": "3",
    "horizon_days": "10",
    "takes_bookings": "1",
}


@pytest.fixture(autouse=True)
def tuesday():
    with time_machine.travel(MORNING, tick=False):
        yield


@pytest.fixture
def visit(two_provinces):
    with tenant_scope("binh-thuan"):
        made = make_visit(make_desk(), "2026-12-01T08:00", citizen=make_citizen(phone="84912345678"))
        make_visit(db.session.get(Desk, ("binh-thuan", 1)), "2026-12-02T08:00", dossier=None)
        db.session.commit()
    return made


def state() -> str:
    with tenant_scope("binh-thuan"):
        return db.session.get(Visit, ("binh-thuan", 1)).state


def text(answer) -> str:
    assert answer.status_code == 200, answer.status_code
    return answer.get_data(as_text=True)


def test_an_officer_sees_todays_people_with_masked_phones(officer, visit):
    page = text(officer.get(PAGE))

    assert "08:00–08:30" in page
    assert "84912345678" not in page and "0912345678" not in page
    assert "678" in page


def test_a_dossiers_visit_shows_its_owner_and_code(officer, visit):
    with tenant_scope("binh-thuan"):
        dossier = make_dossier()
        desk = db.session.get(Desk, ("binh-thuan", 1))
        make_visit(desk, "2026-12-01T09:00", dossier=dossier, purpose="collect")
        db.session.commit()

    page = text(officer.get(PAGE))

    assert "Nguyễn Thị Lan" in page and dossier.code in page


def test_marks_go_on_and_back_and_say_that_the_list_is_kept(officer, visit):
    for mark in ("arrived", "served", "arrived", "booked", "no_show", "arrived"):
        answer = officer.post(f"{PAGE}{visit.id}/mark", data={"state": mark, "desk": "1"})
        assert answer.status_code == 303
        assert state() == mark

    with tenant_scope("binh-thuan"):
        kept = db.session.scalars(db.select(DeskDay).where(DeskDay.day == visit.day)).one()
        assert kept.is_kept


@pytest.mark.parametrize("mark", ["served", "cancelled", "confirmed", ""])
def test_a_mark_that_does_not_follow_is_refused_in_words(officer, visit, mark):
    page = text(officer.follow(f"{PAGE}{visit.id}/mark", data={"state": mark, "desk": "1"}))

    assert "Xin tải lại trang" in page
    assert state() == "booked"


def test_tomorrows_visit_cannot_be_marked_today(officer, visit):
    page = text(officer.follow(f"{PAGE}2/mark", data={"state": "arrived", "desk": "1"}))

    assert "trong chính ngày hẹn" in page


def test_the_week_shows_how_full_each_day_is(officer, visit):
    page = text(officer.get(f"{PAGE}week"))

    assert "1 / 64" in page
    assert "nghỉ" in page


def test_the_sheet_to_print_has_the_day_and_no_buttons(officer, visit):
    page = text(officer.get(f"{PAGE}sheet?desk=1&day=2026-12-01"))

    assert "08:00–08:30" in page and "<button" not in page


def test_another_day_and_an_unknown_desk_are_answered_in_words(officer, visit):
    assert "08:00–08:30" in text(officer.get(f"{PAGE}?desk=1&day=2026-12-02"))
    assert "chọn lại quầy" in text(officer.get(f"{PAGE}?desk=99"))
    assert "08:00–08:30" in text(officer.get(f"{PAGE}?day=9999-99-99"))


def test_an_officer_may_not_change_desks(officer, visit):
    for path in ("desks/", "desks/new", "desks/1"):
        assert officer.get(f"{PAGE}{path}").status_code == 403
    assert officer.post(f"{PAGE}desks/", data=FORM).status_code == 403


def test_an_admin_adds_a_desk_with_hours_of_its_own(admin):
    hours = {"own_hours": "1", "hours_1": "7:30-11:30, 13:30–16:00", "hours_6": "07:30-11:00"}

    page = text(admin.follow(f"{PAGE}desks/", data=FORM | hours | {"fields_taken": "Hộ tịch\nChứng thực\n"}))

    assert "Đã lưu quầy “Quầy số 2”" in page
    with tenant_scope("binh-thuan"):
        desk = db.session.scalars(db.select(Desk)).one()
        assert desk.hours == {"1": [["07:30", "11:30"], ["13:30", "16:00"]], "6": [["07:30", "11:00"]]}
        assert (desk.fields, desk.slot_minutes, desk.takes_bookings) == (["Hộ tịch", "Chứng thực"], 20, True)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"slot_minutes": "0"}, "Số phút mỗi lượt"),
        ({"capacity": "nhiều"}, "Số người mỗi lượt"),
        ({"name": ""}, "Tên quầy"),
        ({"agency_code": "so-cua-tinh-khac"}, "cơ quan"),
        ({"procedure_codes": "kết hôn"}, "1.000894"),
        ({"own_hours": "1", "hours_1": "11:00-07:00"}, "Giờ riêng"),
        ({"own_hours": "1"}, "chưa ghi giờ"),
    ],
    ids=["no minutes", "words for a number", "no name", "no such agency", "no code", "backwards", "no hours"],
)
def test_a_form_with_a_fault_names_it_and_keeps_what_was_typed(admin, given, says):
    answer = admin.post(f"{PAGE}desks/", data=FORM | {"address": "9 Lê Lợi"} | given)

    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert says in page and "9 Lê Lợi" in page
    with tenant_scope("binh-thuan"):
        assert not db.session.scalars(db.select(Desk)).all()


def test_two_desks_of_one_agency_have_different_names(admin):
    admin.post(f"{PAGE}desks/", data=FORM)

    answer = admin.post(f"{PAGE}desks/", data=FORM)

    assert answer.status_code == 422
    assert "cùng tên" in answer.get_data(as_text=True)


def test_closing_a_day_shows_who_is_touched_then_tells_them(admin, visit):
    closing = {"day": "02/12/2026", "reason": "Bão số 12"}

    page = text(admin.post(f"{PAGE}desks/1/closures", data=closing))
    assert "1 người" in page
    with tenant_scope("binh-thuan"):
        assert not db.session.scalars(db.select(Message)).all()
    for not_yet in ({"sure": "1"}, {"name": "Quầy khác"}):
        asked = admin.post(f"{PAGE}desks/1/closures", data=closing | not_yet)
        assert "Xin gõ lại" in asked.text
        assert asked.status_code == (422 if "name" in not_yet else 200)
    with tenant_scope("binh-thuan"):
        assert not db.session.scalars(db.select(Message)).all()
    page = text(admin.follow(f"{PAGE}desks/1/closures", data=closing | {"name": "Quầy một cửa phường Một"}))

    assert "Đã báo 1 người" in page and "Bão số 12" in page
    with tenant_scope("binh-thuan"):
        assert db.session.scalars(db.select(Message.event)).all() == ["visit_closed"]
        assert db.session.get(Visit, ("binh-thuan", 2)).state == "cancelled"
        assert db.session.get(Visit, ("binh-thuan", 1)).state == "booked"


def test_a_closure_is_taken_back(admin, visit):
    admin.post(f"{PAGE}desks/1/closures", data={"day": "2026-12-03", "reason": "Họp", "sure": "1"})

    page = text(admin.follow(f"{PAGE}desks/1/closures/remove", data={"day": "2026-12-03"}))

    assert "Đã mở lại" in page and "Họp" not in page


@pytest.mark.parametrize(
    "given", [{"day": "2026-11-01"}, {"day": "x"}, {"reason": ""}, {"reason": "x" * 201}]
)
def test_a_closure_without_day_or_reason_is_refused_in_words(admin, visit, given):
    page = text(admin.follow(f"{PAGE}desks/1/closures", data={"day": "2026-12-03", "reason": "Họp"} | given))

    assert "ghi lý do" in page


def test_hours_that_shrink_call_visits_off_too(admin, visit):
    afternoons = {"own_hours": "1", "hours_2": "13:30-17:00", "hours_3": "13:30-17:00"}

    page = text(admin.follow(f"{PAGE}desks/1", data=FORM | afternoons))

    assert "2 lượt hẹn không còn" in page


def test_the_other_provinces_desks_and_visits_are_not_found(admin, two_provinces):
    with tenant_scope("da-nang"):
        for _ in range(3):
            make_visit(make_desk(name=f"RIÊNG {_}"), "2026-12-01T08:00")
        db.session.commit()
        visits = db.session.scalars(db.select(Visit.id)).all()
        theirs = db.session.scalars(db.select(Desk.id)).all()

    for number in theirs:
        assert admin.get(f"{PAGE}desks/{number}").status_code == 404
        assert admin.post(f"{PAGE}desks/{number}", data=FORM).status_code == 404
        assert admin.post(f"{PAGE}desks/{number}/closures", data={"day": "2026-12-03"}).status_code == 404
        assert "RIÊNG" not in text(admin.get(f"{PAGE}?desk={number}"))
    for number in visits:
        assert admin.post(f"{PAGE}{number}/mark", data={"state": "arrived"}).status_code == 404
    assert "RIÊNG" not in text(admin.get(f"{PAGE}desks/")) + text(admin.get(f"{PAGE}week"))
