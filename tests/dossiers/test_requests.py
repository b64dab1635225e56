"""What citizens ask about their dossiers, from the page and the chat, and the desk's answers."""

import re

import pytest

from motcua.core.database import db
from motcua.core.errors import Invalid, NotFound
from motcua.dossiers import following, requests
from motcua.messaging.models import Message
from tests.conversation.conftest import hears, post, say  # noqa: F401 - fixtures
from tests.factories import make_citizen, make_dossier, make_staff
from tests.signing_in import sign_in

HOST = {"Host": "binh-thuan.localhost"}
ADDRESS = "Nguyễn Thị Lan, 12 Trần Phú, phường Phan Thiết, Lâm Đồng"
LINES = {
    "postal_return": (ADDRESS, {"address": ADDRESS}),
    "delegate": ("Trần Văn Tuấn, 4321", {"name": "Trần Văn Tuấn", "id_last4": "4321"}),
    "withdraw": ("Tôi nộp nhầm thủ tục", {"reason": "Tôi nộp nhầm thủ tục"}),
    "correct_phone": ("0905 111 222", {"phone": "84905111222"}),
}


@pytest.fixture
def dossier(province):
    made = make_dossier()
    db.session.expunge(made)  # its words stay readable, whatever the session forgets
    return made


def kept() -> list[requests.DossierRequest]:
    db.session.rollback()
    return list(db.session.scalars(db.select(requests.DossierRequest).order_by(requests.DossierRequest.id)))


def form_of(client, path: str, **given) -> dict:
    page = client.get(path, headers=HOST).get_data(as_text=True)
    return {"csrf_token": re.search(r'name="csrf_token" value="([^"]+)"', page)[1]} | given


def proven(app, dossier, digits: str = "5678"):
    client = app.test_client()
    form = form_of(client, f"/t/{dossier.token}", digits=digits)
    client.post(f"/t/{dossier.token}/proof", data=form, headers=HOST)
    return client


def ask(client, dossier, **given) -> str:
    form = form_of(client, "/", **given)
    client.post(f"/t/{dossier.token}/requests", data=form, headers=HOST)
    return client.get(f"/t/{dossier.token}", headers=HOST).get_data(as_text=True)


@pytest.mark.parametrize("kind", LINES)
def test_a_button_a_question_and_a_line_make_a_request(say, dossier, kind):  # noqa: F811
    say(f"{dossier.code} 5678")
    line, said = LINES[kind]

    (asked,) = say(f"#{kind.replace('_', '-')}:{dossier.code}")
    (confirmed,) = say(line)

    assert requests.KINDS[kind][0] in asked and "hủy" in asked
    assert "Đã ghi yêu cầu" in confirmed
    (request,) = kept()
    assert (request.kind, request.said, request.source, request.state) == (kind, said, "chat", "open")


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("postal_return", "nhà tôi"), ("delegate", "Tuấn 4321"), ("delegate", "Trần Văn Tuấn"), ("withdraw", "ừ"),
        ("correct_phone", "12"),
    ],
)  # fmt: skip
def test_a_line_that_lacks_something_is_asked_for_again(say, dossier, kind, line):  # noqa: F811
    say(f"{dossier.code} 5678")
    say(f"#{kind.replace('_', '-')}:{dossier.code}")

    (answer,) = say(line)

    assert "Chưa đủ thông tin" in answer and kept() == []


def test_a_change_of_mind_sends_nothing(say, dossier):  # noqa: F811
    say(f"{dossier.code} 5678")
    say(f"#withdraw:{dossier.code}")

    (answer,) = say("Hủy")

    assert "Chưa có gì được gửi đi" in answer and kept() == []


def test_whoever_did_not_prove_it_is_asked_for_the_digits_real_code_or_not(say, dossier):  # noqa: F811
    nobodys = "000.00.01.H11-241126-9998"

    answers = [say(f"#withdraw:{code}")[0].replace(code, "") for code in (dossier.code, nobodys)]

    assert answers[0] == answers[1] and "4 số cuối" in answers[0]
    assert say("Tôi muốn rút hồ sơ này")[0] and kept() == []


def test_what_was_said_is_not_readable_in_the_database(say, dossier):  # noqa: F811
    say(f"{dossier.code} 5678")
    say(f"#postal-return:{dossier.code}")
    say(ADDRESS)

    row = db.session.execute(db.text("SELECT dossier_request::text FROM dossier_request")).scalar()
    assert "Trần Phú" not in row and "Lan" not in row


def test_the_page_asks_too_once_proven(app, dossier):
    page = ask(proven(app, dossier), dossier, kind="delegate", said="Trần Văn Tuấn", digits="4321")

    assert "Đã ghi yêu cầu" in page and "đang chờ" in page
    (request,) = kept()
    assert (request.said["name"], request.source, request.citizen_id) == ("Trần Văn Tuấn", "page", None)


def test_the_page_takes_nothing_without_the_proof(app, dossier):
    page = ask(app.test_client(), dossier, kind="withdraw", said="Tôi nộp nhầm thủ tục")

    assert "xác minh trước khi gửi yêu cầu" in page and kept() == []


def test_asking_again_replaces_what_is_not_answered_yet(app, dossier):
    client = proven(app, dossier)
    ask(client, dossier, kind="withdraw", said="Tôi nộp nhầm thủ tục")

    ask(client, dossier, kind="withdraw", said="Tôi nộp thiếu giấy tờ")

    assert [one.said["reason"] for one in kept()] == ["Tôi nộp thiếu giấy tờ"]


def test_nothing_is_taken_for_a_dossier_that_is_past_it(app, province):
    dossier = make_dossier(status=10, status_at="2024-11-26T10:00:00+07:00")

    page = ask(proven(app, dossier), dossier, kind="withdraw", said="Tôi nộp nhầm thủ tục")

    assert "đã qua bước này" in page and kept() == []


def test_an_officer_answers_and_the_citizen_hears_it_even_when_silenced(app, dossier):
    citizen = make_citizen("7001")
    following.follow(dossier, citizen, "digits")
    citizen.muted_at = citizen.created_at
    requests.ask(dossier, "postal_return", {"address": ADDRESS}, source="chat", citizen=citizen)
    db.session.commit()
    (request,) = kept()
    officer = make_staff("binh-thuan")
    db.session.rollback()
    client = sign_in(app.test_client(), officer)
    page = client.get("/console/requests", headers=HOST).get_data(as_text=True)
    assert ADDRESS in page and dossier.code in page

    words = form_of(client, "/console/requests", state="done", answer="Gửi ngày mai.")
    answer = client.post(f"/console/requests/{request.id}", data=words, headers=HOST)

    assert answer.status_code == 303
    db.session.rollback()
    message = db.session.scalars(db.select(Message).where(Message.event == "request_answered")).one()
    assert "Gửi ngày mai." in message.content["consultation"]["text"]
    assert "Không có yêu cầu nào" in client.get("/console/requests", headers=HOST).get_data(as_text=True)


def test_a_refusal_needs_a_reason_and_no_request_is_answered_twice(dossier):
    request = requests.ask(dossier, "withdraw", {"reason": "Tôi nộp nhầm"}, source="page")

    with pytest.raises(Invalid):
        requests.answer(request.id, "refused", " ", 1)
    requests.answer(request.id, "refused", "Đã ký.", 1)
    with pytest.raises(NotFound):
        requests.answer(request.id, "done", "", 1)
