"""A job or webhook of one province touches nothing of the other."""

from dataclasses import replace

import pytest

from motcua.conversation.models import WebhookEvent
from motcua.core import crypto
from motcua.core.database import db, tenant_scope
from motcua.core.errors import Misconfigured
from motcua.messaging.dispatch import serving
from motcua.messaging.dispatch.sending import outcome_for
from motcua.messaging.models import Message
from motcua.messaging.outbox import owe
from motcua.messaging.pace import sweep
from motcua.zalo.messages import TextMessage
from tests.conversation.conftest import text_event
from tests.factories import make_citizen
from tests.messaging.workers import claim, record

MINE, THEIRS = "binh-thuan", "da-nang"


@pytest.fixture
def both_owe(app, two_provinces):
    for slug in (MINE, THEIRS):
        with tenant_scope(slug):
            owe(make_citizen(), "help", dedupe_key="one", consultation=TextMessage(f"Tin của {slug}"))
            db.session.commit()
    yield
    serving.close()


def states(slug: str) -> list[str]:
    with tenant_scope(slug):
        return list(db.session.scalars(db.select(Message.state)))


def test_a_delivery_job_claims_its_own_messages_only(both_owe):
    claimed = claim("urgent", 100, MINE)

    assert [one.message.text for one in claimed] == [f"Tin của {MINE}"]
    assert states(THEIRS) == ["queued"]


def test_outcomes_with_the_others_ids_change_nothing_of_theirs(both_owe):
    (theirs,) = claim("urgent", 100, THEIRS)
    record(replace(outcome_for(theirs, "failed", failure="x"), tenant_id=MINE))

    assert states(THEIRS) == ["sending"]


def test_a_sweep_closes_its_own_messages_only(both_owe):
    with tenant_scope(MINE):
        db.session.execute(db.text("UPDATE message SET expires_at = now() - interval '1 day'"))
        db.session.commit()
        sweep.sweep()

    assert (states(MINE), states(THEIRS)) == (["expired"], ["queued"])


def test_what_one_province_encrypted_the_other_cannot_read(app):
    sealed = crypto.keyring().encrypt(MINE, "phone", "84912345678")

    assert crypto.keyring().decrypt(MINE, "phone", sealed) == "84912345678"
    with pytest.raises(Misconfigured):
        crypto.keyring().decrypt(THEIRS, "phone", sealed)
    with pytest.raises(Misconfigured):
        crypto.keyring().decrypt(MINE, "zalo_uid", sealed)


def test_the_same_phone_has_another_fingerprint_in_each_province(app):
    fingerprints = {crypto.keyring().blind_index(slug, "phone", "84912345678") for slug in (MINE, THEIRS)}

    assert len(fingerprints) == 2


def test_a_webhook_of_their_oa_lands_in_their_inbox_only(app, two_provinces):
    from tests.conversation.conftest import APP_ID, WEBHOOK_SECRET, json, signature

    event = text_event("xin chào", slug=THEIRS)
    raw = json.dumps(event).encode()
    mac = "mac=" + signature.sign(APP_ID, raw, event["timestamp"], WEBHOOK_SECRET)
    app.test_client().post("/webhooks/zalo", data=raw, headers={"X-ZEvent-Signature": mac})

    for slug, count in ((MINE, 0), (THEIRS, 1)):
        with tenant_scope(slug):
            assert db.session.scalar(db.select(db.func.count()).select_from(WebhookEvent)) == count


def test_work_without_a_tenant_is_a_bug_that_shows(app):
    with pytest.raises(RuntimeError, match="tenant_scope"):
        owe("84912345678", "help", dedupe_key="x", consultation=TextMessage("x"))
