"""When the request left and no answer came: found out, never guessed."""

from datetime import UTC, datetime, timedelta

import pytest

from motcua.core.database import db
from motcua.messaging import jobs, line
from motcua.messaging.dispatch import reconciling
from motcua.messaging.dispatch.sending import outcome_for
from motcua.messaging.models import Message
from motcua.messaging.pace import sweep as sweeping
from motcua.messaging.pace.sweep import sweep
from tests.factories import OA_IDS
from tests.messaging.conftest import ZBS_DATA, state_of
from tests.messaging.workers import claim, record

SEND = "/openapi/v3.0/oa/message/cs"


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """Seconds instead of minutes, where a test would only wait."""
    monkeypatch.setattr(reconciling, "GRACE", timedelta(0))
    monkeypatch.setattr(sweeping, "STILL_LEAVING", timedelta(0))
    monkeypatch.setattr(line, "TIMEOUT_S", 1.0)


def texts(phone) -> list[str]:
    return [message["text"] for message in phone.messages() if message["from"] == "oa"]


def deliver() -> int:
    return jobs.deliver("binh-thuan", "urgent")


def settle() -> int:
    return jobs.reconcile("binh-thuan")


def test_a_message_whose_answer_was_lost_is_found_in_the_conversation(zalo, owed):
    zalo.fault(SEND, "lost_answer", count=1)
    message = owed()

    deliver()
    assert state_of(message).state == "uncertain"
    assert settle() == 1

    assert state_of(message).state == "sent"
    assert state_of(message).zalo_message_id
    deliver()
    assert len(texts(zalo.phone())) == 1


@pytest.mark.parametrize("kind", ["timeout", "http_500", "html"])
def test_a_message_that_never_arrived_is_sent_again(zalo, owed, kind):
    zalo.fault(SEND, kind, count=1)
    message = owed()

    deliver()
    assert state_of(message).state == "uncertain"
    assert texts(zalo.phone()) == []
    assert settle() == 1
    deliver()

    assert state_of(message).state == "sent"
    assert len(texts(zalo.phone())) == 1


def test_a_message_that_never_arrived_is_missed_behind_many_later_ones(zalo, owed):
    zalo.fault(SEND, "http_500", count=1)
    message = owed("Lời không đến", key="lost")
    deliver()
    for number in range(60):
        owed(f"Lời thứ {number}", key=f"later/{number}")
    deliver()

    assert state_of(message).state == "uncertain"
    assert settle() == 1
    deliver()

    said = texts(zalo.phone())
    assert (len(said), said.count("Lời không đến")) == (61, 1)


def test_an_older_message_with_the_same_words_is_not_taken_for_it(zalo, owed):
    owed("Cùng một lời", key="a")
    deliver()
    zalo.fault(SEND, "http_500", count=1)
    second = owed("Cùng một lời", key="b")

    deliver()
    settle()
    deliver()

    assert state_of(second).state == "sent"
    assert len(texts(zalo.phone())) == 2


def claimed_ahead(zalo, ahead: timedelta) -> None:
    """From now on Zalo is behind what the database's clock writes of claims; what is owed was owed by Zalo's time."""
    zalo.ask("POST", "/clock", {"advance_s": -ahead.total_seconds()})
    db.session.execute(db.update(Message).values(created_at=Message.created_at - ahead))
    db.session.commit()


@pytest.mark.parametrize("later", [0, 15], ids=["the newest", "behind a page of later ones"])
@pytest.mark.parametrize("ahead_min", [1, 30, 300], ids="{}_minutes".format)
def test_a_message_that_arrived_is_not_sent_again_because_the_clock_was_ahead_at_its_claim(
    zalo, owed, ahead_min, later
):
    zalo.fault(SEND, "lost_answer", count=1)
    message = owed("Lời đã đến", key="lost")
    claimed_ahead(zalo, timedelta(minutes=ahead_min))
    deliver()
    for number in range(later):
        owed(f"Lời thứ {number}", key=f"later/{number}")
    deliver()

    assert settle() == 0
    deliver()

    assert state_of(message).state == "uncertain"
    assert texts(zalo.phone()).count("Lời đã đến") == 1


