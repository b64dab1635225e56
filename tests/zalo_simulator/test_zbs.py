import pytest

from tests.zalo_simulator.driving import APP, BUSINESS, OA, OPENAPI, OTHER_OA, TEMPLATE
from zalo_simulator.world.phones import hash_phone

GOOD = {"ho_ten": "Nguyễn Thị Lan", "ma": "HS-001"}


def change_template(zalo, **changes) -> None:
    zalo.sim("POST", "/templates", {"id": "300001"} | changes)


def change_account(zalo, **changes) -> None:
    zalo.sim("POST", "/oas", {"oa_id": OA} | changes)


def test_a_send_by_phone_fills_the_card(zalo):
    answer = zalo.zbs(phone="0912345678", sending_mode="1")

    data = answer["data"]
    assert answer["error"] == 0 and data["msg_id"] and data["sent_time"].isdigit()
    assert data["sending_mode"] == "1" and data["quota"] == {
        "dailyQuota": "500000",
        "remainingQuota": "499999",
    }
    shown = zalo.chat()["messages"][-1]
    assert (shown["kind"], shown["title"]) == ("zbs", "Hồ sơ HS-001 đã được tiếp nhận")
    assert shown["table"] == [{"key": "Mã hồ sơ", "value": "HS-001"}]
    assert shown["buttons"] == [{"title": "Xem tiến độ", "type": "1", "payload": "https://mc.vn/t/HS-001"}]
    assert (shown["template_id"], shown["tracking_id"]) == ("300001", "t-1")


def test_sending_by_phone_opens_no_window_for_free_messages(zalo):
    zalo.zbs()

    assert zalo.cs(zalo.chat()["uid"], "a")["error"] == -213


def test_a_send_by_user_id_flat_and_nested(zalo, uid):
    flat = zalo.by_uid(uid)
    body = {"recipient": {"user_id": uid}, "template_id": "300001", "template_data": GOOD}
    nested = zalo.api("POST", OPENAPI + "/v3.0/oa/message/template", body)

    assert flat["data"]["user_id"] == uid and flat["data"]["quota"]["quota_type"] == "sub_quota"
    assert nested["error"] == 0 and len(zalo.chat()["messages"]) == 2


def test_a_send_by_hashed_phone(zalo):
    body = {"hash_phone": hash_phone("84912345678"), "template_id": "300001", "template_data": GOOD}

    assert zalo.api("POST", BUSINESS + "/message/template/hashphone", body)["error"] == 0
    unknown = body | {"hash_phone": hash_phone("84933333333")}
    assert zalo.api("POST", BUSINESS + "/message/template/hashphone", unknown)["error"] == -118


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({}, -111),
        ("x", -112),
        (GOOD | {"ma": 5}, -112),
        (GOOD | {"ho_ten": "d" * 31}, -1121),
        ({"ho_ten": "Lan"}, -1122),
        (GOOD | {"ma": " "}, -1122),
        (GOOD | {"ngay": "ngày mai"}, -1124),
        (GOOD | {"ngay": "25/11/2026"}, 0),
        (GOOD | {"ngay": "16:30 25/11/2026"}, 0),
        (GOOD | {"ngay": "31/02/2026"}, -1124),
        (GOOD | {"more": "is ignored"}, 0),
    ],
)
def test_template_data_against_the_templates_own_list(zalo, uid, data, code):
    assert zalo.zbs(data=data)["error"] == code
    assert zalo.by_uid(uid, data=data)["error"] == code


@pytest.mark.parametrize("phone", ["", "123", "0212345678", "+1 202 555 0100", 5])
def test_wrong_phones(zalo, phone):
    assert zalo.zbs(phone=phone)["error"] == -108


def test_wrong_templates(zalo):
    zalo.sim("POST", "/templates", TEMPLATE | {"id": "300009", "oa_id": OTHER_OA})

    assert zalo.zbs(template="1")["error"] == -109
    assert zalo.zbs(template="300009")["error"] == -117


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"status": "PENDING_REVIEW"}, -131),
        ({"status": "REJECT"}, -131),
        ({"status": "DISABLE"}, -131),
        ({"status": "DISABLE", "quality": "LOW"}, -146),
    ],
)
def test_templates_that_are_not_enabled(zalo, changes, code):
    change_template(zalo, **changes)

    assert zalo.zbs()["error"] == code


def test_a_tag_the_account_may_not_send(zalo):
    change_account(zalo, template_tags=["TRANSACTION"])
    change_template(zalo, tag="PROMOTION")

    assert zalo.zbs()["error"] == -145


def test_not_every_template_goes_by_user_id(zalo, uid):
    change_template(zalo, uid_capable=False)

    assert zalo.by_uid(uid)["error"] == -249
    assert zalo.zbs()["error"] == 0


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ({"has_zalo": False}, -118),
        ({"inactive": True}, -114),
        ({"blocks": [OA]}, -141),
        ({"refuses_zbs": True}, -139),
    ],
)
def test_people_who_get_nothing(zalo, state, code):
    zalo.sim("POST", "/citizens", {"citizen_id": "lan", "name": "Lan", "phone": "0912345678"} | state)

    assert zalo.zbs()["error"] == code


