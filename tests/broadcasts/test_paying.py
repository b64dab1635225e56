"""What an announcement costs and by which OAs it can be paid for: as the messages will really leave."""

import pytest

from motcua.alerts import watching
from motcua.broadcasts import content
from motcua.broadcasts.counting import count
from motcua.core import scope
from motcua.core.clock import now
from motcua.core.database import db
from motcua.messaging import alarms
from motcua.messaging.channels import rules
from motcua.messaging.channels.purposes import PURPOSES
from motcua.messaging.channels.zbs_templates import ZbsTemplate
from motcua.tenancy.models import OfficialAccount
from tests.factories import APP_ID

from .conftest import draft, messages, move_on, person, scheduled

TEMPLATE_ID, OTHER_OA = "300009", "388000000000000099"
PARAMS = ("tieu_de", "so_thong_bao", "van_ban", "co_quan")


def param(name: str, type_: str = "9", most: int = 200) -> dict:
    return {"name": name, "type": type_, "max_length": most}


def maps_announcements(account: OfficialAccount) -> OfficialAccount:
    account.templates = account.templates | {content.TEMPLATE: TEMPLATE_ID}
    db.session.commit()
    return account


def synced(account: OfficialAccount, **given) -> None:
    """Zalo told us of the account's template."""
    values = {"status": "ENABLE", "price_uid_vnd": 120, "params": [param(name) for name in PARAMS]} | given
    row = ZbsTemplate(
        account_id=account.id, template_id=TEMPLATE_ID, name="Thông báo", synced_at=now(), **values
    )
    db.session.add(row)
    db.session.commit()
    rules.changed(scope.required())


@pytest.fixture
def main(day):
    return maps_announcements(db.session.scalars(db.select(OfficialAccount)).one())


@pytest.fixture
def paid(main):
    """An announcement the province pays for, and somebody outside the 48 hours."""
    person(hours_ago=100)
    return draft(pays="1")


@pytest.mark.parametrize(
    "told",
    [
        {"status": "DISABLE"},
        {"status": "REJECT"},
        {"gone_at": now()},
        {"params": [param("ho_ten")]},
        {"params": [param("van_ban", "4", 5)]},
    ],
    ids=[
        "disabled",
        "rejected",
        "gone",
        "wants what we do not fill",
        "takes no number of a document so long",
    ],
)
def test_by_a_template_that_cannot_leave_nobody_is_paid_for(main, paid, told):
    synced(main, **told)

    found = count(paid)

    assert (found.paid, found.unreachable, found.cost_vnd) == (0, 1, 0)


def test_a_template_that_zalo_does_not_have_pays_for_nobody(main, paid):
    synced(main)
    main.templates = main.templates | {content.TEMPLATE: "300010"}
    db.session.commit()

    assert count(paid).paid == 0


def test_the_price_is_the_one_that_zalo_told(main, paid):
    synced(main, price_uid_vnd=235)

    assert (count(paid).paid, count(paid).cost_vnd) == (1, 235)


def test_each_oas_people_cost_what_that_oa_pays(main, paid):
    other = OfficialAccount(key="second", oa_id=OTHER_OA, app_id=APP_ID, name="OA sáp nhập", templates={})
    db.session.add(other)
    maps_announcements(other)
    synced(main, price_uid_vnd=100)
    synced(other, price_uid_vnd=300)
    for _ in range(2):
        person(hours_ago=100, oa=OTHER_OA)

    assert (count(paid).paid, count(paid).cost_vnd) == (3, 700)


def test_by_a_template_never_fetched_the_price_list_holds(paid):
    assert count(paid).cost_vnd == 120


def test_what_was_counted_is_what_leaves(main, paid):
    synced(main)
    words = content.template(paid)

    scheduled(paid)
    move_on(paid)

    (message,) = messages(paid)
    sent = message.content["zbs"]
    assert sent["purpose"] == content.TEMPLATE
    assert sent["data"] == content.template(paid)
    assert sent["data"].keys() == words.keys() == PURPOSES[content.TEMPLATE].fills.keys()


def test_a_template_that_wants_what_announcements_do_not_fill_alerts_the_admin(main):
    synced(main, params=[param("ho_ten")])

    watching.look()

    wanted = (alarms.TEMPLATE, f"{main.key}/{content.TEMPLATE}")
    (sentence,) = (one.sentence for one in watching.shown() if (one.alert.kind, one.alert.subject) == wanted)
    assert "Tin thông báo của tỉnh" in sentence
    assert "ho_ten" in sentence and "tieu_de" in sentence
