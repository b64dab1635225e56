"""Who is counted, who is left out and why; every person once."""

from datetime import timedelta

import pytest
from werkzeug.datastructures import MultiDict

from motcua.broadcasts import choosing, content, workflow
from motcua.broadcasts.audience import Audience
from motcua.broadcasts.counting import count
from motcua.catalogue.models import Agency
from motcua.citizens import registry
from motcua.core.clock import now
from motcua.core.database import db, tenant_scope
from motcua.core.errors import Invalid
from motcua.dossiers.models import Follow
from motcua.tenancy.models import OfficialAccount
from tests.factories import APP_ID, make_dossier

from .conftest import WRITER, draft, emergency, move_on, person, recipients, scheduled

OTHER_OA = "388000000000000099"


@pytest.fixture
def second_oa(day):
    account = OfficialAccount(key="second", oa_id=OTHER_OA, app_id=APP_ID, name="OA sáp nhập", templates={})
    account.keep_tokens("t", "r", now() + timedelta(hours=25))
    db.session.add(account)
    db.session.commit()


def reached(one) -> int:
    return count(one).reached


def follows(citizen, dossier, ended_at=None) -> None:
    db.session.add(Follow(dossier_id=dossier.id, citizen_id=citizen.id, proof="phone", ended_at=ended_at))
    db.session.commit()


def test_only_those_who_asked_for_the_topic_are_reached_and_the_rest_is_counted(day):
    person()
    person(topics=("local",))
    person(topics=())
    person(muted=True)

    found = count(draft())

    assert (found.described, found.reached, found.muted, found.not_agreed) == (4, 1, 1, 2)


def test_a_topic_without_a_standing_consent_is_no_consent(day):
    citizen = person()
    registry.withdraw_purpose(citizen, "broadcasts")

    assert reached(draft()) == 0


def test_a_warning_reaches_every_follower_and_only_followers(day):
    person(topics=())
    person(muted=True)
    person(follows=False)

    found = count(workflow.write(emergency(), WRITER))

    assert (found.reached, found.of_muted_followers) == (2, 1)


@pytest.mark.parametrize(
    ("hours_ago", "wanted"), [(47, "48h"), (49, "7d"), (24 * 7 - 1, "7d"), (24 * 7 + 1, "older")]
)
def test_the_age_of_the_last_contact_chooses(day, hours_ago, wanted):
    person(hours_ago=hours_ago)

    found = {
        age: reached(draft(Audience(topic="policy", last_contact=age)))
        for age in ("48h", "7d", "older", "any")
    }

    assert found == {"48h": 0, "7d": 0, "older": 0, "any": 1} | {wanted: 1}


def test_whoever_never_spoke_with_us_counts_as_longest_ago(day):
    citizen = person()
    citizen.last_interaction_at = None
    db.session.commit()

    assert reached(draft(Audience(topic="policy", last_contact="older"))) == 1
    assert count(draft()).unreachable == 1


def test_free_paid_and_unreachable_add_up_with_the_price(day):
    person(hours_ago=1)
    person(hours_ago=100)
    person(hours_ago=1000)
    one = draft(pays="1")

    without = count(one)
    account = db.session.scalars(db.select(OfficialAccount)).one()
    account.templates = account.templates | {content.TEMPLATE: "300009"}
    db.session.commit()
    found = count(one)

    assert (without.free, without.paid, without.unreachable, without.cost_vnd) == (1, 0, 2, 0)
    assert (found.free, found.paid, found.unreachable, found.cost_vnd) == (1, 2, 0, 240)


def test_one_phone_on_two_oas_is_one_person_reached_where_they_spoke_last(day, second_oa):
    person(phone="84912345678", hours_ago=30)
    latest = person(phone="84912345678", hours_ago=2, oa=OTHER_OA)
    one = draft()

    found = count(one)
    scheduled(one)
    move_on(one)

    assert (found.reached, found.duplicates) == (1, 1)
    assert recipients(one) == {latest.id: None}


