"""What a province's settings allow when a message is about to leave."""

from datetime import UTC, datetime, time, timedelta

import pytest

from motcua.core.calendar import Calendar, OfficeHours
from motcua.core.clock import VIETNAM, now
from motcua.core.database import db, tenant_scope
from motcua.messaging.channels import rules
from motcua.messaging.channels.routing import Options, Route, Wait, choose
from motcua.messaging.channels.rules import Budget, Rules
from motcua.messaging.channels.zbs_templates import KnownTemplate
from motcua.messaging.limits import rule_versions, spending, switches
from motcua.messaging.limits.hours import DEFAULTS, Hours
from motcua.messaging.limits.rule_versions import Settings, SettingsInvalid
from motcua.zalo.zbs import TemplateParam

OFFICE = OfficeHours(tuple((day, ((time(7), time(17)),)) for day in range(1, 6)))
CALENDAR = Calendar(OFFICE)
NIGHT = datetime(2026, 11, 24, 23, tzinfo=VIETNAM)
DAY = datetime(2026, 11, 25, 10, tzinfo=VIETNAM)
NOTICE = {"event": "survey_ask", "lane": "normal"}


def options(**given) -> Options:
    known = {
        "has_consultation": True,
        "has_template": True,
        "uid": "7",
        "phone": "84912345678",
        "last_interaction_at": None,
        "refused": frozenset(),
        "event": "dossier_ready",
        "lane": "urgent",
        "account_id": 1,
        "template_id": "300001",
        "template_data": {"ma_ho_so": "H11-1"},
    }
    return Options(**(known | given))


def template(**given) -> KnownTemplate:
    params = (TemplateParam("ma_ho_so", "4", max_length=30),)
    known = {
        "status": "ENABLE",
        "tag": "TRANSACTION",
        "price_uid_vnd": 90,
        "price_phone_vnd": 150,
        "params": params,
    }
    return KnownTemplate(**(known | given))


def ruled(one: KnownTemplate | None = None, **given) -> Rules:
    known = {
        "hours": DEFAULTS,
        "calendar": CALENDAR,
        "templates": {} if one is None else {(1, "300001"): one},
        "synced": frozenset({1}) if one is not None else frozenset(),
    }
    return Rules(**(known | given))


@pytest.mark.parametrize(
    ("given", "until"),
    [
        ({"event": "survey_ask", "lane": "normal"}, datetime(2026, 11, 25, 8, tzinfo=VIETNAM)),
        ({"event": "dossier_fee_reminder", "lane": "normal"}, datetime(2026, 11, 25, 8, tzinfo=VIETNAM)),
        ({"event": "announcement", "lane": "broadcast"}, None),
        ({"event": "announcement", "lane": "emergency"}, None),
        ({"event": "dossier_ready"}, None),
        ({"event": "help"}, None),
        ({"event": "visit_reminder_hour", "lane": "normal"}, None),
    ],
    ids=["survey", "reminder", "broadcast", "emergency", "news", "answer", "an hour before a visit"],
)
def test_quiet_hours_by_kind(given, until):
    found = choose(options(last_interaction_at=NIGHT, **given), NIGHT, ruled(template()))

    assert found == Wait(until, "quiet_hours") if until else isinstance(found, Route)


def test_a_survey_on_a_holiday_waits_for_the_next_day():
    feast = datetime(2026, 9, 2, 10, tzinfo=VIETNAM)

    found = choose(options(last_interaction_at=feast, **NOTICE), feast, ruled())

    assert found == Wait(datetime(2026, 9, 3, 8, tzinfo=VIETNAM), "quiet_hours")


def test_whoever_cannot_be_reached_at_all_does_not_wait_for_the_morning():
    assert choose(options(uid=None, phone=None, **NOTICE), NIGHT, ruled()) is None


def test_the_price_is_the_templates_own_and_decides():
    dear_uid = ruled(template(price_uid_vnd=200))

    assert choose(options(), DAY, ruled(template())) == Route(
        "zbs_uid", "no_recent_interaction", 90, {"ma_ho_so": "H11-1"}
    )
    assert choose(options(), DAY, dear_uid).channel == "zbs_phone"
    assert choose(options(last_interaction_at=DAY), DAY, dear_uid).price_vnd == 0


def test_a_price_of_nothing_is_not_an_unknown_price():
    assert choose(options(), DAY, ruled(template(price_uid_vnd=0))).price_vnd == 0
    assert choose(options(), DAY, ruled(template(price_uid_vnd=None))).price_vnd == 120


@pytest.mark.parametrize(
    "one",
    [template(status="DISABLE"), template(params=(TemplateParam("ho_ten", "1"),))],
    ids=["locked", "other words"],
)
def test_a_template_that_cannot_be_sent_is_not_taken(one):
    assert choose(options(), DAY, ruled(one)) is None
    assert choose(options(last_interaction_at=DAY), DAY, ruled(one)).channel == "consultation"


