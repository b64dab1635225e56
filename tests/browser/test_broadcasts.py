"""An announcement by two people in a real browser, from the empty list to the citizen's simulated phone."""

import re
from datetime import date

import pytest

from motcua.broadcasts import running
from motcua.broadcasts.models import Broadcast
from motcua.citizens import registry
from motcua.core.database import db, tenant_scope
from motcua.messaging import jobs
from tests.broadcasts.conftest import FORM, deliver, lan, move_on, person, scheduled, zalo  # noqa: F401 - fixtures
from tests.broadcasts.test_lists import UID, uploaded
from tests.browsing import looked_at
from tests.factories import make_staff
from tests.signing_in import come_in

pytestmark = pytest.mark.browser
LABELS = {
    "Tiêu đề": FORM["title"],
    "Nội dung": FORM["body"],
    "Số văn bản": FORM["document_number"],
    "Cơ quan ban hành": FORM["document_issuer"],
}


@pytest.fixture(params=[360, 1366])
def desk(request, browser, served):
    """Sign in as somebody of a role, each in a browser window of their own."""
    contexts, errors = [], []

    def sign_in(role: str):
        person = make_staff(
            "binh-thuan", role=role, full_name={"leader": "Lê Quang Minh"}.get(role, "Trần Thu Thủy")
        )
        contexts.append(browser.new_context(viewport={"width": request.param, "height": 800}, locale="vi-VN"))
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{served}/console/broadcasts/")
        come_in(page, person.email)
        page.get_by_role("heading", name="Thông báo gửi người dân").wait_for()
        return page

    yield sign_in
    for one in contexts:
        one.close()
    assert not errors


def in_the_worker(work) -> None:
    db.session.rollback()
    with tenant_scope("binh-thuan"):
        work(db.session.scalars(db.select(Broadcast.id).order_by(Broadcast.id.desc()).limit(1)).one())


def test_two_people_announce_and_the_citizen_reads_it_on_the_phone(desk, zalo, lan, served):  # noqa: F811
    lan.topics = ["policy"]
    registry.agree(lan, ("broadcasts",), "chat")
    db.session.commit()
    before = zalo.phone("lan").count()
    writer = desk("communications")
    looked_at(writer, "broadcasts-empty")
    writer.get_by_role("link", name="Soạn thông báo").click()
    for label, words in LABELS.items():
        writer.get_by_role("textbox", name=re.compile(f"^{label}")).first.fill(words)
    writer.get_by_label("Ngày ban hành").fill(date(2024, 11, 20).isoformat())
    writer.get_by_label("Gửi cả ban đêm").check()
    looked_at(writer, "broadcast-editor")
    writer.get_by_role("button", name="Lưu và xem trước").click()
    writer.get_by_role("heading", name="Nếu gửi lúc này").wait_for()
    looked_at(writer, "broadcast-audience")
    writer.get_by_role("link", name="Xem trước và gửi duyệt").click()
    writer.get_by_role("button", name="Gửi duyệt").wait_for()
    looked_at(writer, "broadcast-preview")
    writer.get_by_role("button", name="Gửi duyệt").click()
    writer.get_by_text("Chờ một người khác duyệt").wait_for()

    leader = desk("leader")
    leader.get_by_role("link", name=FORM["title"]).first.click()
    leader.get_by_label("Ghi chú").fill("Đã đối chiếu với nghị quyết")
    looked_at(leader, "broadcast-approval")
    leader.get_by_role("button", name="Duyệt", exact=True).click()
    leader.get_by_role("button", name="Đặt giờ gửi").click()
    leader.get_by_role("button", name="Đổi giờ gửi").wait_for()
    in_the_worker(running.run)
    jobs.deliver("binh-thuan", "broadcast")

    message = zalo.phone("lan").wait_for(FORM["title"], before)
    assert message["text"].splitlines()[-1].startswith("Số thông báo ")
    writer.reload()
    writer.get_by_role("progressbar", name="Tiến độ gửi").wait_for()
    looked_at(writer, "broadcast-running")
    in_the_worker(running.run)
    writer.get_by_text("Đã gửi xong").first.wait_for()  # the page's script finds out by itself
    looked_at(writer, "broadcast-done")
    writer.get_by_role("link", name="Ai không nhận được").click()
    writer.get_by_role("heading", name="Ai không nhận được").wait_for()
    looked_at(writer, "broadcast-missed")

    assert "Chưa có ai không nhận được." in writer.locator("main").inner_text()

    number = message["text"].rsplit("/", 1)[-1]
    writer.goto(f"{served}/thong-bao")
    looked_at(writer, "announcements")
    writer.get_by_label("Kiểm tra tin nhận được").fill(number.lower())
    writer.get_by_role("button", name="Kiểm tra").click()
    writer.get_by_text("Tin thật.").wait_for()
    looked_at(writer, "announcement")


def test_who_of_an_uploaded_list_was_not_reached_can_be_read_on_any_screen(desk, served):
    with tenant_scope("binh-thuan"):
        person(topics=(), phone="84905111200"), person(topics=(), phone="84905111201", muted=True)
        person(topics=(), phone="84905111202", follows=False)
        one, _ = uploaded(["0905111200"], ["0905111201"], ["0905111202"], ["0905111203"], [UID])
        one.at_night = True
        move_on(scheduled(one))
        deliver(one)
        move_on(one)
        number = one.id
        db.session.rollback()
    page = desk("communications")

    page.goto(f"{served}/console/broadcasts/{number}")
    page.get_by_text("Tổng số người", exact=True).wait_for()
    looked_at(page, "broadcast-list-done")
    page.get_by_role("link", name="Ai không nhận được").click()
    page.get_by_text("Cả thảy 5 người: đã gửi 1, không nhận được 4, còn lại 0.").wait_for()
    page.get_by_role("cell", name="Mã Zalo …099").wait_for()
    looked_at(page, "broadcast-list-missed")

    said = page.locator("main").inner_text()
    assert "Cả thảy 5 người: đã gửi 1, không nhận được 4, còn lại 0." in said
    assert "Mã Zalo …099" in said and "0905111200" not in said
