"""Booking, moving and cancelling a visit in the chat, by buttons and in one's own words."""

import pytest
import time_machine

from motcua.appointments import desks
from motcua.appointments.models import Visit
from motcua.conversation import jobs
from motcua.core.database import db
from motcua.dossiers import following
from motcua.messaging.models import Message
from tests.conversation.conftest import UID, follow_event, info_event, text_event
from tests.factories import make_citizen, make_desk, make_dossier, make_visit

FRIDAY = "2026-11-27T10:00:00+07:00"


@pytest.fixture(autouse=True)
def friday():
    with time_machine.travel(FRIDAY, tick=False) as clock:
        yield clock


@pytest.fixture
def desk(province):
    made = make_desk()
    db.session.commit()
    return made


@pytest.fixture
def lan(desk):
    citizen = make_citizen(UID, phone="84912345678")
    db.session.commit()
    return citizen


@pytest.fixture
def press(post):
    """Send a line (or press a button); returns the last answer's text and what its buttons send."""

    def send(line: str, **given) -> tuple[str, list[str]]:
        last = db.session.scalar(db.select(db.func.max(Message.id))) or 0
        db.session.rollback()
        assert post(text_event(line, **given)).status_code == 200
        jobs.read_inbox("binh-thuan")
        answers = db.session.scalars(db.select(Message).where(Message.id > last).order_by(Message.id)).all()
        db.session.rollback()
        assert answers, f"{line} was not answered"
        content = answers[-1].content["consultation"]
        buttons = [one.get("text") or one.get("url") for one in content.get("buttons", [])]
        assert len(buttons) <= 5
        return content.get("text", answers[-1].event), buttons

    return send


def visits() -> list[Visit]:
    db.session.rollback()
    return list(db.session.scalars(db.select(Visit).order_by(Visit.id)))


def test_by_buttons_alone_a_visit_is_booked(lan, press):
    _, purposes = press("đặt lịch")
    assert purposes == ["#visit-purpose:file", "#visit-purpose:ask", "#menu"]
    text, days = press("#visit-purpose:file")
    assert "Thứ Hai 30/11: còn 64 chỗ" in text
    assert days == [
        "#visit-day:2026-11-27",
        "#visit-day:2026-11-30",
        "#visit-day:2026-12-01",
        "#visit-days:2026-12-02",
        "#menu",
    ]
    _, hours = press("#visit-day:2026-12-01")
    assert hours[:4] == [
        "#visit-slot:2026-12-01T07:00",
        "#visit-slot:2026-12-01T07:30",
        "#visit-slot:2026-12-01T08:00",
        "#visit-day:2026-12-01@0830",
    ]
    _, hours = press(hours[3])

    text, buttons = press(hours[0])

    (visit,) = visits()
    assert "08:30 thứ Ba, 01/12/2026" in text and "Số thứ tự: 1" in text
    assert buttons[0].endswith(f"/visits/{visit.token}.ics")
    assert buttons[1:] == [f"#rebook:{visit.id}", f"#cancel-visit:{visit.id}", "#menu"]
    assert (visit.purpose, visit.booked_by, visit.citizen_id) == ("file", "chat", 1)


@pytest.mark.parametrize(
    ("line", "first"),
    [
        ("sáng thứ Ba", "#visit-slot:2026-12-01T07:00"),
        ("chieu thu 3", "#visit-slot:2026-12-01T13:30"),
        ("8 giờ mai", "#visit-day:2026-11-30"),
        ("9h15 ngày 2/12", "#visit-slot:2026-12-02T09:00"),
        ("tuần sau nhé", "#visit-slot:2026-11-30T07:00"),
    ],
)
def test_a_day_and_hour_may_be_written(lan, press, line, first):
    press("đặt lịch")
    press("#visit-purpose:ask")

    _, buttons = press(line)

    assert buttons[0] == first


def test_one_line_may_say_what_for_and_when(lan, press):
    _, buttons = press("đặt lịch đăng ký kết hôn sáng thứ ba")
    assert buttons[0] == "#visit-slot:2026-12-01T07:00"

    text, _ = press(buttons[0])

    assert "kết hôn" in text
    assert visits()[0].procedure_code == "1.000894"


def test_another_question_in_between_is_still_answered(lan, press):
    press("đặt lịch")
    press("#visit-purpose:file")

    text, _ = press("đăng ký kết hôn cần giấy tờ gì")

    assert "kết hôn" in text


def test_without_a_proven_phone_it_is_asked_for_and_then_goes_on(desk, post, hears, press):
    hears(follow_event())
    text, _ = press("đặt lịch sáng thứ ba")
    assert text == "ask_phone"

    answers = hears(info_event("84912345678"))

    assert "để làm gì" in answers[-1]
    _, buttons = press("#visit-purpose:ask")
    assert buttons[0] == "#visit-slot:2026-12-01T07:00"


def test_buttons_of_a_booking_left_for_too_long_start_it_anew(lan, press, friday):
    press("đặt lịch")
    press("#visit-purpose:file")
    friday.shift(16 * 60)

    text, buttons = press("#visit-slot:2026-12-01T08:00")

    assert "quá lâu" in text and buttons[0] == "#book"
    assert visits() == []