def test_a_number_nobody_registered(zalo):
    assert zalo.zbs(phone="0977777777")["error"] == 0
    zalo.settings(unknown_phone="no_zalo")
    assert zalo.zbs(phone="0977777778")["error"] == -118


@pytest.mark.parametrize(
    ("tag", "clock", "code"),
    [
        ("CUSTOMER_CARE", "2026-11-24 21:59", 0),
        ("CUSTOMER_CARE", "2026-11-24 22:00", -133),
        ("PROMOTION", "2026-11-25 05:59", -133),
        ("PROMOTION", "2026-11-25 06:00", 0),
        ("TRANSACTION", "2026-11-24 23:00", 0),
    ],
)
def test_the_night_is_for_transactions_only(zalo, tag, clock, code):
    change_template(zalo, tag=tag)
    zalo.at(clock)

    assert zalo.zbs()["error"] == code


def test_the_daily_quota_starts_anew_at_midnight_in_vietnam(zalo):
    change_account(zalo, daily_quota=1)
    zalo.at("2026-11-24 23:59")
    assert [zalo.zbs()["error"] for _ in range(2)] == [0, -144]

    zalo.advance(minutes=2)

    assert zalo.zbs()["data"]["quota"]["remainingQuota"] == "0"


def test_a_templates_own_daily_quota(zalo):
    change_template(zalo, daily_quota=1)

    assert [zalo.zbs()["error"] for _ in range(2)] == [0, -147]


def test_money(zalo, uid):
    change_account(zalo, balance_vnd=200)

    assert zalo.zbs()["error"] == 0
    assert zalo.zbs()["error"] == -115
    assert zalo.by_uid(uid)["error"] == 0
    assert zalo.by_uid(uid)["error"] == -321
    change_account(zalo, zbs_linked=False)
    assert zalo.zbs()["error"] == -136
    assert zalo.by_uid(uid)["error"] == -320


def test_development_mode_is_free_and_for_administrators(zalo):
    assert zalo.zbs(mode="development")["data"]["quota"]["remainingQuota"] == "500000"
    zalo.sim("POST", "/apps", {"app_id": APP, "admin_phones": ["84987654321"]})
    assert zalo.zbs(mode="development")["error"] == -127
    assert zalo.zbs(phone="0987654321", mode="development")["error"] == 0
    assert zalo.zbs(mode="test")["error"] == -132


def test_tracking_ids_and_sending_modes(zalo):
    assert zalo.zbs(tracking_id="d" * 49)["error"] == -132
    assert zalo.zbs(sending_mode="2")["error"] == -161
    assert zalo.zbs(sending_mode="3")["error"] == -162


def test_the_same_tracking_id_sends_and_bills_again(zalo):
    assert zalo.zbs()["data"]["msg_id"] != zalo.zbs()["data"]["msg_id"]
    stats = zalo.sim("GET", "/stats")
    assert stats["oas"][OA]["accepted"] == {"zbs": 2} and stats["duplicates"] == 1


@pytest.mark.parametrize(("body", "code"), [(b"", -121), (b"{", -122), (b"[1]", -122), (b"{}", -108)])
def test_bodies_that_are_none(zalo, body, code):
    assert zalo.api("POST", BUSINESS + "/message/template", body)["error"] == code


def test_the_status_of_a_message(zalo):
    msg_id = zalo.zbs()["data"]["msg_id"]
    status = zalo.api("GET", f"{BUSINESS}/message/status?message_id={msg_id}&phone=84912345678")["data"]

    assert status["status"] == 1 and status["delivery_time"].isdigit()
    assert zalo.api("GET", BUSINESS + "/message/status?message_id=x")["data"]["status"] == -1
    assert zalo.api("GET", BUSINESS + "/message/status")["error"] == -107
    assert zalo.api("GET", f"{OPENAPI}/v3.0/oa/message/status?message_id={msg_id}")["data"]["status"] == 1


def test_delivery_can_take_its_time(zalo, listener):
    zalo.settings(delivery_delay_s=0.15)
    msg_id = zalo.zbs()["data"]["msg_id"]

    assert zalo.api("GET", f"{BUSINESS}/message/status?message_id={msg_id}")["data"]["status"] == 0
    assert zalo.chat()["messages"] == []
    assert listener.wait("user_received_message")[0]["message"]["msg_id"] == msg_id
    assert len(zalo.chat()["messages"]) == 1


def test_reading_quota_tags_and_quality(zalo):
    assert zalo.api("GET", BUSINESS + "/message/quota")["data"]["dailyQuota"] == "500000"
    assert zalo.api("GET", BUSINESS + "/message/template-tag")["data"] == [
        "TRANSACTION",
        "CUSTOMER_CARE",
        "PROMOTION",
    ]
    assert zalo.api("GET", BUSINESS + "/quality")["data"] == {
        "oaCurrentQuality": "HIGH",
        "oa7dayQuality": "HIGH",
    }
    assert zalo.api("DELETE", BUSINESS + "/quality")["error"] == -106
