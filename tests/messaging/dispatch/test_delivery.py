"""From a row in the outbox to the text on the phone, and what becomes of it when Zalo says no."""

import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from motcua.core.database import db
from motcua.core.fair_ring import Turn
from motcua.messaging import jobs
from motcua.messaging.dispatch import claims, serving
from motcua.messaging.pace.turns import OneTenant
from motcua.tenancy.models import OfficialAccount
from tests.factories import make_citizen
from tests.messaging.conftest import later, state_of
from tests.messaging.workers import claim

SEND = "/openapi/v3.0/oa/message/cs"


def deliver() -> int:
    return jobs.deliver("binh-thuan", "urgent")


def texts(phone) -> list[str]:
    return [message["text"] for message in phone.messages() if message["from"] == "oa"]


def test_a_message_reaches_the_phone(zalo, owed):
    message = owed("Hồ sơ đã được tiếp nhận")

    assert deliver() == 1

    assert texts(zalo.phone()) == ["Hồ sơ đã được tiếp nhận"]
    row = state_of(message)
    assert (row.state, row.channel, row.price_vnd) == ("sent", "consultation", 0)
    assert row.route_reason == "free_within_48h"
    assert row.zalo_message_id


def test_a_message_owed_twice_is_sent_once(zalo, owed):
    owed("Hồ sơ đã được tiếp nhận")
    owed("Hồ sơ đã được tiếp nhận")

    deliver()
    deliver()

    assert len(texts(zalo.phone())) == 1


def test_one_citizens_messages_arrive_in_their_order(zalo, owed):
    for number in range(30):
        owed(f"Tin số {number}")

    deliver()

    assert texts(zalo.phone()) == [f"Tin số {number}" for number in range(30)]


def test_after_48_hours_of_silence_the_template_goes_by_user_id(zalo, owed, lan):
    lan.last_interaction_at = datetime.now(UTC) - timedelta(hours=49)
    message = owed()

    deliver()

    row = state_of(message)
    assert (row.state, row.channel, row.route_reason, row.price_vnd) == (
        "sent",
        "zbs_uid",
        "no_recent_interaction",
        120,
    )
    assert zalo.phone().messages()[-1]["kind"] == "zbs"


def test_a_phone_that_is_not_on_our_oa_gets_the_template_by_phone(zalo, owed):
    message = owed(None, to="84987654321")

    deliver()

    row = state_of(message)
    assert (row.state, row.channel, row.route_reason) == ("sent", "zbs_phone", "not_on_our_oa_yet")
    (card,) = zalo.phone("tuan").messages()
    assert {"key": "Mã hồ sơ", "value": "000.00.01.H11-241126-0007"} in card["table"]


def test_when_the_citizen_cannot_be_reached_one_way_the_next_is_tried(zalo, owed):
    zalo.fault(SEND, "error", code=-232, count=1)
    message = owed()

    deliver()

    row = state_of(message)
    assert (row.state, row.channel, row.channels_refused) == ("sent", "zbs_uid", ["consultation"])


def test_when_no_way_is_left_the_message_fails_and_says_so(zalo, owed):
    zalo.fault(SEND, "error", code=-213)
    message = owed(zbs=False)

    deliver()

    assert (state_of(message).state, state_of(message).failure) == ("failed", "no_channel_left")


@pytest.mark.parametrize(
    ("zbs", "becomes"), [(True, ("sent", "zbs_uid")), (False, ("failed", "consultation"))]
)
def test_what_is_stored_in_a_form_of_no_version_of_ours_goes_out_as_its_template(zalo, owed, zbs, becomes):
    message = owed(zbs=zbs)
    message.content = message.content | {"consultation": {"kind": "telegram"}}
    db.session.commit()
    behind = owed("Tin sau")

    deliver()

    assert (state_of(message).state, state_of(message).channel) == becomes
    assert state_of(behind).state == "sent"


def test_a_message_in_which_our_own_code_fails_waits_and_holds_up_only_those_behind_it(
    zalo, owed, lan, monkeypatch
):
    # Words of no other test: what a content says is read once in a process.
    failing, behind = owed("Chỉ ở đây", zbs=False), owed("Hai", zbs=False)
    other = owed("Ba", zbs=False, to=make_citizen(zalo.uid("tuan")))
    real = claims.from_stored
    monkeypatch.setattr(claims, "from_stored", lambda one: 1 / 0 if one["text"] == "Chỉ ở đây" else real(one))

    deliver()

    assert (state_of(failing).state, state_of(failing).failure) == ("queued", "decision_crashed")
    assert state_of(failing).attempts == 0
    assert [state_of(one).state for one in (behind, other)] == ["queued", "sent"]


