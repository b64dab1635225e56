"""Number and date of birth together open a licence; either alone says nothing."""

from datetime import date

import pytest

from motcua.core.attempts import MOST_WRONG
from motcua.services.contract import PHONE_PROVEN, Asker, Question, QuestionRefused, ServiceUnavailable
from motcua.services.driving_licence import SERVICE, offering
from motcua.services.driving_licence.service import NOT_FOUND
from motcua.services.driving_licence.sources import LAYOUT

HEADER = "Số GPLX,Ngày sinh,Họ tên,Hạng,Ngày cấp,Ngày hết hạn,Trạng thái,Điểm còn lại,Cơ quan cấp"
LINE = "790000000001,31/01/1990,Nguyễn Thử Nghiệm,B2 2016-05-20|A1,20/05/2016,20/05/2027,Còn hiệu lực,10,Phòng thử"
TODAY = date(2026, 11, 26)


@pytest.fixture
def licences(leave):
    def take(*lines: str, **given):
        return leave(*(lines or (LINE,)), layout=LAYOUT, header=HEADER, **given)

    return take


@pytest.fixture
def ask(danang):
    def ask(number="790000000001", born_on="1990-01-31", kind="", settings=None, citizen_id=7, **asker):
        values = {"number": number, "born_on": born_on, "kind": kind}
        asked = Asker(PHONE_PROVEN, citizen_id=citizen_id, **asker)
        return SERVICE.ask(Question(values, TODAY, asked, settings=settings or {}, tenant_id=danang))

    return ask


def test_the_card_is_masked_and_has_what_the_holder_wants_to_know(licences, ask):
    licences()

    (card,) = ask().cards

    assert dict(card.facts) == {
        "Tình trạng": "Còn hiệu lực",
        "Họ tên": "N***** T** Nghiệm",
        "Số": "79********01",
        "Hạng": "B2 (nay là B hoặc C1), A1",
        "Ngày cấp": "20/05/2016",
        "Hết hạn": "20/05/2027",
        "Điểm còn lại": "10/12",
        "Cơ quan cấp": "Phòng thử",
    }
    assert "790000000001" not in repr(card)


def test_a_wrong_date_and_a_wrong_number_get_the_same_answer(licences, ask):
    licences()

    assert ask(born_on="1990-01-30") == ask(number="790000000009")
    assert ask(born_on="1990-01-30").text == NOT_FOUND


def test_after_five_wrong_combinations_even_the_right_one_waits(licences, ask):
    licences()
    for day in range(MOST_WRONG):
        ask(born_on=f"1990-02-0{day + 1}")

    with pytest.raises(QuestionRefused, match="Xin đợi"):
        ask()
    with pytest.raises(QuestionRefused, match="Xin đợi"):
        ask(citizen_id=8)


def test_a_number_that_is_none_is_refused_before_anything_is_asked(licences, ask):
    licences()

    with pytest.raises(QuestionRefused, match="12 chữ số"):
        ask(number="123")


def test_without_data_the_official_page_is_named(ask):
    assert ask().cards[0].link.startswith("https://")


def test_a_faulty_file_names_column_and_line(licences, ask):
    licences()
    place = licences(LINE.replace("31/01/1990", "31/02/1990"), LINE.replace(",10,", ",13,"), name="sai.csv")

    (report,) = (place / "failed").glob("*.report.csv")
    said = report.read_text("utf-8-sig")
    assert "2,date_of_birth," in said
    assert "3,points_left," in said
    assert "790000000001" not in said
    assert ask().kind == "match"


def test_the_api_answers_the_same_way(api, ask):
    api.answers["/api/licence"] = {
        "name": "Trần Thử", "classes": [{"name": "B"}], "issued_on": "2025-03-01", "expires_on": "2035-03-01",
        "status": "suspended", "suspended_until": "2027-01-31", "points_left": 0,
    }  # fmt: skip

    facts = dict(ask(settings=api.settings).cards[0].facts)

    assert facts["Tình trạng"] == "Đang bị tước quyền sử dụng đến 31/01/2027"
    assert api.asked == [("/api/licence", {"number": "790000000001", "date_of_birth": "1990-01-31"})]


def test_an_answer_with_thirteen_points_is_none(api, ask):
    api.answers["/api/licence"] = {
        "name": "Trần Thử", "classes": [{"name": "B"}], "issued_on": "2025-03-01", "status": "valid", "points_left": 13,
    }  # fmt: skip

    with pytest.raises(ServiceUnavailable):
        ask(settings=api.settings)


class TestTheOfferOfAReminder:
    def test_it_holds_no_more_than_the_reminder_needs(self, licences, ask):
        licences()
        reply = ask()

        offer = offering.take(7)

        assert "NHẮC BẰNG LÁI" in reply.cards[0].note
        assert offer == offering.Offer(date(2027, 5, 20), "79********01", "B2, A1")

    def test_it_is_taken_once_and_by_its_citizen_only(self, licences, ask):
        licences()
        ask()

        assert offering.take(8) is None
        assert offering.take(7) is not None
        assert offering.take(7) is None

    @pytest.mark.parametrize("expires", ["", "25/11/2026"])
    def test_what_does_not_expire_or_has_expired_is_not_offered(self, licences, ask, expires):
        licences(LINE.replace("20/05/2027", expires))

        assert ask().cards[0].note == ""
        assert offering.take(7) is None

    def test_a_page_offers_none(self, licences, ask):
        licences()

        assert ask(citizen_id=None).cards[0].note == ""
