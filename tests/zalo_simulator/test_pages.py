import re

import pytest
from playwright.sync_api import expect

from tests.zalo_simulator.driving import OA, OTHER_OA

pytestmark = pytest.mark.browser


@pytest.fixture
def open_page(browser, zalo):
    """Opens a page and fails the test when its console complained."""
    contexts, complaints = [], []

    def open_page(path: str, width=360, height=740):
        context = browser.new_context(viewport={"width": width, "height": height}, locale="vi-VN")
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(zalo.base + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def test_a_citizen_lives_with_the_phone(zalo, uid, listener, open_page):
    page = open_page("/")
    page.get_by_role("button", name="Nguyễn Thị Lan").click()
    page.locator("#chats button", has_text="Bình Thuận").click()
    expect(page).to_have_url(re.compile(f"citizen=lan&oa={OA}"))

    zalo.attach(uid, "request_user_info", elements=[{"title": "Chia sẻ số điện thoại"}])
    page.get_by_role("button", name="Chia sẻ thông tin", exact=True).click()
    page.get_by_role("button", name="Đồng ý chia sẻ").click()
    assert listener.wait("user_submit_info")[0]["info"]["phone"] == "84912345678"
    listener.wait("user_seen_message")

    page.get_by_role("textbox", name="Tin nhắn").fill("<b>Hồ sơ</b> của tôi?")
    page.keyboard.press("Enter")
    assert listener.wait("user_send_text")[0]["message"]["text"] == "<b>Hồ sơ</b> của tôi?"
    expect(page.locator(".mine .said")).to_have_text("<b>Hồ sơ</b> của tôi?")

    page.get_by_role("button", name="Tra cứu").click()
    assert listener.wait("user_send_text", 2)[1]["message"]["text"] == "#tra_cuu"

    zalo.zbs()
    card = page.locator("article.card", has_text="HS-001")
    expect(card).to_contain_text("Hồ sơ HS-001 đã được tiếp nhận")
    with page.context.expect_page() as opened:
        card.get_by_role("button", name="Xem tiến độ").click()
    assert opened.value.url in ("about:blank", "https://mc.vn/t/HS-001", "chrome-error://chromewebdata/")


def test_stars_toasts_and_the_way_back_by_keyboard(zalo, uid, listener, open_page):
    rating = {"id": "300005", "oa_id": OA, "name": "Đánh giá", "template_type": 5, "params": []}
    zalo.sim(
        "POST", "/templates", rating | {"layout": {"title": "Ông/Bà hài lòng?", "paragraphs": ["Đánh giá"]}}
    )
    zalo.zbs(template="300005")
    page = open_page(f"/?citizen=lan&oa={OA}", 1366, 768)

    page.get_by_role("button", name="5 sao").press("Enter")
    page.get_by_role("button", name="Nhanh chóng").press("Space")
    page.get_by_role("button", name="Gửi đánh giá").press("Enter")
    assert listener.wait("user_feedback")[0]["message"]["feedbacks"] == ["Nhanh chóng"]
    expect(page.locator(".rating")).to_contain_text("Cảm ơn")

    zalo.token = zalo.sim("POST", "/grants", {"app_id": "1234567890123456789", "oa_id": OTHER_OA})[
        "access_token"
    ]
    zalo.cs(zalo.follow(oa=OTHER_OA), "Tin từ An Giang")
    toast = page.locator(".toast")
    expect(toast).to_contain_text("Tin từ An Giang")
    page.keyboard.press("Escape")
    expect(page.locator("#chats .badge")).to_have_text("1")
    page.locator("#chats button", has_text="An Giang").press("Enter")
    expect(page.locator(".said")).to_have_text("Tin từ An Giang")
    page.get_by_role("button", name="Về danh sách").click()
    expect(page.locator("#chats .badge")).to_have_count(0)


def test_nothing_overflows_a_small_screen(zalo, uid, open_page):
    long = "Quyếtđịnh" * 60
    zalo.cs(uid, {"text": long})
    zalo.zbs()
    for path in (
        "/",
        "/?citizen=lan",
        f"/?citizen=lan&oa={OA}",
        "/control",
        "/control#faults",
        "/control#settings",
    ):
        page = open_page(path)
        page.wait_for_timeout(150)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_the_control_room_shows_bytes_and_replays(zalo, uid, listener, open_page):
    page = open_page("/control", 1366, 768)
    zalo.cs(uid, "xin chào")

    page.locator("#requests tbody button").first.click()
    expect(page.locator("#detail pre").first).to_contain_text("xin ch")
    page.get_by_role("button", name="Gửi lại").click()
    listener.wait("oa_send_text", 2)

    page.get_by_role("link", name="Lỗi cố ý").click()
    page.locator("#fault-form select").select_option("http_500")
    page.locator("#fault-form").get_by_role("button", name="Bật").click()
    expect(page.locator("#fault-list")).to_contain_text("http_500")
    assert zalo.sim("GET", "/faults")["faults"][0]["kind"] == "http_500"


def test_a_group_on_the_phone(zalo, listener, open_page):
    zalo.follow()
    zalo.follow("minh")
    group = zalo.sim("POST", "/groups", {"oa_id": OA, "name": "Tổ dân phố 5", "members": ["lan", "minh"]})[
        "group_id"
    ]
    page = open_page("/?citizen=lan")
    body = {"recipient": {"group_id": group}, "message": {"text": "Mời họp tối nay"}}
    zalo.api("POST", "/v3.0/oa/group/message", body)
    page.locator("#chats button", has_text="Tổ dân phố 5").click()
    expect(page.locator(".message .said")).to_have_text("Mời họp tối nay")

    page.get_by_role("textbox", name="Tin nhắn").fill("Tôi sẽ tới")
    page.keyboard.press("Enter")
    assert listener.wait("user_send_group_text")[0]["message"]["text"] == "Tôi sẽ tới"
    zalo.sim("POST", f"/citizens/minh/groups/{group}/text", {"text": "Tôi cũng tới"})

    expect(page.locator(".author")).to_have_text("Trần Minh")
    page.get_by_role("button", name="Thêm thao tác").click()
    page.get_by_role("button", name="Rời nhóm").click()
    listener.wait("user_out_group")
    expect(page.locator("#chats button", has_text="Tổ dân phố 5")).to_have_count(0)


def test_letting_an_account_call(zalo, uid, listener, open_page):
    page = open_page(f"/?citizen=lan&oa={OA}")
    ask = {"phone": "84912345678", "call_type": "audio", "reason_code": 101}
    zalo.api("POST", "/v2.0/oa/call/requestconsent", ask)

    page.get_by_role("button", name="Cho phép gọi").click()

    assert listener.wait("user_reply_consent")[0]["user_consent"] == "ALLOW"
    expect(page.get_by_text("Bạn đã cho phép gọi.")).to_be_visible()


def test_a_visitor_of_a_web_page(zalo, listener, open_page):
    page = open_page("/widget", 1366, 768)
    page.get_by_role("link", name="Tỉnh Bình Thuận").click()
    page.get_by_role("textbox", name="Tin nhắn").fill("Mấy giờ mở cửa?")
    page.keyboard.press("Enter")
    heard = listener.wait("anonymous_send_text")[0]

    who = {"anonymous_id": heard["sender"]["id"], "conversation_id": heard["message"]["conversation_id"]}
    zalo.api("POST", "/v3.0/oa/message/cs", {"recipient": who, "message": {"text": "7 giờ 30"}})

    expect(page.locator(".message:not(.mine) .said")).to_have_text("7 giờ 30")
    page.reload()
    expect(page.locator(".message")).to_have_count(2)


def test_the_room_sends_events_limits_rates_and_takes_tokens_away(zalo, listener, open_page):
    page = open_page("/control#events", 1366, 768)
    page.locator("select[name=event]").select_option("shop_has_order")
    page.get_by_role("button", name="Gửi sự kiện").click()
    assert listener.wait("shop_has_order")

    page.get_by_role("link", name="Lỗi cố ý").click()
    page.get_by_role("button", name="Như Zalo: 4.000").click()
    expect(page.get_by_label("Mỗi ứng dụng")).to_have_value("4000")
    page.get_by_role("button", name="Thử {}").click()
    expect(page.get_by_role("status")).to_have_text("Webhook trả lời: HTTP 200")
    page.get_by_role("button", name="Token bị gỡ").click()
    expect(page.get_by_role("status")).to_have_text("Đã xong.")

    assert zalo.get("/v2.0/oa/getoa")["error"] == -220


def test_no_tab_is_wider_than_a_small_phone(zalo, uid, open_page):
    page = open_page("/control")
    for tab in ("traffic", "faults", "events", "clock", "world", "magic", "settings"):
        page.evaluate("tab => (location.hash = tab)", tab)
        expect(page.locator(f"#{tab}")).to_be_visible()

        assert page.evaluate("document.documentElement.scrollWidth") <= 360, tab
