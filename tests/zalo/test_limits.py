"""Zalo's limits, each at its edge: the last value that passes and the first that is ours to refuse."""

from datetime import UTC, date, datetime

import pytest

from motcua.core.errors import Invalid
from motcua.zalo.article_content import Article, Paragraph, Picture, VideoArticle
from motcua.zalo.audience import AGES, CITIES, Audience
from motcua.zalo.dialect import Dialect
from motcua.zalo.errors import ZaloRejected
from motcua.zalo.messages import (
    CallPhone,
    GifMessage,
    ImageMessage,
    ListElement,
    ListMessage,
    OpenUrl,
    QueryHide,
    QueryShow,
    RequestUserInfo,
    SendSms,
    TemplateParam,
    TextMessage,
    ZbsTemplate,
)
from motcua.zalo.template_draft import DraftParam, TemplateDraft
from motcua.zalo.user_fields import UserField
from tests.zalo.scripted import ask, ok

BUTTON = QueryShow("Tra cứu", "#tra_cuu")
PICTURE = "https://mc.vn/a.png"
TEMPLATE = ZbsTemplate("300001", {"a": "b"})
USER = "7000000000000000001"


def article(**change) -> dict:
    given = {"title": "a", "author": "a", "cover_url": PICTURE, "description": "a", "body": (Paragraph("a"),)}
    return Article(**given | change).to_wire()


def video(**change) -> dict:
    given = {"title": "a", "description": "a", "video_id": "v", "cover_url": PICTURE}
    return VideoArticle(**given | change).to_wire()


EDGES = [
    ("text", 2000, lambda n: TextMessage("ế" * n)),
    ("buttons", 5, lambda n: TextMessage("a", (BUTTON,) * n)),
    ("title", 100, lambda n: OpenUrl("ế" * n, "https://a.vn")),
    ("text", 1000, lambda n: QueryShow("a", "ế" * n)),
    ("text", 1000, lambda n: QueryHide("a", "ế" * n)),
    ("content", 160, lambda n: SendSms("a", "0912345678", "ế" * n)),
    ("phone", 15, lambda n: CallPhone("a", "1" * n)),
    ("url", 2000, lambda n: OpenUrl("a", "https://a.vn/" + "x" * (n - 13))),
    ("text", 2000, lambda n: ImageMessage("a-1", text="ế" * n)),
    ("width", 10_000, lambda n: GifMessage("a-1", width=n, height=1)),
    ("height", 10_000, lambda n: GifMessage("a-1", width=1, height=n)),
    ("title", 100, lambda n: RequestUserInfo("ế" * n, "a", PICTURE)),
    ("subtitle", 500, lambda n: RequestUserInfo("a", "ế" * n, PICTURE)),
    ("elements", 5, lambda n: ListMessage((ListElement("a"),) * n)),
    ("buttons", 5, lambda n: ListMessage((ListElement("a"),), (BUTTON,) * n)),
    ("title", 100, lambda n: ListElement("ế" * n)),
    ("subtitle", 500, lambda n: ListElement("a", "ế" * n)),
    ("quote_message_id", 512, lambda n: TextMessage("a", quote_message_id="m" * n)),
    ("title", 150, lambda n: article(title="ế" * n)),
    ("author", 50, lambda n: article(author="ế" * n)),
    ("description", 300, lambda n: article(description="ế" * n)),
    ("related", 5, lambda n: article(related=("a-1",) * n)),
    ("caption", 500, lambda n: article(body=(Picture(PICTURE, "ế" * n),))),
    ("title", 150, lambda n: video(title="ế" * n)),
    ("description", 300, lambda n: video(description="ế" * n)),
    ("cities", 63, lambda n: Audience(cities=frozenset({n})).to_wire()),
    ("ages", 7, lambda n: Audience(ages=frozenset({n})).to_wire()),
    ("locations", 2, lambda n: Audience(locations=frozenset({n})).to_wire()),
    ("platforms", 3, lambda n: Audience(platforms=frozenset({n})).to_wire()),
    ("telcos", 4, lambda n: Audience(telcos=frozenset({n})).to_wire()),
    ("gender", 2, lambda n: Audience(gender=n).to_wire()),
    ("name", 100, lambda n: UserField("a", "text", "ế" * n).to_wire()),
    ("key", 64, lambda n: UserField("a" * n, "text").to_wire()),
]


@pytest.mark.parametrize(("field", "most", "make"), EDGES)
def test_the_last_that_fits_passes_and_one_more_is_refused_by_name(field, most, make):
    make(most)

    with pytest.raises(ZaloRejected) as refused:
        make(most + 1)

    (sentence,) = refused.value.details[field]
    assert "Xin" in sentence and sentence.endswith(".")


