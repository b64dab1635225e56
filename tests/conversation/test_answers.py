"""What the citizen hears back."""

import pytest
import time_machine

from motcua.citizens.models import Citizen, Consent, app_user_index
from motcua.core.database import db
from motcua.dossiers import codes, following
from motcua.dossiers.models import Follow
from tests.conversation.conftest import follow_event, info_event, text_event
from tests.factories import APP_ID, make_dossier

CODE = "000.00.01.H11-241126-0007"


@pytest.fixture
def dossier(province):
    return make_dossier(
        CODE, department="Phòng Tư pháp", officer={"name": "Võ Minh Khang", "title": "Chuyên viên"}
    )


def citizen() -> Citizen:
    db.session.rollback()
    return db.session.scalars(db.select(Citizen)).one()


def test_a_new_follower_is_welcomed_and_asked_for_the_phone(hears):
    welcome, card = hears(follow_event())

    assert "kênh Zalo chính thức về dịch vụ công của Bình Thuận" in welcome
    assert card == "ask_phone"
    assert citizen().is_follower


@pytest.mark.parametrize("event", [follow_event(), text_event("xin chào")], ids=["follow", "text"])
def test_the_user_of_the_app_behind_an_account_is_known_by_a_fingerprint_alone(hears, event):
    hears(event | {"user_id_by_app": "552177279717587730"})

    assert citizen().app_user_index == app_user_index(f"{APP_ID}:552177279717587730")
    assert "552177279717587730" not in str(vars(citizen()))


def test_an_event_that_names_no_user_of_the_app_forgets_none(hears):
    hears(follow_event() | {"user_id_by_app": "552177279717587730"})

    hears(text_event("xin chào"))

    assert citizen().app_user_index is not None


def test_whoever_unfollows_is_no_follower(hears):
    hears(follow_event())

    assert hears(follow_event(name="unfollow")) == []
    assert not citizen().is_follower


@pytest.mark.parametrize(
    "phone", ["84912345678", 84912345678, "0912345678"], ids=["string", "number", "national"]
)
def test_a_shared_phone_finds_the_persons_dossiers_and_follows_them(hears, dossier, phone):
    (answer,) = hears(info_event(phone))

    assert CODE in answer
    assert citizen().phone == "84912345678"
    assert db.session.scalars(db.select(Follow)).one().proof == "phone"
    given = db.session.scalars(db.select(Consent.purpose).order_by(Consent.purpose)).all()
    assert given == ["dossier_messages", "link_phone"]


def test_a_shared_phone_that_is_none_is_asked_for_again(hears):
    assert hears(info_event("12")) == ["ask_phone"]


def test_a_code_alone_opens_status_date_and_agency_and_nothing_else(say, dossier):
    (answer,) = say(CODE)

    assert "Được tiếp nhận" in answer and "28/11/2024" in answer and "UBND phường Một" in answer
    assert "Khang" not in answer and "Phòng Tư pháp" not in answer and "Lan" not in answer


def test_every_answer_about_a_dossier_says_as_of_when(province, say):
    with time_machine.travel("2024-11-27T03:05:00+00:00", tick=False):
        dossier = make_dossier(CODE)
    say(dossier.token)
    say("5678")

    for question in (CODE, "hồ sơ của tôi"):
        (answer,) = say(question)
        assert "Dữ liệu cập nhật lúc 10:05 thứ Tư, 27/11/2024" in answer


def test_the_papers_code_starts_following_and_asks_for_a_proof(say, dossier):
    following_now, status, proof = say(codes.spaced(dossier.token))

    assert "Từ nay" in following_now and "Được tiếp nhận" in status and "4 số cuối" in proof
    assert db.session.scalars(db.select(Follow)).one().proof == "token"


def test_the_right_digits_open_the_details(say, dossier):
    say(dossier.token)

    (answer,) = say("5678")

    assert "Võ Minh Khang" in answer
    assert db.session.scalars(db.select(Follow)).one().proof == "digits"


def test_digits_of_the_id_number_are_as_good(say, dossier):
    say(dossier.token)

    (answer,) = say("2345")

    assert "Võ Minh Khang" in answer


