"""Quotas that are counted, not magic: promotions, uploads, template edits, sends by user id before March 2026."""

import pytest

from tests.zalo_simulator.driving import APP, BUSINESS, OA, OPENAPI, OTHER_OA, TEMPLATE
from tests.zalo_simulator.test_users import PNG, upload


@pytest.fixture
def promotion(zalo) -> str:
    zalo.sim("POST", "/templates", TEMPLATE | {"id": "300003", "tag": "PROMOTION"})
    zalo.settings(access_token_life_s=90_000_000)
    zalo.token = zalo.sim("POST", "/grants", {"app_id": APP, "oa_id": OA})["access_token"]
    return "300003"


def test_one_promotion_a_day_and_four_a_month(zalo, promotion):
    codes = []
    for _ in range(5):
        codes.append([zalo.zbs(template=promotion)["error"] for _ in range(2)])
        zalo.advance(days=1)

    assert codes == [[0, -1472]] * 4 + [[-1471, -1471]]
    zalo.at("2026-12-02 10:00")
    assert zalo.zbs(template=promotion)["error"] == 0


def test_a_person_gets_one_promotion_from_all_accounts_together(zalo, promotion):
    zalo.sim("POST", "/templates", TEMPLATE | {"id": "300004", "tag": "PROMOTION", "oa_id": OTHER_OA})
    zalo.zbs(template=promotion)
    zalo.token = zalo.sim("POST", "/grants", {"app_id": APP, "oa_id": OTHER_OA})["access_token"]

    assert zalo.zbs(template="300004")["error"] == -1472


def test_the_accounts_own_monthly_promotions(zalo, promotion):
    zalo.sim("POST", "/oas", {"oa_id": OA, "promotion_monthly_quota": 1})

    assert [zalo.zbs(phone, promotion)["error"] for phone in ("84912345678", "84987654321")] == [0, -1441]
    assert zalo.api("GET", BUSINESS + "/message/quota")["data"]["remainingMonthlyPromotionQuota"] == "0"


def test_promotions_by_user_id_count_too(zalo, uid, promotion):
    assert zalo.by_uid(uid, promotion)["error"] == 0
    assert zalo.by_uid(uid, promotion)["error"] == -1472
    quota = zalo.api("POST", OPENAPI + "/v3.0/oa/quota/message", {"user_id": uid})["data"]["promotion"]
    assert quota == {"daily_remain": "0", "daily_total": "1", "monthly_remain": "3", "monthly_total": "4"}
    old = zalo.api("POST", OPENAPI + "/v2.0/oa/quota/message", {"user_id": uid, "type": "promotion"})["data"]
    assert old == {"type": "promotion", "remain": 3, "total": 4}


def test_uploads_of_a_month(zalo):
    zalo.settings(monthly_uploads=2)

    assert [upload(zalo, "/v2.0/oa/upload/image", "a.png", PNG)["error"] for _ in range(3)] == [0, 0, -211]
    zalo.at("2026-12-01 08:00")
    zalo.token = zalo.sim("POST", "/grants", {"app_id": APP, "oa_id": OA})["access_token"]
    assert upload(zalo, "/v2.0/oa/upload/image", "a.png", PNG)["error"] == 0


def test_template_edits_of_a_day(zalo):
    zalo.settings(daily_template_edits=1)

    assert [zalo.api("POST", BUSINESS + "/template/create", {})["error"] for _ in range(2)] == [-132, -160]


def test_a_templates_own_daily_quota(zalo):
    zalo.sim("POST", "/templates", {"id": "300001", "daily_quota": 1})

    assert [zalo.zbs()["error"] for _ in range(2)] == [0, -147]


def test_the_rate_limit_can_be_set_to_the_documented_one(zalo):
    zalo.settings(rate_limit_per_minute=4_000)
    _, headers, _ = zalo.http("GET", "/v2.0/oa/getoa", headers={"access_token": zalo.token})
    assert (headers["X-RateLimit-Limit"], headers["X-RateLimit-Remain"]) == ("4000", "3999")

    zalo.settings(rate_limit_per_minute=2)

    assert [zalo.get("/v2.0/oa/getoa")["error"] for _ in range(2)] == [0, -32]
    zalo.advance(minutes=1)
    assert zalo.get("/v2.0/oa/getoa")["error"] == 0


