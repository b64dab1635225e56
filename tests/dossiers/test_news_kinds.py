"""Every kind of news, in both languages, with the longest values that the door takes in."""

import re
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.core.database import db
from motcua.dossiers import following, intake, news, news_words, records
from motcua.dossiers.schemas import EventIn
from motcua.messaging.models import Message
from motcua.messaging.wording import offered, texts
from motcua.tenancy.calendars import offices_of
from motcua.zalo.messages import from_stored
from tests.factories import dossier_data, event_body, make_citizen, make_dossier

LONG = "Đề nghị ông/bà kiểm tra lại nội dung kê khai và giấy tờ kèm theo cho đúng quy định hiện hành. " * 15
NAME = "Giấy xác nhận tình trạng hôn nhân do Ủy ban nhân dân cấp xã nơi cư trú cấp còn thời hạn sử dụng " * 5
OFFICER = {"name": "Nguyễn Phúc Hoàng Thiên Kim", "title": "Công chức Tư pháp – Hộ tịch"}
ITEMS = [
    {"name": NAME[:490].strip(), "originals": 1, "copies": 2, "note": LONG[:490].strip()} for _ in range(100)
]
AGENCY = ("Chi nhánh Văn phòng Đăng ký đất đai khu vực, Sở Nông nghiệp và Môi trường tỉnh " * 4)[:300].strip()
PROCEDURE = (
    "Đăng ký, cấp Giấy chứng nhận quyền sử dụng đất, quyền sở hữu tài sản gắn liền với đất lần đầu " * 5
)
SUPPLEMENT = {
    "items": ITEMS, "reason": LONG[:1490].strip(), "respond_by": "2024-12-10T17:00:00+07:00",
    "stage": "appraisal", "contact_phone": "0252 3822 333",
}  # fmt: skip
FEE = {
    "amount_vnd": 10**13,
    "items": [{"name": NAME[:290].strip(), "amount_vnd": 10**13}] * 50,
    "pay_by": "2024-12-10T17:00:00+07:00",
    "pay_url": "https://thanhtoan.dichvucong.gov.vn/" + "a" * 900,
}
PAID = {
    "paid_at": "2024-11-26T09:30:00+07:00", "amount_vnd": 10**13, "method": "national",
    "receipt_number": "B" * 100,
}  # fmt: skip
APOLOGY = {
    "reason": LONG[:1490].strip(),
    "new_due_at": "2024-12-20T10:00:00+07:00",
    "agency_name": "Ủy ban nhân dân " * 12,
}
RESULT = {
    "items": [{"number": "9" * 100, "name": NAME[:490].strip()}] * 50,
    "ways": ["desk", "post", "electronic"],
}
PICKUP = {
    "place": "Quầy số ba, Trung tâm Phục vụ hành chính công " * 6,
    "hours": "07:00–11:30 và 13:30–17:00, " * 7,
}
WHERE = {
    "department": "Bộ phận Tư pháp – Hộ tịch " * 7,
    "officer": OFFICER,
    "step": {"name": "Thẩm tra hồ sơ " * 13},
    "note": LONG[:1490].strip(),
}
RIGHT_BEFORE = {"occurred_at": "2024-11-26T08:30:00+07:00"}
LATER = {"occurred_at": "2024-12-11T08:30:00+07:00"}

