"""The calendar's pages in a real browser: a storm closes a day, on an office screen and on a phone."""

import contextvars
import threading
from datetime import date, timedelta

import pytest

from motcua.core.database import tenant_scope
from motcua.dossiers import jobs, promising
from motcua.tenancy import current
from tests.browser import test_catalogue as console
from tests.browsing import looked_at
from tests.dossiers.test_promising import takes, without_date

pytestmark = pytest.mark.browser
page = console.page


def a_working_day() -> date:
    """Far enough from today, and no holiday."""
    return promising.offices().province.next_working_day(current.today() + timedelta(days=7))


def work(app) -> None:
    """What the worker does, in a thread of its own."""

    def recalculate():
        with app.app_context():
            jobs.recalculate("binh-thuan")

    thread = threading.Thread(target=contextvars.Context().run, args=(recalculate,))
    thread.start()
    thread.join()


def test_a_day_is_closed_with_its_consequences_seen_first(page, app):
    with tenant_scope("binh-thuan"):
        storm = a_working_day()
        takes("20 ngày làm việc")
        for hour in (8, 9, 10):
            without_date(received_at=f"{current.today() - timedelta(days=2)}T{hour:02}:00:00+07:00")

    page.goto("/console/calendar/")
    looked_at(page, "calendar")
    page.get_by_label("Ngày", exact=True).fill(storm.isoformat())
    page.get_by_label("Lý do (người dân sẽ đọc)").fill("bão số 12, cả tỉnh nghỉ")
    page.get_by_role("button", name="Xem trước").click()
    page.get_by_text("3 hồ sơ đổi ngày hẹn").wait_for()
    looked_at(page, "calendar-preview")
    page.get_by_role("button", name="Áp dụng và báo người dân").click()
    page.get_by_text("Đã lưu lịch").wait_for()
    looked_at(page, "calendar-working")
    work(app)
    page.goto(f"/console/calendar/?year={storm.year}")
    page.get_by_text("3 hồ sơ đổi ngày hẹn").wait_for()

    assert page.get_by_role("link", name="Bỏ ngày này").count() == 1
    looked_at(page, "calendar-done")
