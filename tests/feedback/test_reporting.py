"""A report from the chat, from the first word to the rated answer."""

import base64
from dataclasses import replace

import pytest

from motcua.accounts.permissions import PERMISSIONS
from motcua.core.database import db
from motcua.core.errors import Conflict, Invalid, NotFound
from motcua.feedback import drafts, handling, likeness, routing
from motcua.feedback.models import STATES, Feedback, FeedbackPhoto
from motcua.messaging import line
from motcua.messaging.models import Message
from tests.conversation.conftest import text_event
from tests.factories import OA_IDS, make_citizen, make_staff

from .conftest import STORY, reported, the_one
from .photographs import PHAN_THIET, jpeg

ANSWER = "Đã vá ổ gà trước chợ chiều nay."


@pytest.fixture
def admin():
    return make_staff("binh-thuan", role="province_admin")


def told() -> list[str]:
    db.session.rollback()
    rows = db.session.scalars(
        db.select(Message)
        .where(Message.event.startswith("feedback_"), Message.lane == "normal")
        .order_by(Message.id)
    )
    return [row.event for row in rows]


def test_a_citizen_reports_in_four_messages(lan, say):
    (kinds,) = say("phản ánh hiện trường")
    assert "1. Đường sá, vỉa hè" in kinds
    (words,) = say("1")
    assert "xin nhắn chuyện gì xảy ra và ở đâu" in words
    (so_far,) = say(f"{STORY}, phường Mũi Né")
    assert "Nơi: Phường Mũi Né" in so_far.replace("UBND phường", "Phường")
    (kept,) = say("gửi")

    one = the_one()
    assert (one.state, one.kind, one.commune_code, one.agency_code) == (
        "received",
        "road",
        "ubnd-mui-ne",
        "ubnd-mui-ne",
    )
    assert f"số {one.id}" in kept
    assert "10:00 thứ Năm, 26/11/2026" in kept  # two working days, without the holiday
    assert "thứ Ba, 15/12/2026" in kept  # fifteen
    assert STORY not in (one.text_encrypted or "")


def test_what_one_says_first_may_name_the_kind(lan, say):
    say("báo sự cố")

    (words,) = say("đèn đường hư")

    assert words.startswith("Đèn đường, dây điện, cột điện")


def test_danger_names_the_number_to_call_first(lan, say):
    say("phản ánh hiện trường")

    (words,) = say("#report:kind:fire")

    assert words.startswith("Nếu đang nguy hiểm, xin gọi ngay Cứu hỏa, cứu nạn 114.")


def test_without_a_commune_it_is_asked_for_and_may_be_unknown(lan, say):
    say("phản ánh hiện trường")
    say("2")
    say("Đèn đường tắt cả tuần nay")

    (asked,) = say("gửi")
    (unknown,) = say("Xứ Thần Tiên")
    say("không biết")

    assert "ở xã, phường nào" in asked
    assert "Không thấy xã, phường “Xứ Thần Tiên”" in unknown
    assert (the_one().state, the_one().commune_code, the_one().agency_code) == ("received", None, None)


def test_a_commune_said_when_asked_sends_the_report(lan, say):
    say("phản ánh hiện trường")
    say("2")
    say("Đèn đường tắt cả tuần nay")
    say("gửi")

    say("phan thiet")

    assert (the_one().state, the_one().agency_code) == ("received", "ubnd-phan-thiet")


def test_giving_up_leaves_nothing(lan, say):
    say("phản ánh hiện trường")
    say("1")
    say(STORY)

    (stopped,) = say("thôi")

    assert "không gửi gì cả" in stopped
    assert db.session.scalars(db.select(Feedback)).all() == []


def test_who_leaves_no_name_is_forgotten_at_once_and_gets_a_link(lan, say):
    say("phản ánh hiện trường")
    say("1")
    say(f"{STORY}, phường Mũi Né")

    (kept,) = say("#report:hidden")

    assert the_one().citizen_id is None
    assert f"/phan-anh/theo-doi/{the_one().token}" in kept


