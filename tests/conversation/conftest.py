"""Webhooks as Zalo sends them, and the answers that they cause."""

import itertools
import json
import time
from datetime import timedelta

import pytest

from motcua.conversation import jobs
from motcua.conversation.models import WebhookEvent
from motcua.core.clock import now
from motcua.core.database import db
from motcua.messaging.models import Message
from motcua.zalo import signature
from tests.factories import APP_ID, OA_IDS, WEBHOOK_SECRET

numbers = itertools.count(1)
UID = "7000000000000000001"


def text_event(text: str, *, slug: str = "binh-thuan", uid: str = UID, **given) -> dict:
    event = {
        "app_id": APP_ID,
        "event_name": "user_send_text",
        "timestamp": str(int(time.time() * 1000)),
        "sender": {"id": uid},
        "recipient": {"id": OA_IDS[slug]},
        "message": {"msg_id": f"m{next(numbers)}", "text": text},
    }
    return event | given


def follow_event(*, slug: str = "binh-thuan", uid: str = UID, name: str = "follow") -> dict:
    return {
        "app_id": APP_ID,
        "event_name": name,
        "oa_id": OA_IDS[slug],
        "follower": {"id": uid},
        "timestamp": str(int(time.time() * 1000) + next(numbers)),
    }


def info_event(phone, *, slug: str = "binh-thuan", uid: str = UID) -> dict:
    return {
        "app_id": APP_ID,
        "event_name": "user_submit_info",
        "timestamp": str(int(time.time() * 1000) + next(numbers)),
        "sender": {"id": uid},
        "recipient": {"id": OA_IDS[slug]},
        "info": {"name": "Nguyễn Thị Lan", "phone": phone},
    }


@pytest.fixture
def post(app, province):
    """Post an event, signed unless told otherwise; returns the answer."""
    return poster(app.test_client())


def poster(client):
    def send(event: dict | bytes, *, secret: str = WEBHOOK_SECRET, mac: str | None = None):
        raw = event if isinstance(event, bytes) else json.dumps(event, ensure_ascii=False).encode()
        stamp = event.get("timestamp", "0") if isinstance(event, dict) else "0"
        mac = mac if mac is not None else "mac=" + signature.sign(APP_ID, raw, str(stamp), secret)
        headers = {"X-ZEvent-Signature": mac, "X-ZEvent-Timestamp": str(stamp)}
        return client.post("/webhooks/zalo", data=raw, headers=headers, content_type="application/json")

    return send


@pytest.fixture
def hears(post):
    """A citizen does something; returns the texts that we then owe them."""

    def send(event: dict) -> list[str]:
        db.session.rollback()
        last = db.session.scalar(db.select(db.func.max(Message.id))) or 0
        db.session.rollback()
        assert post(event).status_code == 200
        jobs.read_inbox("binh-thuan")
        new = db.session.scalars(db.select(Message).where(Message.id > last).order_by(Message.id)).all()
        db.session.rollback()
        return [message.content["consultation"].get("text", message.event) for message in new]

    return send


@pytest.fixture
def say(hears):
    return lambda text, **given: hears(text_event(text, **given))


def come_due() -> None:
    """The time has come for whatever waits to be tried again."""
    db.session.execute(db.update(WebhookEvent).values(next_try_at=now() - timedelta(seconds=1)))
    db.session.commit()


def fill(*, lines: int, each: int, done: int = 0) -> None:
    """Rows as they lie there, without what they say."""
    db.session.execute(
        db.text(
            "INSERT INTO webhook_event (tenant_id, oa_id, event_key, event_name, citizen_index, body_encrypted,"
            " received_at, state, tries, next_try_at) SELECT :tenant, :oa, n::text, 'user_send_text',"
            " md5((n % :lines)::text), 'x', now(), CASE WHEN n <= :done THEN 'done' ELSE 'new' END, 0, now()"
            " FROM generate_series(1, :all) n"
        ),
        {
            "tenant": "binh-thuan",
            "oa": OA_IDS["binh-thuan"],
            "lines": lines,
            "done": done,
            "all": done + lines * each,
        },
    )
    db.session.commit()
    db.session.execute(db.text("SET LOCAL enable_seqscan = off"))


def know_the_tables(owner_engine, *tables: str) -> None:
    """What tests before left must not count: what PostgreSQL believes of them, and empty pages of their indexes."""
    with owner_engine.connect().execution_options(isolation_level="AUTOCOMMIT") as owner:
        for table in tables:
            owner.execute(db.text(f"REINDEX TABLE {table}"))
        owner.execute(db.text("ANALYZE " + ", ".join(tables)))
