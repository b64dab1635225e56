"""A new province by hand: from the vendor's sign-in to the receipt on a citizen's phone, by what a person sees.

Nothing is opened by its address but the vendor's start page, the links that a page shows to be handed on, and the
simulated phone. By default as quickly as it goes; with MOTCUA_HAND_PACE=1 at a hand's pace (`tests.browser.hand`), and
then the steps are printed with what each took.
"""

import re
import sys

import pyotp
import pytest

from tests.browser.hand import AT_A_HANDS_PACE, Hand, Sheet, keys_of
from tests.factories import APP_ID, APP_SECRET, WEBHOOK_SECRET
from tests.installation import bare
from tests.vendor.visiting import PASSWORD, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.timeout(1800)]

OA_ID, OA_NAME = "3880000000000000048", "Dịch vụ công Huế"
VENDOR, FIRST, SECOND = (
    ("van@vendor.example", "Lê Thị Vân"),
    ("an@hue.example", "Nguyễn Văn An"),
    ("minh@hue.example", "Hoàng Minh"),
)
# Typed without marks: an input method is off where a password is typed.
NEW_PASSWORD = "xuong may giay dua hau"
HOME = re.compile(r"/(console|vendor)/$")


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """An installation without a province, all its processes up; at Zalo an app, an OA, and two people with phones."""
    made = bare(tmp_path_factory.mktemp("hand") / "var")
    try:
        zalo = made.simulator
        app = {"app_id": APP_ID, "app_secret": APP_SECRET, "oa_secret_key": WEBHOOK_SECRET}
        zalo.ask(
            "POST", "/apps", app | {"webhook_url": f"http://127.0.0.1:{made.webhook_port}/webhooks/zalo"}
        )
        zalo.ask("POST", "/oas", {"oa_id": OA_ID, "name": OA_NAME})
        zalo.ask("POST", "/citizens", {"citizen_id": "an", "name": FIRST[1], "phone": "84905123456"})
        zalo.ask("POST", "/citizens", {"citizen_id": "lan", "name": "Nguyễn Thị Lan", "phone": "84912345678"})
        for name in ("web", "webhooks", "worker"):
            made.start(name)
        yield made
    finally:
        made.tidy()


@pytest.fixture
def people(browser):
    """Each at a browser of their own; what a page's own policy forbids fails the test."""
    contexts, errors, sheet = [], [], Sheet()

    def arrived(name: str) -> Hand:
        context = browser.new_context(viewport={"width": 1366, "height": 800}, locale="vi-VN")
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if "Security Policy" in said.text else None)
        return Hand(name, page, sheet)

    yield arrived, sheet
    for context in contexts:
        context.close()
    assert not errors


