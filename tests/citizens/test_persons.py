"""One citizen, one notice: however many of a province's OAs they follow."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.citizens import registry
from motcua.citizens.models import Citizen
from motcua.citizens.persons import persons
from motcua.core.database import db
from motcua.dossiers import following, intake
from motcua.dossiers.schemas import EventIn
from motcua.messaging.models import Message
from motcua.tenancy.models import OfficialAccount
from tests.factories import OA_IDS, PHONE, event_body, make_dossier

OLD, NEW = OA_IDS["binh-thuan"], "388000000000000061"
NOW = datetime(2026, 11, 25, 3, tzinfo=UTC)


@pytest.fixture
def two_accounts(province):
    """After a merger the province has a second OA, connected too."""
    first = db.session.scalars(db.select(OfficialAccount)).one()
    second = OfficialAccount(
        key="new", oa_id=NEW, app_id=first.app_id, name="OA mới", templates=first.templates
    )
    second.keep_tokens("token", "refresh", datetime.now(UTC) + timedelta(hours=25))
    db.session.add(second)
    db.session.commit()
    return first, second


def meet(
    oa_id: str,
    uid: str,
    *,
    phone: str | None = PHONE,
    proven_at: datetime | None = None,
    app_user: str | None = None,
) -> Citizen:
    citizen = registry.meet(oa_id, uid, app_user)
    citizen.is_follower = True
    registry.note_interaction(citizen, None)
    if phone:
        citizen.prove_phone(phone)
        citizen.phone_proven_at = proven_at or citizen.phone_proven_at
    db.session.commit()
    return citizen


def told() -> list[tuple[str, int]]:
    rows = db.session.execute(db.select(Message.event, Message.citizen_id).order_by(Message.id))
    return [(event, citizen_id) for event, citizen_id in rows]


def test_the_same_phone_on_two_accounts_gets_one_notice_on_the_one_linked_last(two_accounts):
    meet(OLD, "71")
    newer = meet(NEW, "72")

    make_dossier()

    assert told() == [("dossier_accepted", newer.id)]


def test_an_account_that_is_not_connected_is_passed_over(two_accounts):
    older = meet(OLD, "71")
    meet(NEW, "72")
    two_accounts[1].state = "needs_consent"
    db.session.commit()

    make_dossier()

    assert told() == [("dossier_accepted", older.id)]


def test_two_people_get_two_notices(two_accounts):
    meet(OLD, "71")
    other = meet(NEW, "72", phone="84987654321")
    dossier = make_dossier()
    following.follow(dossier, other, "token")
    db.session.commit()

    intake.add_event(dossier.code, EventIn().load(event_body(9)))
    db.session.commit()

    assert len([one for one in told() if one[0].startswith("dossier_ready")]) == 2


def test_who_links_another_account_is_not_told_the_same_again(two_accounts):
    older = meet(OLD, "71")
    dossier = make_dossier()
    assert told() == [("dossier_accepted", older.id)]
    newer = meet(NEW, "72")
    following.follow_own(newer)
    db.session.commit()

    make_dossier(dossier.code, summary="Gửi lại")

    assert told() == [("dossier_accepted", older.id)]


def test_the_stronger_proof_of_a_person_opens_the_details(two_accounts):
    older, newer = meet(OLD, "71"), meet(NEW, "72")
    dossier = make_dossier()
    following.find(dossier, newer).proof = "token"
    db.session.commit()

    intake.add_event(dossier.code, EventIn().load(event_body(4, officer={"name": "Nguyễn Văn Bình"})))
    db.session.commit()

    words = db.session.scalars(db.select(Message.content).where(Message.event == "dossier_moved")).one()
    assert older.id != newer.id
    assert "Nguyễn Văn Bình" in words["consultation"]["text"]


def test_stop_on_one_account_is_stop_for_the_person(two_accounts):
    older, newer = meet(OLD, "71"), meet(NEW, "72")
    stranger = meet(NEW, "73", phone="84987654321")

    registry.withdraw(older)
    db.session.commit()

    assert (newer.muted_at is None, stranger.muted_at is None) == (False, True)
    make_dossier()
    assert told() == []


def test_ids_without_a_phone_are_never_taken_for_one_person(two_accounts):
    citizens = [meet(OLD, "71", phone=None), meet(NEW, "72", phone=None)]

    assert [one.citizen for one in persons(citizens, lambda: {OLD, NEW})] == citizens


def test_one_user_of_the_app_gets_one_notice_without_any_phone(two_accounts):
    older, newer = (meet(oa_id, "71", phone=None, app_user="1:55") for oa_id in (OLD, NEW))
    dossier = make_dossier()
    for one in (older, newer):
        following.follow(dossier, one, "token")
    db.session.commit()

    intake.add_event(dossier.code, EventIn().load(event_body(9)))
    db.session.commit()

    assert [who for event, who in told() if event.startswith("dossier_ready") and who] == [newer.id]


def test_stop_on_one_account_is_stop_for_the_same_user_on_the_other(two_accounts):
    older, newer = (meet(oa_id, "71", phone=None, app_user="1:55") for oa_id in (OLD, NEW))
    stranger = meet(NEW, "73", phone=None, app_user="1:56")

    registry.withdraw(older)
    db.session.commit()

    assert (newer.muted_at is None, stranger.muted_at is None) == (False, True)


def test_an_account_that_is_erased_is_nobodys_any_more(two_accounts):
    older, newer = (meet(oa_id, "71", phone=None, app_user="1:55") for oa_id in (OLD, NEW))

    registry.erase(older)
    db.session.commit()

    assert registry.accounts_of(newer) == [newer] and newer.muted_at is None


@given(
    st.lists(
        st.tuples(
            st.integers(1, 50),
            st.sampled_from(["a", "b", None]),
            st.sampled_from(["x", "y", "z", None]),
            st.sampled_from([OLD, NEW]),
            st.integers(0, 9),
        ),
        max_size=12,
        unique_by=lambda one: one[0],
    ),
    st.sets(st.sampled_from([OLD, NEW])),
)
def test_each_phone_and_each_user_once_and_the_same_choice_in_any_order(rows, connected):
    citizens = [
        Citizen(
            id=number,
            oa_id=oa_id,
            phone_index=phone,
            app_user_index=app_user,
            phone_proven_at=NOW + timedelta(days=day) if phone else None,
        )
        for number, phone, app_user, oa_id, day in rows
    ]

    found = persons(citizens, lambda: connected)
    backwards = persons(citizens[::-1], lambda: connected)

    assert {one.citizen.id for one in found} == {one.citizen.id for one in backwards}
    assert sorted(number for one in found for number in one.ids) == sorted(one.id for one in citizens)
    by_id = {one.id: one for one in citizens}
    for sign in ("phone_index", "app_user_index"):
        signs = [{getattr(by_id[number], sign) for number in one.ids} - {None} for one in found]
        assert sum(map(len, signs)) == len(set().union(*signs))
