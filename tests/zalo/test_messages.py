import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.zalo.errors import ZaloRejected
from motcua.zalo.messages import (
    CallPhone,
    FileMessage,
    GifMessage,
    ImageMessage,
    ListElement,
    ListMessage,
    OpenUrl,
    QueryHide,
    QueryShow,
    RequestUserInfo,
    SendSms,
    StickerMessage,
    TextMessage,
    ZbsTemplate,
    from_stored,
)

BUTTONS = (
    OpenUrl("Xem hồ sơ", "https://mc.vn/t/abc"),
    QueryShow("Tra cứu", "#tra_cuu HS-001"),
    QueryHide("Theo dõi", "#theo_doi"),
    CallPhone("Gọi", "0252 3821 234"),
    SendSms("Nhắn", "0912345678", "Xin hỏi"),
)
MESSAGES = [
    TextMessage("Hồ sơ đã nhận"),
    TextMessage("Hồ sơ đã nhận", BUTTONS, "96d3cdf3af15046"),
    ImageMessage(attachment_id="att-1", text="Biên nhận"),
    ImageMessage(url="https://mc.vn/a.png"),
    GifMessage(attachment_id="att-2", width=10, height=20),
    StickerMessage("st-1"),
    FileMessage("tok-1"),
    RequestUserInfo("Xin số điện thoại", "Để báo tin hồ sơ", "https://mc.vn/a.png"),
    ListMessage(
        (ListElement("Một", "Dòng phụ", "https://mc.vn/a.png", BUTTONS[0]), ListElement("Hai")), BUTTONS[:2]
    ),
    ZbsTemplate("300001", {"ho_ten": "Nguyễn Văn A", "kind": "text"}),
]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.kind)
def test_a_message_survives_the_outbox(message):
    assert from_stored(json.loads(json.dumps(message.to_stored()))) == message


def test_a_text_with_every_button_on_the_wire():
    wire = TextMessage("Hồ sơ", BUTTONS, "m-9").to_wire()

    assert wire == {
        "text": "Hồ sơ",
        "quote_message_id": "m-9",
        "attachment": {
            "type": "template",
            "payload": {
                "template_type": "button",
                "buttons": [
                    {"title": "Xem hồ sơ", "type": "oa.open.url", "payload": {"url": "https://mc.vn/t/abc"}},
                    {"title": "Tra cứu", "type": "oa.query.show", "payload": "#tra_cuu HS-001"},
                    {"title": "Theo dõi", "type": "oa.query.hide", "payload": "#theo_doi"},
                    {"title": "Gọi", "type": "oa.open.phone", "payload": {"phone_code": "842523821234"}},
                    {
                        "title": "Nhắn",
                        "type": "oa.open.sms",
                        "payload": {"content": "Xin hỏi", "phone_code": "84912345678"},
                    },
                ],
            },
        },
    }


@pytest.mark.parametrize(
    ("message", "element"),
    [
        (ImageMessage(attachment_id="a-1"), {"media_type": "image", "attachment_id": "a-1"}),
        (ImageMessage(url="https://mc.vn/a.png"), {"media_type": "image", "url": "https://mc.vn/a.png"}),
        (
            GifMessage(attachment_id="a-1", width=1, height=2),
            {"media_type": "gif", "attachment_id": "a-1", "width": 1, "height": 2},
        ),
        (StickerMessage("s-1"), {"media_type": "sticker", "attachment_id": "s-1"}),
    ],
    ids=["image by id", "image by address", "gif", "sticker"],
)
def test_media_on_the_wire(message, element):
    payload = {"template_type": "media", "elements": [element]}

    assert message.to_wire() == {"attachment": {"type": "template", "payload": payload}}


def test_a_caption_is_the_text_of_the_message():
    assert ImageMessage(attachment_id="a-1", text="Ảnh").to_wire()["text"] == "Ảnh"


def test_a_file_on_the_wire():
    assert FileMessage("t-1").to_wire() == {"attachment": {"type": "file", "payload": {"token": "t-1"}}}


def test_asking_for_information_on_the_wire():
    wire = RequestUserInfo("Tiêu đề", "Phụ", "https://mc.vn/a.png").to_wire()

    assert wire["attachment"]["payload"] == {
        "template_type": "request_user_info",
        "elements": [{"title": "Tiêu đề", "subtitle": "Phụ", "image_url": "https://mc.vn/a.png"}],
    }