def test_a_code_alone_does_not_follow_before_it_is_proven(say, dossier):
    (asked,) = say(f"theo dõi {CODE}")
    assert "4 số cuối" in asked
    assert db.session.scalars(db.select(Follow)).all() == []

    (answer,) = say("5678")

    assert "Võ Minh Khang" in answer
    assert db.session.scalars(db.select(Follow)).one().proof == "digits"


def test_five_wrong_proofs_cool_down_even_for_the_right_one(say, dossier):
    say(dossier.token)
    for _ in range(5):
        (answer,) = say("0000")
        assert "Không tìm thấy hồ sơ khớp" in answer

    (answer,) = say("5678")

    assert "đợi" in answer and "phút" in answer
    assert db.session.scalars(db.select(Follow)).one().proof == "token"


def test_counting_codes_up_is_stopped_too(say, province):
    for number in range(5):
        (answer,) = say(f"000.00.01.H11-241126-{number:04d}")
        assert "Không tìm thấy" in answer

    (answer,) = say("000.00.01.H11-241126-0009")

    assert "đợi" in answer


def test_code_and_digits_in_one_line_open_the_details(say, dossier):
    (answer,) = say(f"{CODE} 5678")

    assert "Võ Minh Khang" in answer


def test_a_wrong_code_and_a_wrong_proof_sound_the_same(say, dossier):
    nobodys = "000.00.01.H11-241126-9998"

    assert say(f"{CODE} 0000") == say(f"{nobodys} 0000")
    asked = [say(f"theo dõi {code}")[0].replace(code, "") for code in (CODE, nobodys)]
    assert asked[0] == asked[1]
    said = {}
    for code in (CODE, nobodys):
        say(f"theo dõi {code}")
        said[code] = say("0000")
    assert said[CODE] == said[nobodys] == say(nobodys)


def test_four_digits_that_nobody_asked_for_prove_nothing(say, dossier):
    (answer,) = say("5678")

    assert "chưa tìm được thủ tục" in answer
    assert CODE not in answer


def test_unfollowing_stops_the_news(say, dossier):
    say(dossier.token)

    (answer,) = say(f"bỏ theo dõi {CODE}")

    assert "thôi báo tin" in answer
    db.session.rollback()
    assert following.followed_by(citizen()) == []


def test_my_dossiers_lists_what_is_followed(say, hears, dossier):
    hears(info_event("84912345678"))

    (answer,) = say("Hồ sơ của tôi")

    assert CODE in answer and "Được tiếp nhận" in answer


def test_stop_is_confirmed_and_withdraws_consent_and_resume_brings_it_back(say, hears, dossier):
    hears(info_event("84912345678"))

    (answer,) = say("DỪNG")
    assert "TIẾP TỤC" in answer
    assert citizen().muted_at is not None
    active = db.session.scalars(db.select(Consent.purpose).where(Consent.withdrawn_at.is_(None))).all()
    assert active == ["link_phone"]

    say("tiếp tục")
    assert citizen().muted_at is None


def test_a_photo_is_not_kept_and_the_citizen_is_told_why(hears):
    from tests.conversation.conftest import text_event

    image = text_event("", event_name="user_send_image")
    image["message"] = {
        "msg_id": "p1",
        "attachments": [{"type": "image", "payload": {"url": "https://example.org/cccd.jpg"}}],
    }

    (answer,) = hears(image)

    assert "không gửi ảnh giấy tờ" in answer


def test_a_line_of_signs_alone_gets_the_menu(say):
    (answer,) = say("?!")

    assert "Xin chạm một mục" in answer


def test_our_own_echo_is_not_answered(hears):
    from tests.conversation.conftest import text_event
    from tests.factories import OA_IDS

    echo = text_event("xin chào", event_name="oa_send_text")
    echo["sender"], echo["recipient"] = {"id": OA_IDS["binh-thuan"]}, {"id": "7000000000000000001"}

    assert hears(echo) == []


def test_a_citizen_who_withdraws_is_forgotten(hears, dossier):
    from tests.factories import APP_ID, OA_IDS

    hears(info_event("84912345678"))
    hears(
        {
            "app_id": APP_ID, "event_name": "user_withdraw", "oa_id": OA_IDS["binh-thuan"],
            "user_id": "7000000000000000001", "timestamp": "1760000000000",
        }
    )  # fmt: skip

    gone = citizen()
    assert (gone.phone, gone.phone_index, gone.uid, gone.is_follower) == (None, None, "", False)
    assert following.followed_by(gone) == []
