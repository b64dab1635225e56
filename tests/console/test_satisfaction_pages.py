"""What leaders see, and what stays closed to others."""

import io
import re
from datetime import UTC, datetime

import pytest
import time_machine
from openpyxl import load_workbook

from motcua.accounts.permissions import PERMISSIONS
from motcua.complaints import handling
from motcua.complaints.models import Complaint
from motcua.console import satisfaction_table as table
from motcua.core.database import db, tenant_scope
from motcua.dossiers import intake
from motcua.dossiers.schemas import EventIn
from motcua.facts import jobs
from motcua.reports.definitions import DEFINITIONS, FACTORS, INDICES
from motcua.surveys import answering, asking
from tests.console.conftest import HOST, _signed_in
from tests.factories import make_citizen, make_dossier

ROOT = "/console/satisfaction"
NOVEMBER = "from=2026-11-01&to=2026-11-30"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(datetime(2026, 11, 30, 3, tzinfo=UTC), tick=True) as traveller:
        yield traveller


@pytest.fixture
def leader(app, two_provinces, without_tokens):
    return _signed_in(app, "leader")


@pytest.fixture
def late(two_provinces):
    """A dossier that was late and displeased its owner, who wrote why."""
    with tenant_scope("binh-thuan"):
        made = make_dossier(received_at="2026-11-02T08:00:00+07:00", due_at="2026-11-20T10:00:00+07:00")
        for status, at in ((9, "2026-11-26T10:00:00+07:00"), (10, "2026-11-27T10:00:00+07:00")):
            intake.add_event(made.code, EventIn().load({"status": status, "occurred_at": at}))
        survey = asking.open_for(made)
        survey.invited_at = datetime.now(UTC)
        answer = answering.give(survey, 2, channel="page")
        answering.add(answer, reasons=["slow"], comment="Chờ lâu, gọi 0912345678 không ai nghe")
        db.session.commit()
        return made


def test_a_leader_sees_figures_with_definition_and_denominator(leader, late):
    page = leader.get(f"{ROOT}/?{NOVEMBER}").get_data(as_text=True)

    assert "0,00 %" in page and "0/1 hồ sơ có hẹn trả" in page
    assert "100,00 %" in page
    for text in (
        *(one.formula for one in DEFINITIONS),
        *(one[2] for one in FACTORS),
        *(one[3] for one in INDICES),
    ):
        assert text in page
    assert "Quyết định 766/QĐ-TTg" in page and "SIPAS" in page


def test_counted_by_day_the_page_says_the_same_and_until_when(leader, late):
    before = leader.get(f"{ROOT}/?{NOVEMBER}").get_data(as_text=True)
    assert "Số liệu tính lúc mở trang" in before
    for day in (2, 20, 26, 27, 30):
        jobs.roll_up("binh-thuan", f"2026-11-{day:02d}")

    after = leader.get(f"{ROOT}/?{NOVEMBER}").get_data(as_text=True)

    assert "Số liệu đến 10:00" in after
    assert tables_of(after) == tables_of(before)


def tables_of(page: str) -> list[str]:
    return re.findall(r"<table.*?</table>|<strong>.*?</strong>", page, re.DOTALL)


def test_a_long_table_comes_in_pages_with_the_whole_province_under_each(leader, two_provinces):
    count = table.PAGE + 2
    with tenant_scope("binh-thuan"):
        for number in range(count):
            make_dossier(
                agency_code=...,
                agency_name=f"UBND xã số {number:02d}.",
                received_at="2026-11-02T08:00:00+07:00",
                due_at="2026-11-20T10:00:00+07:00" if number == count - 1 else "2026-12-20T10:00:00+07:00",
            )

    first = leader.get(f"{ROOT}/?{NOVEMBER}").get_data(as_text=True)
    second = leader.get(f"{ROOT}/?{NOVEMBER}&page=2").get_data(as_text=True)
    book = load_workbook(io.BytesIO(leader.get(f"{ROOT}/export.xlsx?{NOVEMBER}").get_data()))

    assert first.index(f"UBND xã số {count - 1}.") < first.index("UBND xã số 00.")
    assert (first.count("UBND xã số"), second.count("UBND xã số")) == (table.PAGE, 2)
    assert "Trang 2 / 2" in second and 'rel="prev"' in second
    for page in (first, second):
        assert f">{count}</a>" in page.split("<tfoot>")[1]
    names = [row[0] for row in book["Số liệu"].iter_rows(min_row=3, values_only=True)]
    assert len(names) == count + 1 and names[0] == f"UBND xã số {count - 1}."