CARD = [
    {"type": "banner", "image_url": "https://mc.vn/a.jpg"},
    {"type": "header", "content": "Hồ sơ đã xong", "align": "left"},
    {"type": "text", "content": "Mời ông/bà đến nhận.", "align": "left"},
    {
        "type": "table",
        "content": [{"key": "Mã", "value": "HS-1"}, {"key": "Trạng thái", "value": "Xong", "style": "green"}],
    },
]
LONG_KEY = {"type": "table", "content": [{"key": "a" * 26, "value": "b"}]}
BUTTON = {
    "title": "Xem",
    "image_icon": "default",
    "type": "oa.open.url",
    "payload": {"url": "https://mc.vn/"},
}


def old_send(zalo, uid: str, kind: str, template_type: str, **changes) -> dict:
    payload = {
        "template_type": template_type,
        "language": "VI",
        "elements": CARD,
        "buttons": [BUTTON],
    } | changes
    message = {"attachment": {"type": "template", "payload": payload}}
    return zalo.api(
        "POST", f"{OPENAPI}/v3.0/oa/message/{kind}", {"recipient": {"user_id": uid}, "message": message}
    )


@pytest.fixture
def february(zalo) -> str:
    """Lan's user id at a time when sends by user id still worked."""
    zalo.at("2026-02-28 10:00")
    zalo.token = zalo.sim("POST", "/grants", {"app_id": APP, "oa_id": OA})["access_token"]
    return zalo.follow()


def test_sends_by_user_id_work_until_march_2026(zalo, february):
    transaction = old_send(zalo, february, "transaction", "transaction_order")
    promotion = old_send(zalo, february, "promotion", "promotion")

    assert transaction["data"]["message_id"] and promotion["data"]["message_id"]
    shown = zalo.chat()["messages"][-2]
    assert (shown["kind"], shown["title"], shown["table"][0]["value"]) == ("card", "Hồ sơ đã xong", "HS-1")
    assert old_send(zalo, february, "promotion", "promotion")["error"] == -218
    zalo.at("2026-03-01 00:00")
    assert old_send(zalo, february, "transaction", "transaction_order")["error"] == -240
    zalo.settings(uid_sends="open")
    assert old_send(zalo, february, "transaction", "transaction_order")["error"] == 0


@pytest.mark.parametrize(
    ("kind", "template_type", "changes", "code"),
    [
        ("transaction", "promotion", {}, -201),
        ("transaction", "transaction_order", {"language": "FR"}, -201),
        ("transaction", "transaction_order", {"elements": []}, -201),
        ("transaction", "transaction_order", {"elements": [{"type": "header", "content": "d" * 101}]}, -210),
        ("transaction", "transaction_order", {"elements": [CARD[2]] * 3}, -210),
        ("transaction", "transaction_order", {"elements": [LONG_KEY]}, -210),
        ("transaction", "transaction_order", {"buttons": [BUTTON] * 5}, -210),
        ("transaction", "transaction_order", {"buttons": [BUTTON | {"title": "d" * 36}]}, -210),
        ("promotion", "transaction_order", {}, -201),
    ],
)  # fmt: skip
def test_wrong_old_templates(zalo, february, kind, template_type, changes, code):
    assert old_send(zalo, february, kind, template_type, **changes)["error"] == code


def test_no_promotion_at_night(zalo, february):
    zalo.at("2026-02-28 22:30")

    assert old_send(zalo, february, "promotion", "promotion")["error"] == -234


def test_a_stranger_is_no_zalo_user_when_the_switch_says_so(zalo):
    assert zalo.zbs("84377777777")["error"] == 0

    zalo.settings(unknown_phone="no_zalo")

    assert zalo.zbs("84388888888")["error"] == -118
