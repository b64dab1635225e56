"""A host's clock that is wrong, or the database's that was stepped: no message waits for it or is sent twice."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from motcua.core.database import db
from motcua.messaging import jobs, outbox
from motcua.messaging.models import Message
from motcua.messaging.pace import sweep as sweeping
from motcua.messaging.pace.sweep import sweep
from tests.messaging.conftest import state_of
from tests.messaging.workers import claim

SEND = "/openapi/v3.0/oa/message/cs"


@contextmanager
def a_host_whose_clock_is(off: timedelta):
    with time_machine.travel(datetime.now(UTC) + off, tick=True):
        yield


def is_due(message: Message) -> bool:
    """By the database's clock."""
    return state_of(message).next_attempt_at <= db.session.scalar(db.select(db.func.now()))


def test_what_a_host_owes_whose_clock_is_ahead_is_due_for_all_others(zalo, owed):
    with a_host_whose_clock_is(timedelta(hours=1)):
        message = owed()

    assert is_due(message)
    jobs.deliver("binh-thuan", "urgent")
    assert state_of(message).state == "sent"


def test_what_an_admin_lets_go_on_a_host_whose_clock_is_ahead_is_due_for_all_others(zalo, owed):
    message = owed()
    waits = {"next_attempt_at": datetime.now(UTC) + timedelta(days=1), "failure": "circuit_open"}
    db.session.execute(db.update(Message).values(waits))
    db.session.commit()

    with a_host_whose_clock_is(timedelta(hours=1)):
        outbox.hurry()

    assert is_due(message)


def test_what_a_worker_whose_clock_is_ahead_puts_back_is_due_for_all_others_by_the_databases(zalo, owed):
    zalo.fault(SEND, "error", code=-32, count=1)  # too many a minute
    message = owed(zbs=False)

    with a_host_whose_clock_is(timedelta(hours=1)):
        jobs.deliver("binh-thuan", "urgent")

    row = state_of(message)
    assert row.state == "queued"
    assert row.next_attempt_at < datetime.now(UTC) + timedelta(minutes=5)


def test_a_lease_that_ends_after_any_lease_can_is_over_for_the_clock_was_set_back(zalo, owed):
    message = owed()
    claim("urgent", 10)
    db.session.execute(db.update(Message).values(lease_until=db.func.now() + timedelta(hours=5)))
    db.session.commit()

    sweep()

    assert state_of(message).state == "uncertain"


def test_a_lease_that_runs_is_left_alone(zalo, owed):
    message = owed()
    claim("urgent", 10)

    sweep()

    assert state_of(message).state == "sending"


@pytest.mark.parametrize("off", [timedelta(hours=-1), timedelta(hours=1)], ids=["behind", "ahead"])
def test_what_a_lost_worker_held_is_looked_for_when_its_request_must_be_over(zalo, owed, off):
    """However early the lease was thought to have ended, as by a clock that was set forward."""
    owed()
    claim("urgent", 10)
    past = datetime.now(UTC) - timedelta(hours=1)
    db.session.execute(db.update(Message).values(lease_until=past, claimed_at=past))
    db.session.commit()

    with a_host_whose_clock_is(off):
        sweep()
        settled = jobs.reconcile("binh-thuan")

    row = db.session.scalars(db.select(Message)).one()
    assert (settled, row.state) == (0, "uncertain")
    assert timedelta(0) < row.next_attempt_at - datetime.now(UTC) <= sweeping.STILL_LEAVING
