"""Pauses, trials, plans and quotas: what holds a province's messages, and what becomes of them."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from motcua.conversation import handling
from motcua.core import queue, scope
from motcua.core.clock import VIETNAM
from motcua.core.database import db
from motcua.core.errors import Conflict, Invalid, NotFound
from motcua.messaging import jobs, outbox, pauses
from motcua.messaging.limits import guests, quotas
from motcua.messaging.models import Message
from motcua.messaging.pace.sweep import sweep
from motcua.messaging.template_sync import sync
from motcua.provinces import opening
from motcua.tenancy.models import Tenant, ZaloApp
from motcua.zalo import webhooks
from tests.factories import OA_IDS, make_citizen
from tests.messaging.conftest import later, state_of

SEND = "/openapi/v3.0/oa/message/cs"


def deliver() -> int:
    return jobs.deliver("binh-thuan", "urgent")


def change(**what) -> None:
    db.session.execute(db.update(Tenant).where(Tenant.id == "binh-thuan").values(**what))
    db.session.commit()


def plan(**given) -> None:
    settings = db.session.get(Tenant, "binh-thuan").settings
    change(settings=settings | {"plan": given})


def change_plan(messages_per_month: int) -> None:
    """As the vendor does."""
    token = scope.enter(None)
    try:
        opening.change_plan("binh-thuan", "Nhà cung cấp", "Tỉnh mua thêm tin", 1, messages_per_month)
    finally:
        scope.leave(token)


def test_a_paused_province_sends_nothing_and_goes_on_where_it_stopped(zalo, owed):
    message = owed(zbs=False)
    pauses.pause("Sai mẫu tin", "Phạm Thu Hà")
    db.session.commit()

    assert deliver() == 0
    assert sweep() == []
    assert (state_of(message).state, state_of(message).attempts) == ("queued", 0)

    pauses.resume("Phạm Thu Hà")
    db.session.commit()
    deliver()
    assert state_of(message).state == "sent"


def test_a_paused_oa_holds_its_messages_without_end_and_they_still_expire(zalo, owed):
    first = owed("Một", zbs=False)
    second = owed("Hai", zbs=False, key="hai", lifetime=timedelta(hours=1))
    pauses.pause("OA đang bảo trì", "Phạm Thu Hà", OA_IDS["binh-thuan"])
    db.session.commit()

    deliver()

    assert (state_of(first).failure, state_of(first).next_attempt_at.year) == ("paused", 9999)
    db.session.execute(db.update(Message).where(Message.id == second.id).values(expires_at=datetime.now(UTC)))
    db.session.commit()
    sweep()
    assert state_of(second).state == "expired"
    pauses.resume("Phạm Thu Hà", OA_IDS["binh-thuan"])
    db.session.commit()
    deliver()
    assert state_of(first).state == "sent"


def test_a_pause_needs_a_reason_an_oa_of_ours_and_is_made_once(zalo):
    with pytest.raises(Invalid):
        pauses.pause("  ", "ai đó")
    with pytest.raises(NotFound):
        pauses.pause("Bảo trì", "ai đó", OA_IDS["da-nang"])
    with pytest.raises(Conflict):
        pauses.resume("ai đó")
    pauses.pause("Bảo trì", "ai đó")
    with pytest.raises(Conflict):
        pauses.pause("Bảo trì", "người khác")

    assert [one.reason for one in pauses.open_pauses()] == ["Bảo trì"]


def test_a_suspended_province_sends_nothing(zalo, owed):
    message = owed(zbs=False)
    change(status="suspended")

    assert deliver() == 0
    assert state_of(message).state == "queued"


def test_on_trial_only_guests_are_written_to(zalo, owed, lan):
    change(status="trial")
    stranger = owed("Người lạ", zbs=False, to=make_citizen("7000000000000000001"))
    invited = owed("Khách mời", zbs=False, to=lan)
    assert guests.invite("0912345678", "Phạm Thu Hà")
    assert not guests.invite("+84 912 345 678", "Phạm Thu Hà")
    db.session.commit()

    deliver()

    assert (state_of(stranger).state, state_of(stranger).failure) == ("failed", "trial_not_invited")
    assert state_of(invited).state == "sent"


def test_a_plans_month_is_counted_from_what_was_sent_and_what_is_beyond_it_waits_for_the_next(zalo, owed):
    owed("Trước", zbs=False)
    deliver()
    change_plan(3)
    messages = [owed(f"Tin {number}", zbs=False) for number in range(4)]

    deliver()

    assert [state_of(one).state for one in messages] == ["sent", "sent", "queued", "queued"]
    last = state_of(messages[-1])
    assert (last.failure, last.attempts) == ("plan_limit", 0)
    next_month = last.next_attempt_at.astimezone(VIETNAM)
    assert (next_month.day, next_month.hour) == (1, 0)
    assert next_month > datetime.now(UTC)


def test_another_plan_lets_go_what_waited_for_it(zalo, owed):
    plan(messages_per_month=1)
    messages = [owed(f"Tin {number}", zbs=False) for number in range(3)]
    deliver()
    assert [state_of(one).state for one in messages] == ["sent", "queued", "queued"]

    change_plan(2)
    deliver()

    assert [state_of(one).state for one in messages] == ["sent", "sent", "queued"]


def test_what_stays_at_another_limit_uses_nothing_of_the_plan(zalo, owed):
    db.session.execute(db.update(ZaloApp).values(calls_per_minute=40))  # ten at once
    plan(messages_per_month=14)
    messages = [owed(f"Tin {number}", zbs=False) for number in range(14)]

    for _ in range(6):
        deliver()
        later()

    assert {(state_of(one).state, state_of(one).failure) for one in messages} == {("sent", None)}


def test_what_zalo_refused_uses_nothing_of_the_plan(zalo, owed):
    plan(messages_per_month=2)
    zalo.fault(SEND, "error", code=-32, count=1)
    messages = [owed(f"Tin {number}", zbs=False) for number in range(3)]

    deliver()
    assert {state_of(one).state for one in messages} == {"queued"}
    later()
    deliver()

    assert [state_of(one).state for one in messages] == ["sent", "sent", "queued"]
    assert state_of(messages[-1]).failure == "plan_limit"


def test_an_emergency_passes_the_plan_and_is_counted(zalo, owed):
    plan(messages_per_month=1)
    storm = [owed(f"Bão {number}", zbs=False, lane="emergency") for number in range(3)]
    jobs.deliver("binh-thuan", "emergency")
    receipt = owed("Biên nhận", zbs=False)

    deliver()

    assert {state_of(one).state for one in storm} == {"sent"}
    assert state_of(receipt).failure == "plan_limit"


def test_without_quota_for_templates_they_wait_for_the_next_day_in_vietnam(zalo, owed):
    quotas.know(OA_IDS["binh-thuan"], "zbs", 0)
    message = owed(None, to="84987654321")

    deliver()

    row = state_of(message)
    assert (row.state, row.failure, row.attempts) == ("queued", "zalo_quota_exceeded", 0)
    local = row.next_attempt_at.astimezone(VIETNAM)
    assert (local.hour, local.minute) in ((0, 0), (0, 1))
    assert local.date() > datetime.now(VIETNAM).date()


def test_no_more_templates_leave_than_zalo_said_are_left(zalo, owed):
    quotas.know(OA_IDS["binh-thuan"], "zbs", 2)
    messages = [owed(None, to=f"8498765432{number}", key=f"k{number}") for number in range(4)]

    deliver()

    assert [state_of(one).failure == "zalo_quota_exceeded" for one in messages] == [False, False, True, True]
    quotas.forget(OA_IDS["binh-thuan"])
    later()
    deliver()
    assert "zalo_quota_exceeded" not in [state_of(one).failure for one in messages]


def left_today() -> int:
    return int(queue.connection().get(f"motcua:quota:{OA_IDS['binh-thuan']}:zbs"))


def test_a_round_for_templates_learns_what_is_left_of_the_day(zalo, owed):
    zalo.ask("POST", "/oas", {"oa_id": OA_IDS["binh-thuan"], "daily_quota": 2})
    sync("binh-thuan")
    assert left_today() == 2
    messages = [owed(None, to=f"8498765432{number}", key=f"k{number}") for number in range(3)]

    deliver()

    assert [state_of(one).failure == "zalo_quota_exceeded" for one in messages] == [False, False, True]


def test_an_answer_to_a_template_by_user_id_says_what_is_left_too(zalo, owed, lan):
    zalo.ask("POST", "/oas", {"oa_id": OA_IDS["binh-thuan"], "daily_quota": 7})
    lan.last_interaction_at = datetime.now(UTC) - timedelta(hours=49)
    message = owed()

    deliver()

    assert (state_of(message).channel, left_today()) == ("zbs_uid", 6)


def test_when_zalo_says_that_the_quota_is_used_up_nobody_else_asks_that_day(zalo, owed):
    zalo.fault(SEND, "error", code=-211, count=1)
    owed("Một", zbs=False)
    deliver()
    other = owed("Hai", zbs=False, to=make_citizen("7000000000000000001"))

    deliver()

    assert len(zalo.ask("GET", "/requests?limit=500&path=" + SEND)["requests"]) == 1
    assert state_of(other).failure == "zalo_quota_exceeded"


def test_a_mended_oa_takes_up_at_once_what_waited(zalo, owed):
    quotas.know(OA_IDS["binh-thuan"], "consultation", 0)
    message = owed(zbs=False)
    deliver()

    assert outbox.hurry() == 1
    deliver()

    assert state_of(message).state == "sent"


def test_a_larger_quota_told_by_zalo_lets_go_at_once_what_waited_for_the_next_day(zalo, owed):
    oa_id = OA_IDS["binh-thuan"]
    quotas.know(oa_id, "zbs", 0)
    message = owed(None, to="84987654321")
    deliver()
    body = {
        "event_name": "change_oa_daily_quota",
        "oaId": oa_id,
        "quota": {"prev_value": 500, "new_value": 5000},
    }

    handling.handle(oa_id, webhooks.parse(json.dumps(body | {"timestamp": "1732600000000"}).encode()))
    db.session.commit()
    deliver()

    assert state_of(message).state == "sent"