def test_a_figure_opens_into_codes_without_names(leader, late):
    page = leader.get(f"{ROOT}/dossiers?measure=late&by=agency&key=ubnd-phuong&{NOVEMBER}").get_data(
        as_text=True
    )

    assert late.code in page
    assert "Nguyễn Thị Lan" not in page and "0912345678" not in page


@pytest.mark.parametrize(
    "measure", ["dissatisfied", "displeased", "satisfied", "level", "total; DROP TABLE dossier"]
)
def test_who_was_dissatisfied_cannot_be_listed(leader, late, measure):
    assert leader.get(f"{ROOT}/dossiers?measure={measure}&{NOVEMBER}").status_code == 422


def test_comments_stand_without_code_name_or_number(leader, late):
    page = leader.get(f"{ROOT}/comments?{NOVEMBER}").get_data(as_text=True)

    assert "Chờ lâu, gọi [đã che] không ai nghe" in page
    for secret in (late.code, "Lan", "0912345678", late.procedure_name):
        assert secret not in page.split("<main")[1]


@pytest.mark.parametrize("by", ["agency", "field", "procedure", "month"])
def test_the_excel_file_opens(leader, late, by):
    answer = leader.get(f"{ROOT}/export.xlsx?by={by}&{NOVEMBER}")

    book = load_workbook(io.BytesIO(answer.get_data()))
    assert book.sheetnames == ["Số liệu", "Chín chỉ số", "Định nghĩa"]
    assert book["Số liệu"]["B3"].value == 1


@pytest.mark.parametrize(
    "query",
    ["from=x", "from=2026-12-01&to=2026-11-01", "from=1900-01-01&to=2026-01-01", "by=name", "order=name"],
)
def test_a_wrong_period_is_explained(leader, query):
    assert leader.get(f"{ROOT}/?{query}").status_code == 422


def test_an_empty_province_has_no_figures_and_no_error(leader):
    page = leader.get(f"{ROOT}/").get_data(as_text=True)

    assert "Không có hồ sơ nào trong kỳ này" in page and "không có" in page


def test_a_leader_may_look_at_figures_and_nothing_else(leader, late):
    assert leader.get("/console/").status_code == 200
    for path in (f"/console/dossiers/{late.code}", "/console/complaints/", "/console/catalogue/"):
        assert leader.get(path).status_code == 403


def test_an_officer_sees_no_figures(officer):
    for path in ("/", "/dossiers", "/comments", "/export.xlsx"):
        assert officer.get(ROOT + path).status_code == 403
    assert "report.view" in PERMISSIONS


def complain(kind: str):
    with tenant_scope("binh-thuan"):
        complaint = handling.file(make_citizen(), kind, "Quầy 3 bắt đi lại bốn lần", None)
        db.session.commit()
        return complaint.id


def test_an_officer_answers_a_complaint_without_seeing_who_it_is_of(officer):
    number = complain("regulation")
    page = officer.get(f"/console/complaints/{number}").get_data(as_text=True)
    assert "Quầy 3 bắt đi lại bốn lần" in page and "7000000000000000001" not in page

    done = officer.follow(
        f"/console/complaints/{number}", data={"action": "answer", "words": "Đã nhắc quầy 3, xin lỗi ông/bà."}
    )

    assert "Đã trả lời" in done.get_data(as_text=True)


