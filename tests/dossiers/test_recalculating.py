"""A change of the calendar: previewed, done in batches, told once; also with thousands, also when killed."""

import contextvars
import threading
from datetime import UTC, date, datetime

import pytest
import time_machine
from sqlalchemy import text

from motcua.core.calendar import MarkedDay
from motcua.core.clock import VIETNAM
from motcua.core.database import db, tenant_scope
from motcua.core.errors import Invalid
from motcua.dossiers import jobs, promising, recalculating
from motcua.dossiers.models import Dossier
from motcua.messaging.models import Message
from motcua.tenancy import calendars
from motcua.tenancy.calendars import CalendarDay, CalendarVersion
from motcua.tenancy.models import Tenant
from tests.dossiers.test_promising import due, takes, without_date
from tests.factories import make_citizen, make_province

NOW = datetime(2026, 11, 18, 6, 0, tzinfo=UTC)
STORM = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def wednesday():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def closed(day: date = STORM, reason: str = "bão số 12") -> MarkedDay:
    return MarkedDay(day, False, False, reason, "console")


def change(mark: MarkedDay | None, day: date = STORM) -> CalendarVersion:
    seen = recalculating.proposed(day, mark).digest
    version = recalculating.change(day, mark, seen=seen, by="Phạm Thu Hà", reason="nghỉ bão")
    db.session.commit()
    return version


def messages() -> list[Message]:
    found = db.session.scalars(
        db.select(Message).where(Message.event == "dossier_due_changed").order_by(Message.id)
    )
    return list(found)


@pytest.fixture
def dossier(province):
    takes("3 ngày làm việc")
    make_citizen(phone="84912345678")
    return without_date()


def test_a_preview_says_what_would_move_and_changes_nothing(dossier):
    finished = without_date(status=9, status_at="2026-11-18T11:00:00+07:00")
    theirs = without_date(due_at="2026-11-30T10:00:00+07:00")

    found = recalculating.preview(recalculating.proposed(STORM, closed()))

    assert (found.looked_at, found.total, found.later, found.earlier) == (1, 1, 1, 0)
    (move,) = found.moves
    assert move.code == dossier.code
    assert [f"{one.astimezone(VIETNAM):%d/%m %H:%M}" for one in (move.before, move.after)] == [
        "23/11 10:00",
        "25/11 10:00",
    ]
    assert due(dossier) == "23/11 10:00"
    assert (due(finished), due(theirs)) == ("23/11 10:00", "30/11 10:00")
    assert db.session.scalar(db.select(db.func.count()).select_from(CalendarDay)) == 0


def test_a_change_moves_the_date_and_tells_each_follower_once_with_the_reason(dossier):
    version = change(closed())

    assert jobs.recalculate("binh-thuan") == 1
    assert jobs.recalculate("binh-thuan") == 0

    with tenant_scope("binh-thuan"):
        moved = db.session.scalar(db.select(Dossier))
        assert (due(moved), moved.calendar_version) == ("25/11 10:00", version.number)
        assert moved.promised_at != moved.due_at
        (message,) = messages()
        said = str(message.content["consultation"])
        assert (
            "10:00 thứ Hai, 23/11/2026" in said and "10:00 thứ Tư, 25/11/2026" in said and "nghỉ bão" in said
        )
        assert message.lane == "normal"
        latest = calendars.latest_version()
        assert (latest.number, latest.dossiers_moved, latest.finished_at) == (2, 1, NOW)


def test_undoing_is_another_change_and_is_told_again(dossier):
    for mark in (closed(), None, closed()):
        with tenant_scope("binh-thuan"):
            change(mark)
        jobs.recalculate("binh-thuan")

    with tenant_scope("binh-thuan"):
        assert due(db.session.scalar(db.select(Dossier))) == "25/11 10:00"
        assert len(messages()) == 3
        assert calendars.latest_version().number == 4
        days = db.session.scalars(db.select(CalendarDay).order_by(CalendarDay.id)).all()
        assert [one.removed_at is None for one in days] == [False, True]


def test_a_new_dossier_is_reckoned_by_the_calendar_of_now(dossier):
    change(closed())

    new = without_date()

    assert (due(new), new.calendar_version) == ("25/11 10:00", 2)


def test_a_preview_that_is_out_of_date_is_refused(dossier):
    seen = recalculating.proposed(STORM, closed()).digest
    change(closed(date(2026, 11, 23)), date(2026, 11, 23))

    with pytest.raises(recalculating.CalendarChanged) as refused:
        recalculating.change(STORM, closed(), seen=seen, by="Hà", reason="x")

    assert "Xin" in refused.value.message


def test_the_same_day_twice_and_a_day_that_is_not_ours_are_refused(dossier):
    change(closed())

    for mark, day in ((closed(), STORM), (None, date(2026, 11, 24))):
        with pytest.raises(Invalid, match="Xin"):
            recalculating.proposed(day, mark)


def test_what_the_folder_changes_waits_until_somebody_has_seen_it(dossier):
    tenant = db.session.get(Tenant, "binh-thuan")
    tenant.settings = tenant.settings | {"closed_days": [{"date": "2026-11-20", "reason": "lũ"}]}
    db.session.commit()

    new = without_date()
    assert (due(new), new.calendar_version) == ("25/11 10:00", 2)
    jobs.recalculate("binh-thuan")
    with tenant_scope("binh-thuan"):
        assert due(db.session.get(Dossier, ("binh-thuan", dossier.id))) == "23/11 10:00"
        recalculating.confirm(seen=promising.offices().digest, by="Hà", reason="lũ")
        db.session.commit()
    jobs.recalculate("binh-thuan")

    with tenant_scope("binh-thuan"):
        assert due(db.session.get(Dossier, ("binh-thuan", dossier.id))) == "25/11 10:00"


