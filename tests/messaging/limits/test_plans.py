"""A province's month is counted in Redis, and a Redis that has forgotten it begins near to where it was."""

import re
import threading
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import text

from motcua.core import months, queue, scope
from motcua.core.clock import now
from motcua.core.database import db, tenant_scope
from motcua.messaging import jobs
from motcua.messaging.limits import plans
from motcua.messaging.models import Message
from motcua.sweeper import sweep_all
from motcua.tenancy.models import Tenant
from tests.factories import numbers
from tests.messaging.conftest import later, state_of

SLUG = "binh-thuan"
SEND = "/openapi/v3.0/oa/message/cs"
COPIES = text("""
    INSERT INTO message (tenant_id, lane, event, phone_index, content, dedupe_key, state, created_at,
        next_attempt_at, expires_at, attempts, channels_refused, claimed_at)
    SELECT tenant_id, lane, event, phone_index, content, dedupe_key || n, 'sent', created_at,
        next_attempt_at, expires_at, attempts, channels_refused, claimed_at
    FROM message, generate_series(1, 3000) AS n
""")


def limit(slug: str, messages: int | None) -> None:
    tenant = db.session.get(Tenant, slug)
    tenant.settings = tenant.settings | {"plan": {"weight": 1, "messages_per_month": messages}}
    db.session.commit()


def this_month() -> date:
    return months.month_at(now())


def counted(slug: str = SLUG) -> int | None:
    """In Redis."""
    count = queue.connection().get(plans.key_of(slug, this_month()))
    return None if count is None else int(count)


def count(messages: int, slug: str = SLUG) -> None:
    queue.connection().set(plans.key_of(slug, this_month()), messages)


def kept() -> dict[date, int]:
    """In the table, of the tenant in scope."""
    db.session.rollback()
    return dict(db.session.execute(db.select(plans.PlanUse.month, plans.PlanUse.messages)).all())


def keep() -> int:
    """A round of the sweep; how many numbers were new."""
    token = scope.enter(None)
    try:
        db.session.rollback()
        return plans.keep_everywhere()
    finally:
        db.session.rollback()
        scope.leave(token)


def write(state: str, claimed_at: datetime) -> None:
    db.session.add(
        Message(
            lane="urgent", event="help", phone_index="x", phone_encrypted="x", content={},
            dedupe_key=f"message {next(numbers)}", state=state, claimed_at=claimed_at,
            expires_at=now() + timedelta(days=1),
        )
    )  # fmt: skip
    db.session.commit()


def seed(slug: str, month: date) -> int:
    return plans.used(month)


def test_a_redis_emptied_in_the_middle_of_a_month_grants_no_more_than_the_plan(zalo, owed):
    limit(SLUG, 3)
    for number in range(2):
        owed(f"Trước {number}", zbs=False)
    jobs.deliver(SLUG, "urgent")
    keep()
    queue.connection().flushdb()
    messages = [owed(f"Sau {number}", zbs=False) for number in range(3)]

    jobs.deliver(SLUG, "urgent")

    assert [state_of(one).state for one in messages] == ["sent", "queued", "queued"]
    assert state_of(messages[-1]).failure == plans.PLAN_LIMIT
    assert counted() == 3


def test_a_round_of_the_sweep_keeps_the_count_of_those_with_a_limit(app, two_provinces):
    limit(SLUG, 100)
    count(7)
    count(9, "da-nang")

    sweep_all()

    with tenant_scope(SLUG):
        assert kept() == {this_month(): 7}
    with tenant_scope("da-nang"):
        assert kept() == {}


def test_only_a_number_that_changed_is_written_and_it_may_become_smaller(province):
    limit(province, 100)
    count(7)

    assert [keep(), keep()] == [1, 0]
    plans.give_back({(province, this_month()): 3})
    assert keep() == 1
    assert kept() == {this_month(): 4}


def test_what_redis_has_lost_stays_as_it_was_kept(province):
    limit(province, 100)
    count(7)
    keep()
    queue.connection().flushdb()

    assert keep() == 0
    assert kept() == {this_month(): 7}


@pytest.mark.parametrize("state", ["sending", "uncertain"])
def test_a_count_begins_with_what_was_kept_and_what_was_claimed_since_and_is_under_way(province, state):
    limit(province, 100)
    write(state, datetime.now(UTC) - timedelta(minutes=1))
    count(7)
    keep()
    write(state, datetime.now(UTC) + timedelta(seconds=1))
    write("sent", datetime.now(UTC) + timedelta(seconds=1))

    assert plans.used(this_month()) == 8