@pytest.mark.parametrize(
    "line",
    ["#visit-slot:x", "#visit-slot:0001-01-01T00:00", "#visit-day:²", "#visit-desk:²", "#visit-move:9:x", "#rebook:999",
     "#cancel-visit:99999999999999999999", "#visit-confirm:²", "#visit-purpose:steal", "#visit-dossier:x"],
)  # fmt: skip
def test_made_up_buttons_lead_back_and_book_nothing(lan, press, line):
    press("đặt lịch")
    press("#visit-purpose:file")

    _, buttons = press(line)

    assert buttons
    assert visits() == []


def test_a_slot_that_filled_up_meanwhile_leads_to_the_nearest(lan, press):
    desks.get(1).capacity = 1
    db.session.commit()
    press("đặt lịch")
    press("#visit-purpose:file")
    press("#visit-day:2026-12-01")
    make_visit(desks.get(1), "2026-12-01T08:00")
    db.session.commit()

    text, buttons = press("#visit-slot:2026-12-01T08:00")

    assert "vừa hết chỗ" in text
    assert set(buttons[:2]) == {"#visit-slot:2026-12-01T07:30", "#visit-slot:2026-12-01T08:30"}


def test_a_visit_is_moved_in_words(lan, press):
    make_visit(desks.get(1), "2026-12-01T08:00", citizen=lan)
    db.session.commit()

    _, buttons = press("đổi lịch chiều thứ tư")
    text, _ = press(buttons[0])

    assert "Đã đổi lịch" in text and "13:30 thứ Tư, 02/12/2026" in text
    assert [(one.sequence, one.state) for one in visits()] == [(1, "booked")]


def test_a_visit_is_cancelled_after_one_more_question(lan, press):
    make_visit(desks.get(1), "2026-12-01T08:00", citizen=lan)
    db.session.commit()

    text, buttons = press("hủy lịch")
    assert visits()[0].state == "booked" and "Hủy lịch số 1" in text
    text, _ = press(buttons[0])

    assert visits()[0].state == "cancelled" and "Đã hủy lịch" in text


def test_somebody_elses_visit_is_neither_moved_nor_cancelled(lan, press):
    theirs = make_visit(desks.get(1), "2026-12-01T08:00")
    db.session.commit()

    for line in (
        f"#cancel-visit:{theirs.id}:yes",
        f"#visit-move:{theirs.id}:2026-12-02T08:00",
        f"#rebook:{theirs.id}",
    ):
        press(line)

    assert [(one.state, one.sequence) for one in visits()] == [("booked", 0)]


def test_the_reminders_button_confirms(lan, press):
    mine = make_visit(desks.get(1), "2026-12-01T08:00", citizen=lan)
    db.session.commit()

    text, _ = press(f"#visit-confirm:{mine.id}")

    assert "Hẹn gặp lúc 08:00" in text
    assert visits()[0].state == "confirmed"


def test_a_result_is_collected_from_the_day_it_is_due(lan, press):
    make_dossier(due_at="2026-12-03T10:00:00+07:00")
    following.follow_own(lan)
    db.session.commit()

    _, purposes = press("đặt lịch")
    assert "#visit-purpose:collect" in purposes
    _, days = press("#visit-purpose:collect")
    assert days[0] == "#visit-day:2026-12-03"
    _, hours = press(days[0])
    text, _ = press(hours[0])

    assert visits()[0].dossier_id == 1
    assert "giấy tiếp nhận hồ sơ" in text


def test_a_dossier_known_only_by_its_papers_code_books_nothing(desk, press):
    dossier = make_dossier()
    following.follow(dossier, make_citizen(UID), "token")
    db.session.commit()

    text, _ = press("đặt lịch")

    assert text == "ask_phone"


def test_of_many_desks_one_is_chosen_by_paging_or_by_name(lan, press):
    for name in ("Phú Thủy", "Tiến Thành", "Mũi Né", "Hàm Thắng"):
        make_desk(name=f"Quầy phường {name}")
    db.session.commit()
    press("đặt lịch")
    _, buttons = press("#visit-purpose:ask")
    assert buttons[3] == "#visit-desk:p3"
    text, _ = press(buttons[3])
    assert "Phường" in text or "phường" in text

    text, days = press("mui ne")

    assert "Mũi Né" in text and days[0].startswith("#visit-day:")


def test_appointments_show_visits_beside_the_dates_of_results(lan, press):
    make_visit(desks.get(1), "2026-12-01T08:00", citizen=lan)
    db.session.commit()

    text, buttons = press("lịch hẹn")

    assert "08:00 thứ Ba, 01/12/2026, số 1, Quầy một cửa phường Một" in text
    assert buttons == ["#book", "#rebook", "#my-dossiers", "#menu"]


def test_whoever_withdraws_from_zalo_frees_the_place(lan, hears):
    make_visit(desks.get(1), "2026-12-01T08:00", citizen=lan)
    db.session.commit()

    hears({**follow_event(name="user_withdraw"), "user_id_by_app": "1", "user_id": UID})

    assert visits()[0].state == "cancelled"


def test_english_speakers_book_in_english(lan, press):
    press("en")

    text, _ = press("book a visit")
    press("#visit-purpose:ask")
    text, hours = press("tuesday morning")

    assert "These times are free" in text and "Tuesday 01/12" in text
    text, _ = press(hours[0])
    assert "Your visit is booked" in text