def test_a_message_that_never_arrived_is_sent_again_though_the_clock_was_ahead_at_its_claim(zalo, owed):
    owed("Cùng một lời", key="a")
    deliver()
    zalo.fault(SEND, "http_500", count=1)
    second = owed("Cùng một lời", key="b")
    claimed_ahead(zalo, timedelta(minutes=30))
    deliver()

    assert settle() == 1
    deliver()

    assert state_of(second).state == "sent"
    assert len(texts(zalo.phone())) == 2


def test_the_same_words_from_the_officers_themselves_shortly_before_leave_it_to_a_person(zalo, owed):
    zalo.ask("POST", "/clock", {"advance_s": -600})
    zalo.ask("POST", f"/citizens/lan/chats/{OA_IDS['binh-thuan']}/staff-text", {"text": "Mời bà đến"})
    zalo.ask("POST", "/clock", {"advance_s": 600})
    zalo.fault(SEND, "http_500", count=1)
    message = owed("Mời bà đến")
    deliver()

    assert settle() == 0

    assert state_of(message).state == "uncertain"


def test_while_zalo_does_not_say_the_message_stays_uncertain(zalo, owed):
    zalo.fault(SEND, "lost_answer", count=1)
    message = owed()
    deliver()
    zalo.fault("/openapi/v2.0/oa/conversation", "http_500")

    assert settle() == 0

    assert state_of(message).state == "uncertain"
    assert state_of(message).next_attempt_at > datetime.now(UTC)


def test_a_claim_that_nobody_finished_becomes_uncertain_not_queued(zalo, owed):
    message = owed()
    claim("urgent", 10)
    db.session.execute(db.update(Message).values(lease_until=datetime.now(UTC) - timedelta(seconds=1)))
    db.session.commit()

    sweep()

    assert (state_of(message).state, state_of(message).failure) == ("uncertain", "worker_lost")
    settle()
    deliver()
    assert len(texts(zalo.phone())) == 1


def test_a_template_whose_answer_was_lost_is_never_sent_again_blindly(zalo, owed):
    zalo.fault("/business/message/template", "lost_answer", count=1)
    message = owed(None, to="84987654321")

    deliver()
    settle()
    deliver()

    assert state_of(message).state == "uncertain"
    assert len(zalo.phone("tuan").messages()) == 1


def test_a_template_of_which_the_conversation_shows_only_a_part_is_left_to_a_person(zalo, owed):
    zalo.fault("/openapi/v3.0/oa/message/template", "lost_answer", count=1)
    message = owed(None)

    deliver()

    assert settle() == 0
    assert (state_of(message).state, state_of(message).channel) == ("uncertain", "zbs_uid")


def test_a_template_that_is_not_in_the_conversation_is_not_sent_again(zalo, owed):
    zalo.fault("/openapi/v3.0/oa/message/template", "http_500", count=1)
    message = owed(None)

    deliver()

    assert settle() == 0
    assert state_of(message).state == "uncertain"
    assert state_of(message).next_attempt_at > datetime.now(UTC)


@pytest.mark.parametrize("spoke", [timedelta(hours=-1), timedelta(hours=1)], ids=["before", "since"])
def test_a_dead_worker_that_wrote_no_channel_leaves_it_to_be_worked_out(zalo, lan, owed, spoke):
    message = owed()
    claim("urgent", 10)
    gone = {"lease_until": datetime.now(UTC) - timedelta(seconds=1), "channel": None}
    db.session.execute(db.update(Message).values(gone))
    lan.last_interaction_at = datetime.now(UTC) + spoke
    db.session.commit()
    sweep()

    settled = settle()

    # Since the citizen spoke it may have left in either form: then nothing proves that it never did.
    expected = (1, "queued") if spoke < timedelta(0) else (0, "uncertain")
    assert (settled, state_of(message).state) == expected


