"""Announcements that must wait for the OA's quota or the month's money outlive the wait, or say what it was for."""

from datetime import UTC, datetime, timedelta

import pytest

from motcua.broadcasts import feeding, not_reached
from motcua.broadcasts.models import Broadcast
from motcua.core.database import db
from motcua.messaging import jobs
from motcua.messaging.dispatch.sending import outcome_of
from motcua.messaging.limits import quotas, rule_versions
from motcua.messaging.limits.rule_versions import Settings
from motcua.messaging.models import Message
from motcua.messaging.outbox import owe
from motcua.messaging.pace.sweep import sweep as sweep_messages
from motcua.tenancy.models import OfficialAccount
from motcua.zalo.errors import QuotaExceeded
from motcua.zalo.messages import TextMessage
from tests.factories import OA_IDS
from tests.messaging.workers import claim, record

from .conftest import draft, messages, move_on, people, person, scheduled, sweep

OA, SEND = OA_IDS["binh-thuan"], "/openapi/v3.0/oa/message/cs"
EARLY = datetime(2026, 11, 26, 1, 5, tzinfo=UTC)  # 8:05 in Vietnam, within the hours for announcements
LATE = datetime(2026, 11, 26, 13, 30, tzinfo=UTC)  # 20:30: longer than a message of a broadcast lives
NEXT_MORNING = datetime(2026, 11, 27, 1, 1, tzinfo=UTC)
NEXT_DAY = datetime(2026, 11, 26, 17, tzinfo=UTC)  # midnight in Vietnam


@pytest.fixture(autouse=True)
def early(clock):
    clock.move_to(EARLY)


def running(how_many: int = 2) -> Broadcast:
    people(how_many)
    one = scheduled(draft())
    move_on(one)
    return one


def states(one: Broadcast) -> set[tuple[str, str | None]]:
    return {(row.state, row.failure) for row in messages(one)}


def without_quota(lane: str) -> None:
    """Delivery finds that the OA has none left. Until when: Redis keeps to its own clock."""
    quotas.know(OA, "consultation", 0, datetime(2100, 1, 1, tzinfo=UTC))
    assert jobs.deliver("binh-thuan", lane) == 0


def test_what_waits_for_the_next_days_quota_is_there_when_it_comes(zalo, day, clock, monkeypatch):
    monkeypatch.setattr(feeding, "MOST_WAITING", 2)
    monkeypatch.setattr(feeding, "CHUNK", 2)
    one = running(4)
    without_quota("broadcast")
    assert states(one) == {("queued", "zalo_quota_exceeded")}
    assert all(NEXT_DAY <= row.next_attempt_at < NEXT_DAY + timedelta(minutes=2) for row in messages(one))

    clock.move_to(LATE)
    sweep_messages()
    move_on(one)
    assert [row.state for row in messages(one)] == [
        "queued",
        "queued",
    ]  # nobody was lost, nobody fed in their place
    clock.move_to(NEXT_DAY + timedelta(minutes=5))
    sweep()
    sweep_messages()
    quotas.forget(OA)
    clock.move_to(NEXT_MORNING)
    sweep_messages()
    jobs.deliver("binh-thuan", "broadcast")

    asked = zalo.ask("GET", f"/requests?limit=500&path={SEND}")["requests"]
    assert len(asked) == 2  # the simulator knows neither of them: what matters is that they set out


def test_what_zalo_itself_put_off_is_there_too(zalo, day, clock):
    one = running()
    claimed = claim("broadcast", 10)
    assert len(claimed) == 2
    record(*(outcome_of(QuotaExceeded(), each) for each in claimed))
    assert states(one) == {("queued", "zalo_quota_exceeded")}

    clock.move_to(LATE - timedelta(hours=1))
    sweep()
    clock.move_to(LATE)
    sweep_messages()

    assert states(one) == {("queued", "zalo_quota_exceeded")}


