import pytest

from tests.zalo_simulator.driving import APP, OA, OPENAPI, OTHER_OA

CS = OPENAPI + "/v3.0/oa/message/cs"
BUTTONS = [
    {"title": "Mở trang", "type": "oa.open.url", "payload": {"url": "https://mc.vn/"}},
    {"title": "Tra cứu", "type": "oa.query.show", "payload": "#tra_cuu"},
    {"title": "Ẩn", "type": "oa.query.hide", "payload": "#an"},
    {"title": "Gọi", "type": "oa.open.phone", "payload": {"phone_code": "842523999888"}},
    {"title": "Nhắn", "type": "oa.open.sms", "payload": {"phone_code": "842523999888", "content": "HS"}},
]


def test_a_text_reaches_the_phone_and_the_answer_has_the_documented_shape(zalo, uid):
    answer = zalo.cs(uid, "Hồ sơ của bạn đã được tiếp nhận")

    assert (answer["error"], answer["message"]) == (0, "Success")
    data = answer["data"]
    assert data["user_id"] == uid and data["message_id"] and data["sent_time"].isdigit()
    quota = data["quota"]
    assert quota | {"expired_date": ""} == {
        "quota_type": "reply",
        "remain": "8",
        "total": "8",
        "expired_date": "",
        "owner_type": "OA",
        "owner_id": OA,
    }
    shown = zalo.chat()["messages"][-1]
    assert (shown["from"], shown["kind"], shown["text"]) == ("oa", "text", "Hồ sơ của bạn đã được tiếp nhận")
    assert shown["message_id"] == data["message_id"] and shown["received_at_ms"] and not shown["seen"]


def test_ids_are_strings_beyond_double_precision(zalo, uid):
    assert isinstance(uid, str) and int(uid) > 2**53


def test_a_citizen_has_another_id_at_every_account(zalo, uid):
    assert zalo.follow(oa=OTHER_OA) != uid


@pytest.mark.parametrize("with_type", [True, False])
def test_five_buttons_of_all_types(zalo, uid, with_type):
    payload = {"buttons": BUTTONS} | ({"template_type": "button"} if with_type else {})

    answer = zalo.cs(uid, {"text": "Chọn", "attachment": {"type": "template", "payload": payload}})

    shown = zalo.chat()["messages"][-1]
    assert answer["error"] == 0 and shown["kind"] == "buttons"
    assert [button["type"] for button in shown["buttons"]] == [button["type"] for button in BUTTONS]


def button(**changes) -> dict:
    return BUTTONS[1] | changes


@pytest.mark.parametrize(
    ("buttons", "code"),
    [
        ([button()] * 6, -210),
        ([button(title="d" * 101)], -210),
        ([button(payload="d" * 1001)], -210),
        ([button(type="oa.open.app")], -201),
        ([button(title="")], -201),
        ([button(type="oa.open.url", payload={"url": "javascript:alert(1)"})], -201),
        ([button(type="oa.open.phone", payload={"phone_code": "x"})], -201),
        ([button(type="oa.open.sms", payload={"phone_code": "84912345678", "content": "d" * 161})], -210),
        (["x"], -201),
        ("x", -201),
        ([], -201),
    ],
)
def test_wrong_buttons(zalo, uid, buttons, code):
    assert zalo.attach(uid, "button", text="Chọn", buttons=buttons)["error"] == code


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"text": "d" * 2000}, 0),
        ({"text": "d" * 2001}, -210),
        ({"text": ""}, -201),
        ({"text": 5}, -201),
        ({}, -201),
        ({"text": "a", "attachment": "b"}, -201),
        ({"text": "a", "attachment": {"type": "video", "payload": {}}}, -201),
        ({"text": "a", "attachment": {"type": "template", "payload": {"template_type": "new"}}}, -201),
        ({"text": "a", "quote_message_id": "nobody"}, -201),
    ],
)
def test_limits_of_a_message(zalo, uid, message, code):
    assert zalo.cs(uid, message)["error"] == code


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"recipient":{}}', b'{"message":{"text":"a"}}', b"\xff"]
)
def test_bodies_that_are_none(zalo, body):
    assert zalo.api("POST", CS, body)["error"] == -201


def test_quoting_what_the_citizen_wrote(zalo, uid):
    asked = zalo.do("text", {"text": "Hồ sơ của tôi?"})["message_id"]

    answer = zalo.cs(uid, {"text": "Đã xong", "quote_message_id": asked})

    assert answer["error"] == 0 and zalo.chat()["messages"][-1]["quote"]["text"] == "Hồ sơ của tôi?"


def test_the_card_that_asks_for_contact_data(zalo, uid):
    card = {"title": "Chia sẻ số điện thoại", "subtitle": "Để nhận tin", "image_url": "https://mc.vn/a.png"}

    assert zalo.attach(uid, "request_user_info", elements=[card])["error"] == 0
    assert zalo.chat()["messages"][-1]["kind"] == "request_user_info"
    assert zalo.attach(uid, "request_user_info", elements=[card, card])["error"] == -210
    assert zalo.attach(uid, "request_user_info", elements=[card | {"title": "d" * 101}])["error"] == -210
    assert zalo.attach(uid, "request_user_info", elements=[card | {"subtitle": "d" * 501}])["error"] == -210
    assert zalo.attach(uid, "request_user_info", elements=[{}])["error"] == -201


