"""Texts, switches, templates and costs as an admin sees them, on a phone and on a desk."""

import pytest
from playwright.sync_api import expect

from motcua.core.clock import now
from motcua.core.database import db
from motcua.messaging.channels.zbs_templates import ZbsTemplate
from motcua.messaging.limits import rule_versions, spending, switches
from motcua.messaging.limits.rule_versions import Settings
from motcua.tenancy.models import OfficialAccount
from tests.browsing import looked_at
from tests.factories import make_staff
from tests.signing_in import come_in

pytestmark = pytest.mark.browser

PARAMS = [
    {"name": "ma_ho_so", "type": "4", "required": True, "max_length": 30, "min_length": None, "accept_null": False},
    {"name": "ho_ten_nguoi_nop", "type": "1", "required": True, "max_length": 30, "min_length": None,
     "accept_null": False},
]  # fmt: skip


@pytest.fixture
def in_use(province):
    """A month's costs, a locked template, a switch turned, and the admin who looks."""
    account = db.session.scalars(db.select(OfficialAccount)).one()
    for number, (template_id, status, params) in enumerate(
        (("300000", "ENABLE", PARAMS[:1]), ("300001", "DISABLE", PARAMS), ("399999", "ENABLE", PARAMS))
    ):
        db.session.add(
            ZbsTemplate(
                account_id=account.id,
                template_id=template_id,
                name=f"Mẫu dịch vụ công trực tuyến số {number}",
                status=status,
                reason="Nhiều người dân báo xấu" if status == "DISABLE" else None,
                tag="TRANSACTION",
                quality="HIGH",
                price_uid_vnd=90,
                price_phone_vnd=120,
                params=params,
                synced_at=now(),
            )
        )
    month = spending.month_of(now())
    for event, channel, messages in (
        ("dossier_accepted", "zbs_phone", 31_250),
        ("survey_ask", "zbs_uid", 8_020),
    ):
        row = {"event": event, "channel": channel, "messages": messages, "amount_vnd": messages * 120}
        db.session.add(spending.MessageSpend(month=month, **row))
    rule_versions.change(Settings(cap_vnd=5_000_000, urgent_cap_vnd=8_000_000), "Phạm Thu Hà")
    switches.turn({("dossier_moved", "zbs"): False, ("dossier_moved", "consultation"): False}, "Phạm Thu Hà")
    db.session.commit()
    make_staff("binh-thuan", email="ha@binh-thuan.example", role="province_admin")
    db.session.rollback()


@pytest.fixture(params=[360, 1366])
def page(request, browser):
    context = browser.new_context(viewport={"width": request.param, "height": 800}, locale="vi-VN")
    yield context.new_page()
    context.close()


def test_an_admin_looks_at_every_page_and_changes_a_text(served, in_use, page):
    page.goto(f"{served}/console/messages/dossier_accepted")
    come_in(page, "ha@binh-thuan.example")
    page.get_by_role("heading", name="Giấy tiếp nhận hồ sơ điện tử").wait_for()
    looked_at(page, "message-text")

    page.get_by_role("textbox", name="Tiếng Việt", exact=True).fill(
        "Hồ sơ {{ code }} đã được tiếp nhận.\n{{ note }}"
    )
    page.get_by_role("button", name="Xem thử").click()
    page.get_by_text("Dòng 2").wait_for()
    looked_at(page, "message-text-faulty")
    page.get_by_role("textbox", name="Tiếng Việt", exact=True).fill("Hồ sơ {{ code }} đã được tiếp nhận.")
    page.get_by_label("Vì sao sửa").fill("Ngắn gọn hơn")
    page.get_by_role("button", name="Lưu và dùng").click()
    page.get_by_text("Bản 2 đang dùng từ bây giờ.").wait_for()

    page.get_by_role("link", name="So với bản đang dùng").click()
    page.get_by_role("heading", name="Bản 1 so với bản 2").wait_for()
    looked_at(page, "message-compare")
    for link, name in (
        ("Mẫu tin", "message-list"),
        ("Bật, tắt tin", "message-switches"),
        ("Mẫu ZBS", "message-templates"),
        ("Kênh, giờ gửi và chi phí", "message-costs"),
    ):
        page.get_by_role("link", name=link, exact=True).click()
        expect(page.get_by_role("link", name=link, exact=True)).to_have_attribute("aria-current", "page")
        looked_at(page, name)
    expect(page.get_by_text("Đã qua 80% mức chi").first).to_be_visible()
