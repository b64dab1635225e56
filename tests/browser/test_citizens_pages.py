"""Citizens' pages in a real browser on a phone's screen, and the QR read back from what is printed."""

import io

import pytest
import zxingcpp
from PIL import Image

from motcua.core.database import db
from motcua.dossiers import news
from tests.factories import make_dossier, make_staff
from tests.signing_in import come_in

pytestmark = pytest.mark.browser


@pytest.fixture
def dossier(province):
    made = make_dossier(department="Phòng Tư pháp", officer={"name": "Võ Minh Khang", "title": "Chuyên viên"})
    db.session.rollback()
    return made


def test_a_citizen_opens_the_page_proves_and_sees_who_holds_the_dossier(served, dossier, phone_sized):
    phone_sized.goto(f"{served}/t/{dossier.token}")

    assert phone_sized.title() == f"Hồ sơ {dossier.code} · Bình Thuận"
    assert phone_sized.get_attribute("html", "lang") == "vi"
    assert not phone_sized.get_by_text("Võ Minh Khang").count()
    phone_sized.get_by_label("Xem người đang giữ hồ sơ").fill("5678")
    phone_sized.get_by_role("button", name="Xem chi tiết").click()

    phone_sized.get_by_text("Võ Minh Khang").first.wait_for()
    phone_sized.wait_for_load_state()
    width = phone_sized.evaluate("document.documentElement.scrollWidth")
    assert width <= 360


def test_the_qr_on_the_printed_receipt_leads_to_the_tracking_page(served, dossier, browser):
    make_staff("binh-thuan", email="ha@binh-thuan.example")
    page = browser.new_page(viewport={"width": 900, "height": 1200})
    page.goto(f"{served}/console/dossiers/{dossier.code}/receipt")
    come_in(page, "ha@binh-thuan.example")
    page.wait_for_url(f"**/console/dossiers/{dossier.code}/receipt")
    page.emulate_media(media="print")

    (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(page.screenshot())))
    page.close()

    assert code.text == news.tracking_url(dossier)
    assert code.text.endswith(f"/t/{dossier.token}")
    assert dossier.code not in code.text


def test_no_page_runs_into_its_own_security_policy(served, dossier, phone_sized):
    refusals: list[str] = []
    phone_sized.on(
        "console", lambda line: refusals.append(line.text) if "Content Security" in line.text else None
    )

    for path in (f"/t/{dossier.token}", "/console/login", "/t/AAAAAAAAAAAA"):
        phone_sized.goto(served + path)

    assert refusals == []