def test_what_is_given_back_leaves_room_for_as_many(province):
    month = this_month()

    assert plans.take(province, month, 5, 4, seed) == 4
    plans.give_back({(province, month): 2})
    assert plans.take(province, month, 5, 4, seed) == 3
    plans.give_back({(province, month): 99})
    assert counted() == 0


def test_what_zalo_refused_is_given_back_to_the_month_it_was_taken_in(zalo, owed):
    limit(SLUG, 9)
    zalo.fault(SEND, "error", code=-32, count=1)
    message = owed("Một", zbs=False)

    jobs.deliver(SLUG, "urgent")
    assert (state_of(message).state, counted()) == ("queued", 0)
    later()
    jobs.deliver(SLUG, "urgent")

    assert (state_of(message).state, counted()) == ("sent", 1)


def test_the_month_turns_at_midnight_in_vietnam_and_begins_with_nothing(province):
    limit(province, 5)
    with time_machine.travel(datetime(2026, 10, 31, 16, 59, tzinfo=UTC), tick=False) as clock:
        october = this_month()
        assert plans.take(province, october, 5, 9, seed) == 5
        write("uncertain", now())
        keep()
        clock.shift(60)
        november = this_month()
        assert plans.take(province, november, 5, 2, seed) == 2
        plans.give_back({(province, october): 1})
        keep()

    assert kept() == {date(2026, 10, 1): 5, date(2026, 11, 1): 2}


def test_another_provinces_month_is_its_own(two_provinces):
    with tenant_scope("da-nang"):
        plans.begin(40)

    with tenant_scope(SLUG):
        assert plans.used(this_month()) == 0


def test_a_limit_that_begins_anew_forgets_nothing_that_an_earlier_one_counted(province):
    plans.begin(40)
    count(41)
    plans.begin(12)

    assert (kept(), counted()) == ({this_month(): 40}, 41)
    queue.connection().flushdb()
    plans.begin(12)
    assert counted() == 40


def test_many_who_begin_a_lost_count_at_once_grant_together_what_was_left(app, two_provinces):
    month, ready, granted = this_month(), threading.Barrier(6), []
    with tenant_scope(SLUG):
        plans.begin(70)
    queue.connection().flushdb()

    def look(slug: str, month: date) -> int:
        with app.app_context(), tenant_scope(slug):
            return plans.used(month)

    def one() -> None:
        ready.wait()
        granted.append(plans.take(SLUG, month, 100, 20, look))

    threads = [threading.Thread(target=one) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (sum(granted), counted()) == (30, 100)


def test_rounds_at_once_do_one_another_no_harm(app, two_provinces):
    limit(SLUG, 100)
    limit("da-nang", 100)
    count(7)
    count(8, "da-nang")
    ready, written = threading.Barrier(4), []

    def one() -> None:
        with app.app_context():
            ready.wait()
            written.append(plans.keep_everywhere())
            db.session.remove()

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(written) == 4
    for slug, messages in ((SLUG, 7), ("da-nang", 8)):
        with tenant_scope(slug):
            assert kept() == {this_month(): messages}


def test_beginning_a_count_is_one_look_at_a_key_and_at_what_is_under_way(province, owner_engine):
    write("uncertain", now())
    db.session.execute(COPIES)
    db.session.execute(
        text(
            "INSERT INTO plan_use (tenant_id, month, messages, kept_at) SELECT :slug, '1970-01-01'::date + n, 1, now()"
            " FROM generate_series(1, 3000) AS n"
        ),
        {"slug": province},
    )
    db.session.commit()
    with owner_engine.connect().execution_options(isolation_level="AUTOCOMMIT") as owner:
        owner.execute(text("REINDEX TABLE message"))
        owner.execute(text("ANALYZE message, plan_use"))

    words = {"tenant": province, "month": this_month(), "begin": now()}
    plan = "\n".join(db.session.scalars(text("EXPLAIN " + plans.SEED.text), words))

    assert "Seq Scan" not in plan
    assert "uq_plan_use_tenant_id_month" in plan
    looks = set(re.findall(r"using (\w+) on message", plan)) | set(
        re.findall(r"Index Scan on (ix_message\w+)", plan)
    )
    assert looks in (
        {"ix_message_sending", "ix_message_uncertain"},
        {"ix_message_sending_phone", "ix_message_uncertain"},
    )
