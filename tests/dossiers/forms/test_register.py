"""The register of a period, on paper and as an Excel file."""

import io
from datetime import date, datetime
from zipfile import ZipFile

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from motcua.catalogue.models import Agency
from motcua.core.clock import now
from motcua.core.database import db
from motcua.dossiers import intake
from motcua.dossiers.forms import register, rendering, sets, typesetting, workbook
from motcua.dossiers.models import Dossier
from motcua.dossiers.schemas import EventIn
from tests.factories import event_body, make_dossier

from .samples import AT, FILLED, reader, words

NOT_COPIED = {"id", "code", "token", "received_at"}
LITERAL = {"literal_binds": True}
FORM = sets.NEW.of_kind("register")


def received(number: int, at: str, **given):
    return make_dossier(f"000.00.01.H36-260101-{number:04d}", received_at=at, due_at=None, **given)


@pytest.fixture
def january(province):
    received(1, "2025-12-31T23:59:59+07:00")
    received(2, "2026-01-01T00:00:00+07:00", owner={"name": '=HYPERLINK("x")', "phone": "0912345678"})
    received(3, "2026-01-31T23:59:59+07:00", agency_code=..., agency_name="Sở Tư pháp")
    received(4, "2026-02-01T00:00:00+07:00")
    told = event_body(10, occurred_at="2026-01-05T09:15:00+07:00")
    intake.add_event("000.00.01.H36-260101-0002", EventIn().load(told))
    db.session.commit()
    return register.choose("2026-01-01", "2026-01-31", "")


def sheet_of(file: bytes):
    return openpyxl.load_workbook(io.BytesIO(file)).active


def test_a_period_holds_both_its_days_by_local_clocks(january):
    assert [entry.code[-4:] for entry in register.entries(january)] == ["0002", "0003"]
    assert register.count(january) == 2


def test_one_agencys_register_leaves_out_the_others(january):
    choice = register.choose("2026-01-01", "2026-01-31", "ubnd-phuong")

    assert [entry.code[-4:] for entry in register.entries(choice)] == ["0002"]
    assert choice.agency_name == "UBND phường Một, Bình Thuận"


@pytest.mark.parametrize(
    ("first", "last", "agency"),
    [("", "2026-01-31", ""), ("2026-02-30", "2026-03-01", ""), ("2026-02-01", "2026-01-31", ""),
     ("2025-01-01", "2026-01-02", ""), ("2026-01-01", "2026-01-31", "khong-co")],
)  # fmt: skip
def test_a_period_that_is_none_names_the_remedy(province, first, last, agency):
    with pytest.raises(register.PeriodInvalid, match="Xin chọn"):
        register.choose(first, last, agency)


def test_the_excel_register_has_real_dates_a_frozen_head_and_no_formula(january):
    file = workbook.to_xlsx(FORM, january, register.entries(january))

    sheet = sheet_of(file)
    assert sheet.freeze_panes == "C5"
    assert [cell.value for cell in sheet[4]] == [title for title, _ in workbook.COLUMNS]
    row = sheet[5]
    assert (row[4].value, row[4].data_type, row[4].quotePrefix) == ('=HYPERLINK("x")', "s", True)
    assert (row[8].value, row[8].number_format) == (datetime(2026, 1, 1), "dd/mm/yyyy hh:mm")  # noqa: DTZ001
    assert row[10].value == datetime(2026, 1, 5, 9, 15)  # noqa: DTZ001
    assert row[6].value == "09x****678"
    assert b"<f>" not in ZipFile(io.BytesIO(file)).read("xl/worksheets/sheet1.xml")


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(min_size=1, max_size=40))
def test_any_text_is_text_in_excel(text):
    agency = Agency(name="UBND phường Một")  # in no database
    choice = register.Choice(date(2026, 1, 1), date(2026, 1, 2), agency)
    entry = register.Entry("1", text, text, text, text, text, now(), None, None, text, text, False)

    sheet = sheet_of(workbook.to_xlsx(FORM, choice, [entry]))

    assert {cell.data_type for cell in sheet[5]} <= {"s", "n", "d", "inlineStr"}
    assert sheet[5][0].value == 1


def test_the_register_on_paper_repeats_its_head_and_counts_its_lines(province):
    for number in range(1, 60):
        received(number, "2026-01-05T08:00:00+07:00")
    choice = register.choose("2026-01-01", "2026-01-31", "")

    pdf = rendering.to_pdf(FORM, sets.NEW, register.on_paper(choice), number=None, at=AT)

    said, pages = words(pdf), len(reader(pdf).pages)
    assert pages > 1
    assert said.count("Cơ quan chủ trì giải quyết") == pages
    assert "Tổng số: 59 hồ sơ" in said
    assert "từ ngày 01/01/2026 đến ngày 31/01/2026" in said


def test_a_register_that_cannot_be_set_is_no_paper_and_tells_nothing_of_its_words(province, monkeypatch):
    monkeypatch.setattr(typesetting, "asdict", lambda sheet: {"words": "Nguyễn Thị Lan"})

    with pytest.raises(typesetting.NotSet) as raised:
        rendering.to_pdf(FORM, sets.NEW, FILLED["register"], number=None, at=AT)

    assert "Lan" not in str(raised.value)


def test_a_register_too_long_for_paper_points_to_excel(january, monkeypatch):
    monkeypatch.setattr(register, "MOST_LINES_ON_PAPER", 1)

    with pytest.raises(register.TooManyLines, match="Excel"):
        register.on_paper(january)


@pytest.fixture
def thousands(province, owner_engine):
    """6,001 dossiers of one agency, an hour apart."""
    first = received(1, "2026-01-05T08:00:00+07:00")
    same = [column.name for column in Dossier.__table__.columns if column.name not in NOT_COPIED]
    rows = f"code || n, token || n, received_at + n * interval '1 hour', {', '.join(same)}"
    db.session.execute(
        db.text(
            f"INSERT INTO dossier (code, token, received_at, {', '.join(same)})"
            f" SELECT {rows} FROM dossier, generate_series(1, 6000) n WHERE id = :id"
        ),
        {"id": first.id},
    )
    db.session.commit()
    with owner_engine.begin() as connection:
        connection.execute(db.text("ANALYZE dossier"))


def test_thousands_of_dossiers_go_into_excel_in_batches(thousands):
    choice = register.choose("2026-01-01", "2026-12-31", "ubnd-phuong")

    file = workbook.to_xlsx(FORM, choice, register.entries(choice))

    book = openpyxl.load_workbook(io.BytesIO(file), read_only=True)
    assert sum(1 for _ in book.active.iter_rows(min_row=5)) == 6001
    book.close()
    assert len(db.session.identity_map) < 50


def test_a_months_register_is_read_off_its_index(thousands):
    choice = register.choose("2026-03-01", "2026-03-31", "")
    wanted = db.select(Dossier.id).where(*register.within(choice)).order_by(Dossier.received_at, Dossier.id)

    plan = db.session.scalars(db.text(f"EXPLAIN {wanted.compile(db.engine, compile_kwargs=LITERAL)}")).all()

    assert any("ix_dossier_received" in line for line in plan), plan
