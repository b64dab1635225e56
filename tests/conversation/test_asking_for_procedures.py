"""A citizen asks in their own words; the chat answers, asks back, or says where else to go."""

import pytest

from motcua.catalogue.models import TenantProcedure
from motcua.conversation.models import MissedQuestion
from motcua.core.database import db
from motcua.messaging.models import Message
from motcua.zalo.messages import from_stored

PROCEDURES = ("1.000656", "1.000894", "2.000575", "1.001193", "1.013225", "2.001019")


@pytest.fixture(autouse=True)
def catalogue(province):
    """A few procedures of a commune, as the national base describes them."""
    known = set(db.session.scalars(db.select(TenantProcedure.code)))
    for code in PROCEDURES:
        if code not in known:
            db.session.add(TenantProcedure(code=code, is_enabled=True, overrides={}))
    db.session.commit()


def last() -> dict:
    db.session.rollback()
    row = db.session.scalars(db.select(Message).order_by(Message.id.desc()).limit(1)).one()
    content = row.content["consultation"]
    db.session.rollback()
    return content


def buttons() -> dict[str, str]:
    """Title -> what pressing it sends."""
    return {one["title"]: one.get("text") or one.get("url") for one in last()["buttons"]}


@pytest.mark.parametrize(
    "line", ["đăng ký kết hôn", "dang ky ket hon", "ddawng kys keets hoon", "ĐKKH", "1.000894"]
)
def test_the_card_names_time_fee_papers_and_place(say, line):
    (card,) = say(line)

    assert "Thủ tục đăng ký kết hôn" in card
    assert "Thời hạn: 1 (nguồn không nêu đơn vị: giờ, ngày hay tháng)" in card
    assert "Phí, lệ phí: Miễn phí. Ghi chú:" in card
    assert "Ủy ban Nhân dân xã, phường, thị trấn" in card
    assert buttons()["Giấy tờ cần có"] == "#procedure:1.000894:papers"
    assert buttons()["Gặp cán bộ"] == "#person"


def test_a_question_for_the_fee_is_answered_with_the_fee(say):
    (answer,) = say("đăng ký kết hôn hết bao nhiêu tiền")

    assert "Phí, lệ phí" in answer
    assert "Miễn lệ phí" in answer


def test_a_long_list_of_papers_comes_in_pages_within_zalos_limit(say):
    pages = [say("#procedure:1.000894:papers")[0]]
    while "Xem tiếp" in buttons():
        pages.append(say(buttons()["Xem tiếp"])[0])
        assert len(pages) < 20

    assert all(len(page) <= 2000 for page in pages)
    assert "Tờ khai đăng ký kết hôn" in " ".join(pages) or len(pages) > 1


@pytest.mark.parametrize("aspect", ["papers", "fee", "where"])
@pytest.mark.parametrize("code", PROCEDURES)
def test_every_page_of_every_aspect_can_be_sent(say, code, aspect):
    (answer,) = say(f"#procedure:{code}:{aspect}")

    assert answer and len(answer) <= 2000
    from_stored(last())


@pytest.mark.parametrize(
    "words", ["9.999999", "1.000894:nothing", "1.000894:papers:99", "1.000894:papers:x", "", "::"]
)
def test_a_button_of_yesterday_is_still_answered(say, words):
    assert say(f"#procedure:{words}")


def test_gibberish_is_answered_kept_and_counted(say):
    (answer,) = say("qwrtp zxcvb 0912345678")
    say("qwrtp zxcvb 0987654321")

    assert "chưa tìm được thủ tục" in answer
    [missed] = db.session.scalars(db.select(MissedQuestion)).all()
    assert (missed.times, missed.reason) == (2, "none")
    assert "09" not in missed.example + missed.words


def test_what_is_not_done_here_gets_a_pointer_and_is_not_counted(say):
    (answer,) = say("hôm nay giá vàng bao nhiêu")

    assert answer
    db.session.rollback()


def test_when_no_choice_was_meant_the_question_is_kept(say):
    say("chứng thực")
    if "Không phải các thủ tục này" not in buttons():
        pytest.fail(f"no choices were offered: {last()['text']}")

    (answer,) = say(buttons()["Không phải các thủ tục này"])

    assert "đã ghi lại" in answer
    [missed] = db.session.scalars(db.select(MissedQuestion)).all()
    assert (missed.words, missed.reason) == ("chung thuc", "refused")


def test_a_choice_opens_its_card(say):
    say("chứng thực")
    title, pressed = next(iter(buttons().items()))

    (card,) = say(pressed)

    assert title.split("…")[0][:40] in card


def test_what_the_province_does_not_do_is_not_offered(say):
    db.session.execute(
        db.update(TenantProcedure).where(TenantProcedure.code == "1.000894").values(is_enabled=False)
    )
    db.session.commit()

    (answer,) = say("#procedure:1.000894")

    assert "Thời hạn" not in answer