def test_a_list_on_the_wire_has_the_url_in_the_action_itself():
    payload = ListMessage(
        (ListElement("Một", action=BUTTONS[0]), ListElement("Hai", action=BUTTONS[1]))
    ).to_wire()["attachment"]["payload"]

    assert payload == {
        "template_type": "list",
        "elements": [
            {"title": "Một", "default_action": {"type": "oa.open.url", "url": "https://mc.vn/t/abc"}},
            {"title": "Hai", "default_action": {"type": "oa.query.show", "payload": "#tra_cuu HS-001"}},
        ],
    }


def test_a_list_falls_back_to_text_with_its_actions_as_buttons():
    text = ListMessage((ListElement("Một", "phụ", action=BUTTONS[0]), ListElement("Hai"))).as_text()

    assert text == TextMessage("Một\nphụ\n\nHai", (BUTTONS[0],))


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: TextMessage(""), "text"),
        (lambda: TextMessage(" \n"), "text"),
        (lambda: TextMessage("ă" * 2001), "text"),
        (lambda: TextMessage("a\x00"), "text"),
        (lambda: TextMessage("half \ud83d"), "text"),
        (lambda: TextMessage(7), "text"),
        (lambda: TextMessage("a", BUTTONS + BUTTONS[:1]), "buttons"),
        (lambda: TextMessage("a", ("nút",)), "buttons"),
        (lambda: TextMessage("a", quote_message_id="có dấu cách"), "quote_message_id"),
        (lambda: OpenUrl("a" * 101, "https://a.vn"), "title"),
        (lambda: OpenUrl("", "https://a.vn"), "title"),
        (lambda: OpenUrl("a", "javascript:alert(1)"), "url"),
        (lambda: OpenUrl("a", "https://"), "url"),
        (lambda: OpenUrl("a", "https://a.vn/b c"), "url"),
        (lambda: OpenUrl("a", "https://[::1"), "url"),
        (lambda: QueryShow("a", "x" * 1001), "text"),
        (lambda: QueryHide("a", ""), "text"),
        (lambda: CallPhone("a", "gọi đi"), "phone"),
        (lambda: SendSms("a", "0912345678", "x" * 161), "content"),
        (lambda: ImageMessage(), "attachment_id"),
        (lambda: ImageMessage("a", "https://a.vn/x.png"), "attachment_id"),
        (lambda: ImageMessage(url="http://a.vn/x.png"), "url"),
        (lambda: ImageMessage("a", text="x" * 2001), "text"),
        (lambda: GifMessage("a"), "width"),
        (lambda: FileMessage(""), "token"),
        (lambda: RequestUserInfo("x" * 101, "b", "https://a.vn/x.png"), "title"),
        (lambda: RequestUserInfo("a", "x" * 501, "https://a.vn/x.png"), "subtitle"),
        (lambda: RequestUserInfo("a", "b", "http://a.vn/x.png"), "image_url"),
        (lambda: ListMessage(()), "elements"),
        (lambda: ListMessage((ListElement("a"),) * 6), "elements"),
        (lambda: ListMessage(("a",)), "elements"),
        (lambda: ListElement("a", action="tap"), "action"),
        (lambda: ZbsTemplate("", {"a": "b"}), "template_id"),
        (lambda: ZbsTemplate("1", {}), "data"),
        (lambda: ZbsTemplate("1", {"phi": 5000}), "phi"),
    ],
)
def test_a_broken_rule_names_its_field_before_anything_is_sent(make, field):
    with pytest.raises(ZaloRejected) as refused:
        make()

    (sentence,) = refused.value.details[field]
    assert sentence.endswith(".") and "Xin" in sentence


def test_length_is_measured_after_composing_the_letters():
    decomposed = unicodedata.normalize("NFD", "ế") * 2000

    assert TextMessage(decomposed).text == "ế" * 2000


def test_a_row_from_the_outbox_that_lacks_a_field_or_a_known_kind_is_refused():
    for broken, field in (
        ({"kind": "fax"}, "kind"),
        ({}, "kind"),
        ({"kind": "text"}, "text"),
        ("text", "kind"),
    ):
        with pytest.raises(ZaloRejected) as refused:
            from_stored(broken)
        assert field in refused.value.details


@given(st.text())
def test_any_text_is_either_refused_or_reaches_the_wire_whole(text):
    try:
        message = TextMessage(text)
    except ZaloRejected:
        return
    assert message.to_wire() == {"text": unicodedata.normalize("NFC", text)}
    assert from_stored(json.loads(json.dumps(message.to_stored()))) == message
