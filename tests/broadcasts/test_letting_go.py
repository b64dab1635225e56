"""From when what was kept back may leave, whoever lets it go."""

from datetime import UTC, datetime, timedelta

import pytest

from motcua.broadcasts import holding, workflow
from motcua.broadcasts.models import Broadcast
from motcua.core.clock import now
from motcua.core.database import db
from motcua.messaging import deliveries, outbox, pauses
from motcua.messaging.dispatch import reconciling
from motcua.messaging.models import Message
from motcua.messaging.pace import turns
from tests.messaging.workers import claim

from .conftest import APPROVER, WRITER, draft, emergency, messages, move_on, people, scheduled, sweep

NIGHT = datetime(2026, 11, 26, 15, 30, tzinfo=UTC)  # 22:30 in Vietnam
EIGHT = datetime(2026, 11, 27, 1, tzinfo=UTC)  # the morning after
ADMIN = "Phạm Thu Hà"


@pytest.fixture
def woken(monkeypatch):
    """Lanes that were woken by force."""
    lanes = []
    monkeypatch.setattr(
        turns, "wake", lambda lane, tenants, *, force=False: lanes.append(lane) if force else None
    )
    return lanes


def running(how_many: int = 2, **given) -> Broadcast:
    people(how_many)
    one = scheduled(draft(**given))
    move_on(one)
    return one


def step(action, one: Broadcast) -> None:
    action(one.id, APPROVER)
    db.session.commit()


def hold_all_broadcasts() -> None:
    """As an admin does; delivery has looked at what waits since."""
    pauses.pause("OA đang bảo trì", ADMIN, pauses.BROADCASTS)
    db.session.commit()
    assert claim("broadcast", 10) == []


def let_go_again() -> pauses.LetGo:
    found = pauses.resume(ADMIN, pauses.BROADCASTS)
    db.session.commit()
    return found


def make_uncertain(one: Broadcast) -> list[int]:
    """Their answer was lost, as a worker's death leaves it."""
    ids = [message.id for message in messages(one)]
    db.session.execute(
        db.update(Message)
        .where(Message.id.in_(ids))
        .values(state="uncertain", failure="zalo_uncertain", claimed_at=now())
    )
    db.session.commit()
    return ids


def send_again(ids: list[int]) -> deliveries.Decided:
    return deliveries.decide(ids, "resend", WRITER.id, "Chưa nhận được")


def places(one: Broadcast) -> set[tuple]:
    return {(row.state, row.failure, row.next_attempt_at) for row in messages(one)}


def unchanged_by_the_sweep(one: Broadcast) -> bool:
    before = [(row.id, row.state, row.failure, row.next_attempt_at, row.expires_at) for row in messages(one)]
    sweep()
    return before == [
        (row.id, row.state, row.failure, row.next_attempt_at, row.expires_at) for row in messages(one)
    ]


def test_a_broadcast_let_go_at_night_leaves_in_the_morning(day, clock, woken):
    one = running()
    step(workflow.pause, one)

    clock.move_to(NIGHT)
    step(workflow.resume, one)

    assert places(one) == {("queued", "held", EIGHT)}
    assert all(row.expires_at == EIGHT + timedelta(hours=12) for row in messages(one))
    assert woken == []
    assert unchanged_by_the_sweep(one)


def test_what_may_leave_at_night_does_so_as_soon_as_it_is_let_go(day, clock, woken):
    one = running(at_night="1")
    step(workflow.pause, one)

    clock.move_to(NIGHT)
    step(workflow.resume, one)

    assert woken == ["broadcast"]
    assert all(row.next_attempt_at <= now() for row in messages(one))
    assert unchanged_by_the_sweep(one)


def test_a_warning_let_go_at_night_leaves_at_once(day, clock, woken):
    people(1)
    one = scheduled(workflow.write(emergency(), WRITER))
    move_on(one)
    step(workflow.pause, one)

    clock.move_to(NIGHT)
    step(workflow.resume, one)

    assert woken == ["emergency"]
    assert messages(one)[0].next_attempt_at <= now()


def test_a_broadcast_paused_while_all_were_held_stays_when_the_admin_goes_on(day):
    one = running()
    hold_all_broadcasts()
    step(workflow.pause, one)

    found = let_go_again()

    assert (found.at_once, claim("broadcast", 10)) == (0, [])
    assert places(one) == {("queued", "held", holding.FOR_GOOD)}
    assert unchanged_by_the_sweep(one)
    step(workflow.resume, one)
    assert len(claim("broadcast", 10)) == 2


def test_a_broadcast_paused_before_all_were_held_stays_when_the_admin_goes_on(day):
    one = running()
    step(workflow.pause, one)
    hold_all_broadcasts()

    let_go_again()

    assert claim("broadcast", 10) == []
    assert places(one) == {("queued", "held", holding.FOR_GOOD)}


