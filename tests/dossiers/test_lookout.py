"""As time passes: warnings for the desk, reminders and honest silence for the citizen, each once."""

import contextvars
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest

from motcua.core.clock import now
from motcua.core.database import db, tenant_scope
from motcua.dossiers import flags, following, intake, lookout, notices
from motcua.dossiers.schemas import EventIn
from motcua.messaging.models import Message
from motcua.tenancy import current
from tests.factories import event_body, make_citizen, make_dossier

pytestmark = pytest.mark.usefixtures("province")

SUPPLEMENT = {
    "items": [{"name": "Giấy xác nhận tình trạng hôn nhân", "originals": 1}],
    "reason": "Giấy đã quá hạn.", "respond_by": "2024-12-06T17:00:00+07:00",
}  # fmt: skip
FEE = {"amount_vnd": 20000, "pay_by": "2024-12-06T17:00:00+07:00"}


@pytest.fixture
def clock(time_machine):
    """`clock("2024-11-27 09:00")` by Vietnamese time; it then stands still."""

    def at(moment: str) -> None:
        time_machine.move_to(datetime.fromisoformat(moment + ":00+07:00"), tick=False)

    at("2024-11-26 08:05")
    return at


@pytest.fixture
def owner(clock):
    return make_citizen("7001", phone="84912345678")


def happens(dossier, status: int, **given) -> None:
    intake.add_event(dossier.code, EventIn().load(event_body(status, **given)))
    db.session.commit()


def heard(citizen) -> list[str]:
    query = db.select(Message.event).where(Message.citizen_id == citizen.id).order_by(Message.id)
    return list(db.session.scalars(query))


def last_text(citizen) -> str:
    query = db.select(Message.content).where(Message.citizen_id == citizen.id).order_by(Message.id.desc())
    return db.session.scalars(query).first()["consultation"]["text"]


def open_kinds(dossier) -> list[str]:
    db.session.rollback()
    return [flag.kind for flag in flags.open_flags(dossier)]


@pytest.mark.parametrize(
    ("moment", "kinds"),
    [
        ("2024-11-26 09:00", []),
        ("2024-11-26 10:00", ["due_in_2_days"]),
        ("2024-11-27 09:59", ["due_in_2_days"]),
        ("2024-11-27 10:00", ["due_in_1_day"]),
        ("2024-11-28 10:00", ["overdue_without_apology"]),
    ],
)  # due on Thursday 28/11/2024 at 10:00
def test_the_desk_is_warned_two_and_one_working_days_ahead_and_when_it_is_late(clock, moment, kinds):
    dossier = make_dossier()
    clock(moment)

    lookout.look()

    assert open_kinds(dossier) == kinds


def test_a_week_end_does_not_count_in_the_warning(clock):
    dossier = make_dossier(due_at="2024-12-02T10:00:00+07:00")  # a Monday
    clock("2024-11-29 11:00")

    lookout.look()

    assert open_kinds(dossier) == ["due_in_1_day"]


def test_each_warning_follows_the_one_before_and_ends_with_the_result(clock):
    dossier = make_dossier()
    for moment, kinds in (
        ("2024-11-26 11:00", ["due_in_2_days"]),
        ("2024-11-27 11:00", ["due_in_1_day"]),
        ("2024-11-28 11:00", ["overdue_without_apology"]),
    ):
        clock(moment)
        lookout.look()
        lookout.look()
        assert open_kinds(dossier) == kinds
    happens(dossier, 9, occurred_at="2024-11-28T11:00:00+07:00")

    lookout.look()

    assert open_kinds(dossier) == []


def test_an_apology_in_time_spares_the_flag_of_being_late(clock):
    dossier = make_dossier()
    happens(dossier, 4, apology={"reason": "Chờ Sở.", "new_due_at": "2024-12-05T10:00:00+07:00"})
    clock("2024-11-28 11:00")

    lookout.look()

    assert open_kinds(dossier) == []


def test_a_warning_comes_again_for_a_new_date(clock):
    dossier = make_dossier()
    clock("2024-11-27 11:00")
    lookout.look()
    apology = {"reason": "Chờ Sở.", "new_due_at": "2024-12-05T10:00:00+07:00"}
    happens(dossier, 4, occurred_at="2024-11-27T11:00:00+07:00", apology=apology)
    lookout.look()
    assert open_kinds(dossier) == []
    clock("2024-12-04 11:00")

    lookout.look()

    assert open_kinds(dossier) == ["due_in_1_day"]


