"""An article to every follower, through the simulated Zalo: created, waited for, broadcast once.

The simulator keeps the real clock, so these may leave at night: the tests run at any hour.
"""

import time

import pytest

from motcua.broadcasts import articles, states, workflow
from motcua.broadcasts.models import BroadcastArticle
from motcua.core.database import db
from tests.factories import make_citizen

from .conftest import draft, fresh, move_on, scheduled

pytestmark = pytest.mark.usefixtures("lan")


def article_of(one) -> BroadcastArticle:
    db.session.rollback()
    return db.session.scalars(
        db.select(BroadcastArticle).where(BroadcastArticle.broadcast_id == one.id)
    ).one()


def due(one) -> None:
    """The time has come for what waits."""
    db.session.execute(db.text("UPDATE broadcast_article SET next_try_at = now() - interval '1 s'"))
    db.session.commit()


def move_until(one, *wanted: str) -> None:
    deadline = time.monotonic() + 20
    move_on(one)
    while article_of(one).state not in wanted:
        assert time.monotonic() < deadline, article_of(one).state
        due(one)
        move_on(one)


def cards(phone) -> list[str]:
    return [one["text"] for one in phone.messages() if one["kind"] == "list"]


def test_an_article_reaches_the_followers_phone_once_and_the_broadcast_is_done(zalo):
    one = scheduled(draft(channel="article", at_night="1"))

    move_until(one, "sent")
    for _ in range(3):
        due(one)
        move_on(one)

    row, now_is = article_of(one), fresh(one)
    assert (row.state, row.followers, bool(row.message_id)) == ("sent", 1, True)
    assert (now_is.state, now_is.total, now_is.fed) == (states.DONE, 1, 1)
    assert cards(zalo.phone("lan")) == [one.title]


def test_an_answer_that_got_lost_is_never_sent_again(zalo):
    one = scheduled(draft(channel="article", at_night="1"))
    zalo.fault("/openapi/v2.0/oa/message", "lost_answer")

    move_until(one, "uncertain", "sent")
    due(one)
    move_on(one)

    assert article_of(one).state == "uncertain"
    assert len(cards(zalo.phone("lan"))) <= 1
    assert fresh(one).state == states.DONE


def test_a_worker_that_dies_with_the_request_under_way_leaves_it_uncertain(zalo):
    one = scheduled(draft(channel="article", at_night="1"))
    move_on(one)
    db.session.execute(
        db.text("UPDATE broadcast_article SET state = 'sending', article_id = 'x', next_try_at = now()")
    )
    db.session.commit()

    move_on(one)

    assert (article_of(one).state, article_of(one).failure) == ("uncertain", "worker_lost")
    assert cards(zalo.phone("lan")) == []


def test_a_refusal_is_final_and_names_its_error(zalo):
    one = scheduled(draft(channel="article", at_night="1"))
    zalo.fault("/openapi/v2.0/article/create", "error", code=-201)

    move_until(one, "failed")

    assert article_of(one).failure
    assert fresh(one).state in (states.RUNNING, states.DONE)


def test_a_pause_stops_before_the_article_leaves(zalo):
    one = scheduled(draft(channel="article", at_night="1"))
    move_on(one)
    workflow.pause(one.id, workflow.By(2, "B"))
    db.session.commit()

    due(one)
    move_on(one)

    assert article_of(one).state != "sent"


def test_what_zalo_still_allows_can_be_seen(zalo):
    make_citizen()
    db.session.commit()

    (quota,) = articles.quotas()

    assert quota.problem is None
    assert quota.account == "Dịch vụ công Bình Thuận"
