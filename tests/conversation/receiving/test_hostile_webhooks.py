"""Thousands of hostile bodies at the door: none gets a 5xx, none lands in a province it is not for."""

import json
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from motcua.conversation import jobs
from motcua.conversation.models import QuarantinedWebhook, WebhookEvent
from motcua.core import counters
from motcua.core.database import db, tenant_scope
from motcua.tenancy.models import OfficialAccount, ZaloApp
from motcua.zalo import signature
from tests.conversation.conftest import follow_event, info_event, text_event
from tests.factories import APP_ID, APP_SECRET, OA_IDS, WEBHOOK_SECRET, make_province
from tests.installation import wait_until

MINE, THEIRS = "binh-thuan", "da-nang"
OTHER_APP, OTHER_SECRET = "2222222222222222222", "another app's OA secret key"
LEAVES = st.sampled_from(
    [
        None, True, 0, -1, 1e308, 10**30, "", "\x00", "\ud800", "﷽" * 50, "9" * 400, "../../x", "' OR 1=1 --",
        "<script>", "1760000000000", "-1", "NaN", APP_ID, *OA_IDS.values(), "7000000000000000001", [], {}, [[]],
    ]
)  # fmt: skip

# What Zalo tells of our own messages: dealt with many at once.
OF_OURS = {"sender": {"id": OA_IDS[MINE]}, "recipient": {"id": "7000000000000000001"}}
TOLD = [
    text_event(
        "x", event_name="user_received_message", message={"msg_id": "z1", "tracking_id": "t"}, **OF_OURS
    ),
    text_event("x", event_name="user_seen_message", message={"msg_ids": ["z1", "z2"]}, **OF_OURS),
    text_event("x", event_name="oa_send_text", **OF_OURS),
]


@pytest.fixture
def two(client, national):
    make_province(MINE)
    make_province(THEIRS)
    other = ZaloApp(app_id=OTHER_APP)
    other.app_secret, other.webhook_secret = APP_SECRET, OTHER_SECRET
    db.session.add(other)
    db.session.commit()
    return client


def send(client, raw: bytes, *, app_id: str = APP_ID, secret: str = WEBHOOK_SECRET, stamp: str = "0"):
    """Signed as only the holder of the secret can."""
    mac = "mac=" + signature.sign(app_id, raw, stamp, secret)
    headers = {"X-ZEvent-Signature": mac, "X-ZEvent-Timestamp": stamp, "Content-Type": "application/json"}
    return client.post("/webhooks/zalo", data=raw, headers=headers)


def stored(slug: str) -> int:
    with tenant_scope(slug):
        return db.session.scalar(db.select(db.func.count()).select_from(WebhookEvent))


def untouched(slug: str) -> int:
    """Stored, and nobody has dealt with them."""
    with tenant_scope(slug):
        waiting = db.select(db.func.count()).where(WebhookEvent.state == "new", WebhookEvent.tries == 0)
        return db.session.scalar(waiting)


def quarantined() -> int:
    db.session.rollback()
    return db.session.scalar(db.select(db.func.count()).select_from(QuarantinedWebhook))


def mangled(event: dict, chance: random.Random) -> bytes:
    """An event of Bình Thuận with bytes, fields or structure broken."""
    raw = json.dumps(event, ensure_ascii=False).encode()
    match chance.randrange(5):
        case 0:
            at = chance.randrange(len(raw))
            return raw[:at] + bytes([chance.randrange(256)]) + raw[at + 1 :]
        case 1:
            return raw[: chance.randrange(len(raw))]
        case 2:
            return bytes(chance.randrange(256) for _ in range(chance.randrange(300)))
        case 3:
            return raw.replace(b'"', chance.choice([b"'", b"", b'""', b"\xff"]), chance.randrange(1, 6))
        case _:
            depth = chance.randrange(2000)
            return b'{"event_name":"user_send_text","message":' + b"[" * depth + b"]" * depth + b"}"