def test_what_waits_for_money_lives_on_for_a_week_and_no_longer(zalo, day, clock):
    account = db.session.scalars(db.select(OfficialAccount)).one()
    account.templates = account.templates | {"announcement": "7001"}
    rule_versions.change(Settings(cap_vnd=1), "Phạm Thu Hà")
    db.session.commit()
    person(hours_ago=72)
    one = scheduled(draft(pays="1"))
    move_on(one)

    assert jobs.deliver("binh-thuan", "broadcast") == 0
    [row] = messages(one)
    assert (row.state, row.failure) == ("queued", "spend_cap")
    assert row.expires_at == row.next_attempt_at + timedelta(hours=12)
    clock.shift(timedelta(days=7, hours=-2))
    made_due()
    jobs.deliver("binh-thuan", "broadcast")

    [row] = messages(one)
    assert (row.failure, row.expires_at) == ("spend_cap", row.created_at + timedelta(days=7))


def test_who_waits_for_money_keeps_nobody_behind_from_what_is_free(zalo, day, monkeypatch):
    monkeypatch.setattr(feeding, "MOST_WAITING", 2)
    monkeypatch.setattr(feeding, "CHUNK", 2)
    account = db.session.scalars(db.select(OfficialAccount)).one()
    account.templates = account.templates | {"announcement": "7001"}
    rule_versions.change(Settings(cap_vnd=1), "Phạm Thu Hà")
    db.session.commit()
    for hours_ago in (72, 72, 72, 1):
        person(hours_ago=hours_ago)
    one = scheduled(draft(pays="1"))

    for _ in range(3):
        move_on(one)
        jobs.deliver("binh-thuan", "broadcast")

    # Zalo's answer in the chat, which does not know this person, shows that it was asked.
    assert [row.channels_refused for row in messages(one)] == [[], [], [], ["consultation"]]


def made_due() -> None:
    """By both clocks, and not yet at its end."""
    later = datetime.now(UTC) + timedelta(hours=1)
    db.session.execute(db.update(Message).values(next_attempt_at=datetime.now(UTC), expires_at=later))
    db.session.commit()


def test_a_wait_beyond_what_a_message_may_wait_is_not_begun(zalo, day, clock):
    one = running(1)
    db.session.execute(
        db.update(Message).values(
            failure=QuotaExceeded.code, next_attempt_at=EARLY + timedelta(days=8), created_at=EARLY
        )
    )
    db.session.commit()

    clock.move_to(LATE - timedelta(hours=1))
    sweep()
    clock.move_to(LATE)
    sweep_messages()

    assert states(one) == {("expired", "expired_quota")}


def test_what_is_no_broadcasts_ends_when_it_ends_and_says_what_it_waited_for(zalo, day, clock):
    owe(
        person(),
        "survey_asked",
        dedupe_key="survey",
        consultation=TextMessage("Ông/bà thấy thế nào?"),
        lane="normal",
        lifetime=timedelta(hours=12),
    )
    db.session.commit()
    without_quota("normal")

    clock.move_to(LATE)
    sweep_messages()

    db.session.rollback()
    found = db.session.scalars(db.select(Message)).one()
    assert (found.state, found.failure) == ("expired", "expired_quota")


@pytest.mark.parametrize(
    ("waited_for", "sentence"),
    [
        ("zalo_quota_exceeded", "Hết hạn mức gửi tin ở Zalo cho đến khi tin quá hạn."),
        ("spend_cap", "Hết ngân sách tin trả phí cho đến khi tin quá hạn."),
        ("circuit_open", "Tin chờ quá lâu nên không gửi nữa."),
    ],
)
@pytest.mark.parametrize("who", ["sweep", "delivery"])
def test_who_was_not_reached_says_what_was_waited_for(zalo, day, waited_for, sentence, who):
    one = running(1)
    long_ago = datetime.now(UTC) - timedelta(days=20)
    db.session.execute(
        db.update(Message).values(failure=waited_for, created_at=long_ago, expires_at=long_ago)
    )
    db.session.commit()

    if who == "sweep":
        sweep_messages()
    else:
        assert claim("broadcast", 10) == []

    [(said, people_)] = not_reached.by_reason(one)
    assert said.startswith(sentence)
    assert people_ == 1
