"""What the queue forgot is found again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from motcua import sweeper
from motcua.core import fair_ring, queue, scope
from motcua.core.clock import now
from motcua.core.database import db, tenant_scope
from motcua.messaging.dispatch import serving
from motcua.messaging.models import Message
from motcua.messaging.outbox import owe
from motcua.messaging.pace.turns import SERVE
from motcua.sweeper import HEARTBEAT, sweep_all
from motcua.zalo.messages import TextMessage
from tests.factories import make_citizen


def jobs() -> list[tuple]:
    return [(job.func_name, *job.args) for job in queue.lane_queue("urgent").jobs]


def in_the_ring() -> list[str]:
    return [turn.tenant_id for turn in fair_ring.take(["urgent"], 10, 1)]


def test_an_emptied_redis_loses_nothing(app, two_provinces):
    for slug in ("binh-thuan", "da-nang"):
        with tenant_scope(slug):
            owe(make_citizen(), "help", dedupe_key="x", consultation=TextMessage("x"))
            db.session.commit()
    queue.connection().flushdb()

    assert sweep_all() == 2

    assert jobs() == [(SERVE, "urgent")]
    assert sorted(in_the_ring()) == ["binh-thuan", "da-nang"]


def test_two_sweeps_ask_for_the_same_work_once(app, two_provinces):
    with tenant_scope("binh-thuan"):
        owe(make_citizen(), "help", dedupe_key="x", consultation=TextMessage("x"))
        db.session.commit()

    sweep_all()
    sweep_all()

    assert jobs() == [(SERVE, "urgent")]
    assert in_the_ring() == ["binh-thuan"]


def test_of_many_provinces_a_few_are_visited_in_turn(app, two_provinces, monkeypatch):
    visited = []
    visit = sweeper.Step(lambda: visited.append(scope.required()))
    monkeypatch.setattr(sweeper, "STEPS", (visit,))
    monkeypatch.setattr(sweeper, "LEAST_AT_ONCE", 1)

    for _ in range(3):
        sweep_all()

    assert visited == ["binh-thuan", "da-nang", "binh-thuan"]


@pytest.mark.parametrize(
    ("sending_s", "visits"),
    [(0.0, ["binh-thuan", "da-nang"] * 2), (5.0, []), (60.0, ["binh-thuan", "da-nang"])],
)
def test_what_is_sent_goes_before_visits(app, two_provinces, monkeypatch, sending_s, visits):
    """None for a while, then fewer at once."""
    visited = []
    monkeypatch.setattr(sweeper, "LEAST_WHILE_SENDING", 1)
    monkeypatch.setattr(sweeper, "STEPS", (sweeper.Step(lambda: visited.append(scope.required())),))
    monkeypatch.setattr(serving, "sending_for_s", lambda: sending_s)

    sweep_all()
    sweep_all()

    assert visited == visits


def test_sending_that_begins_again_and_again_does_not_put_visits_off_for_ever(
    app, two_provinces, monkeypatch
):
    visited = []
    monkeypatch.setattr(sweeper, "LEAST_WHILE_SENDING", 1)
    monkeypatch.setattr(sweeper, "STEPS", (sweeper.Step(lambda: visited.append(scope.required())),))
    monkeypatch.setattr(serving, "sending_for_s", lambda: 5.0)
    seen = []

    with time_machine.travel(now(), tick=False) as clock:
        for _ in range(5):
            sweep_all()
            seen.append(list(visited))
            clock.shift(sweeper.NONE_WHILE_SENDING_S / 2)

    assert seen == [[], [], ["binh-thuan"], ["binh-thuan"], ["binh-thuan"]]


def test_a_worker_whose_clock_was_ahead_does_not_hold_the_others_visits_back(app, two_provinces, monkeypatch):
    visited = []
    monkeypatch.setattr(sweeper, "STEPS", (sweeper.Step(lambda: visited.append(scope.required())),))
    monkeypatch.setattr(serving, "sending_for_s", lambda: 5.0)
    with time_machine.travel(now() + timedelta(hours=1), tick=False):
        sweep_all()

    with time_machine.travel(now(), tick=False) as clock:
        sweep_all()
        clock.shift(sweeper.NONE_WHILE_SENDING_S)
        sweep_all()

    assert visited == ["binh-thuan", "da-nang"]


def test_what_cannot_wait_does_not_wait_for_the_turn(app, two_provinces, monkeypatch):
    monkeypatch.setattr(sweeper, "_visits", lambda tenants: [])
    with tenant_scope("da-nang"):
        owe(make_citizen(), "help", dedupe_key="x", consultation=TextMessage("x"))
        db.session.execute(db.update(Message).values(state="sending", lease_until=datetime.now(UTC)))
        db.session.commit()

    assert sweep_all() == 0

    with tenant_scope("da-nang"):
        assert db.session.scalars(db.select(Message.state)).all() == ["uncertain"]


def test_the_reports_server_away_everybody_is_visited(app, two_provinces, monkeypatch):
    visited = []
    visit = sweeper.Step(lambda: visited.append(scope.required()))
    urls = app.config["SETTINGS"].database_urls | {"report": "postgresql+psycopg://nobody@127.0.0.1:1/x"}
    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], database_urls=urls))
    monkeypatch.setattr(sweeper, "STEPS", (visit,))

    sweep_all()

    assert visited == ["binh-thuan", "da-nang"]


def test_with_nothing_to_do_it_only_says_that_it_lives(app, two_provinces):
    assert sweep_all() == 0

    assert jobs() == []
    assert queue.connection().get(HEARTBEAT)
    assert app.test_client().get("/readyz").json["parts"] == {
        "database": True,
        "redis": True,
        "workers": True,
    }


def test_without_workers_the_service_is_not_ready(app):
    answer = app.test_client().get("/readyz")

    assert (answer.status_code, answer.json["parts"]["workers"]) == (503, False)


@pytest.mark.parametrize("behind", [timedelta(hours=1), -timedelta(hours=1)], ids=["behind", "ahead"])
def test_a_host_whose_clock_is_not_the_workers_is_ready_all_the_same(app, two_provinces, behind):
    sweep_all()

    with time_machine.travel(now() - behind, tick=False):
        answer = app.test_client().get("/readyz")

    assert (answer.status_code, answer.json["parts"]["workers"]) == (200, True)


def test_metrics_are_for_prometheus_and_name_no_tenant(app, two_provinces):
    page = app.test_client().get("/metrics").get_data(as_text=True)

    assert 'motcua_ready{part="database"} 1.0' in page
    assert "binh-thuan" not in page


def test_a_step_that_fails_for_one_province_holds_up_nobody(app, two_provinces, monkeypatch):
    visited = []

    def breaks() -> None:
        if scope.required() == "binh-thuan":
            db.session.execute(db.text("SELECT 1 / 0"))

    steps = (sweeper.Step(breaks), sweeper.Step(lambda: visited.append(scope.required())))
    monkeypatch.setattr(sweeper, "STEPS", steps)

    sweep_all()

    assert visited == ["binh-thuan", "da-nang"]