def test_what_may_be_another_one_on_its_way_settles_none(zalo, owed, lan):
    zalo.fault(SEND, "http_500", count=1)
    lost = owed("Xin chào", zbs=False, key="lost")
    deliver()
    assert state_of(lost).state == "uncertain"
    underway = owed("Xin chào", zbs=False, key="on its way")
    [claimed] = claim("urgent", 10)

    assert reconciling.match_echo(lan, "z1", "Xin chào", datetime.now(UTC)) is None
    db.session.rollback()
    assert state_of(lost).state == "uncertain"

    record(outcome_for(claimed, "sent", zalo_message_id="z1", sent_at=datetime.now(UTC)))
    assert reconciling.match_echo(lan, "z1", "Xin chào", datetime.now(UTC)) is False
    db.session.rollback()
    assert [state_of(one).state for one in (lost, underway)] == ["uncertain", "sent"]


@pytest.mark.parametrize(
    ("outcome", "becomes"),
    [
        ({"state": "queued", "untried": True}, ("queued", 0)),
        ({"state": "queued", "failure": "zalo_unavailable"}, ("queued", 1)),
        ({"state": "failed", "failure": "zalo_rejected"}, ("failed", 1)),
    ],
    ids=["it never left", "it is to be tried again", "it was refused"],
)
def test_what_a_late_worker_knows_counts_after_its_lease(zalo, owed, outcome, becomes):
    message = owed()
    [claimed] = claim("urgent", 10)
    stand_still()
    assert sweep() == []
    assert state_of(message).state == "uncertain"

    record(outcome_for(claimed, **outcome))

    assert (state_of(message).state, state_of(message).attempts) == becomes


def test_what_a_late_worker_knows_says_nothing_of_a_later_claim(zalo, owed):
    message = owed()
    [claimed] = claim("urgent", 10)
    record(outcome_for(claimed, "queued", untried=True))
    [again] = claim("urgent", 10)
    stand_still()
    sweep()

    record(outcome_for(claimed, "queued", untried=True))

    assert state_of(message).state == "uncertain"
    assert again.claimed_at > claimed.claimed_at


def stand_still() -> None:
    """Longer than the lease."""
    db.session.execute(db.update(Message).values(lease_until=datetime.now(UTC) - timedelta(seconds=1)))
    db.session.commit()


def test_the_echo_of_a_template_settles_it(zalo, lan, owed):
    zalo.fault("/openapi/v3.0/oa/message/template", "lost_answer", count=1)
    message = owed(None)
    deliver()
    words = "Hồ sơ " + ", ".join(ZBS_DATA.values())

    assert not reconciling.match_echo(lan, "z0", "Hồ sơ khác", datetime.now(UTC))
    assert reconciling.match_echo(lan, "z1", words, datetime.now(UTC))
    db.session.commit()

    assert (state_of(message).state, state_of(message).zalo_message_id) == ("sent", "z1")


def test_the_delivery_receipt_settles_a_template(zalo, owed):
    from motcua.messaging import receipts

    zalo.fault("/business/message/template", "lost_answer", count=1)
    message = owed(None, to="84987654321")
    deliver()

    receipt = receipts.Receipt(("f0e1d2c3",), datetime.now(UTC), state_of(message).tracking_id)
    assert receipts.note([receipt]) == [True]
    db.session.commit()

    assert (state_of(message).state, state_of(message).zalo_message_id) == ("delivered", "f0e1d2c3")


def test_an_answer_that_comes_after_the_sweep_still_counts(zalo, owed):
    message = owed()
    (claimed,) = claim("urgent", 10)
    db.session.execute(db.update(Message).values(state="uncertain"))
    db.session.commit()

    record(outcome_for(claimed, "sent", zalo_message_id="m1", sent_at=datetime.now(UTC)))

    assert (state_of(message).state, state_of(message).zalo_message_id) == ("sent", "m1")
