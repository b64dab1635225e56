"""Due dates that we reckon because the source gave none."""

from datetime import UTC, datetime

import pytest
import time_machine

from motcua.catalogue.durations import parse_duration
from motcua.catalogue.models import Agency, TenantProcedure
from motcua.core.clock import VIETNAM
from motcua.core.database import db
from motcua.dossiers import intake, promising
from motcua.dossiers.models import Dossier
from motcua.dossiers.schemas import EventIn
from motcua.messaging.models import Message
from tests.factories import dossier_code, dossier_data, event_body, make_citizen, make_dossier

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)  # Friday, 10:00 in Vietnam


@pytest.fixture(autouse=True)
def friday():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def takes(time: str, channel: str = "counter") -> None:
    """The province says how long the marriage registration takes."""
    row = db.session.scalar(db.select(TenantProcedure).where(TenantProcedure.code == "1.000894"))
    row.overrides = {**row.overrides, f"time.{channel}": time}
    db.session.commit()


def without_date(code: str | None = None, **given) -> Dossier:
    return make_dossier(code, **({"due_at": ..., "received_at": "2026-11-18T10:00:00+07:00"} | given))


def tell(dossier: Dossier, status: int, at: str, **given) -> None:
    intake.add_event(
        dossier.code, EventIn().load(event_body(status, occurred_at=f"2026-11-{at}+07:00", **given))
    )
    db.session.commit()


def due(dossier: Dossier) -> str | None:
    return dossier.due_at and f"{dossier.due_at.astimezone(VIETNAM):%d/%m %H:%M}"


def test_a_dossier_without_a_date_gets_the_one_of_its_procedure_and_channel(province):
    takes("5 ngày làm việc")
    takes("3 ngày làm việc", "online")

    assert due(without_date()) == "26/11 10:00"
    online = without_date(channel="online")

    assert due(online) == "23/11 10:00"
    assert (online.due_is_ours, online.due_duration, online.due_unit, online.due_policy) == (
        True, 3, "working_day", "pause",
    )  # fmt: skip
    assert (online.calendar_version, online.promised_at) == (1, online.due_at)


def test_the_receipt_names_the_date(province):
    takes("3 ngày làm việc")
    make_citizen(phone="84912345678")

    without_date()

    text = db.session.scalar(db.select(Message)).content["consultation"]
    assert "10:00 thứ Hai, 23/11/2026" in str(text)


@pytest.mark.parametrize("time", ["5", "10-25 ngày", "Không quy định", "5 ngày làm việc kể từ khi niêm yết"])
def test_an_unclear_limit_is_not_guessed_at(province, time):
    takes(time)

    dossier = without_date()

    assert (dossier.due_at, dossier.due_is_ours, dossier.calendar_version) == (None, False, None)


def test_the_sources_own_date_is_never_touched(province):
    takes("3 ngày làm việc")

    dossier = without_date(due_at="2026-12-01T10:00:00+07:00")

    assert (due(dossier), dossier.due_is_ours) == ("01/12 10:00", False)


def test_the_sources_word_that_there_is_no_date_stands(province):
    takes("3 ngày làm việc")

    assert without_date(due_at=None).due_at is None


def test_a_later_date_of_the_source_ends_ours(province):
    takes("3 ngày làm việc")
    dossier = without_date()

    tell(dossier, 4, "19T08:00:00", due_at="2026-12-02T10:00:00+07:00")

    assert (due(dossier), dossier.due_is_ours, dossier.due_unit) == ("02/12 10:00", False, None)
    assert dossier.promised_at.astimezone(VIETNAM).day == 23


def test_what_is_not_yet_received_has_no_date_until_it_is(province):
    takes("3 ngày làm việc", "online")
    dossier = without_date(status=1, channel="online", received_at=..., status_at="2026-11-17T21:00:00+07:00")
    assert dossier.due_at is None

    tell(dossier, 2, "18T10:00:00")

    assert due(dossier) == "23/11 10:00"


