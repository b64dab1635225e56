"""The figures of a leader, each by its definition."""

import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from openpyxl import load_workbook

from motcua.complaints import handling
from motcua.core.database import db
from motcua.dossiers import intake
from motcua.dossiers.schemas import EventIn
from motcua.facts import handled, rolling
from motcua.reports import periods, queries, scores
from motcua.reports.definitions import DEFINITIONS, FACTORS, INDICES
from motcua.reports.figures import Figures, Share, summed
from motcua.reports.workbook import workbook
from motcua.surveys import answering, asking
from tests.factories import TENANTS, make_citizen, make_dossier

ZONE = "Asia/Ho_Chi_Minh"
NOW = datetime(2026, 11, 30, 3, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock(province):
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def november(by: str = "agency") -> list[Figures]:
    return [Figures(one) for one in counted(periods.of_request("2026-11-01", "2026-11-30"), by)]


def counted(period: periods.Period, by: str) -> list[queries.Counts]:
    """From live rows; the facts of their days say the same."""
    live = queries.count(period, by, ZONE)
    count_days()
    assert handled.count(period, by) == live
    return live


def indices() -> dict:
    period = periods.of_request("2026-11-01", "2026-11-30")
    count_days()
    found = handled.points(period)
    assert scores.scores_of(found) == scores.scores_of(queries.points(period, ZONE))
    return found


def count_days() -> None:
    """Every day that any dossier knows of."""
    columns = ("received_at", "due_at", "status_at", "ready_at", "returned_at")
    days = " UNION ".join(
        f"SELECT ({column} AT TIME ZONE '{ZONE}')::date AS day FROM dossier" for column in columns
    )
    for day in db.session.scalars(db.text(days)).all():
        if day is not None and day <= rolling.today():
            rolling.roll_day(day)


def at(day: int, hour: int = 10, month: int = 11) -> str:
    return datetime(2026, month, day, hour, tzinfo=UTC).astimezone(UTC).isoformat()


def dossier(received: str, due: str | None, *events: tuple[int, str], **given):
    made = make_dossier(received_at=received, due_at=due, **given)
    for status, when in events:
        intake.add_event(made.code, EventIn().load({"status": status, "occurred_at": when}))
    db.session.commit()
    return made


def only(by: str = "agency") -> Figures:
    (one,) = november(by)
    return one


@pytest.mark.parametrize(
    ("due", "events", "counted"),
    [
        (at(10), [(9, at(9))], "early"),
        (at(10, 9), [(9, at(10, 8))], "on_time"),
        (at(10, 9), [(9, at(10, 9))], "on_time"),
        (at(10, 9), [(9, at(10, 10)), (10, at(12))], "late"),
        (at(10, 9), [(9, at(10, 8)), (10, at(20))], "on_time"),
        (at(10), [(10, at(11))], "late"),
        (at(10), [(8, at(9, 9))], "on_time"),
        (at(10), [(7, at(12))], "late"),
        (at(29), [(4, at(5))], "late"),
        (at(30, 9), [(4, at(5))], "on_time"),
        (at(10), [(5, at(9))], "on_time"),
        (at(10), [(9, at(9)), (4, at(12))], "late"),
    ],
    ids=[
        "ready a day before", "ready that day", "ready on the minute", "ready an hour late", "collected much later",
        "only the handing over is known, late", "stopped in time", "withdrawn late", "running and overdue",
        "running, due later today", "waiting for papers since before", "recalled and overdue since",
    ],
)  # fmt: skip
def test_on_time_early_or_late(due, events, counted):
    dossier(at(2), due, *events)

    counts = only().counts
    assert counts["total"] == 1
    assert counts["on_time"] + counts["late"] == 1
    assert counts["late" if counted == "late" else "on_time"] == 1
    assert counts["early"] == (counted == "early")


def test_what_a_period_counts():
    dossier(at(20, month=10), at(25, month=10), (9, at(24, month=10)))  # over before
    dossier(at(20, month=10), at(5), (9, at(3)))  # carried over, ended inside
    dossier(at(20, month=10), None, (4, at(21, month=10)))  # carried over, still running, no date
    dossier(at(5), at(20))  # received inside

    counts = only().counts
    assert (counts["total"], counts["finished"], counts["running"]) == (3, 1, 2)
    assert (counts["without_due"], counts["late"]) == (1, 1)


def test_a_dossier_ended_after_the_period_counts_as_running_at_its_end():
    dossier(at(20, month=10), at(30, month=10), (9, at(5)))

    october = counted(periods.of_request("2026-10-01", "2026-10-31"), "agency")[0]

    assert (october["running"], october["late"], october["finished"]) == (1, 1, 0)


def test_refused_without_being_received_counts_when_it_was_refused():
    made = make_dossier(status=1, status_at=at(3), received_at=None, due_at=None)
    intake.add_event(made.code, EventIn().load({"status": 3, "occurred_at": at(4)}))
    db.session.commit()

    assert only().counts["total"] == 1


def opinion(made, *levels: int, **details: int) -> None:
    """One answer a level, each of another citizen."""
    for number, level in enumerate(levels):
        citizen = make_citizen(f"70000000000000{made.id:03d}{number:02d}")
        survey = asking.open_for(made)
        survey.invited_at = NOW
        db.session.flush()
        invitation = asking.SurveyInvitation(survey_id=survey.id, citizen_id=citizen.id, asked_at=NOW)
        db.session.add(invitation)
        db.session.flush()
        answer = answering.give(survey, level, channel="chat", invitation=invitation)
        answering.add(answer, **details)
    db.session.commit()


def finished(**given):
    return dossier(at(24), at(28), (9, at(27)), (10, at(27, 12)), **given)


def test_a_dossier_counts_once_by_its_lowest_level():
    opinion(finished(), 5, 2)
    opinion(finished(), 4)
    opinion(finished(), 3)
    finished()

    one = only()
    assert str(one.satisfied) == "33,33 %"
    assert str(one.dissatisfied) == "33,33 %"
    assert (one.answered.part, one.answered.whole) == (3, 3)


def test_lateness_and_complaints_are_dissatisfaction(clock):
    opinion(finished(), 1)
    complained = finished()
    handling.file(make_citizen("7000000000000099999"), "conduct", "Cán bộ bắt chờ cả buổi", complained.id)
    dossier(at(2), at(10), (9, at(20)), (10, at(20, 12)))
    for _ in range(6):
        finished()
    db.session.commit()
    clock.shift(60)

    one = only()
    assert (one.late.part, one.displeased.part, one.counts["total"]) == (1, 2, 9)
    assert one.index_5_4 == Decimal("100") - Decimal("11.11") - Decimal("22.22")


def test_without_a_denominator_there_is_no_figure():
    assert str(Share(0, 0)) == "không có"
    none = Figures(summed([]))
    assert none.index_5_4 is None
    assert str(none.satisfied) == "không có"


def test_by_field_procedure_and_month():
    finished()
    dossier(at(1, month=10), at(5, month=10), (9, at(4, month=10)))

    rows = counted(periods.of_request("2026-10-01", "2026-11-30"), "month")
    assert [(one.key, one["total"]) for one in rows] == [("2026-10", 1), ("2026-11", 1)]
    assert only("field").counts.name == "Hộ tịch"
    assert only("procedure").counts.key == "1.000894"


def test_the_list_behind_a_count_has_as_many_dossiers_as_the_count():
    late = dossier(at(2), at(10), (9, at(20)))
    finished()

    period = periods.of_request("2026-11-01", "2026-11-30")
    for measure in queries.MEASURES:
        found = queries.dossiers(period, measure, "agency", "ubnd-phuong", ZONE)
        assert len(found) == only().counts[measure], measure
    assert [one["code"] for one in queries.dossiers(period, "late", "agency", None, ZONE)] == [late.code]


def test_the_nine_indices_count_two_one_and_nothing():
    opinion(finished(channel="online"), 5, attitude=3)
    dossier(at(2), at(10), (5, at(3)), (2, at(4)), (5, at(5)), (2, at(6)), (9, at(20)))

    points = indices()
    by_number = {one.number: one for one in scores.scores_of(points)}

    assert by_number[1].computed == Decimal("1.00")  # 2 for a day early, 0 for late
    assert by_number[3].computed == Decimal("1.00")  # 2 without, 0 with two supplements
    assert by_number[7].computed == Decimal("2.00")
    assert by_number[9].computed == Decimal("2.00")
    assert by_number[2].computed is by_number[4].computed is by_number[8].computed is None
    assert scores.total(list(by_number.values())) == (Decimal("6.00"), 8)


@pytest.mark.parametrize(
    ("reached", "most", "band"),
    [
        (15, 18, "Xuất sắc"),
        (12, 18, "Tốt"),
        (9, 18, "Khá"),
        (6, 18, "Trung bình"),
        (5, 18, "Yếu"),
        (7, 8, "Xuất sắc"),
    ],
)
def test_bands(reached, most, band):
    assert scores.band_of(Decimal(reached), most, (15, 12, 9, 6)) == band


def test_without_any_index_there_is_no_band():
    assert scores.band_of(Decimal(0), 0, (15, 12, 9, 6)) is None


def test_a_periods_late_dossiers_are_measured_by_the_date_before_the_apology(monkeypatch):
    """Until the table of apologies is there, rows of the same shape stand for it."""
    made = dossier(at(2), at(25), (9, at(20)))
    stand_in = (
        "SELECT id AS dossier_id, timestamptz '2026-11-10 03:00Z' AS old_due_at FROM dossier"
        f" WHERE tenant_id = :tenant AND code = '{made.code}'"
    )
    monkeypatch.setattr(queries, "FACTS", queries.FACTS.replace(queries.APOLOGIES, stand_in))

    counts = queries.count(periods.of_request("2026-11-01", "2026-11-30"), "agency", ZONE)[0]
    assert (counts["late"], counts["late_with_apology"], counts["late_without_apology"]) == (1, 1, 0)


def test_the_excel_file_holds_numbers_and_no_formula():
    dossier(at(2), at(10), (9, at(20)), agency_code=..., agency_name='=HYPERLINK("x")')
    rows = november()
    total = Figures(summed([one.counts for one in rows]))
    points = indices()

    raw = workbook(
        periods.of_request("2026-11-01", "2026-11-30"), "Cơ quan", rows, total, scores.scores_of(points)
    )

    book = load_workbook(io.BytesIO(raw))
    sheet = book["Số liệu"]
    assert sheet["A3"].value == '=HYPERLINK("x")' and sheet["A3"].data_type == "s"
    titles = {cell.value: cell.column for cell in sheet[2]}
    assert sheet.cell(3, titles["Trễ hạn (%)"]).value == 100
    assert book["Định nghĩa"].max_row > 10


def test_quarters_are_shown_only_when_all_their_surveys_have_closed(clock):
    assert periods.settled_quarters(timedelta(days=30), 3) == ["2026-Q3", "2026-Q2", "2026-Q1"]
    clock.move_to(datetime(2026, 10, 30, 3, tzinfo=UTC))
    assert periods.settled_quarters(timedelta(days=30), 2) == ["2026-Q2", "2026-Q1"]
    assert periods.quarter("2026-Q4").words == "01/10/2026 – 31/12/2026"
    assert periods.quarter("2026-Q5") is None


def test_the_docs_say_what_the_page_says():
    docs = (TENANTS.parent / "docs" / "satisfaction.md").read_text("utf-8")

    for formula in (
        *(one.formula for one in DEFINITIONS),
        *(one[2] for one in FACTORS),
        *(one[3] for one in INDICES),
    ):
        assert formula in docs
