"""What a province need not keep any longer goes, by its own settings; nothing else does."""

from datetime import UTC, datetime, timedelta

import pytest

from motcua import retention
from motcua.conversation.models import WebhookEvent
from motcua.core import queue
from motcua.core.database import db, tenant_scope
from motcua.messaging.models import Message
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
        change = db.update(Message).where(Message.dedupe_key == key)
        db.session.execute(change.values(created_at=days_ago(days), state=state))
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
