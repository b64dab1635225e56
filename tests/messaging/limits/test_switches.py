"""What a province switches off is not written; what a citizen asked for always is."""

import pytest

from motcua.core.database import db, tenant_scope
from motcua.dossiers import intake
from motcua.dossiers.schemas import EventIn
from motcua.messaging import events
from motcua.messaging.limits import switches
from motcua.messaging.models import Message
from motcua.messaging.outbox import Owed, Zbs, gathering, owe, owe_all
from motcua.messaging.wording.offered import VARIABLES
from motcua.zalo.messages import TextMessage
from tests.factories import event_body, make_citizen, make_dossier


def turn(*names: str, is_on: bool = False, channels=events.CHANNELS) -> int:
    changed = switches.turn({(name, channel): is_on for name in names for channel in channels}, "Phạm Thu Hà")
    db.session.commit()
    return changed


def owed(event: str = "dossier_moved", key: str = "1") -> bool:
    return owe(
        make_citizen(),
        event,
        dedupe_key=key,
        consultation=TextMessage("Tin"),
        zbs=Zbs("dossier_status", {"ma_ho_so": "1"}),
    )


def contents() -> list[set]:
    return [set(one) for one in db.session.scalars(db.select(Message.content).order_by(Message.id))]


def test_an_event_switched_off_is_not_written(province):
    turn("dossier_moved")

    assert owed() is False
    assert contents() == []


@pytest.mark.parametrize(("channel", "left"), [("consultation", "zbs"), ("zbs", "consultation")])
def test_a_channel_switched_off_leaves_the_other(province, channel, left):
    turn("dossier_moved", channels=[channel])

    assert owed() is True
    assert contents() == [{left}]


def test_switched_on_again_it_is_written_in_the_next_transaction(province):
    turn("dossier_moved")
    owed()
    assert turn("dossier_moved", is_on=True) == 2

    assert owed() is True


def test_only_what_is_on_is_written_of_many(province):
    turn("survey_ask")
    citizen = make_citizen()
    many = [Owed(citizen, event, event, TextMessage("Tin")) for event in ("survey_ask", "dossier_ready")]

    assert owe_all(many) == 1
    with gathering() as gathered:
        owe_all([Owed(citizen, "survey_ask", "other", TextMessage("Tin"))])
    assert gathered == {}


def test_news_of_a_dossier_follow_the_switches(province):
    make_citizen(phone="84912345678")
    db.session.commit()
    turn("dossier_ready", "dossier_ready_early")

    dossier = make_dossier()
    intake.add_event(dossier.code, EventIn().load(event_body(9)))
    db.session.commit()

    assert set(db.session.scalars(db.select(Message.event))) == {"dossier_accepted"}


def test_another_provinces_switches_change_nothing_here(two_provinces):
    with tenant_scope("da-nang"):
        turn("dossier_moved")

    with tenant_scope("binh-thuan"):
        assert owed() is True


@pytest.mark.parametrize(
    "event", ["dossier_status", "stopped", "help", "complaint_answered", "ask_phone", "text_test"]
)
def test_an_answer_cannot_be_switched_off(province, event):
    with pytest.raises(switches.SwitchLocked) as refused:
        turn(event)

    assert "Xin" in refused.value.message


def test_what_the_law_asks_for_keeps_its_free_channel_but_may_lose_the_paid_one(province):
    with pytest.raises(switches.SwitchLocked):
        turn("dossier_supplement")
    db.session.rollback()

    assert turn("dossier_supplement", channels=["zbs"]) == 1


def test_a_row_that_locks_forbid_since_a_release_is_not_obeyed(province):
    db.session.add(
        switches.MessageSwitch(
            event="dossier_supplement", channel="consultation", is_on=False, changed_by="x"
        )
    )
    db.session.commit()

    assert owed("dossier_supplement") is True
    assert contents() == [{"consultation", "zbs"}]


def test_who_changed_a_switch_is_kept(province):
    turn("dossier_moved", channels=["zbs"])

    one = switches.all_switches()["dossier_moved", "zbs"]

    assert (one.is_on, one.changed_by) == (False, "Phạm Thu Hà")


def test_every_switch_is_of_a_text_that_exists():
    assert events.BY_NAME.keys() <= VARIABLES.keys()


def test_every_text_stands_in_a_group_under_a_name():
    """One that is missing: name it in messaging/events.py."""
    assert events.OTHERS not in events.groups(set(VARIABLES))
