"""A province's rules as delivery obeys them: hours, templates, switches, money."""

from datetime import UTC, datetime, timedelta

from motcua.core.database import db
from motcua.demo.stage import template
from motcua.messaging import jobs
from motcua.messaging.channels import rules
from motcua.messaging.channels.routing import PRICE_VND
from motcua.messaging.limits import rule_versions, spending
from motcua.messaging.limits.hours import DEFAULTS, Hours
from motcua.messaging.limits.rule_versions import Settings
from motcua.messaging.models import Message
from motcua.messaging.template_sync import sync
from tests.factories import OA_IDS
from tests.messaging.conftest import state_of

TUAN = "84987654321"


def deliver(lane: str = "urgent") -> int:
    return jobs.deliver("binh-thuan", lane)


def settle(**given) -> None:
    rule_versions.change(Settings(**given), "Phạm Thu Hà")
    db.session.commit()
    rules.changed("binh-thuan")


def never_now() -> Hours:
    """An hour that is not this one, on this side of midnight."""
    local = datetime.now(UTC) + timedelta(hours=7)
    away = timedelta(hours=2) if local.hour < 20 else timedelta(hours=-3)
    start = (local + away).replace(second=0, microsecond=0)
    return Hours(start.time(), (start + timedelta(hours=1)).time())


def test_outside_the_hours_a_message_waits_without_an_attempt(owed):
    settle(hours=DEFAULTS | {"news": never_now()})
    message = owed()

    deliver()

    row = state_of(message)
    assert (row.state, row.failure, row.attempts) == ("queued", "quiet_hours", 0)
    assert row.next_attempt_at > datetime.now(UTC) + timedelta(minutes=30)


def test_the_templates_own_price_is_recorded_and_counted(zalo, owed):
    dear = template(OA_IDS["binh-thuan"], "dossier_receipt", "300000") | {"price_sdt": 170}
    zalo.ask("POST", "/templates", dear)
    sync("binh-thuan")
    message = owed(None, to=TUAN)

    deliver()

    assert (state_of(message).state, state_of(message).price_vnd) == ("sent", 170)
    assert spending.tally() == 1
    assert spending.spent_vnd(spending.month_of(datetime.now(UTC))) == 170


def test_a_locked_template_is_not_tried(zalo, owed):
    locked = template(OA_IDS["binh-thuan"], "dossier_receipt", "300000") | {"status": "DISABLE"}
    zalo.ask("POST", "/templates", locked)
    numbers = [owed(None, to=TUAN).id, owed("Xin chào").id]
    sync("binh-thuan")

    deliver()

    by_phone, by_chat = (db.session.get(Message, ("binh-thuan", number)) for number in numbers)
    assert (by_phone.state, by_phone.failure) == ("failed", "no_channel_left")
    assert by_chat.channel == "consultation"


def test_at_the_cap_a_survey_waits_and_a_receipt_goes(zalo, owed):
    settle(cap_vnd=100, urgent_cap_vnd=1000)
    receipt = owed(None, to=TUAN, key="1")
    reminder = owed(None, to=TUAN, key="2", lane="normal")

    deliver()
    deliver("normal")

    assert state_of(receipt).state == "sent"
    assert (state_of(reminder).state, state_of(reminder).failure) == ("queued", "spend_cap")


def test_what_leaves_at_once_does_not_overrun_the_cap(zalo, owed):
    settle(cap_vnd=PRICE_VND["zbs_phone"] * 5, urgent_cap_vnd=10**6)
    reminders = [owed(None, to=f"8491234{number:04}", key=str(number), lane="normal") for number in range(40)]

    deliver("normal")

    assert [state_of(one).state for one in reminders].count("sent") == 5
    assert {state_of(one).failure for one in reminders} == {None, "spend_cap"}
    assert spending.spent_vnd(spending.month_of(datetime.now(UTC))) == PRICE_VND["zbs_phone"] * 5


def test_a_refused_message_gives_its_money_back(zalo, owed):
    settle(cap_vnd=PRICE_VND["zbs_phone"], urgent_cap_vnd=10**6)
    zalo.fault("/business/message/template", "error", code=-108, count=1)
    refused = owed(None, to=TUAN, key="1", lane="normal")
    deliver("normal")
    assert state_of(refused).state == "failed"

    second = owed(None, to="84912345678", key="2", lane="normal")
    deliver("normal")

    assert state_of(second).state == "sent"


def test_words_are_cut_to_the_template(zalo, owed):
    short = template(OA_IDS["binh-thuan"], "dossier_receipt", "300000")
    short["params"] = [
        one | ({"maxLength": 10} if one["name"] == "co_quan" else {}) for one in short["params"]
    ]
    zalo.ask("POST", "/templates", short)
    sync("binh-thuan")
    message = owed(None, to=TUAN)

    deliver()

    assert state_of(message).state == "sent"
