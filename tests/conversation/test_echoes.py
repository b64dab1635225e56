"""Zalo tells of all that an OA sends: the echoes that mean nothing leave their citizens' lines many at once."""

import itertools

import pytest

from motcua.citizens.models import Citizen
from motcua.conversation import batches, handling, inbox, jobs
from motcua.conversation.models import Handover, WebhookEvent
from motcua.core import crypto
from motcua.core.clock import now
from motcua.core.database import db, tenant_scope
from motcua.messaging.dispatch import reconciling
from motcua.messaging.models import Message
from motcua.messaging.outbox import owe
from motcua.zalo.messages import TextMessage
from tests.conversation.conftest import come_due, fill, know_the_tables, text_event
from tests.factories import OA_IDS, make_citizen

SLUG = "binh-thuan"
FOLLOWERS = [str(7_000_000_000_000_000_000 + at) for at in range(30)]
numbers = itertools.count(1)


def echo_event(text: str, uid: str, *, admin_id: str | None = None, slug: str = SLUG) -> dict:
    sender = {"id": OA_IDS[slug]} | ({"admin_id": admin_id} if admin_id else {})
    return text_event(text, event_name="oa_send_text", sender=sender, recipient={"id": uid}, slug=slug)


@pytest.fixture
def handled(monkeypatch):
    """The events that were dealt with one by one."""
    one_by_one = []

    def handle(oa_id, event):
        one_by_one.append(event)
        return handling.handle(oa_id, event)

    monkeypatch.setattr("motcua.conversation.shifts.handle", handle)
    return one_by_one


def waiting() -> list[str]:
    db.session.rollback()
    query = db.select(WebhookEvent.event_name).where(WebhookEvent.state == "new")
    return list(db.session.scalars(query.order_by(WebhookEvent.id)))


def in_doubt(uid: str, words: str) -> Message:
    owe(make_citizen(uid), "dossier_moved", dedupe_key=uid, consultation=TextMessage(words))
    message = db.session.scalars(db.select(Message).where(Message.dedupe_key == uid)).one()
    message.state, message.channel, message.claimed_at = "uncertain", "consultation", now()
    db.session.commit()
    return message


def test_a_broadcast_is_echoed_to_all_and_dealt_with_at_once(post, handled):
    for uid in FOLLOWERS:
        make_citizen(uid)
    db.session.commit()
    for uid in FOLLOWERS:
        post(echo_event("Bão số 3 đổ bộ tối nay", uid))

    assert jobs.read_inbox(SLUG) == len(FOLLOWERS)

    assert waiting() == []
    assert handled == []


def test_an_echo_does_not_wait_for_what_its_citizen_said_before(post):
    make_citizen(FOLLOWERS[0])
    db.session.commit()
    post(text_event("trợ giúp", uid=FOLLOWERS[0]))
    post(echo_event("Bão số 3", FOLLOWERS[0]))

    assert batches.pass_over_echoes(handling.say_nothing_new)[0] == 1

    assert waiting() == ["user_send_text"]


def test_what_may_mean_something_stays_in_its_line(post):
    """Written by a person; to somebody with a message in doubt; to somebody whom we do not know."""
    by_hand, doubtful, unknown, plain = FOLLOWERS[:4]
    make_citizen(by_hand), make_citizen(plain)
    in_doubt(doubtful, "Hồ sơ của bà đã xong")
    for event in (
        echo_event("Chào chị", by_hand, admin_id="42"),
        echo_event("Hồ sơ của bà đã xong", doubtful),
        echo_event("Xin chào", unknown),
        echo_event("Bão số 3", plain),
    ):
        post(event)

    assert batches.pass_over_echoes(handling.say_nothing_new)[0] == 1
    assert len(waiting()) == 3
    assert jobs.read_inbox(SLUG) == 3

    db.session.rollback()
    assert db.session.scalars(db.select(Message.state)).all() == ["sent"]
    assert db.session.scalars(db.select(Handover.state)).all() == ["taken"]
    assert db.session.scalar(db.select(db.func.count()).select_from(Citizen)) == 4


def test_one_that_cannot_be_read_keeps_no_other_waiting(post):
    for uid in FOLLOWERS[:3]:
        make_citizen(uid)
    db.session.commit()
    for uid in FOLLOWERS[:3]:
        post(echo_event("Bão số 3", uid))
    first = db.session.scalar(db.select(db.func.min(WebhookEvent.id)))
    other = crypto.keyring().encrypt(SLUG, "phone", "x")
    db.session.execute(db.update(WebhookEvent).where(WebhookEvent.id == first).values(body_encrypted=other))
    db.session.commit()

    assert batches.pass_over_echoes(handling.say_nothing_new)[0] == 2
    assert waiting() == ["oa_send_text"]