@pytest.mark.parametrize(
    ("field", "make"),
    [
        ("cover_url", lambda: article(cover_video_id="v")),
        ("cover_view", lambda: article(cover_url=None, cover_video_id="v", cover_view="round")),
        ("cover_url", lambda: article(cover_url="http://mc.vn/a.png")),
        ("status", lambda: article(status="draft")),
        ("comment", lambda: video(comment="")),
        ("body", lambda: article(body=())),
        ("body", lambda: article(body=("a",))),
        ("tracking_link", lambda: article(tracking_link="mc.vn")),
        ("video_id", lambda: video(video_id="")),
        ("gender", lambda: Audience(gender=True).to_wire()),
        ("ages", lambda: Audience(ages=frozenset({"1"})).to_wire()),
        ("cities", lambda: Audience(cities=frozenset({-1})).to_wire()),
        ("key", lambda: UserField("1a", "text").to_wire()),
        ("key", lambda: UserField("số", "text").to_wire()),
        ("data_type", lambda: UserField("a", "json").to_wire()),
        ("datetime_form", lambda: UserField("a", "datetime").to_wire()),
        ("datetime_form", lambda: UserField("a", "datetime", datetime_form="mm").to_wire()),
        ("datetime_form", lambda: UserField("a", "text", datetime_form="dd/MM/yyyy").to_wire()),
    ],
)
def test_what_is_of_the_wrong_kind_is_refused_by_name(field, make):
    with pytest.raises(ZaloRejected) as refused:
        make()

    (sentence,) = refused.value.details[field]
    assert "Xin" in sentence and sentence.endswith(".")


SPAN = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC))
NEVER_LEAVES = [
    ("tracking_id", lambda c: c.send_template_to_phone("t", "0912345678", TEMPLATE, "x" * 49)),
    ("tracking_id", lambda c: c.send_template_to_phone("t", "0912345678", TEMPLATE, "a\nb")),
    ("tracking_id", lambda c: c.send_template_to_phone("t", "0912345678", TEMPLATE, "")),
    (
        "journey_token",
        lambda c: c.send_template_to_phone("t", "0912345678", TEMPLATE, "t", journey_token="a\nb"),
    ),
    ("journey_token", lambda c: c.journey_check("t", "")),
    ("code", lambda c: c.mini_app_phone("u", "secret", "a\r\nX-Evil: 1")),
    ("secret_key", lambda c: c.mini_app_phone("u", "khóa", "p")),
    ("fields", lambda c: c.profile("u", "s", ("gender",))),
    ("fields", lambda c: c.profile("u", "s", ())),
    ("user_id", lambda c: c.user_detail("t", "có dấu cách")),
    ("user_id", lambda c: c.send_template_to_user("t", "", TEMPLATE)),
    ("group_id", lambda c: c.send_to_group("t", "", TextMessage("a"))),
    ("anonymous_id", lambda c: c.send_to_visitor("t", "", "c", TextMessage("a"))),
    ("conversation_id", lambda c: c.send_to_visitor("t", "a", "", TextMessage("a"))),
    ("icon", lambda c: c.react("t", USER, "m", "😀")),
    ("name", lambda c: c.update_user("t", USER)),
    ("alias", lambda c: c.update_user("t", USER, alias="A")),
    ("tag", lambda c: c.tag_user("t", USER, "x" * 101)),
    ("tag", lambda c: c.delete_tag("t", " ")),
    ("status", lambda c: c.template_list("t", status="OK")),
    ("limit", lambda c: c.template_list("t", limit=0)),
    ("offset", lambda c: c.conversation("t", USER, offset=-1)),
    ("count", lambda c: c.recent_chats("t", count=0)),
    ("kind", lambda c: c.article_list("t", kind="photo")),
    ("from_time", lambda c: c.ratings("t", "1", *SPAN[::-1])),
    ("from_time", lambda c: c.ratings("t", "1", SPAN[0].replace(tzinfo=None), SPAN[1])),
    ("to_time", lambda c: c.quick_replies("t", "1", SPAN[0], SPAN[1].replace(tzinfo=None))),
    ("offset", lambda c: c.quick_replies("t", "1", *SPAN, offset=-1)),
    ("owner", lambda c: c.owner_quota("t", owner="Nobody")),
    ("product", lambda c: c.owner_quota("t", product="sms")),
    ("quota_type", lambda c: c.owner_quota("t", quota_type="gift")),
    ("call_type", lambda c: c.call_link("t", USER, call_type="telepathy")),
    ("reason", lambda c: c.call_consent_request("t", "0912345678", reason=1)),
    ("product_id", lambda c: c.order_create("t")),
    ("product_id", lambda c: c.order_create("t", product_id="1", redeem_code="R")),
    ("product_id", lambda c: c.order_create("t", product_id="một")),
    ("beneficiary", lambda c: c.order_create("t", product_id="1", beneficiary="me")),
    ("buttons", lambda c: c.set_menu("t", ())),
    ("buttons", lambda c: c.set_menu("t", (BUTTON,) * 6)),
    ("buttons", lambda c: c.set_menu("t", ("nút",))),
    ("values", lambda c: c.custom_info_update("t", USER, {})),
    ("a", lambda c: c.custom_info_update("t", USER, {"a": 5})),
    ("a", lambda c: c.custom_info_update("t", USER, {"a": "x" * 256})),
    ("a", lambda c: c.custom_info_update("t", USER, {"a": dict.fromkeys("bcdefg", "x")})),
    ("a.b", lambda c: c.custom_info_update("t", USER, {"a": {"b": 5}})),
    ("key", lambda c: c.custom_info_update("t", USER, {"": "x"})),
]