def test_a_supplement_stops_the_clock_and_moves_the_date(province):
    takes("3 ngày làm việc")
    dossier = without_date()

    tell(dossier, 5, "19T09:00:00")
    waiting = dossier.due_at
    tell(dossier, 4, "20T09:00:00")

    assert (waiting, due(dossier)) == (None, "25/11 10:00")  # a working day later, and 24/11 is off


def test_a_stop_that_is_heard_of_late_counts_as_well_and_is_told(province):
    takes("3 ngày làm việc")
    make_citizen(phone="84912345678")
    dossier = without_date()
    tell(dossier, 4, "20T09:00:00")

    tell(dossier, 5, "19T09:00:00")

    assert due(dossier) == "25/11 10:00"
    assert (
        db.session.scalars(db.select(Message.event).order_by(Message.id)).all()[-1] == "dossier_due_changed"
    )


def test_a_dossier_first_heard_of_while_it_waits_has_no_date_yet(province):
    takes("3 ngày làm việc")

    dossier = without_date(status=5, status_at="2026-11-19T09:00:00+07:00")

    assert (dossier.due_at, dossier.due_is_ours) == (None, True)


def test_the_nightly_repetition_changes_nothing_and_tells_nobody(province):
    takes("3 ngày làm việc")
    make_citizen(phone="84912345678")
    code = dossier_code()
    first = without_date(code)
    before = first.due_at

    intake.put(
        code, dossier_data(due_at=..., received_at="2026-11-18T10:00:00+07:00", summary="thêm một dòng")
    )
    db.session.commit()

    assert first.due_at == before
    assert db.session.scalar(db.select(db.func.count()).select_from(Message)) == 1


def test_a_corrected_receipt_moves_the_date_and_is_told(province):
    takes("3 ngày làm việc")
    make_citizen(phone="84912345678")
    code = dossier_code()
    dossier = without_date(code)

    intake.put(code, dossier_data(due_at=..., received_at="2026-11-18T15:00:00+07:00"))
    db.session.commit()

    assert due(dossier) == "23/11 15:00"
    assert "dossier_due_changed" in db.session.scalars(db.select(Message.event)).all()


def test_an_agency_with_hours_of_its_own_has_dates_of_its_own(province):
    takes("1 ngày làm việc")
    agency = db.session.scalar(db.select(Agency).where(Agency.code == "ubnd-phuong"))
    agency.office_hours = "T2-T6 07:30-11:30 13:00-16:30; T7 07:30-11:00"
    db.session.commit()

    assert due(without_date(received_at="2026-11-20T09:00:00+07:00")) == "21/11 09:00"


def test_supplements_are_read_from_the_line_of_time_in_one_query(province):
    dossier, other = without_date(), without_date()
    for status, moment in (
        (5, "18T11:00:00"),
        (5, "18T12:00:00"),
        (4, "18T14:00:00"),
        (4, "18T15:00:00"),
        (5, "19T08:00:00"),
    ):
        tell(dossier, status, moment)

    found = promising.supplements_of([dossier.id, other.id])

    assert [
        tuple(one and f"{one.astimezone(VIETNAM):%d %H}" for one in pair) for pair in found.pop(dossier.id)
    ] == [("18 11", "18 14"), ("19 08", None)]
    assert found == {}


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("5 ngày làm việc", (5, "working_day")),
        ("0,5 ngày làm việc", (0.5, "working_day")),
        ("4 giờ", (4, "hour")),
        ("Trong ngày", (None, "same_day")),
        ("Ngay trong ngày làm việc", (None, "same_day")),
        ("Giải quyết trong ngày.", (None, "same_day")),
        ("Trong ngày hoặc hôm sau", None),
        ("1", None),
        ("10-25 ngày", None),
        ("", None),
    ],
)
def test_what_a_limit_says(text, limit):
    assert parse_duration(text).limit() == limit