@pytest.mark.parametrize("paused_first", [True, False], ids=["paused first", "held first"])
def test_a_broadcast_let_go_while_all_are_held_waits_for_the_admin(day, paused_first):
    one = running()
    if paused_first:
        step(workflow.pause, one)
    hold_all_broadcasts()
    if not paused_first:
        step(workflow.pause, one)

    step(workflow.resume, one)

    assert claim("broadcast", 10) == []
    assert let_go_again().at_once == 2
    assert len(claim("broadcast", 10)) == 2


def test_what_all_wait_for_ends_at_night_and_a_broadcast_sleeps_on(day, clock):
    one = running()
    hold_all_broadcasts()

    clock.move_to(NIGHT)
    found = let_go_again()

    assert (found.at_once, found.asleep, found.opens_at) == (0, 2, EIGHT)
    assert places(one) == {("queued", "held", EIGHT)}
    assert unchanged_by_the_sweep(one)


def test_what_delivery_held_of_a_cancelled_broadcast_is_closed_when_the_admin_goes_on(day):
    one = running()
    step(workflow.cancel, one)
    db.session.execute(
        db.update(Message).values(state="queued", failure="paused", next_attempt_at=db.text("'infinity'"))
    )
    db.session.commit()

    found = let_go_again_of(one)

    assert (found.at_once, found.closed) == (0, 2)
    assert {(row.state, row.failure) for row in messages(one)} == {("expired", "cancelled")}


def let_go_again_of(one: Broadcast) -> pauses.LetGo:
    pauses.pause("OA đang bảo trì", ADMIN)
    db.session.commit()
    found = pauses.resume(ADMIN)
    db.session.commit()
    return found


def test_what_is_sent_again_at_night_leaves_in_the_morning_even_of_a_finished_broadcast(day, clock, woken):
    one = running()
    ids = make_uncertain(one)
    move_on(one)
    assert db.session.get(Broadcast, (one.tenant_id, one.id)).state == "done"

    clock.move_to(NIGHT)
    decided = send_again(ids)

    assert (decided.count, decided.again.asleep, woken) == (2, 2, [])
    assert places(one) == {("queued", "held", EIGHT)}
    assert unchanged_by_the_sweep(one)


def test_what_is_sent_again_by_day_leaves_at_once(day):
    one = running()
    ids = make_uncertain(one)

    decided = send_again(ids)

    assert (decided.count, decided.again.at_once) == (2, 2)
    assert len(claim("broadcast", 10)) == 2


def test_what_is_sent_again_of_a_paused_broadcast_leaves_when_that_goes_on(day):
    one = running()
    ids = make_uncertain(one)
    step(workflow.pause, one)

    assert send_again(ids).again.held == 2

    assert claim("broadcast", 10) == []
    assert unchanged_by_the_sweep(one)
    step(workflow.resume, one)
    assert len(claim("broadcast", 10)) == 2


def test_what_is_sent_again_of_a_broadcast_cancelled_long_ago_is_closed(day, clock):
    one = running()
    ids = make_uncertain(one)
    step(workflow.cancel, one)
    clock.shift(timedelta(days=5))

    decided = send_again(ids)

    assert (decided.count, decided.again.closed) == (2, 2)
    assert {(row.state, row.failure) for row in messages(one)} == {("expired", "cancelled")}
    assert [act.act for one in ids for act in deliveries.acts_on(one)] == ["resend", "resend"]


@pytest.mark.parametrize(
    ("action", "becomes"),
    [(workflow.pause, ("queued", "held")), (workflow.cancel, ("expired", "cancelled"))],
    ids=["paused", "cancelled"],
)
def test_what_never_arrived_goes_out_again_only_as_its_broadcast_lets_it(day, action, becomes):
    one = running(1)
    [number] = make_uncertain(one)
    step(action, one)
    doubt = reconciling._doubt(number)

    assert reconciling._conclude(doubt, None) == 1

    assert [(row.state, row.failure) for row in messages(one)] == [becomes]


def quota_was_raised() -> None:
    outbox.quota_changed("any")
    db.session.commit()


@pytest.mark.parametrize("mend", [outbox.hurry, quota_was_raised], ids=["an OA mended", "a larger quota"])
def test_what_an_admin_mends_at_night_wakes_no_sleeping_broadcast(day, clock, woken, mend):
    one = running()
    db.session.execute(db.update(Message).values(failure="zalo_quota_exceeded", next_attempt_at=EIGHT))
    db.session.commit()

    clock.move_to(NIGHT)
    mend()

    assert places(one) == {("queued", "held", EIGHT)}
    assert woken == []
