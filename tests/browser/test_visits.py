"""Booking on a phone without JavaScript, and the desk's day worked through by keyboard."""

from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from playwright.sync_api import expect

from motcua.appointments import booking, people, slots
from motcua.appointments.models import Desk, Visit
from motcua.core.clock import VIETNAM, now
from motcua.core.database import db
from motcua.dossiers import promising
from motcua.tenancy import current
from tests.browsing import looked_at, picture
from tests.factories import make_citizen, make_desk, make_dossier, make_staff
from tests.signing_in import come_in

pytestmark = pytest.mark.browser


@pytest.fixture
def working_morning(province):
    """Ten o'clock of the next working day: no desk has a today on a holiday, and no day ends in the midst of a test."""
    day = promising.offices().province.next_working_day(current.today())
    with time_machine.travel(datetime.combine(day, time(10), VIETNAM).astimezone(UTC)):
        yield


@pytest.fixture
def desk(working_morning):
    made = make_desk(hours={str(day): [["07:00", "11:30"], ["13:30", "17:00"]] for day in range(1, 8)})
    db.session.commit()
    return made


@pytest.fixture
def dossier(desk):
    due = (now() + timedelta(days=2)).astimezone(VIETNAM).replace(microsecond=0)
    made = make_dossier(due_at=due.isoformat())
    db.session.rollback()
    return made


@pytest.fixture
def plain_phone(browser):
    """A cheap phone whose browser runs no script."""
    context = browser.new_context(
        viewport={"width": 360, "height": 740}, locale="vi-VN", java_script_enabled=False
    )
    yield context.new_page()
    context.close()


def choose_second_day(page) -> None:
    second = page.locator("nav[aria-label='Chọn ngày'] a").nth(1)
    second.click()
    # Until then the hours of the first day stand there.
    expect(second).to_have_attribute("aria-current", "date")


def test_a_citizen_books_moves_and_cancels_without_any_script(served, dossier, plain_phone):
    page = plain_phone
    page.goto(f"{served}/t/{dossier.token}")
    page.get_by_label("Xem người đang giữ hồ sơ").fill("5678")
    page.get_by_role("button", name="Xem chi tiết").click()
    page.get_by_role("link", name="Đặt lịch", exact=True).click()
    asking = page.get_by_role("link", name="Hỏi, nhờ hướng dẫn")
    asking.click()
    expect(asking).to_have_attribute("aria-current", "true")
    choose_second_day(page)
    picture(page, "offer")
    page.locator("input[name=slot]").nth(2).check()
    page.get_by_role("button", name="Đặt lịch").click()

    expect(page.get_by_text("Đã đặt lịch.")).to_be_visible()
    picture(page, "visit")
    with page.expect_download() as download:
        page.get_by_role("link", name="Thêm vào lịch của máy").click()
    assert download.value.suggested_filename == "lich-hen.ics"
    page.get_by_role("link", name="Đổi sang giờ khác").click()
    choose_second_day(page)
    picture(page, "move")
    page.locator("input[name=slot]").nth(4).check()
    page.get_by_role("button", name="Đổi sang giờ này").click()
    expect(page.get_by_text("Đã đổi lịch.")).to_be_visible()
    page.get_by_role("button", name="Hủy lịch").click()
    expect(page.get_by_text("Đã hủy lịch.")).to_be_visible()
    picture(page, "cancelled")


def test_the_booking_pages_fit_a_small_phone(served, dossier, phone_sized):
    phone_sized.goto(f"{served}/t/{dossier.token}")
    phone_sized.get_by_label("Xem người đang giữ hồ sơ").fill("5678")
    phone_sized.get_by_role("button", name="Xem chi tiết").click()
    phone_sized.get_by_role("link", name="Đặt lịch", exact=True).wait_for()
    looked_at(phone_sized, "tracking")
    phone_sized.goto(f"{served}/visits/dossier/{dossier.token}")
    looked_at(phone_sized, "offer")
    phone_sized.locator("input[name=slot]").first.check()
    phone_sized.get_by_role("button", name="Đặt lịch").click()
    phone_sized.wait_for_url("**/visits/*")
    looked_at(phone_sized, "visit")


def signed_in(browser, served: str, path: str, width: int = 1366):
    make_staff("binh-thuan", email="ha@binh-thuan.example", role="province_admin")
    page = browser.new_page(viewport={"width": width, "height": 768}, locale="vi-VN")
    page.goto(served + path)
    come_in(page, "ha@binh-thuan.example")
    page.wait_for_url(f"**{path}")
    return page


def book_today(desk: Desk, count: int) -> None:
    """Visits of today from the first hour on, written as if booked the day before."""
    day = current.today()
    for at, slot in enumerate(slots.all_slots(desk, day, day)[:count]):
        person = people.of_citizen(make_citizen(f"72{at:017d}", phone=f"8491234{at:04d}"))
        tomorrow = next(one for one in slots.bookable(desk) if one.day > day)
        visit = booking.book(person, desk, tomorrow.starts_at, "file", booked_by="chat")
        visit.day, visit.starts_at, visit.ends_at = slot.day, slot.starts_at, slot.ends_at
        visit.remind_day_at = visit.remind_hour_at = None
    db.session.commit()
    db.session.rollback()


def test_an_officer_works_through_the_day_by_keyboard(served, desk, browser):
    book_today(desk, 4)
    refusals: list[str] = []
    page = signed_in(browser, served, "/console/visits/")
    page.on("console", lambda line: refusals.append(line.text) if "Content Security" in line.text else None)

    page.keyboard.press("ArrowDown")
    page.keyboard.press("a")
    page.get_by_text("Đã đến", exact=True).first.wait_for()
    page.locator("tr[aria-current] .badge", has_text="Đã đến").wait_for()
    page.keyboard.press("s")
    page.locator("tr[aria-current] .badge", has_text="Đã làm việc xong").wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("v")
    page.locator("tr[aria-current] .badge", has_text="Không đến").wait_for()
    looked_at(page, "day")

    db.session.rollback()
    assert db.session.scalars(db.select(Visit.state).order_by(Visit.number)).all() == [
        "booked",
        "served",
        "no_show",
        "booked",
    ]
    assert refusals == []
    page.set_viewport_size({"width": 360, "height": 740})
    looked_at(page, "day")
    page.close()


@pytest.mark.parametrize("width", [1366, 360])
def test_the_desks_pages_fit_their_screens(served, desk, browser, width):
    book_today(desk, 3)
    page = signed_in(browser, served, "/console/visits/week", width)

    for name, path in (
        ("week", "/console/visits/week"),
        ("sheet", "/console/visits/sheet"),
        ("desks", "/console/visits/desks/"),
        ("desk", f"/console/visits/desks/{desk.id}"),
    ):
        page.goto(served + path)
        looked_at(page, name)
    page.get_by_label("Thêm ngày nghỉ").fill((current.today() + timedelta(1)).isoformat())
    page.get_by_label("Lý do").fill("Bão số 12")
    page.get_by_role("button", name="Xem ai bị ảnh hưởng").click()
    expect(page.get_by_role("button", name="Đóng quầy", exact=True)).to_be_visible()
    looked_at(page, "closing")
    assert page.url.startswith(f"{served}/console/visits/desks/")
    page.close()