def test_a_province_from_nothing_to_a_receipt_by_hand(world, people, capsys):
    arrived, sheet = people
    with_codes = Visitor(world.port, "localhost")
    printed = world.motcua("vendor", "invite", *VENDOR, "--role", "vendor_admin")
    with_codes.take_up(printed.split()[-1], VENDOR[0])

    with sheet.step("vendor: signs in with the second factor"):
        vendor = arrived("vendor")
        vendor.begin(f"localhost:{world.port}/vendor/")
        sign_in(vendor, VENDOR[0], PASSWORD, then=vendor.page.get_by_label("Mã xác thực hoặc mã khôi phục"))
        vendor.read_digits()
        vendor.fill("Mã xác thực hoặc mã khôi phục", with_codes.totp.now(), is_code=True)
        vendor.press(button(vendor, "Tiếp tục"), then=HOME)
    with sheet.step("vendor: the Zalo app's keys"):
        vendor.press(link(vendor, "Ứng dụng Zalo"), then=heading(vendor, "Ứng dụng Zalo"))
        vendor.fill("Mã ứng dụng", APP_ID, is_code=True)
        vendor.fill("Khóa bí mật của ứng dụng", APP_SECRET, is_code=True)
        vendor.fill("OA Secret Key ký webhook", WEBHOOK_SECRET, is_code=True)
        vendor.press(button(vendor, "Lưu khóa"), then=vendor.page.get_by_text("Đã lưu khóa"))
    with sheet.step("vendor: the province, its admin's link"):
        vendor.press(link(vendor, "Thêm tỉnh"), then=heading(vendor, "Thêm tỉnh"))
        vendor.choose("Đơn vị hành chính", "Thành phố Huế")
        vendor.press(button(vendor, "Điền theo đơn vị này"), then=vendor.page.get_by_label("Mã OA"))
        vendor.fill("Mã OA", OA_ID, is_code=True)
        vendor.fill("Họ tên", FIRST[1])
        vendor.fill("Thư điện tử", FIRST[0])
        vendor.press(button(vendor, "Tạo tỉnh"), then=vendor.page.locator("#link"))
        invitation = vendor.page.locator("#link").input_value()

    admin = arrived("admin")
    with sheet.step("admin: a password, a second factor"):
        take_up(admin, invitation, FIRST[0])
    with sheet.step("admin: the OA's consent"):
        admin.press(next_thing(admin), then=heading(admin, "Official Account trên Zalo"))
        admin.press(link(admin, "Kết nối"), then=admin.page.get_by_label(OA_NAME))
        admin.press(admin.page.get_by_label(OA_NAME))
        admin.press(button(admin, "Đồng ý"), then=admin.page.get_by_text(f"Đã kết nối {OA_NAME}"))
    with sheet.step("admin: two phones for the trial"):
        admin.press(link(admin, "Dùng thử"), then=heading(admin, "Dùng thử"))
        admin.fill("Số điện thoại, mỗi dòng một số", "0905123456\n0912345678")
        admin.press(button(admin, "Mời"), then=admin.page.get_by_text("Đã mời thêm 2 số"))
    citizen = arrived("citizens-phone")
    with sheet.step("citizen: follows, shares the number"):
        follow(citizen, world.simulator.port, "Nguyễn Thị Lan")
    with sheet.step("admin: the first dossier; citizen: the receipt"):
        admin.press(link(admin, "Tiếp nhận hồ sơ"), then=heading(admin, "Tiếp nhận hồ sơ"))
        admin.fill(admin.page.get_by_label("Người dân cần làm thủ tục gì?"), "ket hon")
        wanted = admin.page.locator("#results").get_by_role("link").filter(has_text="1.000894 ")
        admin.press(wanted, then=heading(admin, "Thủ tục đăng ký kết hôn"))
        admin.fill(admin.page.locator("#owner_name"), "Nguyễn Thị Lan")
        admin.fill(admin.page.locator("#owner_phone"), "0912345678")
        admin.fill(admin.page.locator("#owner_id"), "060190012345")
        admin.choose(admin.page.locator("#agency"), "UBND phường Thuận Hóa")
        admin.press(
            admin.page.locator("#decide").get_by_role("button"), then=re.compile("done=taken_accept$")
        )
        dossier = admin.page.locator(".head .code").inner_text()
        receipt = citizen.see("đăng ký kết hôn")
    receipt_at = len(sheet.steps)
    assert dossier in receipt

    phone = arrived("admins-phone")
    with sheet.step("admin: their own phone, a test message"):
        follow(phone, world.simulator.port, FIRST[1])
        admin.press(link(admin, "Official Account trên Zalo"), then=button(admin, "Lấy mã nối"))
        admin.press(button(admin, "Lấy mã nối"), then=admin.page.get_by_text("NỐI MÃ"))
        code = re.search(r"NỐI MÃ (\w+)", admin.page.get_by_text("NỐI MÃ").first.inner_text())[1]
        phone.fill(phone.page.locator("#text"), f"NỐI MÃ {code}", is_code=True)
        phone.press(button(phone, "Gửi"))
        phone.see("Đã nối Zalo này")
        admin.press(link(admin, "Official Account trên Zalo"), then=button(admin, "Gửi tin thử"))
        admin.press(button(admin, "Gửi tin thử"), then=admin.page.get_by_text("Đã gửi."))
        phone.see("TIN THỬ")
    with sheet.step("admin: hours, privacy notice"):
        admin.press(next_thing(admin), then=heading(admin, "Lịch làm việc"))
        admin.press(button(admin, "Giờ này đúng"), then=admin.page.get_by_text("giờ làm việc đúng"))
        admin.press(
            link(admin, "Thông báo về dữ liệu cá nhân"), then=heading(admin, "Thông báo về dữ liệu cá nhân")
        )
        admin.press(button(admin, "Công bố"), then=admin.page.get_by_text("Đã công bố."))
    with sheet.step("admin: a second admin"):
        admin.press(next_thing(admin), then=heading(admin, "Cán bộ"))
        invitation = invite(admin, *SECOND, "Quản trị viên của tỉnh")
    second = arrived("second-admin")
    with sheet.step("second admin: a password, a second factor"):
        take_up(second, invitation, SECOND[0])

    with sheet.step("vendor: the backup, open to everybody"):
        vendor.press(link(vendor, "Các tỉnh"), then=heading(vendor, "Các tỉnh"))
        vendor.press(link(vendor, "Huế"), then=heading(vendor, "Huế"))
        vendor.fill("Vừa sao lưu vào đâu", "kho sao lưu hằng đêm")
        vendor.press(button(vendor, "Ghi bản sao lưu"), then=vendor.page.get_by_text("10/10"))
        vendor.press(button(vendor, "Mở chính thức"), then=vendor.page.get_by_text("Đang phục vụ"))
    if AT_A_HANDS_PACE:
        with capsys.disabled():
            sys.stdout.write(f"\n{sheet.table(receipt_at)}\n")