def test_a_dossier_without_a_due_date_is_never_late(clock):
    dossier = make_dossier(due_at=None)
    clock("2024-11-28 11:00")

    lookout.look()

    assert open_kinds(dossier) == []


def test_papers_are_reminded_of_three_and_one_working_days_before_the_last_day(owner, clock):
    dossier = make_dossier()
    happens(dossier, 5, supplement=SUPPLEMENT)
    told = []
    for moment in (
        "2024-12-03 16:00", "2024-12-04 08:00", "2024-12-04 16:00", "2024-12-05 16:59", "2024-12-05 17:00",
        "2024-12-06 10:00",
    ):  # fmt: skip
        clock(moment)
        before = len(heard(owner))
        lookout.look()
        told.append(heard(owner)[before:])

    reminder = ["dossier_supplement_reminder"]
    assert told == [[], reminder, [], [], reminder, []]
    assert "Giấy xác nhận tình trạng hôn nhân" in last_text(owner) and "17:00 thứ Sáu" in last_text(owner)


def test_nobody_is_reminded_at_night(owner, clock):
    dossier = make_dossier()
    happens(dossier, 5, supplement=SUPPLEMENT)
    clock("2024-12-06 03:00")
    lookout.look()
    at_night = heard(owner)[-1]
    clock("2024-12-06 07:00")

    lookout.look()

    assert (at_night, heard(owner)[-1]) == ("dossier_supplement", "dossier_supplement_reminder")


def test_papers_that_came_are_not_reminded_of(owner, clock):
    dossier = make_dossier()
    happens(dossier, 5, supplement=SUPPLEMENT)
    clock("2024-11-27 09:00")
    happens(dossier, 4, occurred_at="2024-11-27T09:00:00+07:00")
    clock("2024-12-06 10:00")

    lookout.look()

    assert "dossier_supplement_reminder" not in heard(owner)


def test_a_window_that_closed_is_the_desks_matter(owner, clock):
    dossier = make_dossier()
    happens(dossier, 5, supplement=SUPPLEMENT)
    clock("2024-12-09 10:00")

    lookout.look()

    assert open_kinds(dossier) == ["supplement_lapsed"]
    assert heard(owner)[-1] == "dossier_supplement"


def test_a_fee_is_reminded_of_once_and_not_after_it_was_paid(owner, clock):
    paid, unpaid = make_dossier(), make_dossier()
    for dossier in (paid, unpaid):
        happens(dossier, 6, fee=FEE)
    clock("2024-11-27 09:00")
    money = {"paid_at": "2024-11-27T09:00:00+07:00", "amount_vnd": 20000, "method": "cash"}
    happens(paid, 4, occurred_at="2024-11-27T09:00:00+07:00", fee_paid=money)
    clock("2024-12-06 10:00")

    lookout.look()
    lookout.look()

    assert heard(owner).count("dossier_fee_reminder") == 1
    assert unpaid.code in last_text(owner) and "20.000 đồng" in last_text(owner)


def test_a_silence_is_told_to_the_desk_first_and_later_to_the_citizen(owner, clock):
    dossier = make_dossier(due_at=None)  # the last event on Tuesday 26/11/2024 at 08:00
    seen = []
    for moment in (
        "2024-12-03 07:59",
        "2024-12-03 08:01",
        "2024-12-06 08:00",
        "2024-12-06 08:01",
        "2024-12-10 09:00",
    ):
        clock(moment)
        before = len(heard(owner))
        lookout.look()
        seen.append((open_kinds(dossier), heard(owner)[before:]))

    silent = ["silent"]
    assert seen == [([], []), (silent, []), (silent, []), (silent, ["dossier_silent"]), (silent, [])]
    assert "26/11/2024" in last_text(owner) and "Gặp cán bộ" in last_text(owner)


def test_an_event_ends_the_silence_and_the_next_silence_is_a_new_one(owner, clock):
    dossier = make_dossier(due_at=None)
    clock("2024-12-03 09:00")
    lookout.look()
    happens(dossier, 4, occurred_at="2024-12-03T09:00:00+07:00")
    clock("2024-12-06 09:30")
    lookout.look()
    assert (open_kinds(dossier), heard(owner)[-1]) == ([], "dossier_moved")
    clock("2024-12-10 09:30")

    lookout.look()

    assert open_kinds(dossier) == ["silent"]


