"""The dashboards, what stands behind each figure, what leaves in files, and the console's first page."""

import io
import json
import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
import time_machine
from openpyxl import load_workbook

from motcua.conversation import missed
from motcua.core.clock import VIETNAM
from motcua.core.database import db, tenant_scope
from motcua.dossiers import intake
from motcua.dossiers.schemas import EventIn
from motcua.facts import asked, jobs
from motcua.facts.dashboards import BOARDS
from motcua.facts.definitions import DEFINITIONS
from motcua.messaging.models import Message
from motcua.surveys import answering, asking
from tests.console.conftest import HOST, Browser, _signed_in
from tests.factories import PASSWORD, make_dossier, make_staff, numbers

ROOT = "/console/dashboards"
PAGES = {key: f"{ROOT}/{'' if key == 'overview' else key}" for key in BOARDS}
NOW = datetime(2026, 11, 26, 15, tzinfo=VIETNAM)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=True) as traveller:
        yield traveller


@pytest.fixture
def leader(app, two_provinces, without_tokens):
    return _signed_in(app, "leader")


def message(state: str, **given) -> None:
    at = NOW - timedelta(hours=2)
    values = {"lane": "urgent", "event": "dossier_accepted", "phone_index": "x", "phone_encrypted": "x", "content": {},
              "channel": "zbs_phone", "dedupe_key": f"m{next(numbers)}", "created_at": at, "price_vnd": 300,
              "sent_at": at + timedelta(seconds=3) if state != "failed" else None,
              "expires_at": NOW + timedelta(days=1)}  # fmt: skip
    db.session.add(Message(**(values | {"state": state} | given)))


@pytest.fixture
def story(two_provinces):
    """One late and displeasing dossier, one pending, three messages, some questions; counted."""
    with tenant_scope("binh-thuan"):
        late = make_dossier(received_at="2026-11-02T08:00:00+07:00", due_at="2026-11-20T10:00:00+07:00")
        for status, at in ((9, "2026-11-25T10:00:00+07:00"), (10, "2026-11-25T11:00:00+07:00")):
            intake.add_event(late.code, EventIn().load({"status": status, "occurred_at": at}))
        survey = asking.open_for(late)
        survey.invited_at = datetime.now(UTC)
        answering.give(survey, 2, channel="page")
        make_dossier(received_at="2026-11-25T08:00:00+07:00", due_at="2026-11-26T10:00:00+07:00")
        for state in ("delivered", "delivered", "failed"):
            message(state)
        asked.note("procedure", "match", "1.000894")
        asked.note("procedure", "none")
        missed.note("xin giấy phép nuôi hổ", "none")
        db.session.commit()
    for day in ("2026-11-02", "2026-11-20", "2026-11-25", "2026-11-26"):
        jobs.roll_up("binh-thuan", day)
    return late