def test_a_template_that_zalo_does_not_list_is_not_taken_but_one_never_asked_for_is():
    assert choose(options(template_id="399999"), DAY, ruled(template())) is None
    assert choose(options(), DAY, ruled()).channel == "zbs_uid"


def test_at_night_only_transaction_templates_go():
    care = ruled(template(tag="CUSTOMER_CARE"))

    assert choose(options(), NIGHT, ruled(template())).channel == "zbs_uid"
    assert choose(options(), NIGHT, care) == Wait(datetime(2026, 11, 25, 7, tzinfo=VIETNAM), "zalo_night")
    assert choose(options(lane="emergency"), NIGHT, care).channel == "zbs_uid"
    assert choose(options(last_interaction_at=NIGHT), NIGHT, care).channel == "consultation"


def test_at_the_cap_what_is_not_urgent_waits_and_what_is_free_goes():
    full = ruled(template(), budget=Budget(1000, 1050, 2000))

    assert choose(options(**NOTICE), DAY, full) == Wait(DAY + timedelta(hours=1), "spend_cap")
    assert choose(options(last_interaction_at=DAY, **NOTICE), DAY, full).price_vnd == 0
    assert choose(options(), DAY, full).price_vnd == 90


def test_at_the_second_limit_urgent_news_wait_too_and_emergencies_pass():
    full = ruled(template(), budget=Budget(1990, 1000, 2000))

    assert choose(options(), DAY, full) == Wait(DAY + timedelta(hours=1), "spend_cap_urgent")
    assert choose(options(lane="emergency"), DAY, full).price_vnd == 90


def test_without_a_second_limit_urgent_news_go_on():
    assert choose(options(), DAY, ruled(template(), budget=Budget(10**9, 0))).price_vnd == 90


def test_a_channel_switched_off_is_not_taken_by_what_was_owed_before():
    no_zbs = ruled(template(), off=frozenset({("dossier_ready", "zbs")}))
    no_chat = ruled(template(), off=frozenset({("dossier_ready", "consultation")}))

    assert choose(options(), DAY, no_zbs) is None
    assert choose(options(last_interaction_at=DAY), DAY, no_chat).channel == "zbs_uid"


def save(**given) -> bool:
    done = rule_versions.change(Settings(**given), "Phạm Thu Hà")
    db.session.commit()
    rules.changed("binh-thuan")
    return done


def test_a_change_is_heard_at_once_and_kept_as_a_version(province):
    assert rules.rules_of(province).hours_of("survey") == DEFAULTS["survey"]

    assert save(hours=DEFAULTS | {"survey": Hours(time(9), time(18), "working")}, cap_vnd=5_000_000)

    found = rules.rules_of(province)
    assert found.hours_of("survey") == Hours(time(9), time(18), "working")
    assert found.budget == Budget(0, 5_000_000, None, spending.month_of(now()))
    assert not save(hours=DEFAULTS | {"survey": Hours(time(9), time(18), "working")}, cap_vnd=5_000_000)
    assert [one.number for one in rule_versions.history()] == [1]


def test_another_process_hears_of_it_through_redis(province):
    before = rules.rules_of(province)
    rule_versions.change(Settings(cap_vnd=1), "Phạm Thu Hà")
    db.session.commit()
    assert rules.rules_of(province) is before

    known = dict(rules._known)
    rules.changed(province)
    rules._known.update(known)  # as another process still holds it

    assert rules.rules_of(province).budget.cap_vnd == 1


def test_switches_and_templates_are_among_the_rules(province):
    switches.turn({("dossier_moved", "zbs"): False}, "Phạm Thu Hà")
    db.session.commit()
    rules.changed(province)

    assert rules.rules_of(province).off == {("dossier_moved", "zbs")}


def test_another_provinces_rules_are_its_own(two_provinces):
    with tenant_scope("binh-thuan"):
        save(cap_vnd=1)

    with tenant_scope("da-nang"):
        assert rules.rules_of("da-nang").budget.cap_vnd is None


@pytest.mark.parametrize(
    "given",
    [
        {"hours": DEFAULTS | {"survey": Hours(time(21), time(8))}},
        {"hours": DEFAULTS | {"survey": Hours(time(8), time(21), "sometimes")}},
        {"cap_vnd": -1},
        {"urgent_cap_vnd": 5},
        {"cap_vnd": 10, "urgent_cap_vnd": 5},
    ],
    ids=["over midnight", "no such days", "below nothing", "second without first", "second below first"],
)
def test_settings_that_make_no_sense_are_refused_with_a_remedy(province, given):
    with pytest.raises(SettingsInvalid) as refused:
        save(**given)

    assert "Xin" in refused.value.message
    assert rule_versions.latest() is None


def test_the_clock_of_the_night_is_the_provinces():
    care = ruled(template(tag="CUSTOMER_CARE"))

    assert isinstance(choose(options(), datetime(2026, 11, 24, 14, 59, tzinfo=UTC), care), Route)
    assert isinstance(choose(options(), datetime(2026, 11, 24, 15, 0, tzinfo=UTC), care), Wait)