def test_a_province_says_per_status_how_long_is_a_silence(clock):
    rules = {"silence_days": 2, "silence_days_by_status": {"1": 0, "4": 10}}
    current.tenant().settings = current.tenant().settings | {"news": rules}
    db.session.commit()
    accepted, filed, processed = (make_dossier(due_at=None) for _ in range(3))
    happens(filed, 1, occurred_at="2024-11-26T08:01:00+07:00")
    happens(processed, 4, occurred_at="2024-11-26T08:01:00+07:00")
    clock("2024-12-02 09:00")

    lookout.look()

    assert [open_kinds(one) for one in (accepted, filed, processed)] == [["silent"], ["unexpected_step"], []]


def test_whoever_only_holds_the_papers_code_is_not_told_which_department_is_silent(clock):
    dossier = make_dossier(due_at=None, department="Phòng Tư pháp")
    stranger = make_citizen("7002")
    following.follow(dossier, stranger, "token")
    db.session.commit()
    for moment in ("2024-12-03 09:00", "2024-12-06 09:01"):
        clock(moment)
        lookout.look()

    assert heard(stranger) == ["dossier_silent"] and "Phòng Tư pháp" not in last_text(stranger)


def test_two_rounds_at_once_tell_and_flag_once(app, owner, clock):
    asked, silent = make_dossier(), make_dossier(due_at=None)
    happens(asked, 5, supplement=SUPPLEMENT)
    clock("2024-12-06 10:00")
    db.session.commit()

    def round_of(_):
        def run():
            with app.app_context(), tenant_scope("binh-thuan"):
                return lookout.look()

        return contextvars.Context().run(run)

    with ThreadPoolExecutor(4) as many:
        told = sum(many.map(round_of, range(4)))

    assert told == 1
    assert heard(owner).count("dossier_supplement_reminder") == 1
    assert open_kinds(silent) == ["silent"]


def many_open_dossiers(engine, count: int) -> None:
    """Copies of the one dossier there is, each a minute younger and due a minute later than the one before."""
    names = db.session.scalars(
        db.text("SELECT column_name FROM information_schema.columns WHERE table_name = 'dossier'")
    ).all()
    other = {
        "code": "code || '-' || n", "token": "'T' || n", "due_at": "due_at + n * interval '1 minute'",
        "status_at": "status_at + n * interval '1 minute'",
    }  # fmt: skip
    columns = [name for name in names if name != "id"]
    values = ", ".join(other.get(name, f'"{name}"') for name in columns)
    quoted = ", ".join(f'"{name}"' for name in columns)
    db.session.execute(
        db.text(
            f"INSERT INTO dossier ({quoted}) SELECT {values} FROM dossier, generate_series(1, {count}) AS n"
        )
    )
    db.session.commit()
    with engine.begin() as connection:
        connection.execute(db.text("ANALYZE dossier"))


def test_a_round_looks_at_no_more_than_it_must(clock, owner_engine):
    """Of many open dossiers few are near their date or silent: those are found by the indexes made for it."""
    make_dossier()
    many_open_dossiers(owner_engine, int(os.environ.get("MANY_DOSSIERS", "20000")))
    clock("2024-12-03 08:30")
    since = lookout.silences(lookout.promising.offices().province)[2]
    words = {
        "tenant": "binh-thuan", "now": now(), "at_once": 2000, "kind": "silent", "detail": "%",
        "zone": "Asia/Ho_Chi_Minh", "after": lookout.LONG_AGO, "until": since, "status": 2, "since": since,
    }  # fmt: skip
    for statement, index in (
        (notices.FLAG_DUE, "ix_dossier_open_due"),
        (notices.FLAG_SILENT, "ix_dossier_open_silence"),
    ):
        plan = "\n".join(db.session.scalars(db.text("EXPLAIN " + statement.text), words))
        assert index in plan, plan

    lookout.look()

    assert len(flags.listed("silent")) > 0


def test_a_dossier_that_its_source_left_alone_is_stale_until_it_is_heard_of_again(owner, clock):
    dossier = make_dossier(due_at=None)
    clock("2024-12-10 09:00")

    lookout.look()
    db.session.refresh(dossier)
    left_alone = dossier.sync_state
    intake.add_event(dossier.code, EventIn().load(event_body(4, occurred_at="2024-12-10T08:59:00+07:00")))
    db.session.commit()

    assert (left_alone, dossier.sync_state) == ("stale", "current")
