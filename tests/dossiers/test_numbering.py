"""Codes that we issue: one after the other, whoever asks at the same moment, and none for what was not saved."""

import contextvars
import threading
from datetime import date

from motcua.core.database import db, tenant_scope
from motcua.dossiers import numbering

DAY = date(2026, 11, 26)


def take(keep: bool = True) -> str:
    with tenant_scope("binh-thuan"):
        code = numbering.next_code("H36.5", DAY)
        db.session.commit() if keep else db.session.rollback()
    return code


def test_numbers_start_anew_each_day_and_for_each_identifier(app, two_provinces):
    assert [take(), take()] == ["H36.5-261126-0001", "H36.5-261126-0002"]
    with tenant_scope("binh-thuan"):
        assert numbering.next_code("H36.5", date(2026, 11, 27)) == "H36.5-261127-0001"
        assert numbering.next_code("H36.6", DAY) == "H36.6-261126-0001"
    with tenant_scope("da-nang"):
        assert numbering.next_code("H36.5", DAY) == "H36.5-261126-0001"


def test_what_is_not_saved_takes_no_number(app, two_provinces):
    take(keep=False)

    assert take() == "H36.5-261126-0001"


def test_eight_desks_at_once_leave_no_gap_and_no_double(app, two_provinces):
    codes: list[str] = []

    def desk(number: int):
        with app.app_context():
            for turn in range(10):
                code = take(keep=turn != number)  # each gives up once
                if turn != number:
                    codes.append(code)

    desks = [threading.Thread(target=contextvars.Context().run, args=(desk, number)) for number in range(8)]
    for one in desks:
        one.start()
    for one in desks:
        one.join()

    assert sorted(codes) == [f"H36.5-261126-{number:04d}" for number in range(1, 73)]


def test_the_agencys_identifier_wins_over_the_provinces(app):
    from motcua.catalogue.models import Agency

    settings = {
        "agency_codes": [
            {"code": "H11", "valid_from": None, "valid_to": "2025-06-30"},
            {"code": "H36", "valid_from": "2025-07-01", "valid_to": None},
        ]
    }

    assert numbering.identifier_for(Agency(national_code="H36.5"), settings, DAY) == "H36.5"
    assert numbering.identifier_for(Agency(), settings, DAY) == "H36"
    assert numbering.identifier_for(None, settings, date(2025, 1, 2)) == "H11"
    assert numbering.identifier_for(None, {}, DAY) is None