@pytest.mark.parametrize(("field", "do"), NEVER_LEAVES)
def test_what_zalo_would_refuse_never_leaves(field, do):
    error, zalo = ask(ok(), do=do)

    assert (type(error), list(error.details), zalo.asked) == (ZaloRejected, [field], [])
    (sentence,) = error.details[field]
    assert "Xin" in sentence and sentence.endswith(".")


def test_a_birthday_before_zalos_first_year_is_refused():
    error, _zalo = ask(
        ok(),
        do=lambda c: c.update_user("t", USER, birth_date=date(1969, 12, 31)),
        dialect=Dialect(user_update_path="/v3.0/oa/user/update"),
    )

    assert list(error.details) == ["birth_date"]


@pytest.mark.parametrize(
    "phone", ["0252 3821 234", "1900 1234", "912345678", "84212345678", "0912345", "", "x" * 40]
)
@pytest.mark.parametrize(
    "send",
    [
        lambda c, phone: c.send_template_to_phone("t", phone, TEMPLATE, "t-1"),
        lambda c, phone: c.send_template_to_hashed_phone("t", phone, TEMPLATE, "t-1"),
        lambda c, phone: c.journey_open("t", phone),
        lambda c, phone: c.call_consent("t", phone),
        lambda c, phone: c.message_status("t", "m-1", phone),
    ],
    ids=["plain", "hashed", "journey", "call", "status"],
)
def test_only_a_vietnamese_mobile_number_leaves(send, phone):
    error, zalo = ask(ok(), do=lambda c: send(c, phone))

    assert (type(error), list(error.details), zalo.asked) == (Invalid, ["phone"], [])


LONGEST = {
    1: 30,
    2: 15,
    3: 200,
    4: 30,
    5: 30,
    6: 30,
    7: 50,
    8: 5,
    9: 200,
    10: 20,
    11: 20,
    12: 10,
    13: 200,
    14: 12,
}


@pytest.mark.parametrize(("kind", "most"), [*LONGEST.items(), (15, 90), ("STRING", 400)])
def test_each_type_of_parameter_has_its_longest_value(kind, most):
    param = TemplateParam("p", str(kind))
    fitting = {2: "9", 11: "1", 12: "9", 13: "x", 14: "9"}.get(kind, "ế")

    assert "dài" not in (param.problem_with(fitting * most) or "")
    assert "dài" in param.problem_with(fitting * (most + 1))


FORMS = {
    "2": (["84912345678", "+84 912 345"], ["gọi tôi", "84-912"]),
    "11": (
        ["25/11/2026", "08:30 25/11/2026", "08:30:05 25/11/2026", "11/2026", "08:30", "08:30:05"],
        ["2026-11-25", "31/02/2026", "25:00", "13/2026", "hôm nay"],
    ),
    "DATE": (["25/11/2026"], ["25-11-2026"]),
    "12": (["123456", "aB3"], ["12 34", "mã"]),
    "13": (["https://mc.vn/a?b=c", "mc.vn"], ["https://mc.vn/a b", "mc.vn\n"]),
    "14": (["5000", "1.000.000"], ["5 nghìn", "-5", "đ5"]),
    "NUMBER": (["5", "-0,3", "1.000"], ["năm", "5 cái"]),
    "15": (["Nop le phi HS 001", "Nộp lệ phí"], ["le phi #1", "a/b", "a_b"]),
    "1": (["Nguyễn Văn A", "O'Neil"], []),
}


@pytest.mark.parametrize("kind", FORMS)
def test_each_type_of_parameter_has_its_form(kind):
    good, bad = FORMS[kind]
    param = TemplateParam("p", kind)

    assert [param.problem_with(value) for value in good] == [None] * len(good)
    for value in bad:
        assert "Xin" in param.problem_with(value), value


def test_a_parameter_may_be_too_short():
    param = TemplateParam("p", "4", min_length=3)

    assert param.problem_with("abc") is None
    assert "ít nhất 3" in param.problem_with("ab")


