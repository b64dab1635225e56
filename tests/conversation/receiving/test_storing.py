"""Events that come at once are stored at once: each in its province, each once, each before its 200."""

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from motcua.conversation import inbox
from motcua.conversation.models import QuarantinedWebhook
from motcua.conversation.receiving import doors, intake, storing
from motcua.conversation.receiving.storing import Busy, Storing
from motcua.conversation.receiving.writing import Slip, Writer
from motcua.core import queue
from motcua.core.database import db, tenant_scope
from motcua.tenancy.models import OfficialAccount, TenantRoute, ZaloApp
from motcua.zalo import signature, webhooks
from tests.conversation.conftest import text_event
from tests.conversation.receiving.conftest import keys, mac_of, sender
from tests.factories import APP_ID, OA_IDS, WEBHOOK_SECRET, make_province

MINE, THEIRS = "binh-thuan", "da-nang"


@pytest.fixture
def send(app, two_provinces):
    return sender(app.test_client)


def slip(key: str, slug: str = MINE) -> Slip:
    """As `intake` makes it, for a province's usual door."""
    door, _ = doors.look_up(webhooks.parse(json.dumps(text_event("x", slug=slug)).encode()))
    return Slip(slug, door.oa_id, None, door.proof, key, "user_send_text", None, "x")


def test_two_writers_with_the_same_events_in_any_order_do_not_block_each_other(app, two_provinces):
    writers = [Storing(app.config["SETTINGS"].database_urls["app"]) for _ in range(2)]
    names = [(f"k{at}", slug) for at in range(40) for slug in (MINE, THEIRS)]
    slips = [[slip(*name) for name in names], [slip(*name) for name in reversed(names)]]

    def store(pair):
        writer, some = pair
        with ThreadPoolExecutor(16) as pool:
            return list(pool.map(writer.store, some))

    with ThreadPoolExecutor(2) as pool:
        results = [one for some in pool.map(store, zip(writers, slips, strict=True)) for one in some]

    assert results.count("stored") == results.count("known") == 80
    assert len(keys(MINE)) == len(keys(THEIRS)) == 40


def said(what: str, number: int, at_ms: int) -> Slip:
    """One message of a citizen, as `intake` makes it of Zalo's webhook."""
    event = text_event("x") | {"event_name": f"user_send_{what}", "timestamp": str(at_ms)}
    event["message"]["msg_id"] = f"m{number}"
    raw = json.dumps(event).encode()
    doors.look_up(webhooks.parse(raw))  # from now on this process knows the OA
    return intake.check(raw, mac_of(raw, event), None)


def dealt_with(slug: str) -> list[str]:
    """Keys of what waits for the province, in the order in which it is dealt with."""
    order = []
    with tenant_scope(slug):
        while found := inbox.due(10):
            for one in found:
                inbox.deal_with(one, lambda _, event: order.append(event.event_key) or True)
    return order


@pytest.mark.parametrize("text_at", [0, 7], ids=["in one millisecond", "a moment apart"])
def test_what_a_citizen_says_at_once_is_dealt_with_in_the_order_it_was_said(app, two_provinces, text_at):
    slips = [
        said("text", 9, 1_000),
        said("image", 3, 1_000 + text_at),
        said("audio", 1, 1_000 + 2 * text_at),
    ]

    with closing(Writer(app.config["SETTINGS"].database_urls["app"])) as writer:
        writer.write(slips)

    assert dealt_with(MINE) == ["user_send_text:m9", "user_send_image:m3", "user_send_audio:m1"]


def test_what_overtakes_on_its_way_to_us_is_dealt_with_by_zalos_time(app, two_provinces):
    slips = [said("image", 3, 1_007), said("text", 9, 1_000)]

    with closing(Writer(app.config["SETTINGS"].database_urls["app"])) as writer:
        writer.write(slips)

    assert dealt_with(MINE) == ["user_send_text:m9", "user_send_image:m3"]


def test_an_event_that_the_database_cannot_hold_does_not_take_the_others_along(app, two_provinces):
    good, bad = slip("good"), slip("bad\x00")

    with closing(Writer(app.config["SETTINGS"].database_urls["app"])) as writer:
        writer.write([good, bad])

    assert (good.result, bad.result) == ("stored", None)


def test_without_a_database_the_answer_is_quick_and_says_try_again(app, send, monkeypatch):
    send(text_event("x"))
    away = Storing("postgresql+psycopg://nobody@/nowhere?host=/no/such/folder")
    monkeypatch.setattr(app.wsgi_app, "storing", away)
    began = time.monotonic()

    answer = send(text_event("x"))

    assert (answer.status_code, answer.json["error"]["code"]) == (503, "busy")
    assert time.monotonic() - began < 20