def test_a_place_sent_on_purpose_goes_along_and_one_abroad_does_not(lan, say, hears):
    def place(latitude: str, longitude: str) -> list[str]:
        event = text_event("", event_name="user_send_location")
        payload = {"coordinates": {"latitude": latitude, "longitude": longitude}}
        event["message"]["attachments"] = [{"type": "location", "payload": payload}]
        return hears(event)

    say("phản ánh hiện trường")
    say("1")

    (abroad,) = place("48.85", "2.35")
    (kept,) = place("10.93", "108.1")

    assert "không ở Việt Nam" in abroad
    assert "Đã có vị trí" in kept
    assert the_one().location == PHAN_THIET
    assert "10.93" not in the_one().location_encrypted


@pytest.fixture
def photographs(simulator, app, hears):
    """A citizen sends this picture while a report is being written; returns what they then hear."""
    from motcua.conversation import report_photos

    simulator.reset()
    ours = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(ours, zalo_base_url=simulator.base_url)

    def send(picture: bytes) -> list[str]:
        phone = simulator.phone()
        phone.act("follow")
        phone.act("image", {"content_base64": base64.b64encode(picture).decode()})
        url = phone.messages()[-1]["url"]
        event = text_event("", event_name="user_send_image")
        event["message"]["attachments"] = [{"type": "image", "payload": {"url": url, "thumbnail": url}}]
        last = db.session.scalar(db.select(db.func.max(Message.id))) or 0
        hears(event)
        report_photos.take(
            "binh-thuan", OA_IDS["binh-thuan"], f"user_send_image:{event['message']['msg_id']}"
        )
        new = db.session.scalars(db.select(Message).where(Message.id > last).order_by(Message.id)).all()
        db.session.rollback()
        return [one.content["consultation"]["text"] for one in new]

    yield send
    line.close()
    app.config["SETTINGS"] = ours


def test_a_photograph_is_kept_anew_and_encrypted_and_tells_the_place(lan, say, photographs):
    say("phản ánh hiện trường")
    say("1")

    (heard,) = photographs(jpeg(at=PHAN_THIET))

    photo = db.session.scalars(db.select(FeedbackPhoto)).one()
    assert "Ảnh: 1/5" in heard
    assert "Đã có vị trí" in heard
    assert photo.body.startswith(b"\xff\xd8\xff")
    assert b"MayAnhCuaLan" not in photo.body
    assert b"\xff\xd8\xff" not in photo.body_encrypted


def test_a_file_that_is_no_photograph_is_answered_and_what_was_written_stays(lan, say, photographs):
    say("phản ánh hiện trường")
    say("1")
    say(STORY)

    (heard,) = photographs(b"\xff\xd8\xff not really a picture")

    assert "Không đọc được ảnh này" in heard
    assert the_one().text == STORY


def test_the_same_photograph_counts_once_and_five_are_enough(lan):
    draft = drafts.begin("road", "chat", lan)
    from motcua.feedback.pictures import PictureRefused, remade

    for colour in ("red", "red", "green", "blue", "white", "black"):
        drafts.attach(draft, remade(jpeg(colour=colour)))

    assert drafts.photo_count(draft) == 5
    with pytest.raises(PictureRefused, match="Đã đủ 5 ảnh"):
        drafts.attach(draft, remade(jpeg(colour="gray")))


def test_the_answer_reaches_the_chat_and_is_rated(lan, say, admin):
    one = reported(lan, commune_code="ubnd-mui-ne")

    handling.act(one.id, "work", "", admin)
    handling.act(one.id, "answer", ANSWER, admin)
    (thanks,) = say(f"#report:rate:{one.id}:1")

    assert told() == ["feedback_working", "feedback_answered"]
    assert the_one().rating == 1
    assert "Cơ quan sẽ xem lại" in thanks


def test_the_office_asks_and_the_citizen_adds(lan, say, admin):
    one = reported(lan)
    handling.act(one.id, "ask", "Xin cho biết số nhà gần nhất?", admin)

    say(f"#report:more:{one.id}")
    say("Số 12 Nguyễn Huệ")

    assert the_one().state == "received"
    assert the_one().text.endswith("Bổ sung: Số 12 Nguyễn Huệ")


def test_anothers_report_can_be_neither_rated_nor_added_to_nor_published(lan, say, admin):
    one = reported(lan)
    handling.act(one.id, "answer", ANSWER, admin)

    for words in (f"rate:{one.id}:1", f"publish:{one.id}:yes", f"more:{one.id}"):
        say(f"#report:{words}", uid="7000000000000000099")

    assert (the_one().rating, the_one().may_publish) == (None, False)


