"""All provinces at a glance: right for each, and no dearer for many."""

from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from motcua.core import months, reporting
from motcua.core.clock import now
from motcua.core.database import db, tenant_scope
from motcua.messaging import pauses
from motcua.messaging.limits.spending import MessageSpend
from motcua.messaging.outbox import owe
from motcua.provinces import overview
from motcua.tenancy.models import Tenant
from motcua.zalo.messages import TextMessage
from tests.factories import make_citizen, make_staff

MINE, THEIRS = "binh-thuan", "da-nang"


def owed(slug: str, count: int, **values) -> None:
    with tenant_scope(slug):
        for number in range(count):
            message = owe(
                make_citizen(f"7{number:018d}"),
                "answer",
                dedupe_key=f"{number}",
                consultation=TextMessage("Xin chào"),
            )
            db.session.flush()
            assert message is not None
        for name, value in values.items():
            db.session.execute(db.text(f"UPDATE message SET {name} = :value"), {"value": value})
        db.session.commit()


def by_slug() -> dict[str, overview.Glance]:
    return {one.slug: one for one in overview.glance()}


def test_each_province_shows_its_own_backlog_errors_and_spending(two_provinces):
    owed(MINE, 3, next_attempt_at=now() - timedelta(minutes=30))
    owed(THEIRS, 2, state="failed")
    with tenant_scope(THEIRS):
        month = months.month_at(now())
        db.session.add(
            MessageSpend(
                month=month, event="dossier_accepted", channel="zbs_uid", messages=7, amount_vnd=1400
            )
        )
        db.session.commit()

    found = by_slug()

    assert (found[MINE].waiting, found[MINE].errors, found[MINE].cost_vnd) == (3, 0, 0)
    assert 29 * 60 < found[MINE].oldest_s < 40 * 60
    assert (found[THEIRS].waiting, found[THEIRS].errors) == (0, 2)
    assert (found[THEIRS].paid_messages, found[THEIRS].cost_vnd) == (7, 1400)


def test_errors_of_yesterday_are_no_longer_counted(two_provinces):
    owed(MINE, 2, state="failed", created_at=now() - timedelta(hours=25))

    assert by_slug()[MINE].errors == 0


def test_what_a_trial_holds_back_from_those_not_invited_is_no_error(two_provinces):
    owed(MINE, 2, state="failed", failure="trial_not_invited")
    owed(THEIRS, 2, state="failed", failure="no_channel_left")

    assert (by_slug()[MINE].errors, by_slug()[THEIRS].errors) == (0, 2)


def test_the_state_says_draft_until_somebody_of_the_province_has_a_password(two_provinces):
    db.session.execute(db.update(Tenant).where(Tenant.id == MINE).values(status="trial"))
    db.session.commit()
    assert by_slug()[MINE].state == "draft"

    make_staff(MINE, role="province_admin")
    assert (by_slug()[MINE].state, by_slug()[THEIRS].state) == ("trial", "live")


def test_a_pause_and_a_lost_consent_are_seen(two_provinces):
    with tenant_scope(MINE):
        pauses.pause("Tin sai", "An")
        db.session.execute(db.text("UPDATE official_account SET state = 'needs_consent'"))
        db.session.commit()

    found = by_slug()
    assert (found[MINE].is_paused, found[MINE].oa_health) == (True, "bad")
    assert (found[THEIRS].is_paused, found[THEIRS].oa_health) == (False, "good")


@pytest.mark.parametrize(
    ("words", "found"),
    [("binh thuan", [MINE]), ("ĐÀ NẴNG", [THEIRS]), ("localhost", [MINE, THEIRS]), ("hue", [])],
)
def test_provinces_are_found_by_name_with_or_without_accents_slug_or_host(two_provinces, words, found):
    assert [one.slug for one in overview.glance(words)] == found


def test_sorting_puts_what_needs_looking_at_first_and_an_unknown_order_is_by_name(two_provinces):
    owed(THEIRS, 2)

    assert [one.slug for one in overview.glance(sort="backlog")] == [THEIRS, MINE]
    assert [one.slug for one in overview.glance(sort="nothing")] == [MINE, THEIRS]
    for sort in overview.SORTS:
        assert len(overview.glance(sort=sort)) == 2


def test_ten_times_as_many_provinces_take_as_many_questions(two_provinces):
    asked = []
    engine = reporting._engine()

    def count(*_):
        asked.append(1)

    event.listen(engine, "before_cursor_execute", count)
    try:
        overview.glance()
        few = len(asked)
        mine = db.session.get(Tenant, MINE)
        for number in range(18):
            db.session.add(
                Tenant(id=f"tinh-{number}", status="trial", settings=mine.settings, settings_digest="")
            )
        db.session.commit()
        asked.clear()
        assert len(overview.glance()) == 20
    finally:
        event.remove(engine, "before_cursor_execute", count)

    assert len(asked) == few < 12


def test_the_look_over_all_provinces_changes_nothing(two_provinces):
    with reporting.connection() as opened, pytest.raises(DBAPIError, match="read-only"):
        opened.execute(db.text("DELETE FROM message"))
