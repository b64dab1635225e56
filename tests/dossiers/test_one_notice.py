"""One person gets one notice of a thing: in the chat where they proved whose they are, by phone where that fails."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from motcua.core.database import db, tenant_scope
from motcua.dossiers import following, intake, untold
from motcua.dossiers.schemas import EventIn
from motcua.messaging import jobs
from motcua.messaging.models import Message
from motcua.tenancy.models import OfficialAccount
from tests.conversation.conftest import UID, hears, post, say  # noqa: F401 - fixtures
from tests.factories import event_body, make_citizen, make_dossier
from tests.messaging.conftest import zalo  # noqa: F401 - fixtures

CHAT = ("/openapi/v3.0/oa/message/cs", "/openapi/v3.0/oa/message/template")
SUBMITTER = {"name": "Nguyễn Văn Nộp", "phone": "0987654321"}


@pytest.fixture
def lan(province):
    """Has shared no phone."""
    citizen = make_citizen(UID)
    db.session.commit()
    return citizen


def proves(citizen, dossier, digits: str | None = "5678") -> None:
    following.follow(dossier, citizen, "digits", digits=digits)
    db.session.commit()


def happens(dossier, status: int = 9) -> None:
    intake.add_event(dossier.code, EventIn().load(event_body(status)))
    db.session.commit()


def told() -> list[str]:
    """By which way each is told that the result is ready."""
    db.session.rollback()
    return ["phone" if one.citizen_id is None else "chat" for one in notices()]


def notices(event: str = "dossier_ready") -> list[Message]:
    like = db.or_(Message.event == event, Message.event == f"{event}_early")
    return list(db.session.scalars(db.select(Message).where(like).order_by(Message.id)))


def ends(message: Message, state: str = "failed") -> None:
    message.state, message.failure = state, "no_channel_left"
    db.session.commit()


def sweep() -> int:
    db.session.rollback()
    return untold.sweep()


def test_whoever_proved_the_phones_digits_in_the_chat_is_not_told_by_phone_as_well(lan, say):  # noqa: F811
    dossier = make_dossier()
    say(f"{dossier.code} 5678")

    happens(dossier)

    assert told() == ["chat"]


@pytest.mark.parametrize("way", ["event", "batch"])
def test_nor_where_the_event_comes_through_the_api(api, lan, way):
    dossier = make_dossier()
    proves(lan, dossier)
    path = f"/api/v1/dossiers/{dossier.code}"
    if way == "event":
        answer = api["binh-thuan"].post(f"{path}/events", event_body(9))
    else:
        line = json.dumps({"code": dossier.code, "event": event_body(9)}).encode()
        kind = {"content_type": "application/x-ndjson"}
        answer = api["binh-thuan"].open("POST", "/api/v1/dossiers:batch", data=line, **kind)
    assert answer.status_code < 300

    with tenant_scope("binh-thuan"):
        assert told() == ["chat"]


def test_outside_the_48_hours_the_template_in_the_chat_is_the_one_that_is_paid(lan):
    dossier = make_dossier()
    proves(lan, dossier)
    lan.last_interaction_at = datetime.now(UTC) - timedelta(days=9)
    db.session.commit()

    happens(dossier)

    assert told() == ["chat"]


def test_the_digits_of_somebody_else_on_the_dossier_leave_the_phone_its_notice(lan):
    dossier = make_dossier(submitter=SUBMITTER)
    proves(lan, dossier, "5678")  # the owner's; the submitter's phone is written to

    happens(dossier)

    assert sorted(told()) == ["chat", "phone"]


def test_the_last_digits_of_the_same_persons_paper_will_do(lan):
    dossier = make_dossier()
    proves(lan, dossier, "2345")

    happens(dossier)

    assert told() == ["chat"]


@pytest.mark.parametrize(
    ("given", "expected"), [({}, ["chat"]), ({"submitter": SUBMITTER}, ["chat", "phone"])]
)
def test_digits_proven_before_we_kept_whose_count_where_only_one_person_stands_there(lan, given, expected):
    dossier = make_dossier(**given)
    proves(lan, dossier, None)

    happens(dossier)

    assert sorted(told()) == expected


def test_whoever_holds_only_the_papers_code_is_nobody_in_particular(lan):
    dossier = make_dossier()
    following.follow(dossier, lan, "token")
    db.session.commit()

    happens(dossier)

    assert sorted(told()) == ["chat", "phone"]


@pytest.mark.parametrize("how", ["stop", "unfollowed", "oa"])
def test_who_cannot_be_written_to_in_the_chat_is_told_by_phone(lan, how):
    dossier = make_dossier()
    proves(lan, dossier)
    if how == "stop":
        lan.muted_at = datetime.now(UTC)
    elif how == "unfollowed":
        following.unfollow(dossier, lan)
    else:
        db.session.scalars(db.select(OfficialAccount)).one().state = "needs_consent"
    db.session.commit()

    happens(dossier)

    assert "phone" in told()


@pytest.mark.parametrize("state", ["failed", "expired"])
def test_what_the_chat_could_not_bring_goes_by_phone_once(lan, state):
    dossier = make_dossier()
    proves(lan, dossier)
    happens(dossier)
    ends(notices()[0], state)

    assert [sweep(), sweep()] == [1, 0]

    in_chat, by_phone = notices()
    assert (by_phone.phone, by_phone.dossier_id) == ("84912345678", dossier.id)
    assert by_phone.content["zbs"] == in_chat.content["zbs"]
    assert "consultation" not in by_phone.content


@pytest.mark.parametrize("state", ["queued", "sending", "uncertain", "sent", "seen"])
def test_what_may_have_come_or_may_still_come_is_not_told_again(lan, state):
    dossier = make_dossier()
    proves(lan, dossier)
    happens(dossier)
    ends(notices()[0], state)

    assert sweep() == 0


def test_of_two_who_proved_the_same_phone_one_who_hears_is_enough(lan):
    dossier = make_dossier()
    proves(lan, dossier)
    proves(make_citizen("7000000000000000002"), dossier)
    happens(dossier)
    ends(notices()[0])

    assert sweep() == 0
    ends(notices()[1])
    assert sweep() == 1
    assert told() == ["chat", "chat", "phone"]


def test_news_that_is_never_told_by_phone_is_not_told_so_after_a_failure(lan):
    dossier = make_dossier()
    proves(lan, dossier)
    happens(dossier, 4)
    ends(notices("dossier_moved")[0])

    assert sweep() == 0


def test_where_zalo_refuses_both_ways_of_the_chat_the_phone_gets_it(zalo):  # noqa: F811
    lan, dossier = make_citizen(zalo.uid("lan")), make_dossier()
    proves(lan, dossier)
    for path in CHAT:
        zalo.fault(path, "error", code=-213)
    happens(dossier, 5)

    for _ in range(3):  # each refusal gives up one way
        jobs.deliver("binh-thuan", "urgent")
    assert [one.state for one in notices("dossier_supplement")] == ["failed"]
    sweep()
    jobs.deliver("binh-thuan", "urgent")

    db.session.rollback()
    assert [(one.state, one.channel) for one in notices("dossier_supplement")][1] == ("sent", "zbs_phone")