# kind -> the events after the receipt, of which the last brings it.
STORIES = {
    "dossier_moved": [(4, WHERE)],
    "dossier_supplement": [(5, {"supplement": SUPPLEMENT})],
    "dossier_supplemented": [(5, {"supplement": SUPPLEMENT} | RIGHT_BEFORE), (4, WHERE)],
    "dossier_supplement_lapsed": [(5, {"supplement": SUPPLEMENT}), (8, WHERE | LATER)],
    "dossier_fee": [(6, {"fee": FEE})],
    "dossier_fee_paid": [(6, {"fee": FEE} | RIGHT_BEFORE), (4, {"fee_paid": PAID} | WHERE)],
    "dossier_late": [(4, {"apology": APOLOGY} | WHERE)],
    "dossier_due_changed": [(4, {"due_at": "2024-12-02T10:00:00+07:00"} | WHERE)],
    "dossier_ready": [(9, {"result": RESULT, "pickup": PICKUP} | WHERE | LATER)],
    "dossier_ready_early": [(9, {"result": RESULT, "pickup": PICKUP} | WHERE)],
    "dossier_returned": [(9, {"result": RESULT} | RIGHT_BEFORE),
                         (10, {"handover": {"way": "post", "post_code": "R" * 50}} | WHERE)],
    "dossier_corrected": [(9, RIGHT_BEFORE), (10, {}), (9, LATER | WHERE | {"pickup": PICKUP})],
    "dossier_recalled": [(9, RIGHT_BEFORE), (4, WHERE)],
    "dossier_refused": [(3, WHERE)],
    "dossier_stopped": [(8, WHERE)],
    "dossier_withdrawal": [(7, WHERE)],
    "dossier_withdrawn": [(7, RIGHT_BEFORE), (8, WHERE)],
    "dossier_withdrawal_refused": [(7, RIGHT_BEFORE), (4, WHERE)],
}  # fmt: skip


def told(citizen) -> list[Message]:
    return list(
        db.session.scalars(db.select(Message).where(Message.citizen_id == citizen.id).order_by(Message.id))
    )


def live_through(story, **given):
    dossier = make_dossier(**given)
    dossier.procedure_name = PROCEDURE if given else dossier.procedure_name
    db.session.commit()
    for status, more in story:
        intake.add_event(dossier.code, EventIn().load(event_body(status, **more)))
        db.session.commit()
    return dossier


@pytest.fixture
def owner(province):
    return make_citizen("7001", phone="84912345678")


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("kind", STORIES)
def test_each_kind_fits_one_message_whole_to_its_last_word(owner, kind, language):
    owner.language = language

    dossier = live_through(STORIES[kind], agency_code=..., agency_name=AGENCY)
    news = told(owner)[-1]

    assert news.event == kind
    stored = news.content["consultation"]
    message = from_stored(stored)
    assert len(message.text) < texts.MAX_CHARACTERS and not message.text.endswith("…")
    assert "None" not in message.text and "{" not in message.text
    assert 2 <= len(message.buttons) <= 5
    assert dossier.code in message.text


@pytest.mark.parametrize("kind", STORIES)
def test_whoever_only_holds_the_papers_code_reads_no_reason_list_sum_or_officer(province, kind):
    dossier = make_dossier()
    stranger = make_citizen("7002")
    following.follow(dossier, stranger, "token")

    for status, more in STORIES[kind]:
        intake.add_event(dossier.code, EventIn().load(event_body(status, **more)))
        db.session.commit()

    for one in told(stranger):
        text = one.content["consultation"]["text"]
        for secret in ("Đề nghị ông/bà", "Giấy xác nhận", "Thiên Kim", "Thẩm tra", "BBBB", "RRRR", "10.000"):
            assert secret not in text
        assert "0252" not in str(one.content) and "thanhtoan" not in str(one.content)


def test_a_supplement_names_papers_reason_day_countdown_and_whom_to_call(owner, time_machine):
    time_machine.move_to(datetime.fromisoformat("2024-11-26T09:05:00+07:00"), tick=False)
    asked = SUPPLEMENT | {"items": ITEMS[:1], "reason": "Giấy xác nhận đã quá 6 tháng."}

    live_through([(5, {"supplement": asked | {"respond_by": "2024-11-28T10:00:00+07:00"}})])

    message = from_stored(told(owner)[-1].content["consultation"])
    for words in (
        "(1 bản chính, 2 bản sao)", "Giấy xác nhận đã quá 6 tháng.", "10:00 thứ Năm, 28/11/2024",
        "còn 2 ngày làm việc", "0252 3822 333", "UBND phường Một",
    ):  # fmt: skip
        assert words in message.text
    assert "Xem danh sách cần bổ sung" in [button.title for button in message.buttons]
    assert "Gọi người hướng dẫn" in [button.title for button in message.buttons]