def test_thousands_of_hostile_bodies_get_no_5xx_and_reach_no_other_province(two, request):
    chance = random.Random(2026)
    many = 2_000 if "loop" in request.node.name else 10_000
    events = [text_event("x"), follow_event(), info_event("0912345678")]
    for number in range(many):
        raw = mangled(events[number % 3], chance)
        answer = send(two, raw) if number % 2 else two.post("/webhooks/zalo", data=raw)
        assert answer.status_code < 500, raw[:200]

    assert stored(THEIRS) == 0


@pytest.mark.parametrize("client", ["threads"], indirect=True)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    event=st.sampled_from([text_event("x"), follow_event(), info_event("0912345678"), *TOLD]),
    field=st.sampled_from(
        ["app_id", "event_name", "timestamp", "sender", "recipient", "message", "info", "follower", "oa_id"]
    ),
    inner=st.sampled_from(
        [None, "id", "msg_id", "msg_ids", "tracking_id", "delivery_time", "text", "phone", "attachments"]
    ),
    value=LEAVES,
)
def test_any_value_in_any_field_is_taken_or_refused_and_dealt_with(two, event, field, inner, value):
    body = json.loads(json.dumps(event))
    if inner and isinstance(body.get(field), dict):
        body[field][inner] = value
    else:
        body[field] = value
    before = stored(THEIRS)

    answer = send(two, json.dumps(body).encode())
    jobs.read_inbox(MINE)

    assert answer.status_code < 500
    assert untouched(MINE) == 0
    names_both = OA_IDS[THEIRS] in json.dumps(body)
    assert stored(THEIRS) == before or names_both


def test_an_event_signed_by_another_app_is_quarantined_not_stored(two):
    event = text_event("x", app_id=OTHER_APP)

    answer = send(two, json.dumps(event).encode(), app_id=OTHER_APP, secret=OTHER_SECRET)

    assert answer.json["result"] == "quarantined"
    assert (stored(MINE), quarantined()) == (0, 1)


def test_one_apps_secret_does_not_sign_for_another(two):
    answer = send(two, json.dumps(text_event("x")).encode(), secret=OTHER_SECRET)

    assert (answer.status_code, stored(MINE), quarantined()) == (401, 0, 0)


def test_an_event_between_two_of_our_oas_belongs_to_neither(two):
    event = text_event("x", sender={"id": OA_IDS[THEIRS]}, recipient={"id": OA_IDS[MINE]})

    assert send(two, json.dumps(event).encode()).json["result"] == "quarantined"
    assert (stored(MINE), stored(THEIRS)) == (0, 0)


def test_swapped_sender_and_recipient_still_find_the_citizen(two):
    event = text_event("xin chào")
    event["sender"], event["recipient"] = event["recipient"], event["sender"]

    assert send(two, json.dumps(event).encode()).json["result"] == "stored"
    jobs.read_inbox(MINE)

    with tenant_scope(MINE):
        from motcua.citizens.models import Citizen

        [citizen] = db.session.scalars(db.select(Citizen)).all()
        assert citizen.uid == "7000000000000000001"


def test_an_oa_with_a_key_of_its_own_takes_only_that(two):
    with tenant_scope(MINE):
        db.session.scalars(db.select(OfficialAccount)).one().webhook_secret = "only this OA's key"
        db.session.commit()
    raw = json.dumps(text_event("x")).encode()

    assert send(two, raw).status_code == 401
    assert send(two, raw, secret="only this OA's key").json["result"] == "stored"
    other = json.dumps(text_event("x", slug=THEIRS)).encode()
    assert send(two, other).json["result"] == "stored"


def test_results_and_unknown_events_are_counted(two):
    raw = json.dumps(text_event("x", event_name="brand_new_event")).encode()
    send(two, raw)
    send(two, raw, secret="wrong")

    wait_until(lambda: ("webhook", "stored") in counters.counts(), "what was stored is counted")
    found = counters.counts()
    assert found["webhook", "refused"] == 1
    assert found["webhook_unknown_event", "brand_new_event"] == 1
    page = two.get("/metrics").data.decode()
    assert 'motcua_webhook_unknown_events_total{event="brand_new_event"} 1.0' in page
