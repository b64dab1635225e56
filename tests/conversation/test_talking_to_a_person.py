"""A citizen asks for a person; an officer answers in the console; the bot keeps silent meanwhile."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from motcua.citizens.models import Citizen
from motcua.conversation import handover
from motcua.conversation.models import Handover, HandoverLine
from motcua.core.database import db
from motcua.core.errors import Conflict, Invalid
from tests.conversation.conftest import text_event
from tests.factories import APP_ID, OA_IDS, make_staff

MONDAY_MORNING = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # 09:00 in Vietnam
MONDAY_NIGHT = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)  # 21:00; the next day is Vietnam Cultural Day


@pytest.fixture
def office_hours():
    with time_machine.travel(MONDAY_MORNING, tick=True) as clock:
        yield clock


@pytest.fixture
def officer(province):
    return make_staff(province)


def waiting() -> Handover:
    db.session.rollback()
    return db.session.scalars(db.select(Handover).order_by(Handover.id.desc())).first()


def test_in_office_hours_an_officer_is_coming(say, office_hours):
    (answer,) = say("gặp cán bộ")

    assert "Đã báo cán bộ" in answer
    assert "07:00–11:30, 13:30–17:00" in answer
    assert waiting().state == "waiting"


def test_at_night_the_citizen_hears_when_the_office_opens_after_the_holiday(say):
    with time_machine.travel(MONDAY_NIGHT, tick=True):
        (answer,) = say("gặp cán bộ")

    assert "07:00 thứ Tư, 25/11/2026" in answer


def test_while_waiting_the_bot_still_answers_and_the_line_is_kept(say, office_hours):
    say("gặp cán bộ")

    (answer,) = say("hồ sơ của tôi")[:1]

    assert "hồ sơ" in answer
    assert [line.text for line in handover.lines_of(waiting())] == ["hồ sơ của tôi"]


def test_the_officers_answer_reaches_the_citizen_and_the_bot_keeps_silent(say, office_hours, officer):
    say("gặp cán bộ")
    handover.reply(waiting().id, officer.id, "Chị mang căn cước đến quầy 3 nhé.")

    assert say("dạ vâng, mấy giờ ạ") == []

    assert [(line.speaker, line.text) for line in handover.lines_of(waiting())] == [
        ("officer", "Chị mang căn cước đến quầy 3 nhé."),
        ("citizen", "dạ vâng, mấy giờ ạ"),
    ]


def test_what_was_said_is_not_readable_in_the_database(say, office_hours):
    say("gặp cán bộ")
    say("căn cước của tôi số 060190012345")

    db.session.rollback()
    kept = db.session.execute(db.text("SELECT handover_line::text FROM handover_line")).scalars().all()
    assert kept and not any("060190012345" in row for row in kept)


def test_the_citizen_ends_it_and_the_bot_answers_again(say, office_hours, officer):
    say("gặp cán bộ")
    handover.reply(waiting().id, officer.id, "Chào chị")

    (answer,) = say("kết thúc")

    assert "đã kết thúc" in answer
    assert waiting().closed_by == "citizen"
    assert say("menu")


def test_stop_is_heard_even_while_an_officer_has_the_chat(say, office_hours, officer):
    say("gặp cán bộ")
    handover.reply(waiting().id, officer.id, "Chào chị")

    (answer,) = say("DỪNG")

    assert "TIẾP TỤC" in answer


def test_after_half_an_hour_of_silence_the_bot_answers_again(say, office_hours, officer):
    say("gặp cán bộ")
    handover.reply(waiting().id, officer.id, "Chào chị")
    office_hours.shift(timedelta(minutes=31))

    assert say("menu")
    assert waiting().closed_by == "silence"


def test_two_officers_do_not_answer_one_citizen(say, office_hours, officer):
    say("gặp cán bộ")
    handover.reply(waiting().id, officer.id, "Chào chị")

    with pytest.raises(Conflict, match="Đồng nghiệp"):
        handover.reply(waiting().id, make_staff("binh-thuan").id, "Tôi đây")


@pytest.mark.parametrize("text", ["", "   ", "x" * 1501])
def test_an_answer_that_cannot_be_sent_is_refused(say, office_hours, officer, text):
    say("gặp cán bộ")

    with pytest.raises(Invalid, match="Xin viết lại"):
        handover.reply(waiting().id, officer.id, text)


def test_nothing_is_said_after_it_was_closed(say, office_hours, officer):
    say("gặp cán bộ")
    handover.close(waiting().id)

    with pytest.raises(Conflict, match="đã kết thúc"):
        handover.reply(waiting().id, officer.id, "Muộn rồi")


def test_asking_twice_opens_one(say, office_hours):
    say("gặp cán bộ")
    say("gặp cán bộ")

    assert db.session.scalar(db.select(db.func.count()).select_from(Handover)) == 1


def test_a_person_answering_in_oa_manager_silences_the_bot(say, hears, office_hours):
    say("menu")
    echo = text_event("Chào chị", event_name="oa_send_text")
    echo["sender"] = {"id": OA_IDS["binh-thuan"], "admin_id": "99"}
    echo["recipient"] = {"id": "7000000000000000001"}
    hears(echo)

    assert say("dạ em chào") == []


def test_whoever_asks_for_erasure_leaves_no_words_behind(say, hears, office_hours):
    say("gặp cán bộ")
    say("tôi là Lan")
    hears(
        {
            "app_id": APP_ID, "event_name": "user_withdraw", "oa_id": OA_IDS["binh-thuan"],
            "user_id": "7000000000000000001", "timestamp": "1760000000000",
        }
    )  # fmt: skip

    db.session.rollback()
    assert db.session.scalar(db.select(db.func.count()).select_from(HandoverLine)) == 0
    assert db.session.scalars(db.select(Citizen)).one().uid == ""
