"""What a province need not keep any longer goes, by its own settings; nothing else does."""

from datetime import UTC, datetime, timedelta

import pytest

from motcua import retention
from motcua.audit.models import PLATFORM, AuditEntry
from motcua.conversation.models import QuarantinedWebhook, WebhookEvent
from motcua.core import queue
from motcua.core.clock import VIETNAM
from motcua.core.database import db, tenant_scope
from motcua.facts import rolling
from motcua.facts.models import FactMessage, FactMonth
from motcua.messaging.models import Message, MessageKey
from motcua.messaging.outbox import owe
from motcua.tenancy.models import Tenant
from motcua.zalo.messages import TextMessage
from tests.factories import OA_IDS, make_citizen, make_province


def days_ago(days: float) -> datetime:
    return datetime.now(UTC) - timedelta(days=days)


@pytest.fixture
def told(province):
    """Owe a message to one citizen, as if `days` ago: `told(400, "sent")`."""
    citizen = make_citizen()

    def write(days: float, state: str) -> None:
        key = f"{state} {days:g}"
        owe(citizen, "help", dedupe_key=key, consultation=TextMessage("x"))
        db.session.execute(db.update(Message).where(Message.dedupe_key == key).values(state=state))
        for table in (Message, MessageKey):
            change = db.update(table).where(table.dedupe_key == key)
            db.session.execute(change.values(created_at=days_ago(days)))
        db.session.commit()

    return write


def keys() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(db.select(Message.dedupe_key).order_by(Message.id)))


def event(days: float, state: str = "done") -> None:
    db.session.add(
        WebhookEvent(
            oa_id=OA_IDS["binh-thuan"],
            event_key=f"{state} {days:g}",
            event_name="user_send_text",
            body_encrypted="x",
            received_at=days_ago(days),
            state=state,
        )
    )
    db.session.commit()


def test_messages_settled_more_than_a_year_ago_go(told):
    for days, state in ((400, "seen"), (366, "uncertain"), (400, "queued"), (364, "sent"), (1, "failed")):
        told(days, state)

    assert retention.sweep() == 2

    assert keys() == ["queued 400", "sent 364", "failed 1"]


def test_a_province_may_keep_them_for_less(told):
    tenant = db.session.get(Tenant, "binh-thuan")
    kept = {"delivery_log_days": 30}
    tenant.settings = tenant.settings | {"retention": kept}
    db.session.commit()
    told(31, "sent")
    told(29, "sent")

    retention.sweep()

    assert keys() == ["sent 29"]


def test_webhooks_dealt_with_are_kept_for_ninety_days(province):
    for days, state in ((91, "done"), (91, "new"), (89, "done")):
        event(days, state)

    retention.sweep()

    assert list(db.session.scalars(db.select(WebhookEvent.event_key).order_by(WebhookEvent.id))) == [
        "new 91",
        "done 89",
    ]


def stray(days: float) -> None:
    row = QuarantinedWebhook(
        app_id="1", oa_candidates="2", event_key=f"{days:g}", event_name="follow", body_encrypted="x",
        received_at=days_ago(days),
    )  # fmt: skip
    db.session.add(row)
    db.session.commit()


def test_webhooks_of_nobodys_account_go_with_the_others_and_the_vendors_log_says_so(province):
    for days in (200, 91, 89):
        stray(days)

    assert [retention.forget_quarantined(), retention.forget_quarantined()] == [2, 0]

    assert db.session.scalars(db.select(QuarantinedWebhook.event_key)).all() == ["89"]
    with tenant_scope(PLATFORM):
        entry = db.session.scalars(db.select(AuditEntry).order_by(AuditEntry.number.desc())).first()
    assert (entry.action, entry.detail) == ("webhook.forget", {"rows": 2})


def test_what_was_counted_of_messages_outlives_them(told):
    for number in range(3):
        told(400 + number / 10, "sent")
    day = days_ago(400.2).astimezone(VIETNAM).date()
    days = [day - timedelta(days=1), day, day + timedelta(days=1)]
    for one in days:
        rolling.roll_day(one)
    rolling.roll_month(day.replace(day=1))
    before = counted()
    assert sum(messages for _, messages in before) == 3

    assert retention.sweep() == 3
    for one in sorted({*days, *rolling.marked(50)}):
        rolling.roll_day(one)
    rolling.roll_month(day.replace(day=1))

    assert counted() == before
    assert rolling.marked(50) == []
    assert db.session.scalars(db.select(FactMonth.active_citizens)).all() == [1]


def test_a_longer_span_set_later_does_not_bring_a_deleted_day_back(told):
    tenant = db.session.get(Tenant, "binh-thuan")
    tenant.settings = tenant.settings | {"retention": {"delivery_log_days": 30}}
    db.session.commit()
    told(40, "sent")
    day = days_ago(40).astimezone(VIETNAM).date()
    rolling.roll_day(day)
    retention.sweep()

    tenant.settings = tenant.settings | {"retention": {"delivery_log_days": 365}}
    db.session.commit()
    queue.connection().flushdb()
    retention.sweep()
    rolling.roll_day(day)

    assert counted() == [(day, 1)]


def test_a_day_still_whole_is_counted_anew_as_before(told):
    told(364, "sent")
    day = days_ago(364).astimezone(VIETNAM).date()
    rolling.roll_day(day)
    retention.sweep()
    db.session.execute(db.delete(Message))
    db.session.commit()

    rolling.roll_day(day)

    assert counted() == []


def counted() -> list[tuple]:
    db.session.rollback()
    query = db.select(FactMessage.day, FactMessage.messages).order_by(FactMessage.day)
    return [tuple(row) for row in db.session.execute(query)]


def test_what_is_left_of_many_goes_at_the_next_visit(told, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    monkeypatch.setattr(retention, "MOST_BATCHES", 1)
    for number in range(3):
        told(400 + number, "sent")

    assert [retention.sweep(), retention.sweep(), retention.sweep()] == [2, 1, 0]
    assert keys() == []


def test_it_is_done_once_an_hour(told):
    retention.sweep()
    told(400, "sent")

    assert retention.sweep() == 0
    queue.connection().flushdb()
    assert retention.sweep() == 1


def test_another_provinces_records_are_not_touched(told):
    told(400, "sent")
    make_province("da-nang")

    with tenant_scope("da-nang"):
        assert retention.sweep() == 0

    with tenant_scope("binh-thuan"):
        assert keys() == ["sent 400"]
