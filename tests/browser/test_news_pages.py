"""What is to be done stands first on the citizen's page, and nothing runs out of a small screen."""

import pytest
from playwright.sync_api import expect

from motcua.core.database import db
from motcua.dossiers import intake, requests
from motcua.dossiers.schemas import EventIn
from motcua.tenancy import current
from tests.browsing import looked_at_both_widths, picture
from tests.factories import event_body, make_dossier, make_staff
from tests.signing_in import come_in

pytestmark = pytest.mark.browser

SOURCE = "kq.binhthuan.example"
STORIES = {
    "supplement": [(5, {"supplement": {
        "items": [
            {"name": "Giấy xác nhận tình trạng hôn nhân", "originals": 1, "copies": 2},
            {"name": "Tờ khai đăng ký kết hôn theo mẫu, có chữ ký của hai bên", "originals": 1},
        ],
        "reason": "Giấy xác nhận đã quá 6 tháng.", "respond_by": "2099-12-10T17:00:00+07:00",
        "contact_phone": "0252 3822 333",
    }})],
    "fee": [(6, {"fee": {
        "amount_vnd": 1250000, "items": [{"name": "Lệ phí đăng ký", "amount_vnd": 1250000}],
        "pay_by": "2099-12-10T17:00:00+07:00", "pay_url": "https://dichvucong.gov.vn/thanh-toan",
    }})],
    "late": [(4, {"apology": {
        "reason": "Chờ ý kiến của Sở Tư pháp.", "new_due_at": "2099-12-20T10:00:00+07:00",
    }})],
    "ready": [(9, {
        "result": {
            "items": [{"number": "12/2024", "name": "Giấy chứng nhận kết hôn", "file_url": f"https://{SOURCE}/a.pdf"}],
            "ways": ["desk", "post", "electronic"],
        },
        "pickup": {"place": "Quầy 3, Trung tâm Phục vụ hành chính công phường Phan Thiết",
                   "hours": "07:00–11:30 và 13:30–17:00, thứ Hai đến thứ Sáu"},
    })],
    "refused": [(3, {"reason": "Không thuộc thẩm quyền giải quyết của phường."})],
}  # fmt: skip


@pytest.mark.parametrize(("kind", "first"), [
    ("supplement", "Cần bổ sung giấy tờ"), ("fee", "Cần nộp phí, lệ phí"), ("late", "Xin lỗi vì trả kết quả trễ"),
    ("ready", "Có kết quả sớm hơn hẹn"), ("refused", "Lý do và việc có thể làm"),
])  # fmt: skip
def test_what_is_to_be_done_comes_first_and_fits(served, browser, kind, first):
    current.tenant().settings = current.tenant().settings | {"news": {"file_hosts": [SOURCE]}}
    dossier = make_dossier(
        department="Phòng Tư pháp", officer={"name": "Võ Minh Khang", "title": "Chuyên viên"}
    )
    for status, more in STORIES[kind]:
        intake.add_event(dossier.code, EventIn().load(event_body(status, **more)))
    db.session.commit()
    token = dossier.token
    db.session.rollback()
    page = browser.new_page(viewport={"width": 360, "height": 740})
    page.goto(f"{served}/t/{token}")
    looked_at_both_widths(page, f"{kind}-unproven")
    page.close()
    context = browser.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{served}/t/{token}")
    page.get_by_label("Xem người đang giữ hồ sơ").fill("5678")
    page.get_by_role("button", name="Xem chi tiết").click()
    for width in (360, 1366):
        page.set_viewport_size({"width": width, "height": 740})
        expect(page.locator("main h2").first).to_have_text(first)
        picture(page, kind)
    context.close()


def test_the_desks_lists_fit_a_phone_and_an_offices_screen(served, browser):
    dossier = make_dossier()
    intake.add_event(dossier.code, EventIn().load(event_body(10)))
    address = {"address": "Nguyễn Thị Lan, 12 Trần Phú, phường Phan Thiết, tỉnh Lâm Đồng"}
    requests.ask(make_dossier(), "postal_return", address, source="page")
    db.session.commit()
    make_staff("binh-thuan", email="ha@binh-thuan.example")
    db.session.rollback()
    page = browser.new_page(viewport={"width": 360, "height": 768})
    for name in ("requests", "warnings"):
        page.goto(f"{served}/console/{name}")
        if page.get_by_label("Email").count():
            come_in(page, "ha@binh-thuan.example")
            page.wait_for_url(f"**/console/{name}")
        looked_at_both_widths(page, name)
        assert name in page.url, "another page was opened"
    page.close()