def test_a_second_supplement_says_that_it_is_one(owner):
    live_through(
        [(5, {"supplement": SUPPLEMENT} | RIGHT_BEFORE), (4, {}), (5, {"supplement": SUPPLEMENT} | LATER)]
    )

    text = told(owner)[-1].content["consultation"]["text"]
    assert "lần thứ 2" in text and "xin lỗi" in text


@pytest.mark.parametrize(
    ("url", "is_linked"),
    [
        ("https://dichvucong.gov.vn/thanh-toan", True),
        ("https://thanhtoan.dichvucong.gov.vn/a", True),
        ("https://dichvucong.gov.vn.evil.example/a", False),
        ("https://evildichvucong.gov.vn/a", False),
        ("https://nguoi@dichvucong.gov.vn/a", False),
        ("https://dichvucong.gov.vn:8443/a", False),
    ],
)
def test_only_a_host_on_the_list_is_linked_for_paying(owner, url, is_linked):
    live_through([(6, {"fee": FEE | {"amount_vnd": 50000, "items": [], "pay_url": url}})])

    message = from_stored(told(owner)[-1].content["consultation"])
    assert (url in [getattr(button, "url", None) for button in message.buttons]) == is_linked
    assert ("Nộp trực tuyến" in message.text) == is_linked
    assert "50.000 đồng" in message.text


def test_a_payment_is_confirmed_with_its_receipt_number_in_one_message(owner):
    live_through(STORIES["dossier_fee_paid"])

    assert [one.event for one in told(owner)] == ["dossier_accepted", "dossier_fee", "dossier_fee_paid"]
    assert "B" * 100 in told(owner)[-1].content["consultation"]["text"]


def test_an_apology_tells_reason_and_both_dates_in_one_message(owner):
    live_through([(4, {"apology": APOLOGY | {"reason": "Chờ ý kiến của Sở Tư pháp."}})])

    assert [one.event for one in told(owner)] == ["dossier_accepted", "dossier_late"]
    text = told(owner)[-1].content["consultation"]["text"]
    for words in ("XIN LỖI", "Chờ ý kiến của Sở Tư pháp.", "28/11/2024", "thứ Sáu, 20/12/2024"):
        assert words in text


def test_a_payment_and_an_apology_at_once_are_two_messages(owner):
    live_through([(6, {"fee": FEE} | RIGHT_BEFORE), (4, {"fee_paid": PAID, "apology": APOLOGY})])

    assert [one.event for one in told(owner)][-2:] == ["dossier_late", "dossier_fee_paid"]


def test_no_date_is_promised_where_there_is_none(owner):
    live_through([], due_at=None)

    assert "chưa ấn định" in told(owner)[0].content["consultation"]["text"]


def test_a_refusal_without_a_reason_says_that_one_may_ask_for_it(owner):
    live_through([(3, {})])

    text = told(owner)[-1].content["consultation"]["text"]
    assert "có quyền được biết" in text and "khiếu nại" in text


@pytest.mark.parametrize(("moves", "heard"), [("every", 3), ("agency", 2), ("none", 1)])
def test_a_province_decides_how_much_of_the_passing_on_is_told(owner, province, moves, heard):
    from motcua.tenancy import current

    current.tenant().settings = current.tenant().settings | {"news": {"moves": moves}}
    db.session.commit()

    live_through([(4, RIGHT_BEFORE), (4, {"department": "Phòng Tư pháp"})])

    assert len(told(owner)) == heard


def test_the_same_dossier_sent_twice_tells_nothing_twice(owner):
    dossier = live_through(STORIES["dossier_late"])
    before = len(told(owner))

    intake.put(dossier.code, dossier_data())
    intake.add_event(dossier.code, EventIn().load(event_body(4, apology=APOLOGY, **WHERE)))
    db.session.commit()

    assert len(told(owner)) == before