def test_the_console_wins_over_the_folder_and_removing_brings_the_folder_back(province):
    tenant = db.session.get(Tenant, "binh-thuan")
    tenant.settings = tenant.settings | {"closed_days": [{"date": "2026-11-20", "reason": "lũ"}]}
    db.session.commit()
    change(MarkedDay(STORM, True, True, "nước rút", "console"))
    assert promising.offices().province.works(STORM)

    change(None)

    assert not promising.offices().province.works(STORM)


def test_a_change_of_one_province_moves_nothing_of_another(dossier):
    make_province("da-nang")
    with tenant_scope("da-nang"):
        takes("3 ngày làm việc")
        theirs = without_date()
    with tenant_scope("binh-thuan"):
        change(closed())

    jobs.recalculate("da-nang")

    with tenant_scope("da-nang"):
        assert due(db.session.get(Dossier, ("da-nang", theirs.id))) == "23/11 10:00"
        assert not calendars.days_in_force()


MANY = text(
    "INSERT INTO dossier (tenant_id, code, token, procedure_code, procedure_name, channel, people_encrypted,"
    " proof_indexes, papers, status, status_at, agency_code, agency_name, received_at, promised_at, due_at,"
    " created_at, source_time, source_digest, due_is_ours, due_duration, due_unit, due_policy, calendar_version)"
    " SELECT tenant_id, code || '-' || one, token || one, procedure_code, procedure_name, channel, people_encrypted,"
    " proof_indexes, papers, 4, status_at, agency_code, agency_name, received_at, promised_at, due_at, created_at,"
    " source_time, source_digest, true, 3 + one % 5, 'working_day', 'pause', 1 FROM dossier,"
    " generate_series(1, :count) AS one"
)
FOLLOWED = text(
    "INSERT INTO follow (tenant_id, dossier_id, citizen_id, proof, created_at)"
    " SELECT dossier.tenant_id, dossier.id, citizen.id, 'phone', now() FROM dossier, citizen"
    " WHERE dossier.id % 2 = 0 ON CONFLICT DO NOTHING"
)


def test_two_workers_at_once_move_and_tell_each_dossier_once(app, dossier):
    db.session.execute(MANY, {"count": 1500})
    db.session.execute(FOLLOWED)
    db.session.commit()
    change(closed())
    moved: list[int] = []

    def work():
        with app.app_context():
            moved.append(jobs.recalculate("binh-thuan"))

    workers = [threading.Thread(target=contextvars.Context().run, args=(work,)) for _ in range(2)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()

    with tenant_scope("binh-thuan"):
        latest = calendars.latest_version()
        assert (sum(moved), latest.dossiers_moved) == (1501, 1501)
        assert latest.finished_at is not None
        followed = db.session.scalar(text("SELECT count(DISTINCT dossier_id) FROM follow"))
        assert len(messages()) == followed


def test_dossiers_that_come_in_while_the_calendar_changes_end_on_the_last_one(app, dossier):
    """No version begins but those that somebody made, and no date stays behind."""
    failures: list[BaseException] = []

    def take_in():
        for hour in range(8, 12):
            for minute in (0, 10, 20):
                without_date(received_at=f"2026-11-18T{hour:02}:{minute:02}:00+07:00")

    def close_and_open():
        for mark in (closed(), None, closed(), None, closed()):
            change(mark)

    def guarded(job):
        try:
            with app.app_context(), tenant_scope("binh-thuan"):
                job()
        except BaseException as error:
            failures.append(error)

    jobs_at_once = [
        threading.Thread(target=contextvars.Context().run, args=(guarded, job))
        for job in (take_in, take_in, close_and_open)
    ]
    for one in jobs_at_once:
        one.start()
    for one in jobs_at_once:
        one.join()
    assert not failures

    jobs.recalculate("binh-thuan")

    with tenant_scope("binh-thuan"):
        versions = db.session.scalars(db.select(CalendarVersion).order_by(CalendarVersion.number)).all()
        assert [one.number for one in versions] == [1, 2, 3, 4, 5, 6]
        assert recalculating.preview(promising.offices()).total == 0
        assert set(db.session.scalars(db.select(Dossier.calendar_version))) == {6}
        assert db.session.scalar(db.select(db.func.count()).select_from(Dossier)) == 25


def test_thousands_move_in_batches_and_a_killed_worker_loses_and_doubles_nothing(dossier, monkeypatch):
    db.session.execute(MANY, {"count": 1200})
    db.session.execute(FOLLOWED)
    db.session.commit()
    change(closed())
    real, batches = recalculating._batch, []

    def dies_in_the_second(*args):
        moved = real(*args)
        batches.append(moved)
        if len(batches) == 2:
            raise KeyboardInterrupt
        return moved

    monkeypatch.setattr(recalculating, "_batch", dies_in_the_second)
    with pytest.raises(KeyboardInterrupt):
        jobs.recalculate("binh-thuan")
    monkeypatch.setattr(recalculating, "_batch", real)
    jobs.recalculate("binh-thuan")

    with tenant_scope("binh-thuan"):
        assert set(db.session.scalars(db.select(Dossier.calendar_version))) == {2}
        followed = db.session.scalar(text("SELECT count(DISTINCT dossier_id) FROM follow"))
        assert len(messages()) == followed
        assert calendars.latest_version().dossiers_moved == 1201
