"""A paper's number, the record of it, and the same paper again."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context

import pytest

from motcua.core.database import db, tenant_scope
from motcua.dossiers import intake
from motcua.dossiers.forms import issuing, papers, typesetting
from motcua.dossiers.forms.models import FormIssued
from motcua.dossiers.schemas import EventIn
from tests.factories import dossier_data, event_body, make_dossier

from .samples import words

RECEIVED = "2026-01-05T08:00:00+07:00"


def code(number: int, day: str = "260105") -> str:
    return f"000.00.01.H36-{day}-{number:04d}"


def received(number: int, at: str = RECEIVED, **given):
    return make_dossier(code(number), received_at=at, due_at=None, **given)


def make(dossier, number: str = "01"):
    paper = papers.make(dossier, number, by="Phạm Thu Hà")
    db.session.commit()
    return paper


def test_papers_count_by_agency_form_and_year(province):
    here, there = received(1), received(2, agency_code=..., agency_name="Sở Tư pháp")
    last_year = received(3, at="2025-12-31T23:30:00+07:00")

    numbers = [make(here), make(there), make(last_year), make(here, "06"), make(received(4))]

    assert [(one.issued.year, one.issued.number) for one in numbers] == [
        (2026, 1), (2026, 1), (2025, 1), (2026, 1), (2026, 2),
    ]  # fmt: skip


def test_the_same_paper_asked_for_again_is_that_paper_byte_for_byte(province, time_machine):
    time_machine.move_to("2026-01-05T09:00:00+07:00")
    first = make(received(1))
    time_machine.move_to("2026-02-05T09:00:00+07:00")

    again = make(intake.find(code(1)))

    assert (first.is_new, again.is_new) == (True, False)
    assert again.issued.id == first.issued.id
    assert again.pdf == first.pdf
    assert hashlib.sha256(again.pdf).hexdigest() == first.issued.digest


def test_a_corrected_dossier_gets_a_new_paper_and_the_old_one_can_still_be_printed(province):
    first = make(received(1))
    received(1, summary="Nội dung đã sửa")

    second = make(intake.find(code(1)))

    assert (first.issued.number, second.issued.number) == (1, 2)
    assert "Nội dung đã sửa" in words(second.pdf)
    assert issuing.print_again(first.issued) == first.pdf
    assert [one.id for one in issuing.issued_for(first.issued.dossier_id)] == [
        second.issued.id, first.issued.id,
    ]  # fmt: skip


def test_where_to_collect_does_not_make_another_receipt(province):
    first = make(received(1))
    told = event_body(9, occurred_at="2026-01-06T09:00:00+07:00", pickup={"place": "Quầy 3"})
    intake.add_event(code(1), EventIn().load(told))

    assert make(intake.find(code(1))).issued.id == first.issued.id


def test_a_paper_that_could_not_be_drawn_takes_no_number(province, monkeypatch):
    dossier = received(1)
    with monkeypatch.context() as broken:
        broken.setattr(typesetting, "STANDARD", "no such standard")
        with pytest.raises(ValueError, match="standard"):
            papers.make(dossier, "01", by="Phạm Thu Hà")
        db.session.rollback()

    assert make(dossier).issued.number == 1


def test_what_a_paper_said_is_kept_encrypted(province):
    make(received(1))

    stored = db.session.scalar(db.text("SELECT facts_encrypted FROM dossier_form_issued"))

    assert "Nguyễn" not in stored
    assert db.session.scalar(db.select(FormIssued)).facts["subject"]["owner"]["name"] == "Nguyễn Thị Lan"


def test_a_paper_of_another_dossier_is_not_found(province):
    paper, other = make(received(1)), received(2)

    with pytest.raises(issuing.PaperUnknown):
        issuing.find(other.id, paper.issued.id)


def test_a_race_of_many_desks_leaves_neither_gap_nor_double(app, province):
    for number in range(1, 25):
        intake.put(code(number), dossier_data(received_at=RECEIVED, due_at=None))
    db.session.commit()
    db.session.close()

    def at_a_desk(number: int) -> int:
        with app.app_context(), tenant_scope("binh-thuan"):
            issued = papers.make(intake.find(code(number)), "01", by="Phạm Thu Hà").issued
            if number % 6 == 0:
                db.session.rollback()
                return 0
            db.session.commit()
            return issued.number

    with ThreadPoolExecutor(6) as pool:
        runs = [pool.submit(Context().run, at_a_desk, 1 + at % 24) for at in range(48)]
        numbers = {run.result() for run in runs} - {0}

    stored = sorted(db.session.scalars(db.select(FormIssued.number)))
    assert stored == list(range(1, 21))
    assert sorted(numbers) == stored
