"""The desk for what the chat did not understand."""

import re

import pytest

from motcua.catalogue import asking, own_words
from motcua.conversation import missed
from motcua.conversation.models import MissedQuestion
from motcua.core.database import db, tenant_scope
from tests.factories import make_staff
from tests.signing_in import sign_in

HOST = {"Host": "binh-thuan.localhost"}
PAGE = "/console/questions/"


@pytest.fixture
def browser(app, province):
    app.config["WTF_CSRF_ENABLED"] = False

    yield lambda role: sign_in(app.test_client(), make_staff(province, role=role))
    app.config["WTF_CSRF_ENABLED"] = True


@pytest.fixture
def admin(browser):
    return browser("province_admin")


@pytest.fixture
def question(province) -> int:
    """What nobody else says."""
    for _ in range(3):
        missed.note("làm giấy xanh đỏ cho đôi trẻ", "none")
    db.session.commit()
    return db.session.scalars(db.select(MissedQuestion.id)).one()


WORD = {"said": "làm giấy xanh đỏ cho đôi trẻ", "kind": "name", "meant": "1.000894"}


def text(answer) -> str:
    return answer.get_data(as_text=True)


def answered() -> list[str]:
    with tenant_scope("binh-thuan"):
        return [
            one.code for one in asking.with_own_words(own_words.entries()).search(WORD["said"]).results[:1]
        ]


def test_questions_are_listed_with_how_often_they_were_asked(admin, question):
    page = text(admin.get(PAGE, headers=HOST))

    assert "làm giấy xanh đỏ cho đôi trẻ" in page
    assert re.search(r"<td[^>]*>3</td>", page)


def test_a_trial_shows_the_effect_and_saves_nothing(admin, question):
    page = text(admin.post(f"{PAGE}{question}/try", data=WORD, headers=HOST))

    assert "Nếu lưu" in page and "Thủ tục đăng ký kết hôn" in page
    assert re.search(r"Trong \d+ câu hỏi mẫu", page)
    with tenant_scope("binh-thuan"):
        assert own_words.listed() == []


def test_a_saved_word_is_live_at_once_and_the_question_is_settled(admin, question):
    answer = admin.post(f"{PAGE}{question}/save", data=WORD, headers=HOST)

    assert answer.status_code == 303
    assert answered() == ["1.000894"]
    with tenant_scope("binh-thuan"):
        assert missed.get(question).state == "linked"
        assert [one.codes for one in missed.saved()] == [("1.000894",)]
    assert WORD["said"] in text(admin.get(PAGE, headers=HOST))


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"meant": "9.999999"}, "không có thủ tục 9.999999"),
        ({"meant": "kết hôn"}, "Mã thủ tục chưa đúng dạng"),
        ({"meant": ""}, "Thiếu nghĩa"),
        ({"said": ""}, "Chưa ghi lời nào"),
        ({"kind": "magic"}, "chọn loại từ"),
    ],
)
def test_a_word_that_means_nothing_is_refused_and_nothing_is_kept(admin, question, given, says):
    answer = admin.post(f"{PAGE}{question}/save", data=WORD | given, headers=HOST)

    assert answer.status_code == 422
    assert says in text(answer)
    with tenant_scope("binh-thuan"):
        assert own_words.listed() == []


def test_a_word_can_be_taken_back(admin, question):
    admin.post(f"{PAGE}{question}/save", data=WORD, headers=HOST)
    with tenant_scope("binh-thuan"):
        [word] = own_words.listed()

    admin.post(f"{PAGE}words/{word.id}/remove", headers=HOST)

    with tenant_scope("binh-thuan"):
        assert own_words.listed() == []


def test_a_question_set_aside_comes_back_when_it_is_asked_again(admin, question):
    admin.post(f"{PAGE}{question}/set-aside", headers=HOST)
    assert "xanh đỏ" not in text(admin.get(PAGE, headers=HOST))

    with tenant_scope("binh-thuan"):
        missed.note(WORD["said"], "none")
        db.session.commit()

    assert "xanh đỏ" in text(admin.get(PAGE, headers=HOST))


def test_an_officer_reads_and_does_not_mend(browser, question):
    officer = browser("officer")

    page = text(officer.get(f"{PAGE}{question}", headers=HOST))

    assert "Xem trước tác dụng" not in page
    assert officer.post(f"{PAGE}{question}/save", data=WORD, headers=HOST).status_code == 403