def test_a_database_that_hangs_does_not_make_zalo_wait(app, two_provinces, owner_engine, monkeypatch):
    monkeypatch.setattr(storing, "PATIENCE_S", 0.2)
    writer, late = Storing(app.config["SETTINGS"].database_urls["app"]), slip("late")
    with owner_engine.begin() as other:
        other.execute(db.text("LOCK TABLE webhook_event"))

        with pytest.raises(Busy):
            writer.store(late)

    assert writer.store(slip("next")) == "stored"
    assert keys(MINE) == ["late", "next"]


def test_without_redis_events_are_stored_and_answered_all_the_same(app, send):
    send(text_event("x"))
    queue.use("redis://127.0.0.1:1/0")

    assert [send(text_event("x")).status_code for _ in range(3)] == [200, 200, 200]
    assert len(keys(MINE)) == 4


def test_a_changed_secret_holds_at_once(app, send):
    assert send(text_event("x")).json["result"] == "stored"
    db.session.get(ZaloApp, APP_ID).webhook_secret = "the new secret"
    db.session.commit()

    assert send(text_event("x")).status_code == 401
    assert send(text_event("x"), secret="the new secret").json["result"] == "stored"
    with tenant_scope(MINE):
        db.session.scalars(db.select(OfficialAccount)).one().webhook_secret = "this OA's own"
        db.session.commit()
    assert send(text_event("x"), secret="the new secret").status_code == 401
    assert send(text_event("x"), secret="this OA's own").json["result"] == "stored"
    assert len(keys(MINE)) == 3


def test_an_oa_that_moves_to_another_province_takes_its_events_along(app, send):
    assert send(text_event("x")).json["result"] == "stored"
    with tenant_scope(MINE):
        moved = db.session.scalars(db.select(OfficialAccount)).one()
        db.session.delete(moved)
        db.session.commit()
    db.session.get(TenantRoute, ("oa", OA_IDS[MINE])).tenant_id = THEIRS
    db.session.commit()

    assert send(text_event("x")).json["result"] == "quarantined"
    with tenant_scope(THEIRS):
        account = db.session.scalars(db.select(OfficialAccount)).one()
        account.oa_id = OA_IDS[MINE]
        db.session.commit()
    assert send(text_event("x")).json["result"] == "stored"

    assert (len(keys(MINE)), len(keys(THEIRS))) == (1, 1)


def test_an_id_that_becomes_an_oa_of_ours_too_makes_the_event_a_guess(app, send):
    event = text_event("x", uid="9999")
    assert send(event).json["result"] == "stored"
    db.session.add(TenantRoute(kind="oa", value="9999", tenant_id=THEIRS))
    db.session.commit()

    assert send(text_event("x", uid="9999")).json["result"] == "quarantined"
    assert db.session.scalar(db.select(db.func.count()).select_from(QuarantinedWebhook)) == 1


def test_the_database_refuses_an_event_for_a_province_that_does_not_own_the_oa(app, two_provinces):
    forged = slip("k")
    forged.tenant_id = THEIRS

    assert intake.storing_of(app).store(forged) == "stale"
    assert (keys(MINE), keys(THEIRS)) == ([], [])


def test_a_forked_process_writes_by_its_own_thread(app, two_provinces):
    writer, own = intake.storing_of(app), slip("child")
    assert writer.store(slip("parent")) == "stored"
    child = os.fork()
    if child == 0:
        try:
            os._exit(0 if writer.store(own) == "stored" else 1)
        finally:
            os._exit(2)

    assert os.waitpid(child, 0)[1] == 0
    assert writer.store(slip("parent again")) == "stored"  # its connection is still its own
    assert keys(MINE) == ["child", "parent", "parent again"]


def test_a_province_made_later_is_served_without_a_restart(app, province):
    client = app.test_client()
    event = text_event("x", slug=THEIRS)
    raw = json.dumps(event).encode()
    mac = {"X-ZEvent-Signature": signature.sign(APP_ID, raw, event["timestamp"], WEBHOOK_SECRET)}
    assert client.post("/webhooks/zalo", data=raw, headers=mac).json["result"] == "quarantined"
    db.session.rollback()
    make_province(THEIRS)

    assert client.post("/webhooks/zalo", data=raw, headers=mac).json["result"] == "stored"
