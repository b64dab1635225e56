"""Stars on a rating template, from the simulated phone through Zalo's webhook to the answer."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from motcua.conversation import jobs as conversation_jobs
from motcua.core.database import db
from motcua.demo.stage import template
from motcua.messaging import jobs
from motcua.messaging.channels import rules
from motcua.messaging.dispatch import serving
from motcua.messaging.limits import rule_versions
from motcua.messaging.limits.hours import ANY_TIME, DEFAULTS
from motcua.messaging.limits.rule_versions import Settings
from motcua.messaging.models import Message
from motcua.surveys import asking, ratings
from motcua.surveys.models import SurveyAnswer
from motcua.tenancy.models import OfficialAccount
from tests.conversation.conftest import post  # noqa: F401 - a fixture
from tests.factories import APP_ID, OA_IDS, make_citizen
from tests.surveys.conftest import asked, ended

SURVEY_TEMPLATE = "300005"


@pytest.fixture
def zalo(simulator, app, province):
    """The simulator with the province's OA, its rating template approved, and Lan silent for three days."""
    simulator.reset()
    simulator.ask(
        "POST", "/settings", {"night_from_hour": 0, "night_to_hour": 0}
    )  # at whatever hour this runs
    simulator.ask("POST", "/templates", template(OA_IDS[province], "survey", SURVEY_TEMPLATE))
    ours = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(ours, zalo_base_url=simulator.base_url)
    grant = simulator.grant(province)
    account = db.session.scalars(db.select(OfficialAccount)).one()
    account.keep_tokens(
        grant["access_token"], grant["refresh_token"], datetime.now(UTC) + timedelta(hours=25)
    )
    account.templates = account.templates | {"survey": SURVEY_TEMPLATE}
    citizen = make_citizen(simulator.uid("lan"), phone="84912345678")
    citizen.last_interaction_at = datetime.now(UTC) - timedelta(days=3)
    db.session.commit()
    yield simulator
    serving.close()
    app.config["SETTINGS"] = ours


@pytest.fixture
def card(zalo):
    """The rating card on Lan's phone."""
    ended()
    rule_versions.change(Settings(hours=DEFAULTS | {"survey": ANY_TIME}), "Phạm Thu Hà")
    db.session.commit()
    rules.changed("binh-thuan")
    asking.ask(asking.rules.of_tenant())  # whatever the hour is where this runs
    db.session.execute(db.update(Message).values(expires_at=datetime.now(UTC) + timedelta(hours=1)))
    db.session.commit()
    jobs.deliver("binh-thuan", "urgent")
    jobs.deliver("binh-thuan", "normal")
    db.session.rollback()
    return next(one for one in zalo.phone().messages() if one.get("rating_form"))


def feedback(**message) -> dict:
    """What Zalo posts after a rating."""
    return {
        "event_name": "user_feedback",
        "app_id": APP_ID,
        "oa_id": OA_IDS["binh-thuan"],
        "timestamp": str(int(time.time() * 1000)),
        "message": message,
    }


def answers() -> list[SurveyAnswer]:
    db.session.rollback()
    return db.session.scalars(db.select(SurveyAnswer)).all()


def test_outside_the_free_window_the_survey_comes_as_stars(card):
    (message,) = asked()

    assert (message.channel, message.state) == ("zbs_uid", "sent")
    assert [item["star"] for item in card["rating_form"]["items"]] == [1, 2, 3, 4, 5]


def test_the_stars_given_on_the_phone_are_the_answer(zalo, card, post):  # noqa: F811
    note = "Gọi 0912345678 không nghe"
    given = {"message_id": card["message_id"], "stars": 2, "feedbacks": ["Chờ lâu"], "note": note}
    acted = zalo.phone().act("rate", given)
    assert acted["rating"]["stars"] == 2
    sent = feedback(
        rate=2,
        note=note,
        feedbacks=["Chờ lâu"],
        msg_id=card["message_id"],
        tracking_id=None,
        submit_time=str(int(time.time() * 1000)),
    )

    assert post(sent).status_code == 200
    conversation_jobs.read_inbox("binh-thuan")

    (answer,) = answers()
    assert (answer.level, answer.channel) == (2, "zbs")
    assert answer.comment == "Chờ lâu. Gọi [đã che] không nghe"


def test_a_rating_that_comes_before_the_answer_to_our_send_waits(province):
    assert ratings.rated("unknown", None, 5, "", ()) is False


def test_the_second_delivery_of_a_rating_changes_nothing(card):
    for _ in range(2):
        assert ratings.rated(card["message_id"], None, 4, "", ())
        db.session.commit()

    (answer,) = answers()
    assert answer.level == 4


def test_chips_that_are_our_reasons_are_kept_as_reasons(card):
    ratings.rated(card["message_id"], None, 1, "", ("Thái độ phục vụ", "Khác"))
    db.session.commit()

    (answer,) = answers()
    assert (answer.reasons, answer.comment) == (["attitude"], "Khác")


def test_stars_on_another_message_of_ours_are_no_answer(card):
    other = db.session.scalars(db.select(Message).where(Message.event == "dossier_returned")).one()

    assert ratings.rated(other.zalo_message_id, other.tracking_id, 1, "", ())
    assert answers() == []