@pytest.mark.parametrize(
    ("words", "keys"), [("lan", 3), ("ễ", 3), ("đ", 2), ("Đ", 3), ("ơ", 2), ("Nguyễn Thị Lan", 20)]
)
def test_a_vietnamese_letter_costs_the_keys_of_its_marks(words, keys):
    assert keys_of(words) == keys


def sign_in(hand: Hand, email: str, password: str, then) -> None:
    hand.fill("Email", email)
    hand.fill("Mật khẩu", password, is_code=True)
    hand.press(button(hand, "Đăng nhập"), then=then)


def take_up(hand: Hand, invitation: str, email: str) -> None:
    """From the link to one's own home page."""
    hand.paste(invitation)
    hand.fill("Mật khẩu mới", NEW_PASSWORD, is_code=True)
    hand.fill("Gõ lại mật khẩu mới", NEW_PASSWORD, is_code=True)
    hand.press(button(hand, "Đặt mật khẩu"), then=heading(hand, "Đăng nhập"))
    sign_in(hand, email, NEW_PASSWORD, then=heading(hand, "Cài mã xác thực"))
    hand.scan()
    secret = hand.page.locator("code").first.inner_text().replace(" ", "")
    hand.read_digits()
    hand.fill("Mã sáu số", pyotp.TOTP(secret).now(), is_code=True)
    hand.press(button(hand, "Bật mã xác thực"), then=heading(hand, "Mã khôi phục"))
    hand.press(link(hand, "Tôi đã cất các mã, tiếp tục"), then=HOME)


def invite(admin: Hand, email: str, full_name: str, role: str) -> str:
    """The link that the page shows, this once."""
    admin.fill("Họ tên", full_name)
    admin.fill("Email", email)
    admin.choose(admin.page.locator("#role"), role)
    admin.press(button(admin, "Mời"), then=admin.page.get_by_role("status").filter(has_text=full_name))
    return admin.page.locator("#link").input_value()


def follow(phone: Hand, port: int, name: str) -> None:
    """Take up this person's phone, follow the OA, and share the number with it."""
    phone.begin(f"127.0.0.1:{port}")
    phone.press(
        phone.page.locator("#people").get_by_role("button", name=name), then=heading(phone, "Tin nhắn")
    )
    phone.press(
        phone.page.locator("#chats").get_by_role("button", name=OA_NAME), then=heading(phone, OA_NAME)
    )
    phone.press(phone.page.locator("#follow"))
    phone.press(button(phone, "Thêm thao tác"), then=button(phone, "Chia sẻ thông tin của tôi"))
    phone.press(button(phone, "Chia sẻ thông tin của tôi"), then=button(phone, "Đồng ý chia sẻ"))
    phone.press(button(phone, "Đồng ý chia sẻ"))
    phone.see("Đã liên kết số điện thoại")


def button(hand: Hand, name: str):
    return hand.page.get_by_role("button", name=name, exact=True)


def link(hand: Hand, name: str):
    return hand.page.get_by_role("link", name=name, exact=True).first


def heading(hand: Hand, name: str):
    return hand.page.get_by_role("heading", name=name).first


def next_thing(hand: Hand):
    """The link of the line that says how far the trial has come."""
    return hand.page.get_by_role("status").filter(has_text="Việc kế tiếp:").get_by_role("link").first
