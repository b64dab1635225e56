"""Who is asked how it was: once a dossier, at decent hours, only those whose it is."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from motcua.citizens import registry
from motcua.core.database import db, tenant_scope
from motcua.dossiers import intake
from motcua.dossiers.schemas import EventIn
from motcua.messaging.models import Message
from motcua.surveys import asking
from motcua.surveys.models import Survey, SurveyAnswer, SurveyInvitation
from tests.factories import make_citizen, make_province
from tests.surveys.conftest import MORNING, asked, buttons, ended, follow, moment, sweep


@pytest.mark.parametrize("status", [3, 8, 10], ids=["refused", "stopped", "handed over"])
def test_after_the_end_its_follower_is_asked_with_five_levels(lan, status):
    dossier = ended(status)

    assert sweep() == 1

    (message,) = asked()
    assert message.citizen_id == lan.id
    assert (message.lane, message.dossier_id) == ("normal", dossier.id)
    assert list(buttons(message)) == [
        "Rất hài lòng",
        "Hài lòng",
        "Bình thường",
        "Không hài lòng",
        "Rất không hài lòng",
    ]
    assert dossier.code in message.content["consultation"]["text"]
    assert "bỏ qua" in message.content["consultation"]["text"]
    assert message.content["zbs"]["purpose"] == "survey"


@pytest.mark.parametrize("status", [2, 4, 5, 6, 7, 9])
def test_before_the_end_nobody_is_asked(lan, status):
    ended(status)

    assert sweep() == 0


def test_once_a_dossier_also_when_its_status_changes_again(lan):
    dossier = ended(10)
    sweep()

    for status, ago in ((9, 50), (10, 40)):
        at = (moment() - timedelta(minutes=ago)).isoformat()
        intake.add_event(dossier.code, EventIn().load({"status": status, "occurred_at": at}))
        db.session.commit()
        sweep()

    assert len(asked()) == 1


def test_whoever_only_holds_the_papers_code_is_not_asked(lan):
    dossier = ended()
    follow(dossier, make_citizen("7000000000000000002"), "token")
    follow(dossier, digits := make_citizen("7000000000000000003"), "digits")

    sweep()

    assert {message.citizen_id for message in asked()} == {lan.id, digits.id}


def test_whoever_said_stop_or_takes_back_an_agreement_is_not_asked(lan):
    dossier = ended()
    follow(dossier, unwilling := make_citizen("7000000000000000002"), "digits")
    registry.agree(unwilling, ("survey",), "chat")
    registry.withdraw_purpose(unwilling, "survey")
    registry.withdraw(lan)
    db.session.commit()

    sweep()

    assert asked() == []


def test_a_phone_that_nobody_has_proven_is_asked_by_the_rating_template(province, clock):
    ended()

    assert sweep() == 1

    (message,) = asked()
    assert (message.citizen_id, message.phone) == (None, "84912345678")
    assert "consultation" not in message.content
    assert set(message.content["zbs"]["data"]) == {"ma_ho_so", "thu_tuc", "co_quan"}


@pytest.mark.parametrize("hour", [0, 7, 21, 23])
def test_nobody_is_asked_at_night(lan, clock, hour):
    ended()
    clock.move_to(datetime(2026, 11, 27, hour, tzinfo=UTC) - timedelta(hours=7))

    assert sweep() == 0
    clock.move_to(MORNING + timedelta(days=1))
    assert sweep() == 1


def test_a_message_that_waits_is_not_sent_after_nine_in_the_evening(lan):
    ended()

    sweep()

    (message,) = asked()
    assert message.expires_at.astimezone(UTC).hour == 14  # 21:00 in Vietnam


def test_old_dossiers_that_are_loaded_now_are_left_alone(lan, clock):
    ended()
    clock.shift(timedelta(days=8))

    assert sweep() == 0


def test_one_reminder_after_three_days_and_never_another(lan, clock):
    ended()
    sweep()

    counts = []
    for _ in range(6):
        clock.shift(timedelta(days=1))
        sweep()
        counts.append(len(asked("survey_reminder")))

    assert counts == [0, 0, 1, 1, 1, 1]
    assert list(buttons(asked("survey_reminder")[0])) == list(buttons(asked()[0]))


def test_who_answered_declined_or_left_is_not_reminded(lan, clock, say):
    ended()
    sweep()
    say("bỏ qua")

    clock.shift(timedelta(days=4))

    assert sweep() == 0


def test_sweeps_at_once_ask_each_once(app, lan):
    for _ in range(12):
        ended()
    db.session.rollback()

    def run(_):
        with app.app_context(), tenant_scope("binh-thuan"):
            return asking.ask(asking.rules.of_tenant())[1]

    with ThreadPoolExecutor(4) as pool:
        written = list(pool.map(run, range(4)))

    assert sum(written) == 12
    assert len(asked()) == 12
    assert db.session.scalar(db.select(db.func.count()).select_from(SurveyInvitation)) == 12


def test_more_than_a_batch_is_asked_sweep_by_sweep(lan, monkeypatch):
    monkeypatch.setattr(asking, "BATCH", 2)
    for _ in range(5):
        ended()
    db.session.rollback()

    with tenant_scope("binh-thuan"):
        assert [asking.sweep() for _ in range(4)] == [2, 2, 1, 0]


def test_reminders_at_once_go_to_each_once(app, lan, clock):
    for _ in range(6):
        ended()
    sweep()
    clock.shift(timedelta(days=3, minutes=1))

    def run(_):
        with app.app_context(), tenant_scope("binh-thuan"):
            return asking.remind(asking.rules.of_tenant())[1]

    with ThreadPoolExecutor(4) as pool:
        written = list(pool.map(run, range(4)))

    assert sum(written) == len(asked("survey_reminder")) == 6


def test_one_province_never_asks_for_another(lan):
    make_province("da-nang")
    with tenant_scope("binh-thuan"):
        ended()

    assert sweep("da-nang") == 0

    with tenant_scope("da-nang"):
        assert db.session.scalars(db.select(Survey)).all() == []
        assert db.session.scalars(db.select(Message)).all() == []


def test_a_day_later_an_answer_no_longer_knows_whose_it_is(lan, clock, say):
    ended()
    sweep()
    say("rất hài lòng")
    assert db.session.scalars(db.select(SurveyAnswer.invitation_id)).one() is not None

    clock.shift(timedelta(hours=25))
    sweep()

    db.session.rollback()
    assert db.session.scalars(db.select(SurveyAnswer.invitation_id)).one() is None
    assert db.session.scalars(db.select(SurveyInvitation.answered_at)).one() is not None


def test_free_text_is_erased_when_the_provinces_time_is_over(lan, clock, say):
    ended()
    sweep()
    say("chậm quá")
    say("Phải chờ hai tuần")

    clock.shift(timedelta(days=729))
    sweep()
    assert db.session.scalars(db.select(SurveyAnswer)).one().comment == "Phải chờ hai tuần"

    clock.shift(timedelta(days=2))
    sweep()
    db.session.rollback()
    assert db.session.scalars(db.select(SurveyAnswer)).one().comment is None