def test_lists(zalo, uid):
    row = {
        "title": "Vị trí 1",
        "subtitle": "Mặt tiền",
        "default_action": {"type": "oa.query.show", "payload": "#1"},
    }
    link = {"title": "Trang", "default_action": {"type": "oa.open.url", "url": "https://mc.vn/"}}

    assert zalo.attach(uid, "list", elements=[row, link])["error"] == 0
    assert zalo.attach(uid, "list", elements=[row] * 6)["error"] == -210
    assert zalo.attach(uid, "list", elements=[])["error"] == -201
    zalo.settings(list_template=False)
    assert zalo.attach(uid, "list", elements=[row])["error"] == -233


def test_a_picture_by_address_and_stickers(zalo, uid):
    by_url = {"media_type": "image", "url": "https://mc.vn/a.png"}

    assert zalo.attach(uid, "media", text="Bản đồ", elements=[by_url])["error"] == 0
    assert zalo.chat()["messages"][-1]["url"] == "https://mc.vn/a.png"
    assert (
        zalo.attach(uid, "media", elements=[{"media_type": "sticker", "attachment_id": "bfe458bf"}])["error"]
        == 0
    )
    assert (
        zalo.attach(uid, "media", elements=[{"media_type": "image", "url": "file:///etc/passwd"}])["error"]
        == -201
    )
    assert (
        zalo.attach(uid, "media", elements=[{"media_type": "image", "attachment_id": "nobody"}])["error"]
        == -201
    )


def test_nobody_is_written_to_without_a_relation(zalo):
    stranger = zalo.chat("minh")["uid"]

    assert zalo.cs(stranger, "a")["error"] == -213
    assert zalo.cs("123", "a")["error"] == -213
    assert zalo.cs("abc", "a")["error"] == -201


def test_an_id_of_another_account_is_nobody(zalo):
    other = zalo.follow(oa=OTHER_OA)

    assert zalo.cs(other, "a")["error"] == -213


def test_who_left_is_not_written_to_until_back(zalo, uid):
    zalo.do("unfollow")
    assert zalo.cs(uid, "a")["error"] == -213

    zalo.do("text", {"text": "tôi đây"})

    assert zalo.cs(uid, "a")["error"] == 0


def test_the_free_window_then_the_paid_one_then_none(zalo, uid):
    assert zalo.cs(uid, "trong 48 giờ")["data"]["quota"]["quota_type"] == "reply"
    zalo.advance(hours=49)
    zalo.token = zalo.sim("POST", "/grants", {"app_id": APP, "oa_id": OA})["access_token"]
    assert zalo.cs(uid, "sau 48 giờ")["data"]["quota"]["quota_type"] == "sub_quota"
    zalo.advance(days=5)
    zalo.token = zalo.sim("POST", "/grants", {"app_id": APP, "oa_id": OA})["access_token"]

    assert zalo.cs(uid, "sau 7 ngày")["error"] == -230
    zalo.do("text", {"text": "chào"})
    assert zalo.cs(uid, "lại được")["error"] == 0


def test_the_old_cap_of_eight_replies(zalo, uid):
    zalo.settings(cs_reply_cap=2, cs_monthly_quota=1)
    first = zalo.cs(uid, "1")["data"]["quota"]
    zalo.cs(uid, "2")

    assert (first["remain"], first["total"]) == ("1", "2")
    assert zalo.cs(uid, "3")["data"]["quota"]["quota_type"] == "sub_quota"
    assert zalo.cs(uid, "4")["error"] == -311


def test_the_monthly_quota_outside_the_free_window(zalo, uid):
    zalo.settings(cs_monthly_quota=0, access_token_life_s=10_000_000)
    zalo.token = zalo.sim("POST", "/grants", {"app_id": APP, "oa_id": OA})["access_token"]
    zalo.advance(hours=49)

    assert zalo.cs(uid, "a")["error"] == -211


@pytest.mark.parametrize(("state", "code"), [({"inactive": True}, -222), ({"blocks": [OA]}, -244)])
def test_people_who_get_nothing(zalo, uid, state, code):
    zalo.sim("POST", "/citizens", {"citizen_id": "lan", "name": "Lan", "phone": "0912345678"} | state)

    assert zalo.cs(uid, "a")["error"] == code


def test_stopped_endpoints_say_that_they_are_closed(zalo, uid):
    for kind in ("transaction", "promotion"):
        assert zalo.api("POST", f"{OPENAPI}/v3.0/oa/message/{kind}", {})["error"] == -240


def test_reactions(zalo, uid, listener):
    asked = zalo.do("text", {"text": "Cảm ơn"})["message_id"]
    body = {
        "recipient": {"user_id": uid},
        "sender_action": {"react_icon": "/-heart", "react_message_id": asked},
    }

    assert zalo.api("POST", OPENAPI + "/v2.0/oa/message", body)["error"] == 0
    assert zalo.chat()["messages"][-1]["reaction"] == "/-heart"
    assert listener.wait("oa_reacted_message")[0]["message"] == {"msg_id": asked, "react_icon": "/-heart"}