def test_an_apology_where_nothing_was_promised_invents_no_old_date(owner):
    live_through([(4, {"apology": APOLOGY})], due_at=None)

    text = told(owner)[-1].content["consultation"]["text"]
    assert "Hẹn cũ" not in text and "20/12/2024" in text


def test_papers_asked_for_with_an_apology_keep_their_own_reason(owner):
    asked = SUPPLEMENT | {"reason": "Giấy đã quá hạn."}
    live_through([(5, {"supplement": asked, "apology": APOLOGY | {"reason": "Chờ Sở Tư pháp."}})])

    papers, apology = (one.content["consultation"]["text"] for one in told(owner)[-2:])
    assert "Giấy đã quá hạn." in papers and "Chờ Sở" not in papers
    assert "Chờ Sở Tư pháp." in apology and "quá hạn" not in apology


LATER_KINDS = {
    "dossier_supplement_reminder": STORIES["dossier_supplement"],
    "dossier_fee_reminder": STORIES["dossier_fee"],
    "dossier_silent": STORIES["dossier_moved"],
    "dossier_status": [(6, {"fee": FEE} | RIGHT_BEFORE | WHERE), (5, {"supplement": SUPPLEMENT} | WHERE)],
    "dossier_filed": [],
    "dossier_accepted": [],
    "request_answered": [],
    "request_refused": [],
}


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("kind", LATER_KINDS)
def test_what_no_event_tells_fits_one_message_too(owner, kind, language):
    dossier = live_through(LATER_KINDS[kind], agency_code=..., agency_name=AGENCY)
    more = {
        "silent_since": dossier.status_at,
        "request": {"vi": "R" * 90, "en": "R" * 90},
        "answer": LONG[:500],
    }
    piece = news.Piece(kind, "", records.standing(dossier), more | {"occurred": dossier.status_at})

    message = news.message_of(
        dossier, piece, following.find(dossier, owner), language, texts.bodies_of(kind)[language]
    )

    assert len(message.text) < texts.MAX_CHARACTERS and not message.text.endswith("…")
    assert "None" not in message.text and dossier.code in message.text


def test_no_kind_of_news_is_left_out_of_these_tables():
    about_dossiers = {name for name, names in offered.VARIABLES.items() if names is offered.DOSSIER}

    assert about_dossiers == STORIES.keys() | LATER_KINDS.keys()


@given(st.text(max_size=300), st.integers(2, 80))
def test_a_shortened_text_is_never_longer_and_never_hides_that_it_is(text, longest):
    short = news_words.clip(text, longest)

    assert len(short) <= longest
    assert short == " ".join(text.split()) or short.endswith("…")


@given(st.text(max_size=80))
def test_whatever_is_linked_is_https_on_a_listed_host(rest):
    for url in (rest, f"https://{rest}", f"https://dichvucong.gov.vn{rest}"):
        if news_words.may_link(url, ("dichvucong.gov.vn",)):
            host = urlsplit(url).hostname.rstrip(".")
            assert url.lower().startswith("https://")
            assert host == "dichvucong.gov.vn" or host.endswith(".dichvucong.gov.vn")


@given(st.integers(0, 60 * 24 * 40), st.integers(1, 60 * 24 * 40))
def test_a_countdown_never_promises_more_days_than_there_are(start, minutes):
    calendar = offices_of(make_hours()).province
    at = datetime.fromisoformat("2026-01-05T00:00:00+07:00") + timedelta(minutes=start)
    until = at + timedelta(minutes=minutes)

    said = news_words.days_left(calendar, at, until)

    days = int(re.search(r"còn (\d+)", said)[1]) if re.search(r"còn (\d+)", said) else 0
    assert days <= calendar.days_between(at, until) + 1e-6
    assert days <= (until.date() - at.date()).days + 1


def make_hours() -> dict:
    return {
        "timezone": "Asia/Ho_Chi_Minh",
        "office_hours": {
            "weekdays": [1, 2, 3, 4, 5],
            "spans": [["07:00", "11:30"], ["13:30", "17:00"]],
            "same_day_cutoff": "15:00",
        },
    }
