"""A province on trial: who was not invited hears nothing, by whatever door a message was owed."""

import pytest

from motcua.conversation import answers
from motcua.core.database import db
from motcua.core.queue import LANES
from motcua.messaging import jobs, pauses
from motcua.messaging.limits import guests
from motcua.messaging.models import Message
from motcua.messaging.outbox import Zbs, owe
from motcua.tenancy.models import Tenant
from motcua.zalo.messages import TextMessage
from tests.factories import make_citizen
from tests.messaging.conftest import ZBS_DATA, lan, zalo  # noqa: F401

INVITED, STRANGER = "84912345678", "84987654321"


@pytest.fixture
def on_trial(zalo, lan):  # noqa: F811
    """Lan was invited; Tuấn follows the OA too, and was not."""
    db.session.execute(db.update(Tenant).values(status="trial"))
    guests.invite(INVITED, "Phạm Thu Hà")
    tuan = make_citizen(zalo.uid("tuan"), phone=STRANGER)
    db.session.commit()
    return zalo, lan, tuan


def deliver_all() -> None:
    for lane in LANES:
        jobs.deliver("binh-thuan", lane)


def heard(zalo, who: str) -> list[dict]:  # noqa: F811
    return [one for one in zalo.phone(who).messages() if one["from"] == "oa"]


def test_on_no_lane_does_a_stranger_hear_anything_and_a_guest_hears_it_all(on_trial):
    zalo, lan, tuan = on_trial  # noqa: F811
    for lane in LANES:
        for person, phone in ((lan, INVITED), (tuan, STRANGER)):
            owe(
                person, lane, dedupe_key=f"{lane}-{phone}", consultation=TextMessage(f"Tin {lane}"), lane=lane
            )
    db.session.commit()

    deliver_all()

    assert {one["text"] for one in heard(zalo, "lan")} == {f"Tin {lane}" for lane in LANES}
    assert heard(zalo, "tuan") == []


def test_a_phone_number_that_was_not_invited_gets_no_template(on_trial):
    zalo, _, _ = on_trial  # noqa: F811
    owe(STRANGER, "dossier_accepted", dedupe_key="by-phone", zbs=Zbs("dossier_receipt", ZBS_DATA))
    db.session.commit()

    deliver_all()

    message = db.session.scalars(db.select(Message)).one()
    assert (message.state, message.failure) == ("failed", "trial_not_invited")
    assert heard(zalo, "tuan") == []


def test_the_chat_answers_guests_only(on_trial):
    zalo, lan, tuan = on_trial  # noqa: F811
    answers.reply(lan, "a", "menu")
    answers.reply(tuan, "b", "menu")
    db.session.commit()

    deliver_all()

    assert len(heard(zalo, "lan")) == 1 and heard(zalo, "tuan") == []


def test_a_guest_who_was_dismissed_hears_nothing_more(on_trial):
    zalo, lan, _ = on_trial  # noqa: F811
    guests.dismiss(INVITED)
    owe(lan, "answer", dedupe_key="x", consultation=TextMessage("Xin chào"))
    db.session.commit()

    deliver_all()

    assert heard(zalo, "lan") == []


def test_paused_broadcasts_wait_while_receipts_go_on(on_trial):
    zalo, lan, _ = on_trial  # noqa: F811
    pauses.pause("Tin sai số tiền", "Phạm Thu Hà", pauses.BROADCASTS)
    for lane in ("urgent", "broadcast"):
        owe(lan, lane, dedupe_key=lane, consultation=TextMessage(f"Tin {lane}"), lane=lane)
    db.session.commit()

    deliver_all()
    assert [one["text"] for one in heard(zalo, "lan")] == ["Tin urgent"]

    pauses.resume("Phạm Thu Hà", pauses.BROADCASTS)
    db.session.commit()
    deliver_all()
    assert [one["text"] for one in heard(zalo, "lan")] == ["Tin urgent", "Tin broadcast"]