@pytest.mark.parametrize("phones", [(None, None), ("84912345678", None), (None, "84912345678")])
def test_one_user_of_the_app_is_one_person_whether_or_not_a_phone_is_proven(day, second_oa, phones):
    person(phone=phones[0], hours_ago=30, app_user="1:55")
    latest = person(phone=phones[1], hours_ago=2, oa=OTHER_OA, app_user="1:55")
    other = person(oa=OTHER_OA, app_user="1:56")
    one = draft()

    found = count(one)
    scheduled(one)
    move_on(one)

    assert (found.reached, found.duplicates) == (2, 1)
    assert recipients(one) == {latest.id: None, other.id: None}


def test_a_warning_reaches_a_follower_of_two_oas_once(day, second_oa):
    person(topics=(), hours_ago=30, app_user="1:55")
    latest = person(topics=(), oa=OTHER_OA, app_user="1:55")
    one = workflow.write(emergency(), WRITER)
    db.session.commit()

    scheduled(one)
    move_on(one)

    assert recipients(one) == {latest.id: None}


def test_nobody_is_written_to_on_an_oa_that_is_not_connected_any_more(day, second_oa):
    there = person(phone="84912345678", hours_ago=30)
    person(phone="84912345678", hours_ago=2, oa=OTHER_OA)
    db.session.execute(
        db.update(OfficialAccount).where(OfficialAccount.key == "second").values(state="needs_consent")
    )
    db.session.commit()
    one = draft()

    scheduled(one)
    move_on(one)

    assert recipients(one) == {there.id: None}


def test_a_stop_on_one_oa_leaves_the_consent_on_the_other(day, second_oa):
    person(phone="84912345678", muted=True)
    person(phone="84912345678", oa=OTHER_OA)

    found = count(draft())

    assert (found.reached, found.muted, found.duplicates) == (1, 0, 0)


def test_commune_and_field_are_those_of_dossiers_that_they_follow(day):
    db.session.add(
        Agency(code="ubnd-xa-hai", name="UBND xã Hai", kind="commune", level="commune", old_units=["Xã Cũ"])
    )
    db.session.commit()
    here, there, nowhere, left = person(), person(), person(), person()
    follows(here, make_dossier())
    follows(there, make_dossier(agency_code="ubnd-xa-hai"))
    follows(left, make_dossier(), ended_at=now())
    (field,) = choosing.procedure_fields()

    def of(**conditions) -> int:
        return reached(draft(choosing.with_codes(Audience(topic="policy", **conditions))))

    assert nowhere.id
    assert of(communes=("ubnd-phuong",)) == 1
    assert of(communes=("ubnd-phuong", "ubnd-xa-hai")) == 2
    assert of(fields=(field,)) == 2
    assert of(communes=("ubnd-xa-hai",), fields=(field,)) == 1
    assert of(communes=("ubnd-xa-hai",), language="en") == 0


def test_language_and_following_narrow_further(day):
    person(language="en")
    person(follows=False)

    assert reached(draft()) == 2
    assert reached(draft(Audience(topic="policy", language="en"))) == 1
    assert reached(draft(Audience(topic="policy", followers_only=True))) == 1


def test_the_other_provinces_citizens_are_never_counted(app, two_provinces, clock):
    with tenant_scope("da-nang"):
        person()
    with tenant_scope("binh-thuan"):
        assert count(draft()).described == 0


def test_an_article_goes_to_every_follower_whatever_they_asked_for(day):
    person(topics=(), hours_ago=1000)
    person(muted=True)
    person(follows=False)

    found = count(draft(channel="article"))

    assert (found.described, found.reached, found.free, found.of_muted_followers) == (2, 2, 2, 1)


@pytest.mark.parametrize(
    "form",
    [
        {"topic": "lottery"}, {"communes": "ubnd-nowhere"}, {"fields": "Bói toán"}, {"last_contact": "never"},
        {"language": "fr"}, {"source": "everybody"}, {"ages": "99"},
    ],
    ids=str,
)  # fmt: skip
def test_what_is_not_on_offer_is_refused(day, form):
    with pytest.raises(Invalid):
        choosing.read(MultiDict(form), draft())


def test_an_audience_comes_back_as_it_was_kept_also_from_a_later_version(day):
    chosen = Audience(topic="policy", communes=("a", "b"), ages=(1, 2), language="en")
    one = draft(chosen)
    one.audience = one.audience | {"moon_phase": "full"}

    assert Audience.of(one) == chosen
