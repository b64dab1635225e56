"""What is urgent while the only worker there is has a long job."""

import pytest

from motcua import beside, working
from motcua.core import queue
from motcua.messaging.pace.turns import SERVE
from tests.messaging import long_job

LONG_JOB = "tests.messaging.long_job.run"


@pytest.fixture(autouse=True)
def forgotten():
    long_job.became.clear()


def test_a_receipt_leaves_while_an_export_takes_its_time(app, zalo, lan):
    queue.wake(LONG_JOB, lan.tenant_id, lan.id, lane="broadcast")

    working.work(app, list(queue.LANES), burst=True)

    assert [state != "queued" for state in long_job.became] == [True]


def test_a_worker_of_lower_lanes_leaves_what_is_urgent_to_others(app, zalo, lan, monkeypatch):
    monkeypatch.setattr(long_job, "PATIENCE_S", 1.0)
    queue.wake(LONG_JOB, lan.tenant_id, lan.id, lane="broadcast")

    working.work(app, ["normal", "broadcast"], burst=True)

    assert long_job.became == ["queued"]


def test_a_drain_is_no_long_job(monkeypatch):
    monkeypatch.setattr(beside, "LONG_S", -1.0)
    occupied = beside.Occupied()

    with occupied.at("motcua.exports.jobs.make"):
        assert occupied.is_long()
    with occupied.at(SERVE):
        assert not occupied.is_long()
    assert not occupied.is_long()