def layout(*components, kind: int = 1) -> TemplateDraft:
    return TemplateDraft("Báo kết quả hồ sơ", kind, 1, {"body": {"components": list(components)}})


def star(**change) -> dict:
    return {"title": "a", "question": "b", "answers": ["c"], "thanks": "d", "description": "e"} | change


PAYMENT = {"bank_code": "970436", "account_name": "A", "bank_account": "1", "note": "n", "amount": "2000"}
VOUCHER = {"name": "a", "condition": "b", "voucher_code": "c", "end_date": "25/11/2026"}
PARTS = [
    ("PARAGRAPH", 400, lambda n: layout({"PARAGRAPH": {"value": "x" * n}})),
    ("TITLE", 65, lambda n: layout({"TITLE": {"value": "x" * n}})),
    ("OTP", 10, lambda n: layout({"OTP": {"value": "x" * n}})),
    ("IMAGES", 3, lambda n: layout({"IMAGES": {"items": [{"media_id": "m"}] * n}})),
    ("BUTTONS", 2, lambda n: layout({"BUTTONS": {"items": [{"title": "Xem hồ sơ"}] * n}})),
    ("BUTTONS.title", 30, lambda n: layout({"BUTTONS": {"items": [{"title": "x" * n}]}})),
    ("TABLE", 8, lambda n: layout({"TABLE": {"rows": [{"title": "abc", "value": "abc"}] * n}})),
    ("TABLE.title", 36, lambda n: layout({"TABLE": {"rows": [{"title": "x" * n, "value": "abc"}] * 2}})),
    ("TABLE.value", 90, lambda n: layout({"TABLE": {"rows": [{"title": "abc", "value": "x" * n}] * 2}})),
    ("RATING", 5, lambda n: layout({"RATING": {"items": [star()] * n}}, kind=5)),
    ("RATING.title", 50, lambda n: layout({"RATING": {"items": [star(title="x" * n)] * 5}}, kind=5)),
    ("RATING.question", 100, lambda n: layout({"RATING": {"items": [star(question="x" * n)] * 5}}, kind=5)),
    ("RATING.thanks", 100, lambda n: layout({"RATING": {"items": [star(thanks="x" * n)] * 5}}, kind=5)),
    (
        "RATING.description",
        200,
        lambda n: layout({"RATING": {"items": [star(description="x" * n)] * 5}}, kind=5),
    ),
    ("RATING.answers", 5, lambda n: layout({"RATING": {"items": [star(answers=["x"] * n)] * 5}}, kind=5)),
    ("RATING.answers", 50, lambda n: layout({"RATING": {"items": [star(answers=["x" * n])] * 5}}, kind=5)),
    ("VOUCHER.name", 30, lambda n: layout({"VOUCHER": VOUCHER | {"name": "x" * n}}, kind=4)),
    ("VOUCHER.condition", 40, lambda n: layout({"VOUCHER": VOUCHER | {"condition": "x" * n}}, kind=4)),
    ("VOUCHER.voucher_code", 25, lambda n: layout({"VOUCHER": VOUCHER | {"voucher_code": "x" * n}}, kind=4)),
    ("PAYMENT.note", 90, lambda n: layout({"PAYMENT": PAYMENT | {"note": "x" * n}}, kind=3)),
    ("PAYMENT.amount", 500_000_000, lambda n: layout({"PAYMENT": PAYMENT | {"amount": n}}, kind=3)),
]


@pytest.mark.parametrize(("part", "most", "make"), PARTS, ids=[f"{part} {most}" for part, most, _ in PARTS])
def test_each_part_of_a_template_has_its_edge(part, most, make):
    make(most)

    with pytest.raises(ZaloRejected) as refused:
        make(most + 1)

    assert list(refused.value.details) == [f"layout.body.{part}"]


@pytest.mark.parametrize(("part", "most"), [("TITLE", 2), ("PARAGRAPH", 3)])
def test_a_rating_template_has_room_for_fewer_parameters(part, most):
    def draft(count: int):
        words = " ".join(f"<p{n}>" for n in range(count)) + " hồ sơ"
        params = tuple(DraftParam(f"p{n}", "1", "x") for n in range(count))
        body = [{part: {"value": words}}, {"RATING": {"items": [star()] * 5}}]
        return TemplateDraft("Đánh giá phục vụ", 5, 2, {"body": {"components": body}}, params)

    draft(most)

    with pytest.raises(ZaloRejected) as refused:
        draft(most + 1)
    assert list(refused.value.details) == [f"layout.body.{part}"]


def test_zalos_lists_are_whole():
    assert (len(CITIES), CITIES[30], CITIES[63], len(AGES)) == (64, "Bình Thuận", "Ngoài Việt Nam", 8)
    assert len(set(CITIES.values())) == 64
