"""The door that Zalo knocks on: checked, stored once, answered fast."""

import json

import pytest

from motcua.conversation import jobs
from motcua.conversation.models import QuarantinedWebhook, WebhookEvent
from motcua.core.database import db, tenant_scope
from tests.conversation.conftest import text_event
from tests.factories import make_province


def stored() -> int:
    db.session.rollback()
    return db.session.scalar(db.select(db.func.count()).select_from(WebhookEvent))


def test_a_signed_event_is_stored_once_however_often_it_comes(post):
    event = text_event("xin chào")

    answers = [post(event) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert [answer.json["result"] for answer in answers] == ["stored", "known", "known"]
    assert stored() == 1


@pytest.mark.parametrize(
    "mac", ["", "mac=" + "0" * 64, "0", "mac=", "mac=ü", "x" * 10_000], ids=lambda mac: mac[:12] or "none"
)
def test_a_wrong_signature_is_refused_and_nothing_is_stored(post, mac):
    answer = post(text_event("xin chào"), mac=mac)

    assert (answer.status_code, answer.json["error"]["code"]) == (401, "signature_refused")
    assert stored() == 0


def test_a_body_changed_on_the_way_is_refused(post):
    event = text_event("xin chào")
    raw = json.dumps(event).encode()

    from motcua.zalo import signature
    from tests.factories import APP_ID, WEBHOOK_SECRET

    mac = "mac=" + signature.sign(APP_ID, raw, event["timestamp"], WEBHOOK_SECRET)

    assert post(raw.replace(b"xin", b"bye"), mac=mac).status_code == 401
    assert stored() == 0


def test_the_probe_when_the_address_is_saved_gets_its_200(post):
    assert post(b"{}", mac="").status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"{",
        b"\xff\xfe",
        b"[" * 5000,
        b'{"event_name": 1}',
        b'{"a":' * 3000,
        b'{"event_name":"x"}',
    ],
)
def test_what_is_no_event_gets_a_4xx_and_is_not_stored(post, body):
    answer = post(body)

    assert 400 <= answer.status_code < 500
    assert "Xin" in answer.json["error"]["message"]
    assert stored() == 0


def test_an_oa_that_no_province_claims_is_quarantined_not_guessed(post):
    answer = post(text_event("xin chào", recipient={"id": "999"}))

    assert (answer.status_code, answer.json["result"]) == (200, "quarantined")
    assert stored() == 0
    db.session.rollback()
    assert db.session.scalars(db.select(QuarantinedWebhook)).one().event_name == "user_send_text"


def test_an_event_is_stored_for_its_own_province_only(post, app):
    make_province("da-nang")
    post(text_event("xin chào", slug="da-nang"))

    assert stored() == 0
    with tenant_scope("da-nang"):
        assert db.session.scalar(db.select(db.func.count()).select_from(WebhookEvent)) == 1


def test_words_and_ids_are_not_readable_in_the_inbox(post):
    post(text_event("mã hồ sơ của tôi là 123"))

    db.session.rollback()
    row = db.session.execute(db.text("SELECT webhook_event::text FROM webhook_event")).scalar()
    assert "123" not in row.partition("text_")[0] or "mã hồ sơ" not in row
    assert "7000000000000000001" not in row


def test_events_are_dealt_with_in_the_order_they_came(hears, post):
    from motcua.messaging.models import Message

    for text in ("Hồ sơ của tôi", "trợ giúp", "DỪNG"):
        post(text_event(text))
    jobs.read_inbox("binh-thuan")

    db.session.rollback()
    events = db.session.scalars(db.select(Message.event).order_by(Message.id)).all()
    assert [event for event in events if event != "ask_phone"] == ["no_dossiers", "help", "stopped"]