def page_of(browser, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, path
    return unescape(answer.get_data(as_text=True))


def value_of(page: str, key: str) -> str:
    found = re.search(rf'id="the-{key}".*?dash-value">(?:<a [^>]*>)?([^<]*)<', page, re.DOTALL)
    return found[1]


def test_the_cards_say_what_the_facts_say(leader, story):
    page = page_of(leader, f"{ROOT}/")

    found = {
        key: value_of(page, key) for key in ("accepted", "timely", "cost_vnd", "late", "pending", "overdue")
    }
    assert found == {
        "accepted": "2", "timely": "100,0 %", "cost_vnd": "600 ₫", "late": "100,0 %", "pending": "1", "overdue": "1",
    }  # fmt: skip
    assert "số liệu đến 15:00" in page


@pytest.mark.parametrize("key", PAGES)
def test_every_figure_stands_with_its_definition_and_every_chart_with_its_table(leader, story, key):
    page = page_of(leader, PAGES[key])

    assert page.count("data-chart=") <= page.count("<table")
    assert all(one.formula in page for one in DEFINITIONS.values() if f">{one.name}</h2>" in page)
    for data in re.findall(r"data-chart='([^']*)'", leader.get(PAGES[key]).get_data(as_text=True)):
        chart = json.loads(unescape(data))
        assert all(len(one["values"]) == len(chart["names"]) for one in chart["series"])
    assert "style=" not in page and "<script>" not in page


@pytest.mark.parametrize(
    "period", ["7", "90", "month", "last_month", "quarter", "last_quarter", "year", "last_year"]
)
def test_each_span_opens(leader, story, period):
    assert "So sánh với" in page_of(leader, f"{ROOT}/?period={period}")


def test_any_two_days_can_be_asked_for(leader, story):
    page = page_of(leader, f"{ROOT}/dossiers?period=free&from=2026-11-25&to=2026-11-25")

    assert (value_of(page, "received"), value_of(page, "finished")) == ("1", "1")
    assert "24/11/2026 – 24/11/2026" in page


@pytest.mark.parametrize(
    "days", ["from=2026-11-30&to=2026-11-01", "from=hôm+qua", "from=2000-01-01&to=2026-01-01"]
)
def test_days_that_are_no_span_are_refused_in_a_sentence(leader, two_provinces, days):
    answer = leader.get(f"{ROOT}/?period=free&{days}")

    assert answer.status_code == 422 and "Xin" in answer.get_data(as_text=True)


@pytest.mark.parametrize("path", [*PAGES.values(), f"{ROOT}/report.xlsx", f"{ROOT}/report.pdf",
                                  f"{ROOT}/dossiers/rows", f"{ROOT}/messages/rows"])  # fmt: skip
def test_an_officer_without_the_permission_is_refused(officer, path):
    assert officer.get(path).status_code == 403


def test_a_figure_opens_the_dossiers_it_counted(admin, story):
    page = page_of(admin, f"{ROOT}/dossiers/rows?measure=late&period=30")

    assert story.code in page and "Nguyễn" not in page
    assert story.code not in page_of(admin, f"{ROOT}/dossiers/rows?measure=early&period=30")


@pytest.mark.parametrize(
    ("asked_for", "number"),
    [
        ("&channel=zbs_phone", 3),
        ("&state=failed", 1),
        ("&state=delivered", 2),
        ("&channel=zbs_uid", 0),
        ("&paid=yes", 2),
        ("&event=x", 0),
    ],
)
def test_a_figure_opens_the_messages_it_counted(admin, story, asked_for, number):
    page = page_of(admin, f"{ROOT}/messages/rows?period=7{asked_for}")

    assert len(re.findall(r'href="/console/deliveries/\d+"', page)) == number


def test_who_sees_one_agency_gets_no_other_by_the_address(app, story, without_tokens):
    client = app.test_client()
    person = make_staff("binh-thuan", role="leader", agency_code="so-khac")
    client.post("/console/login", data={"email": person.email, "password": PASSWORD}, headers=HOST)

    page = page_of(Browser(client), f"{ROOT}/dossiers?agency=ubnd-phuong")

    assert value_of(page, "received") == "0" and story.agency_name not in page


def test_the_excel_file_has_numbers_with_formats_and_the_definitions(leader, story):
    answer = leader.get(f"{ROOT}/report.xlsx?period=30")
    book = load_workbook(io.BytesIO(answer.data))

    cost = next(row[1] for row in book["Tin gửi người dân"].iter_rows() if row[0].value == "Chi phí tin")
    assert (cost.value, cost.number_format) == (600, '#,##0" ₫"')
    words = {row[0].value for row in book["Định nghĩa"].iter_rows()}
    assert {one.name for one in DEFINITIONS.values()} <= words


def test_few_peoples_opinions_do_not_leave_the_console(leader, story):
    book = load_workbook(io.BytesIO(leader.get(f"{ROOT}/report.xlsx?period=30").data))
    rows = list(book["Hài lòng và phản ánh"].iter_rows(values_only=True))

    begins = next(at for at, row in enumerate(rows) if row[0] == "Hài lòng theo cơ quan")
    assert not any(story.agency_name in row for row in rows[begins:])
    five = next(row for row in rows if row[0] == "Không hài lòng" and row[1] != "Gộp")
    assert five[1] == "dưới 5"


def test_the_report_for_leaders_is_a_pdf(leader, story):
    answer = leader.get(f"{ROOT}/report.pdf?period=30")

    assert answer.data.startswith(b"%PDF-") and answer.mimetype == "application/pdf"


def test_an_officer_begins_with_todays_work(officer, story):
    page = page_of(officer, "/console/")

    assert "Việc hồ sơ hôm nay" in page and "Số liệu 30 ngày qua" not in page
    assert re.search(r"Hồ sơ quá hạn</span><span class=\"dash-value\">1<", page)


def test_a_leader_begins_with_the_figures(leader, story):
    page = page_of(leader, "/console/")

    assert "Số liệu 30 ngày qua" in page and "Việc hồ sơ hôm nay" not in page
    assert value_of(page, "overdue") == "1"


def test_a_new_province_is_told_when_figures_come(leader, two_provinces):
    page = page_of(leader, f"{ROOT}/")

    assert "chưa tính lần nào" in page and value_of(page, "on_time") == "không có"


def test_days_may_be_typed_as_they_are_written_in_vietnam(leader, story):
    page = page_of(leader, "/console/dashboards/?period=free&from=2%2F11%2F2026&to=25%2F11%2F2026")

    assert "02/11/2026 – 25/11/2026" in page
    assert 'value="02/11/2026"' in page