def test_an_echo_that_came_after_the_batch_waits_for_the_next(post):
    make_citizen(FOLLOWERS[0]), make_citizen(FOLLOWERS[1])
    db.session.commit()
    post(echo_event("Chào chị", FOLLOWERS[0], admin_id="42"))
    _, newest = batches.pass_over_echoes(handling.say_nothing_new)
    post(echo_event("Bão số 3", FOLLOWERS[1]))
    post(text_event("trợ giúp", uid=FOLLOWERS[2]))

    by_hand, late, question = db.session.scalars(db.select(WebhookEvent.id).order_by(WebhookEvent.id)).all()
    assert set(inbox.due(10, newest_echo=newest)) == {by_hand, question}
    assert set(inbox.due(10)) == {by_hand, late, question}


def test_an_echo_that_failed_in_its_line_is_tried_again_there(post, monkeypatch):
    make_citizen(FOLLOWERS[0])
    db.session.commit()
    tries = []

    def fail_once(citizen):
        tries.append(citizen.id)
        if len(tries) == 1:
            raise RuntimeError("a bug")

    monkeypatch.setattr(handling.handover, "note_human", fail_once)
    post(echo_event("Chào chị", FOLLOWERS[0], admin_id="42"))
    post(text_event("trợ giúp", uid=FOLLOWERS[0]))
    assert jobs.read_inbox(SLUG) == 1
    come_due()

    assert jobs.read_inbox(SLUG) == 2
    assert waiting() == []


def test_when_the_batch_fails_echoes_are_dealt_with_in_their_lines(post, handled, monkeypatch):
    make_citizen(FOLLOWERS[0])
    db.session.commit()
    post(echo_event("Bão số 3", FOLLOWERS[0]))

    def fail(told):
        raise RuntimeError("a bug")

    monkeypatch.setattr("motcua.conversation.shifts.say_nothing_new", fail)
    assert jobs.read_inbox(SLUG) == 1

    assert waiting() == []
    assert len(handled) == 1


def test_another_province_sees_nothing_of_them(post, two_provinces):
    make_citizen(FOLLOWERS[0])
    db.session.commit()
    post(echo_event("Bão số 3", FOLLOWERS[0]))

    with tenant_scope("da-nang"):
        assert batches.pass_over_echoes(handling.say_nothing_new)[0] == 0
    assert waiting() == ["oa_send_text"]


def test_to_find_no_echo_among_many_questions_costs_little(app, province, owner_engine):
    fill(lines=4_000, each=3)
    know_the_tables(owner_engine, "webhook_event")
    words = {
        "tenant": SLUG,
        "start": "8",
        "within": batches.WITHIN,
        "echoes": list(inbox.ECHOES),
        "most": 1,
    }

    plan = list(db.session.scalars(db.text("EXPLAIN ANALYZE " + batches.ECHOES_WAITING.text), words))

    read = [line for line in plan if "ix_webhook_event_line" in line]
    assert len(read) == 2
    assert all(f"rows={batches.WITHIN}" in line.partition("actual")[2] for line in read)


def test_citizens_of_a_batch_are_found_one_by_one_among_all(app, province, owner_engine):
    rows = [{"oa_id": OA_IDS[SLUG], "uid_index": f"{at:032x}", "uid_encrypted": "x"} for at in range(20_000)]
    db.session.execute(db.insert(Citizen), [{"tenant_id": SLUG, **row} for row in rows])
    db.session.commit()
    know_the_tables(owner_engine, "citizen", "message")
    query = reconciling.known_without_doubts({(OA_IDS[SLUG], f"{number:032x}") for number in range(200)})
    statement = str(query.compile(db.session.bind, compile_kwargs={"literal_binds": True}))

    plan = "\n".join(db.session.scalars(db.text("EXPLAIN ANALYZE " + statement)))

    assert "uid_index = ANY" in plan.partition("Index Cond")[2], plan
    assert "Seq Scan on citizen" not in plan


def test_an_echo_keeps_the_name_of_its_citizen_who_may_have_it_erased(post):
    make_citizen(FOLLOWERS[0])
    db.session.commit()
    post(echo_event("Bão số 3", FOLLOWERS[0]))
    jobs.read_inbox(SLUG)

    db.session.rollback()
    index = db.session.scalars(db.select(Citizen.uid_index)).one()
    assert db.session.scalars(db.select(WebhookEvent.citizen_index)).all() == [index]
    assert inbox.has_due() is False