def test_what_zalo_rejects_is_never_sent_again(zalo, owed):
    zalo.fault(SEND, "error", code=-248, count=1)
    message = owed(zbs=False)

    deliver()
    deliver()

    assert state_of(message).state == "failed"
    assert texts(zalo.phone()) == []


@pytest.mark.parametrize("code", [-32, -200, -211], ids=["rate limit", "sending failed", "out of quota"])
def test_what_may_pass_later_waits(zalo, owed, code):
    zalo.fault(SEND, "error", code=code, count=1)
    message = owed(zbs=False)

    deliver()

    row = state_of(message)
    assert row.state == "queued"
    assert row.next_attempt_at > datetime.now(UTC)
    later()
    deliver()
    assert len(texts(zalo.phone())) == 1


def test_behind_a_waiting_message_the_next_ones_wait_too(zalo, owed):
    zalo.fault(SEND, "error", code=-32, count=1)
    first, second = owed("Một", zbs=False), owed("Hai", zbs=False)

    deliver()

    assert (state_of(first).state, state_of(second).state) == ("queued", "queued")
    later()
    deliver()
    assert texts(zalo.phone()) == ["Một", "Hai"]


def test_an_expired_token_is_renewed_and_the_message_goes_out(zalo, owed):
    zalo.ask("POST", "/clock", {"advance_s": 26 * 3600})
    message = owed(zbs=False)

    deliver()

    assert state_of(message).state == "sent"
    assert db.session.scalars(db.select(OfficialAccount)).one().state == "connected"


class SlowToAnswer(OneTenant):
    """Says that nobody has a turn only after the message that was under way has come back."""

    def __init__(self, *given):
        super().__init__(*given)
        self.came_back = threading.Event()

    def next(self, count: int, quantum: int) -> list[Turn]:
        turns = super().next(count, quantum)
        if not turns:
            self.came_back.wait(5)
            time.sleep(0.3)  # until it is no longer under way
        return turns

    def again(self, lane: str, tenants: Sequence[str]) -> None:
        super().again(lane, tenants)
        self.came_back.set()


def test_what_comes_back_just_when_nobody_has_a_turn_is_sent_all_the_same(zalo, owed):
    zalo.ask("POST", "/clock", {"advance_s": 26 * 3600})
    message = owed(zbs=False)

    serving.drain(SlowToAnswer("binh-thuan", "urgent"))

    assert state_of(message).state == "sent"


def test_a_dead_refresh_token_stops_the_oa_and_loses_nothing(zalo, owed):
    account = db.session.scalars(db.select(OfficialAccount)).one()
    account.keep_tokens("no such token", "no such refresh token", datetime.now(UTC) + timedelta(hours=24))
    db.session.commit()
    message = owed(zbs=False)

    deliver()

    db.session.rollback()
    account = db.session.scalars(db.select(OfficialAccount)).one()
    assert (account.state, account.state_reason) == ("needs_consent", "refresh_token_dead")
    assert state_of(message).state == "queued"


def test_a_message_past_its_time_is_closed_not_sent(zalo, owed):
    from motcua.messaging.pace.sweep import sweep

    message = owed(lifetime=timedelta(seconds=-1))

    sweep()
    deliver()

    assert (state_of(message).state, texts(zalo.phone())) == ("expired", [])


def test_a_message_past_its_time_is_not_sent_before_the_sweep_closes_it_either(zalo, owed):
    owed(lifetime=timedelta(seconds=-1))

    assert deliver() == 0
    assert texts(zalo.phone()) == []


def test_a_message_is_claimed_by_one_worker_only(zalo, owed):
    for number in range(20):
        owed(f"Tin số {number}", to=make_citizen(f"70000000000000{number:05d}"))

    first, second = claim("urgent", 16), claim("urgent", 16)

    assert (len(first), len(second)) == (16, 4)
    assert not {one.id for one in first} & {one.id for one in second}


def test_what_is_behind_a_message_on_its_way_to_the_same_citizen_is_not_claimed(zalo, owed):
    owed("Một")
    (first,) = claim("urgent", 10)
    owed("Hai")
    owed("Ba", to=make_citizen("7000000000000000001"))

    second = claim("urgent", 10)

    assert [one.message.text for one in (first, *second)] == ["Một", "Ba"]


def test_a_message_is_written_with_its_business_change_or_not_at_all(zalo, owed, lan):
    from motcua.messaging.outbox import owe
    from motcua.zalo.messages import TextMessage

    owe(lan, "help", dedupe_key="never", consultation=TextMessage("Không bao giờ"))
    db.session.rollback()

    assert deliver() == 0
    assert texts(zalo.phone()) == []
