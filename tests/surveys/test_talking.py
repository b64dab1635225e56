"""A survey in the chat, from webhook to outbox."""

from datetime import timedelta

import pytest

from motcua.core.database import db
from motcua.messaging.models import Message
from motcua.surveys.models import SurveyAnswer, SurveyInvitation
from tests.conversation.conftest import UID
from tests.surveys.conftest import asked, buttons, ended, last_buttons, sweep


@pytest.fixture
def press(say):
    """Press the button of that title on the newest messages; returns what is then said."""

    def tap(title: str) -> list[str]:
        return say(last_buttons()[title])

    return tap


@pytest.fixture
def survey(lan):
    """Lan was just asked about a dossier."""
    dossier = ended()
    sweep()
    return dossier


def answer() -> SurveyAnswer:
    db.session.rollback()
    return db.session.scalars(db.select(SurveyAnswer)).one()


def test_a_content_citizen_answers_with_four_taps(survey, press):
    (after_level,) = press("Rất hài lòng")
    (after_attitude,) = press("Tốt")
    (after_clarity,) = press("Có chỗ chưa rõ")
    (thanks,) = press("2 lần")

    assert "Rất hài lòng" in after_level and "1/3" in after_level
    assert "2/3" in after_attitude and "3/3" in after_clarity
    assert "Cảm ơn" in thanks and survey.code in thanks
    kept = answer()
    assert (kept.level, kept.attitude, kept.clarity, kept.trips, kept.channel) == (5, 3, 2, 2, "chat")


def test_a_discontent_citizen_is_asked_why_and_told_how_to_complain(survey, press):
    (why,) = press("Không hài lòng")
    assert "Vì sao" in why
    assert list(last_buttons())[-5:] == [
        "Chờ lâu, trễ hẹn",
        "Thái độ phục vụ",
        "Hướng dẫn chưa rõ, phải đi lại nhiều",
        "Kết quả chưa đúng",
        "Bỏ qua",
    ]

    low, question = press("Chờ lâu, trễ hẹn")

    assert "Gửi phản ánh" in low and "1/3" in question
    assert (answer().level, answer().reasons) == (2, ["slow"])
    assert "Gửi phản ánh, kiến nghị" in last_buttons()


def test_a_reason_in_ones_own_words_is_kept_without_phone_and_paper_numbers(survey, press, say):
    press("Rất không hài lòng")

    low, _ = say("Chờ 3 tuần, gọi 0912 345 678 không ai nghe, CCCD 060190012345, mail lan@example.com")

    assert "Gửi phản ánh" in low
    comment = answer().comment
    assert "Chờ 3 tuần" in comment
    for secret in ("0912", "345 678", "060190012345", "lan@example.com"):
        assert secret not in comment
    assert "Chờ" not in answer().comment_encrypted


def test_every_step_can_be_skipped(survey, press, say):
    press("Không hài lòng")
    press("Bỏ qua")
    (thanks,) = press("Bỏ qua")

    assert "Cảm ơn" in thanks
    assert (answer().level, answer().attitude) == (2, None)
    assert {"Đổi câu trả lời", "Gửi phản ánh, kiến nghị", "Menu chính"} <= set(last_buttons())


@pytest.mark.parametrize("words", ["bỏ qua", "Bo qua", "SKIP."])
def test_nobody_has_to_answer(survey, say, words):
    (heard,) = say(words)

    assert "không hỏi lại" in heard
    db.session.rollback()
    assert db.session.scalars(db.select(SurveyInvitation.declined_at)).one() is not None
    assert db.session.scalars(db.select(SurveyAnswer)).all() == []


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("rất hài lòng", 5),
        ("Hài lòng ạ", 4),
        ("hai long", 4),
        ("không hài lòng", 2),
        ("khong hai long lam", 2),
        ("Dạ tốt, cảm ơn cán bộ nhé", 4),
        ("chậm quá", 1),
        ("tốt nhưng chậm", 2),
        ("Cán bộ nhiệt tình, rất tốt!", 5),
        ("bình thường", 3),
    ],
)
def test_plain_words_are_an_answer(survey, say, line, level):
    say(line)

    assert answer().level == level


@pytest.mark.parametrize(
    "line",
    [
        "bằng tốt nghiệp",
        "làm lại bằng tốt nghiệp thì cần gì",
        "chậm nộp thuế có bị phạt không",
        "đăng ký kết hôn",
    ],
)
def test_a_question_is_never_taken_for_an_answer(survey, say, line):
    say(line)

    db.session.rollback()
    assert db.session.scalars(db.select(SurveyAnswer)).all() == []


def test_without_a_survey_the_same_words_are_a_question(lan, say):
    say("tốt")

    assert db.session.scalars(db.select(SurveyAnswer)).all() == []


def test_an_answer_can_be_changed_for_a_day_and_then_stands(survey, press, say, clock):
    first = buttons(asked()[0])
    say(first["Rất không hài lòng"])
    press("Thái độ phục vụ")

    say(first["Hài lòng"])
    assert (answer().level, answer().reasons) == (4, [])
    assert answer().changed_at is not None

    clock.shift(timedelta(hours=24, minutes=1))
    (heard,) = say(first["Rất không hài lòng"])
    assert "24 giờ" in heard
    assert answer().level == 4


def test_after_the_close_nothing_is_kept(survey, say, clock):
    clock.shift(timedelta(days=21, minutes=1))

    (heard,) = say(buttons(asked()[0])["Hài lòng"])

    assert "đã đóng" in heard
    assert db.session.scalars(db.select(SurveyAnswer)).all() == []


@pytest.mark.parametrize(
    "sent",
    [
        "#survey:1:level:6",
        "#survey:1:level:٣",
        "#survey:999:level:5",
        "#survey:x",
        "#survey:1:why",
        "#survey",
    ],
)
def test_a_forged_button_does_no_harm(survey, say, sent):
    (heard,) = say(sent)

    assert "đã đóng" in heard
    db.session.rollback()
    assert db.session.scalars(db.select(SurveyAnswer)).all() == []


def test_another_citizens_survey_cannot_be_answered(survey, say):
    (heard,) = say(buttons(asked()[0])["Hài lòng"], uid="7000000000000000099")

    assert "đã đóng" in heard
    db.session.rollback()
    assert db.session.scalars(db.select(SurveyAnswer)).all() == []


def test_the_same_tap_sent_twice_by_zalo_is_one_answer(survey, say):
    tap = buttons(asked()[0])["Hài lòng"]

    say(tap)
    say(tap)

    assert answer().level == 4


def test_an_english_speaker_is_asked_in_english(lan, say):
    lan.language = "en"
    db.session.commit()
    ended()
    sweep()

    (message,) = asked()
    assert "How satisfied" in message.content["consultation"]["text"]
    (heard,) = say(buttons(message)["Very satisfied"])

    assert "Noted: Very satisfied" in heard


def test_who_asks_to_be_forgotten_leaves_an_answer_of_nobody(survey, press, hears):
    press("Hài lòng")

    hears({"app_id": "1234567890123456789", "event_name": "user_withdraw", "timestamp": "1795662000000",
           "oa_id": "388000000000000060", "user_id": UID})  # fmt: skip

    assert answer().invitation_id is None
    assert db.session.scalars(db.select(SurveyInvitation)).all() == []


def test_no_answer_is_longer_than_zalo_takes(survey, press):
    press("Không hài lòng")
    press("Chờ lâu, trễ hẹn")

    db.session.rollback()
    for message in db.session.scalars(db.select(Message)):
        assert len(message.content["consultation"].get("buttons", ())) <= 5
