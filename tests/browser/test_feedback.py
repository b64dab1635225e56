"""Reporting from the street in a real browser: the form on a phone, the desk on an office's screen, the public list."""

import pytest
from playwright.sync_api import expect

from motcua.catalogue.models import Agency
from motcua.core.database import db
from motcua.feedback import drafts, handling, publishing
from motcua.feedback.pictures import remade
from tests.browsing import looked_at
from tests.factories import make_staff
from tests.feedback.photographs import PHAN_THIET, jpeg
from tests.signing_in import come_in

pytestmark = pytest.mark.browser
STORY = "Ổ gà rất sâu trước chợ, xe máy ngã liên tục từ tuần trước"


@pytest.fixture(autouse=True)
def commune(province):
    for code, name in (("ubnd-mui-ne", "UBND phường Mũi Né"), ("ubnd-ham-thang", "UBND phường Hàm Thắng")):
        db.session.add(Agency(code=code, name=name, kind="commune", level="commune", old_units=[]))
    db.session.commit()


def answered(number: int):
    """A report that staff answered; returns it and who answered."""
    draft = drafts.begin("road", "web")
    drafts.put(draft, place="đối diện chợ Mũi Né", commune_code="ubnd-mui-ne")
    drafts.write(draft, f"{STORY} ({number})")
    drafts.attach(draft, remade(jpeg((1200, 900), at=PHAN_THIET)))
    one = drafts.send(draft)
    one.may_publish = True
    db.session.commit()
    staff = make_staff("binh-thuan", role="province_admin")
    handling.act(one.id, "answer", "Đã vá ổ gà trước chợ chiều nay.", staff)
    return one, staff


def test_a_citizen_reports_on_the_phone_and_sees_the_answer(served, phone_sized, tmp_path):
    picture = tmp_path / "anh.jpg"
    picture.write_bytes(jpeg((1600, 1200), at=PHAN_THIET))
    phone_sized.goto(f"{served}/phan-anh/gui")
    looked_at(phone_sized, "feedback-form")
    phone_sized.locator("#kind").select_option("road")
    phone_sized.get_by_label("Chuyện gì xảy ra").fill(STORY)
    phone_sized.locator("#phone").fill("12")
    phone_sized.get_by_role("button", name="Gửi phản ánh").click()
    phone_sized.get_by_text("Số điện thoại chưa đúng").wait_for()
    looked_at(phone_sized, "feedback-form-errors")
    phone_sized.locator("#phone").fill("")
    phone_sized.locator("#photos").set_input_files(picture)
    phone_sized.get_by_role("button", name="Gửi phản ánh").click()

    phone_sized.get_by_text("Xin giữ đường dẫn của trang này").wait_for()
    phone_sized.get_by_alt_text("Ảnh 1").wait_for()
    expect(phone_sized.get_by_text(STORY)).to_be_visible()
    looked_at(phone_sized, "feedback-mine")


def test_staff_answer_and_publish_and_everybody_reads_it(served, browser, phone_sized):
    one, staff = answered(1)
    answered(2)
    page = browser.new_context(viewport={"width": 1366, "height": 900}, locale="vi-VN").new_page()
    page.goto(f"{served}/console/login?next=/console/feedback/?state=unpublished")
    come_in(page, staff.email)
    page.goto(f"{served}/console/feedback/?state=unpublished")
    looked_at(page, "feedback-desk")
    page.get_by_role("link", name=f"Số {one.id}", exact=True).click()
    page.get_by_label("Công khai ảnh 1").wait_for()
    looked_at(page, "feedback-one")
    page.get_by_label("Công khai ảnh 1").check()
    page.get_by_role("button", name="Công khai", exact=True).click()
    page.get_by_text("Đã công khai.").wait_for()
    page.goto(f"{served}/console/feedback/routes")
    looked_at(page, "feedback-routes")
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{served}/console/feedback/{one.id}")
    looked_at(page, "feedback-one")
    page.goto(f"{served}/console/feedback/")
    looked_at(page, "feedback-desk")
    page.context.close()

    phone_sized.goto(f"{served}/phan-anh/")
    looked_at(phone_sized, "feedback-list")
    phone_sized.get_by_role("link", name=f"Số {one.id}").click()
    phone_sized.get_by_text("Đã vá ổ gà trước chợ chiều nay.").wait_for()
    looked_at(phone_sized, "feedback-published")
    assert publishing.find(one.id).public_text
