"""The dashboards in a real browser: charts drawn, tables without JavaScript, no overflow, nothing against the CSP."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from motcua.conversation import missed
from motcua.core.clock import now
from motcua.core.database import db
from motcua.dossiers import intake
from motcua.dossiers.schemas import EventIn
from motcua.facts import asked, jobs, rolling
from motcua.facts.dashboards import BOARDS
from motcua.facts.models import FactBacklog
from motcua.messaging.models import Message
from motcua.surveys import answering, asking
from tests.browsing import looked_at
from tests.factories import make_dossier, make_staff, numbers
from tests.signing_in import come_in

pytestmark = pytest.mark.browser
PAGES = {key: f"/console/dashboards/{'' if key == 'overview' else key}?period=30" for key in BOARDS}
PAGES |= {
    "home": "/console/",
    "dossier-rows": "/console/dashboards/dossiers/rows?measure=finished&period=30",
    "message-rows": "/console/dashboards/messages/rows?period=30",
}


@pytest.fixture(scope="module")
def sizes():
    return {"phone": {"width": 360, "height": 740}, "office": {"width": 1366, "height": 850}}


@pytest.fixture
def story(province):
    """Three weeks of a province."""
    today = now()
    for number in range(21):
        at = today - timedelta(days=20 - number)
        made = make_dossier(
            received_at=at.isoformat(),
            due_at=(at + timedelta(days=2)).isoformat(),
            agency_code=...,
            agency_name=f"UBND phường {('Phan Thiết', 'Mũi Né', 'Hàm Thắng')[number % 3]}, tỉnh Bình Thuận",
        )
        if number < 16:
            ended = at + timedelta(days=1 + number % 3, hours=1)
            intake.add_event(made.code, EventIn().load({"status": 9, "occurred_at": ended.isoformat()}))
            intake.add_event(made.code, EventIn().load({"status": 10, "occurred_at": ended.isoformat()}))
            if survey := asking.open_for(made):  # of those that ended in the last week
                survey.invited_at = ended
                answering.give(survey, 5 - number % 5, channel="page")
        for part in range(3 + number % 4):
            state = ("delivered", "seen", "sent", "failed", "uncertain")[(number + part) % 5]
            db.session.add(
                Message(lane="urgent", event="dossier_accepted", phone_index="x", phone_encrypted="x", content={},
                        channel=("consultation", "zbs_phone")[part % 2], dedupe_key=f"d{next(numbers)}", state=state,
                        price_vnd=300 * (part % 2), created_at=at, expires_at=at + timedelta(days=3),
                        sent_at=at + timedelta(seconds=2 + 4 * part) if state[0] in "ds" else None,
                        delivered_at=at + timedelta(seconds=3 + 5 * part) if state in ("delivered", "seen") else None)
            )  # fmt: skip
        asked.note("procedure", "match" if number % 3 else "none", "1.000894" if number % 3 else "")
        db.session.add(
            FactBacklog(
                day=at.date(),
                samples=9,
                waiting_sum=40 * number,
                waiting_most=9 * number,
                oldest_s=number * 7,
            )
        )
    missed.note("xin giấy phép nuôi hổ", "none")
    db.session.commit()
    for back in range(21):
        jobs.roll_up(province, rolling.today() - timedelta(days=back))
    person = make_staff(province, role="province_admin")
    return person.email


def signed_in(browser, served: str, email: str, **options):
    context = browser.new_context(base_url=served, locale="vi-VN", **options)
    page = context.new_page()
    page.complaints = []
    page.on("console", lambda said: page.complaints.append(said.text) if is_ours(said) else None)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.goto("/console/")
    come_in(page, email)
    return page


def is_ours(said) -> bool:
    """Every browser asks for an icon of the site by itself."""
    return said.type == "error" and not said.location["url"].endswith("/favicon.ico")


def test_each_page_is_drawn_and_fits_a_phone_and_an_offices_screen(browser, served, story, sizes):
    for viewport in sizes.values():
        page = signed_in(browser, served, story, viewport=viewport, reduced_motion="reduce")
        for name, path in PAGES.items():
            page.goto(path)
            page.wait_for_function(
                "() => [...document.querySelectorAll('[data-chart]')].every(one => one.querySelector('canvas'))"
            )
            looked_at(page, f"dashboards-{name}")
        assert page.complaints == []
        page.context.close()


def test_charts_follow_the_dark_theme(browser, served, story, sizes):
    page = signed_in(
        browser, served, story, viewport=sizes["office"], color_scheme="dark", reduced_motion="reduce"
    )
    page.goto(PAGES["messages"])
    page.locator("[data-chart] canvas").first.wait_for()
    looked_at(page, "dashboards-messages-dark")

    assert page.complaints == []
    page.context.close()


def test_without_javascript_the_tables_say_it_all(browser, served, story, sizes):
    page = signed_in(browser, served, story, viewport=sizes["office"], java_script_enabled=False)
    page.goto(PAGES["dossiers"])

    expect(page.get_by_role("table")).to_have_count(4)
    expect(page.locator("[data-chart]:visible")).to_have_count(0)
    page.get_by_label("Kỳ").select_option("7")
    page.get_by_role("button", name="Xem").click()
    page.wait_for_url(lambda url: "period=7" in url)
    page.context.close()


def test_a_figure_leads_to_its_rows_by_keyboard(browser, served, story, sizes):
    page = signed_in(browser, served, story, viewport=sizes["office"])
    page.goto(PAGES["dossiers"])
    page.get_by_label("Hồ sơ giải quyết xong").or_(
        page.locator("[aria-describedby=the-finished]")
    ).first.focus()
    page.keyboard.press("Enter")

    page.wait_for_url("**/dossiers/rows?*")
    expect(page.get_by_role("row")).to_have_count(17)
    page.context.close()
