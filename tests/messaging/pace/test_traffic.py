"""Zalo's limits and moods, honoured by all processes together, counted on the simulator's side."""

import asyncio

import pytest

from motcua.alerts import watching
from motcua.citizens.models import Citizen
from motcua.core import throttle
from motcua.core.database import db, tenant_scope
from motcua.messaging import jobs, outbox
from motcua.messaging.models import Message
from motcua.messaging.pace import traffic
from motcua.messaging.pace.traffic import Line, Way
from motcua.tenancy.models import OfficialAccount, ZaloApp
from motcua.zalo.client import ZaloClient
from motcua.zalo.gate import Outcome
from motcua.zalo.hosts import Hosts
from tests.factories import APP_ID, OA_IDS
from tests.messaging.conftest import later, state_of

SEND = "/openapi/v3.0/oa/message/cs"


def deliver(lane: str = "urgent") -> int:
    with tenant_scope("binh-thuan"):
        return jobs.deliver("binh-thuan", lane)


def account() -> OfficialAccount:
    db.session.rollback()
    return db.session.scalars(db.select(OfficialAccount)).one()


def asked(simulator) -> int:
    """How many sends reached Zalo."""
    return len(simulator.ask("GET", "/requests?limit=500&path=" + SEND)["requests"])


def allow(per_minute: int) -> None:
    db.session.execute(db.update(ZaloApp).values(calls_per_minute=per_minute))
    db.session.commit()


def states() -> dict[str, int]:
    db.session.rollback()
    return dict(db.session.execute(db.select(Message.state, db.func.count()).group_by(Message.state)).all())


def test_no_more_leaves_than_the_app_may_and_what_waits_keeps_its_place(zalo, owed):
    allow(40)  # ten at once
    messages = [owed(f"Tin {number}", zbs=False) for number in range(14)]

    deliver()

    assert states() == {"sent": 10, "queued": 4}
    assert [state_of(one).state for one in messages[:10]] == ["sent"] * 10
    assert [state_of(one).attempts for one in messages[10:]] == [0] * 4
    later()
    deliver()
    assert states() == {"sent": 14}


def test_a_broadcast_leaves_room_for_a_receipt(zalo, owed):
    allow(40)
    for number in range(10):
        owed(f"Thông báo {number}", zbs=False, lane="broadcast")

    deliver("broadcast")
    receipt = owed("Biên nhận", zbs=False)
    deliver("urgent")

    assert states() == {"sent": 8, "queued": 3}
    assert state_of(receipt).state == "sent"


def test_after_a_rate_limit_nothing_more_is_asked_in_that_minute(zalo, owed):
    zalo.fault(SEND, "error", code=-32, count=1)
    owed("Một", zbs=False)
    deliver()
    owed("Hai", zbs=False)

    deliver()

    assert asked(zalo) == 1
    assert states() == {"queued": 2}


def test_what_zalo_says_is_left_this_minute_is_believed(zalo, owed):
    zalo.ask("POST", "/settings", {"oa_rate_limit_per_minute": 3})
    for number in range(6):
        owed(f"Tin {number}", zbs=False)
    deliver()
    sent = states().get("sent", 0)
    asked_before = asked(zalo)

    deliver()

    assert 1 <= sent <= 3
    assert asked(zalo) == asked_before


def test_while_zalo_is_down_few_requests_are_made_and_no_message_is_lost(zalo, owed, lan):
    zalo.fault(SEND, "http_500")
    for number in range(40):
        owed(f"Tin {number}", zbs=False, to=another_citizen(number))

    for _ in range(5):
        deliver()

    assert states().keys() <= {"queued", "uncertain"}
    circuit = throttle.look(watching.circuit_of(account(), "consultation"))
    assert circuit.open_s > 0
    assert asked(zalo) <= 40


def another_citizen(number: int) -> Citizen:
    from tests.factories import make_citizen

    return make_citizen(f"70000000000000{number:05d}")


def test_an_oa_that_may_not_send_is_asked_once_and_its_admin_is_told_why(zalo, owed):
    zalo.fault(SEND, "error", code=-224)
    owed("Một", zbs=False)
    deliver()
    owed("Hai", zbs=False)
    deliver()

    watching.look()

    assert asked(zalo) == 1
    assert states() == {"queued": 2}
    assert "từ chối tin tư vấn" in watching.shown()[0].sentence


def test_template_messages_go_on_where_only_consultation_is_refused(zalo, owed):
    zalo.fault(SEND, "error", code=-224)
    owed("Một", zbs=False)
    deliver()
    template = owed(None, to="84987654321")

    deliver()

    assert state_of(template).state == "sent"


def test_once_mended_what_waited_leaves_at_once(zalo, owed):
    zalo.fault(SEND, "error", code=-224, count=1)
    owed("Một", zbs=False)
    deliver()

    throttle.close_circuit(watching.circuit_of(account(), "consultation"))
    outbox.hurry()
    deliver()

    assert states() == {"sent": 1}


@pytest.mark.parametrize("code", [-223, -219])
def test_a_grant_that_zalo_says_is_gone_stops_the_oa(zalo, owed, code):
    zalo.fault(SEND, "error", code=code, count=1)
    owed("Một", zbs=False)

    deliver()

    assert (account().state, account().state_reason) == ("needs_consent", "grant_gone")
    assert states() == {"queued": 1}


def test_tokens_that_were_not_used_are_given_back(app):
    way = Way(Line(APP_ID, OA_IDS["binh-thuan"], "", 40, 40), "consultation", "a token", client())
    wants = [(way.line, "consultation", "urgent", 10)]
    (granted,) = traffic.ask(wants)

    way.unused(4)
    traffic.tell(traffic.gather([way]))

    assert (granted.count, traffic.ask(wants)[0].count) == (10, 4)


def test_ten_failures_in_a_row_stop_a_way_before_redis_is_asked_again(app):
    way = Way(Line(APP_ID, OA_IDS["binh-thuan"], "", 400, 400), "consultation", "a token", client())

    for number in range(10):
        assert way.stopped is None, number
        asyncio.run(way.observe(Outcome("openapi/x", "zalo_uncertain", None, None, None, None, 0.1)))

    assert way.stopped == traffic.CIRCUIT_OPEN


def client() -> ZaloClient:
    return ZaloClient(Hosts.live(), None)
