"""The officer's side of a talk with a citizen."""

import pytest

from motcua.conversation import handover
from motcua.conversation.models import Handover
from motcua.core.database import db, tenant_scope
from motcua.messaging.models import Message
from tests.factories import make_citizen, make_staff
from tests.signing_in import sign_in

HOST = {"Host": "binh-thuan.localhost"}


@pytest.fixture
def officer(app, province):
    app.config["WTF_CSRF_ENABLED"] = False
    yield sign_in(app.test_client(), make_staff(province))
    app.config["WTF_CSRF_ENABLED"] = True


@pytest.fixture
def talk(province) -> int:
    citizen = make_citizen()
    opened = Handover(citizen_id=citizen.id)
    db.session.add(opened)
    db.session.flush()
    handover.hear(citizen, "k", "Cho tôi hỏi lệ phí <b>")
    number = opened.id
    db.session.commit()
    return number


def test_the_one_who_waits_is_listed_and_read(officer, talk):
    listed = officer.get("/console/conversations/", headers=HOST).get_data(as_text=True)
    page = officer.get(f"/console/conversations/{talk}", headers=HOST).get_data(as_text=True)

    assert "Đang chờ" in listed
    assert "Cho tôi hỏi lệ phí &lt;b&gt;" in page


def test_an_answer_is_owed_to_the_citizen_at_once(officer, talk):
    answer = officer.post(f"/console/conversations/{talk}/reply", data={"text": "Miễn phí ạ."}, headers=HOST)

    assert answer.status_code == 303
    with tenant_scope("binh-thuan"):
        owed = db.session.scalars(db.select(Message).where(Message.event == "person_says")).one()
        assert owed.content["consultation"]["text"] == "Cán bộ Bình Thuận: Miễn phí ạ."
        assert owed.lane == "urgent"


def test_an_empty_answer_is_refused_in_words(officer, talk):
    officer.post(f"/console/conversations/{talk}/reply", data={"text": " "}, headers=HOST)

    page = officer.get(f"/console/conversations/{talk}", headers=HOST).get_data(as_text=True)
    assert "Xin viết lại cho vừa" in page


def test_closing_tells_the_citizen_once(officer, talk):
    for _ in range(2):
        officer.post(f"/console/conversations/{talk}/close", headers=HOST)

    with tenant_scope("binh-thuan"):
        told = db.session.scalars(db.select(Message.event)).all()
    assert told == ["person_gone"]


def test_another_provinces_talk_is_not_found(officer, talk):
    answer = officer.get(f"/console/conversations/{talk + 999}", headers=HOST)

    assert answer.status_code == 404
