"""A complaint from the chat to the answer, with the law's clocks."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from motcua.complaints import clocks, handling
from motcua.complaints.models import STATES, Complaint
from motcua.core.database import db
from motcua.core.errors import Conflict, Invalid, NotFound
from motcua.dossiers import following
from motcua.messaging.models import Message
from tests.conversation.conftest import UID, hears, post, say  # noqa: F401 - fixtures
from tests.factories import make_citizen, make_dossier

MONDAY = datetime(2026, 11, 23, 3, tzinfo=UTC)  # 10:00 in Vietnam; Tuesday the 24th is a holiday
STORY = "Cán bộ quầy 3 bắt tôi đi lại bốn lần mà không nói rõ thiếu gì"


@pytest.fixture(autouse=True)
def clock(province):
    with time_machine.travel(MONDAY, tick=True) as traveller:
        yield traveller


@pytest.fixture
def lan():
    citizen = make_citizen(UID, phone="84912345678")
    db.session.commit()
    return citizen


def the_one() -> Complaint:
    db.session.rollback()
    return db.session.scalars(db.select(Complaint)).one()


def filed(citizen, kind: str = "regulation", **given) -> Complaint:
    complaint = handling.file(citizen, kind, STORY, given.get("dossier_id"))
    db.session.commit()
    return complaint


def act(complaint, action: str, words: str = "Chúng tôi đã làm việc với quầy 3 và xin lỗi", **given):
    return handling.act(complaint.id, action, words, 1, may_see_conduct=given.get("may_see_conduct", True))


def told() -> list[Message]:
    db.session.rollback()
    return db.session.scalars(
        db.select(Message).where(Message.event.startswith("complaint_")).order_by(Message.id)
    ).all()


def test_a_citizen_files_one_in_the_chat(lan, say):  # noqa: F811
    (kinds,) = say("phản ánh")
    assert "Ông/bà muốn phản ánh điều gì" in kinds
    (words,) = say("#complain:conduct:0")
    assert "Hành vi của cán bộ" in words
    (kept,) = say(STORY)

    complaint = the_one()
    assert (complaint.kind, complaint.state, complaint.text) == ("conduct", "received", STORY)
    assert f"số {complaint.id}" in kept
    assert "10:00 thứ Năm, 26/11/2026" in kept  # two working days, without the holiday
    assert "thứ Ba, 15/12/2026" in kept  # fifteen
    assert STORY not in complaint.text_encrypted


def test_the_dossier_goes_along_only_when_it_is_ones_own(lan, say):  # noqa: F811
    mine, other = make_dossier(), make_dossier(owner={"name": "Ai Đó", "phone": "0987654321"})
    following.follow(other, lan, "token")
    db.session.commit()
    numbers = [mine.id, other.id]
    for number in numbers:
        say(f"#complain:regulation:{number}")
        say(STORY)

    kept = db.session.scalars(db.select(Complaint.dossier_id).order_by(Complaint.id)).all()
    assert kept == [numbers[0], None]


def test_too_short_a_story_is_asked_for_again_and_one_may_give_up(lan, say):  # noqa: F811
    say("#complain:regulation:0")

    (unfit,) = say("chán")
    (stopped,) = say("thôi")

    assert "từ 10 đến 1500 ký tự" in unfit
    assert "không gửi gì cả" in stopped
    assert db.session.scalars(db.select(Complaint)).all() == []


def test_one_citizen_has_at_most_five_open(lan, say):  # noqa: F811
    for _ in range(5):
        filed(lan)
    say("#complain:regulation:0")

    (heard,) = say(STORY)

    assert "còn nhiều phản ánh" in heard
    assert db.session.scalar(db.select(db.func.count()).select_from(Complaint)) == 5


def test_the_answer_reaches_the_citizens_chat_and_can_be_seen_again(lan, say):  # noqa: F811
    complaint = filed(lan)

    act(complaint, "accept")
    act(complaint, "answer", "Quầy 3 đã xin lỗi, lần sau sẽ ghi phiếu hướng dẫn.")

    assert [message.event for message in told()] == ["complaint_accepted", "complaint_answered"]
    assert "Quầy 3 đã xin lỗi" in told()[1].content["consultation"]["text"]
    assert told()[1].citizen_id == lan.id
    (again,) = say("khiếu nại")
    assert "Đã trả lời: Quầy 3 đã xin lỗi" in again


def test_the_office_asks_and_the_citizen_adds(lan, say):  # noqa: F811
    complaint = filed(lan)
    act(complaint, "ask", "Xin cho biết ngày ông/bà đến quầy 3?")
    assert the_one().reply_due_at > the_one().triage_due_at

    (asked,) = say(f"#complain:more:{complaint.id}")
    assert "ngày ông/bà đến quầy" in asked
    say("Ngày 20/11/2026, buổi sáng")

    assert the_one().state == "received"
    assert the_one().text.endswith("Bổ sung: Ngày 20/11/2026, buổi sáng")


def test_anothers_complaint_cannot_be_added_to(lan, say):  # noqa: F811
    complaint = filed(lan)
    act(complaint, "ask", "Xin cho biết ngày ông/bà đến quầy 3?")

    say(f"#complain:more:{complaint.id}", uid="7000000000000000099")
    say("Chữ của người khác", uid="7000000000000000099")

    assert the_one().text == STORY


LIFE = {action: states for action, (states, _, _) in handling.STEPS.items()}


@pytest.mark.parametrize("action", handling.STEPS)
@pytest.mark.parametrize("state", STATES)
def test_each_step_is_taken_only_from_its_states(lan, state, action):
    complaint = filed(lan)
    complaint.state = state
    complaint.publish_due_at = MONDAY
    db.session.commit()

    if state in LIFE[action]:
        act(complaint, action)
        assert the_one().state == handling.STEPS[action][1]
    else:
        with pytest.raises(Conflict):
            act(complaint, action)
        assert the_one().state == state


def test_an_empty_answer_is_refused(lan):
    complaint = filed(lan)

    with pytest.raises(Invalid):
        act(complaint, "answer", "   ")
    with pytest.raises(Invalid):
        act(complaint, "drop", "Xóa giúp tôi phản ánh này")


def test_complaints_of_conduct_are_not_found_by_whoever_may_be_meant(lan):
    complaint = filed(lan, "conduct")

    with pytest.raises(NotFound):
        act(complaint, "accept", may_see_conduct=False)
    assert handling.listed(may_see_conduct=False, only_open=True) == []
    assert len(handling.listed(may_see_conduct=True, only_open=True)) == 1


def test_each_clock_runs_out_in_its_turn(lan, clock):
    complaint = filed(lan)
    after = timedelta(minutes=1)

    assert handling.overdue(complaint, complaint.triage_due_at - after) is None
    assert handling.overdue(complaint, complaint.triage_due_at + after) == "triage"
    assert handling.overdue(complaint, complaint.due_at + after) == "answer"
    act(complaint, "answer")
    assert handling.overdue(complaint, complaint.due_at + timedelta(days=30)) == "publish"
    act(complaint, "publish")
    assert handling.overdue(complaint, complaint.due_at + timedelta(days=30)) is None


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        ("2026-11-23", 1, "2026-11-25"),  # 24/11 is a holiday
        ("2026-11-27", 1, "2026-11-30"),  # over the week-end
        ("2026-08-21", 1, "2026-08-22"),  # a worked Saturday
        ("2026-08-28", 1, "2026-09-03"),  # 31/8 swapped, 1–2/9 holidays
        ("2026-12-30", 3, "2027-01-05"),  # New Year
        ("2026-02-13", 1, "2026-02-23"),  # Tết
    ],
)
def test_working_days(start, days, expected):
    begun = datetime.fromisoformat(f"{start}T10:00:00+07:00")

    assert clocks.working_days_after(begun, days) == datetime.fromisoformat(f"{expected}T10:00:00+07:00")
