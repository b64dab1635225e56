"""Two worker processes on one province's heap: neither waits for the other, nobody's messages pass one another."""

import json
from collections import defaultdict

import pytest
from rq import Worker

from motcua.core import queue
from motcua.core.database import db, tenant_scope
from motcua.messaging.outbox import Owed, owe_all
from motcua.zalo.messages import TextMessage
from tests.factories import make_citizen
from tests.installation import SLUG, wait_until

pytestmark = pytest.mark.timeout(180)

SEND = "/openapi/v3.0/oa/message/cs"
PEOPLE, EACH = 25, 40


def owe_to_everybody(home) -> None:
    """One to each person, then the next one to each: whoever claims after another meets the same people."""
    with home.app.app_context(), tenant_scope(SLUG):
        people = [make_citizen(f"70000000000000{number:05d}") for number in range(PEOPLE)]
        owe_all(
            [
                Owed(one, "help", f"{at}/{number}", TextMessage(f"{at} {number}"))
                for number in range(EACH)
                for at, one in enumerate(people)
            ]
        )
        db.session.commit()


def settled(home) -> bool:
    return not {"queued", "sending", "uncertain"} & set(home.states())


def test_each_person_hears_everything_once_and_in_its_order(fresh):
    fresh.simulator.fault(SEND, "latency", latency_ms=10)
    owe_to_everybody(fresh)
    for name in ("worker", "second worker"):
        fresh.start(name)

    wait_until(lambda: settled(fresh), "every message has an end", 120)

    told = fresh.simulator.ask("GET", f"/requests?limit=2000&path={SEND}")["requests"]
    heard = defaultdict(list)
    for one in reversed(told):
        person, number = json.loads(one["body"])["message"]["text"].split()
        heard[person].append(int(number))
    assert len(heard) == PEOPLE
    assert set(map(tuple, heard.values())) == {tuple(range(EACH))}
    with fresh.app.app_context():
        jobs_done = {one.pid: one.successful_job_count for one in Worker.all(queue.connection())}
    assert all(jobs_done[one.pid] for one in fresh.running.values())
