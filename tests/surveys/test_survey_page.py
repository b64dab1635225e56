"""The survey on the page behind the QR, for whoever proved that the dossier is theirs."""

from datetime import timedelta

import pytest

from motcua.core.database import db
from motcua.surveys.models import Survey, SurveyAnswer
from tests.surveys.conftest import asked, ended, sweep

HOST = {"Host": "binh-thuan.localhost"}


@pytest.fixture
def page(app, province, clock):
    app.config["WTF_CSRF_ENABLED"] = False
    dossier = ended()
    client = app.test_client()
    path = f"/t/{dossier.token}"

    class Page:
        def prove(self):
            return client.post(f"{path}/proof", data={"digits": "5678"}, headers=HOST)

        def get(self):
            return client.get(f"{path}/survey", headers=HOST)

        def send(self, **data):
            answer = client.post(f"{path}/survey", data=data, headers=HOST, follow_redirects=True)
            return answer.get_data(as_text=True)

    db.session.rollback()
    yield Page()
    app.config["WTF_CSRF_ENABLED"] = True


def answers() -> list[SurveyAnswer]:
    db.session.rollback()
    return db.session.scalars(db.select(SurveyAnswer)).all()


def test_without_proof_the_page_leads_back_to_the_four_digits(page):
    answer = page.get()

    assert answer.status_code == 303
    assert page.send(level="5")
    assert answers() == []


def test_a_proven_visitor_answers_and_may_change_it_for_a_day(page, clock):
    page.prove()

    said = page.send(level="2", reasons=["slow", "forged"], trips="1", comment="Chờ mãi, gọi 0912 345 678")
    assert "Cảm ơn ông/bà" in said
    (answer,) = answers()
    assert (answer.level, answer.reasons, answer.trips, answer.channel) == (2, ["slow"], 1, "page")
    assert answer.comment == "Chờ mãi, gọi [đã che]"

    page.send(level="4")
    assert [one.level for one in answers()] == [4]

    clock.shift(timedelta(hours=25))
    page.prove()
    assert "quá 24 giờ" in page.get().get_data(as_text=True)
    page.send(level="1")
    assert [one.level for one in answers()] == [4]


@pytest.mark.parametrize("level", ["", "0", "6", "x"])
def test_no_level_is_no_answer(page, level):
    page.prove()

    assert "Xin chọn một mức" in page.send(level=level)
    assert answers() == []


def test_looking_at_the_page_first_does_not_keep_the_sweep_from_asking(page):
    page.prove()
    page.get()
    assert db.session.scalars(db.select(Survey)).one().invited_at is None
    db.session.rollback()

    assert sweep() == 1


def test_whoever_answered_on_the_page_is_not_asked_again(page):
    page.prove()
    page.send(level="5")

    assert sweep() == 0
    assert asked() == []