def test_an_agency_sees_and_does_only_its_own(lan):
    mine = make_staff("binh-thuan", agency_code="ubnd-mui-ne")
    theirs = reported(lan, commune_code="ubnd-tan-hai")

    with pytest.raises(NotFound):
        handling.act(theirs.id, "work", "", mine)


def test_forwarding_moves_it_to_the_other_agency(lan, admin):
    one = reported(lan, commune_code="ubnd-mui-ne")

    handling.act(one.id, "forward", "", admin, agency_code="so-xay-dung")

    assert (the_one().state, the_one().agency_code) == ("forwarded", "so-xay-dung")
    with pytest.raises(Invalid, match="chính đơn vị này"):
        handling.act(one.id, "forward", "", admin, agency_code="so-xay-dung")


def test_the_most_exact_route_wins(admin):
    routing.keep("road", "", "so-xay-dung", admin.id)
    routing.keep("", "ubnd-tan-hai", "ubnd-phan-thiet", admin.id)
    routing.keep("road", "ubnd-tan-hai", "ubnd-mui-ne", admin.id)

    cases = [
        ("road", "ubnd-mui-ne"),
        ("waste", "ubnd-tan-hai"),
        ("road", "ubnd-tan-hai"),
        ("waste", "ubnd-mui-ne"),
        ("other", None),
    ]

    assert [routing.agency_for(*case) for case in cases] == [
        "so-xay-dung", "ubnd-phan-thiet", "ubnd-mui-ne", "ubnd-mui-ne", None,
    ]  # fmt: skip


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("action", handling.STEPS)
def test_each_step_is_taken_only_from_its_states(lan, admin, state, action):
    one = reported(lan, commune_code="ubnd-mui-ne")
    one.state = state
    db.session.commit()
    allowed = state in handling.STEPS[action][0]

    def step():
        handling.act(one.id, action, "lời đủ dài", admin, agency_code="so-xay-dung")

    if allowed:
        step()
        assert the_one().state == handling.STEPS[action][1]
    else:
        with pytest.raises(NotFound if state == "draft" else Conflict):
            step()


def test_likely_duplicates_are_shown_and_a_merged_one_hears_the_answer(lan, admin):
    tuan = make_citizen("7000000000000000002")
    db.session.commit()
    first = reported(lan, commune_code="ubnd-mui-ne")
    second = reported(tuan, text="Trước chợ có ổ gà sâu, nhiều xe máy ngã", commune_code="ubnd-mui-ne")
    reported(lan, text="Nắp cống mất ở ngã tư Nguyễn Huệ", commune_code="ubnd-mui-ne")
    reported(lan, text=STORY, commune_code="ubnd-tan-hai")

    alike = [likely.other.id for likely in likeness.duplicates(second, admin)]
    handling.merge(second.id, first.id, admin)
    handling.act(first.id, "answer", ANSWER, admin)

    db.session.rollback()
    heard = db.session.execute(
        db.select(Message.citizen_id, Message.event).where(Message.lane == "normal").order_by(Message.id)
    ).all()
    assert alike == [first.id]
    assert [tuple(row) for row in heard] == [
        (tuan.id, "feedback_merged"), (lan.id, "feedback_answered"), (tuan.id, "feedback_answered"),
    ]  # fmt: skip


def test_near_each_other_is_alike_whatever_the_words(lan, admin):
    first = reported(lan, text="Hố sâu nguy hiểm lắm", location=(10.93, 108.1))
    near = reported(lan, text="Mặt đường lún một đoạn dài", location=(10.9303, 108.1))
    far = reported(lan, text="Mặt đường lún một đoạn dài", location=(10.99, 108.1))

    assert [likely.other.id for likely in likeness.duplicates(near, admin)] == [first.id]
    assert likeness.duplicates(far, admin) == []


def test_erasure_leaves_the_report_without_its_citizen(lan):
    one = reported(lan)

    drafts.forget(lan)
    db.session.commit()

    assert (the_one().id, the_one().citizen_id) == (one.id, None)


def test_drafts_that_nobody_sends_are_thrown_away(lan, clock):
    drafts.begin("road", "chat", lan)
    db.session.commit()

    clock.shift(drafts.KEPT.total_seconds() + 60)

    assert drafts.forget_old() == 1


def test_the_permissions_are_known():
    assert {"feedback.answer", "feedback.manage"} <= PERMISSIONS.keys()