def test_refusing_a_complaint_says_what_follows_and_asks_for_the_number(officer):
    path = f"/console/complaints/{(number := complain('regulation'))}"
    refusal = {"action": "refuse", "words": "Việc này thuộc tòa án, không thuộc tỉnh."}

    asked = officer.post(path, data=refusal)
    wrong = officer.post(path, data=refusal | {"name": f"{number}1"})
    state_before = state_of(number)
    done = officer.follow(path, data=refusal | {"name": f" {number} "})

    assert (asked.status_code, wrong.status_code, state_before) == (200, 422, "received")
    assert "không mở lại được" in asked.text and "thuộc tòa án" in asked.text
    assert f"Chưa ghi. Xin gõ đúng {number}." in wrong.text
    assert "Đã ghi" in done.text and state_of(number) == "refused"


def test_a_refusal_without_a_reason_is_told_before_anybody_is_asked(officer):
    number = complain("regulation")

    answer = officer.follow(f"/console/complaints/{number}", data={"action": "refuse", "words": "Không"})

    assert "Nội dung cần từ" in answer.text and "Xin gõ lại" not in answer.text


def state_of(number: int) -> str:
    with tenant_scope("binh-thuan"):
        return db.session.scalar(db.select(Complaint.state).where(Complaint.id == number))


def test_a_complaint_of_conduct_is_for_the_admin_alone(officer, admin):
    number = complain("conduct")

    assert officer.get(f"/console/complaints/{number}").status_code == 404
    assert officer.post(f"/console/complaints/{number}", data={"action": "accept"}).status_code == 404
    assert "Hành vi của cán bộ" not in officer.get("/console/complaints/").get_data(as_text=True)
    assert admin.get(f"/console/complaints/{number}").status_code == 200


def test_a_leader_is_offered_no_page_that_is_closed_to_them(leader):
    assert f'href="{ROOT}/"' in leader.get("/console/").get_data(as_text=True)


def quarter_of(levels: dict[str, list[int]]) -> None:
    """Dossiers that ended in the third quarter, one an answer, by agency."""
    with tenant_scope("binh-thuan"):
        for agency, given in levels.items():
            for level in given:
                made = make_dossier(
                    agency_code=...,
                    agency_name=agency,
                    received_at="2026-08-03T08:00:00+07:00",
                    due_at="2026-08-20T10:00:00+07:00",
                )
                with time_machine.travel(datetime(2026, 8, 19, 3, tzinfo=UTC)):
                    event = {"status": 10, "occurred_at": "2026-08-18T10:00:00+07:00"}
                    intake.add_event(made.code, EventIn().load(event))
                    answering.give(asking.open_for(made), level, channel="page")
                    db.session.commit()


def test_the_public_sees_shares_of_a_settled_quarter_and_no_small_count(app, two_provinces):
    quarter_of(
        {
            "UBND xã A": [5] * 9 + [2],
            "UBND xã B": [4] * 7 + [1] * 6,
            "UBND xã C": [5, 1],
            "UBND xã D": [5, 4, 4],
        }
    )

    answer = app.test_client().get("/satisfaction?quarter=2026-Q3", headers=HOST)
    page = answer.get_data(as_text=True)

    assert answer.status_code == 200
    assert "UBND xã A" in page and "UBND xã C" not in page
    assert "<td>1 <small>" not in page and "<td>2 <small>" not in page
    assert "Các đơn vị khác" in page


def test_a_running_quarter_and_anything_else_are_not_published(app, two_provinces):
    for name in ("2026-Q4", "2027-Q1", "x", "2026-Q9"):
        answer = app.test_client().get(f"/satisfaction?quarter={name}", headers=HOST)
        assert answer.status_code == 404
    assert app.test_client().get("/satisfaction", headers=HOST).status_code == 200
