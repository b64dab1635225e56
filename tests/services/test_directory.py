"""Where an office is, whom to call, and whether it is open now."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from motcua.catalogue.models import Agency
from motcua.core.database import db
from motcua.services.contract import Published, Question
from motcua.services.directory import SERVICE
from tests.factories import make_communes

OPEN = datetime(2026, 11, 23, 3, tzinfo=UTC)  # Monday 10:00; Tuesday the 24th is a holiday
ROW = {
    "agency": "UBND phường Mũi Né", "address": "Số 1 Huỳnh Thúc Kháng", "phone": "0252 3 800 000", "hotline": None,
    "way": "Xe buýt số 1", "map_link": "https://example.vn/mui-ne", "note": None,
}  # fmt: skip
TABLE = Published(1, "", (ROW,), None, None, date(2026, 11, 1), "Công văn 12/UBND")


@pytest.fixture(autouse=True)
def offices(province):
    make_communes()
    for code, name in (("so-tu-phap", "Sở Tư pháp"), ("so-y-te", "Sở Y tế")):
        db.session.add(Agency(code=code, name=name, kind="department", level="province"))
    db.session.add(
        Agency(
            code="trung-tam",
            name="Trung tâm Phục vụ hành chính công tỉnh",
            kind="centre",
            level="province",
            office_hours="T2-T6 07:30-11:30 13:30-17:00; T7 07:30-11:30",
        )
    )
    db.session.commit()


def ask(office: str = "", at: datetime = OPEN):
    with time_machine.travel(at, tick=False):
        return SERVICE.ask(Question({"office": office}, at.date(), data=SERVICE.prepare([TABLE])))


@pytest.mark.parametrize(
    ("office", "name"),
    [
        ("UBND phường Mũi Né", "UBND phường Mũi Né"),
        ("ubnd mui ne mo cua may gio", "UBND phường Mũi Né"),
        ("phường Hàm Tiến", "UBND phường Mũi Né"),
        ("Phan Thiết", "UBND phường Phan Thiết"),
        ("số điện thoại sở tư pháp", "Sở Tư pháp"),
        ("stp", "Sở Tư pháp"),
        ("hành chính công", "Trung tâm Phục vụ hành chính công tỉnh"),
        ("bộ phận một cửa", "Trung tâm Phục vụ hành chính công tỉnh"),
        ("SXD", "Sở Xây dựng"),
    ],
)
def test_an_office_is_found_by_what_people_call_it(office, name):
    reply = ask(office)

    assert (reply.kind, reply.cards[0].title) == ("match", name)


def test_what_the_province_added_stands_on_the_card_with_its_source():
    (card,) = ask("Mũi Né phường").cards

    facts = dict(card.facts)
    assert facts["Điện thoại"] == "0252 3 800 000"
    assert (card.link, card.source.name) == ("https://example.vn/mui-ne", "Công văn 12/UBND")
    assert card.record["address"] == "Số 1 Huỳnh Thúc Kháng"


@pytest.mark.parametrize(
    ("at", "sentence"),
    [
        (OPEN, "Đang mở cửa, đến 11:30"),
        (datetime(2026, 11, 23, 5, tzinfo=UTC), "Đang đóng cửa, mở lại lúc 13:30 hôm nay"),
        (datetime(2026, 11, 23, 11, tzinfo=UTC), "Đang đóng cửa, mở lại lúc 07:00 thứ Tư, 25/11/2026"),
        (datetime(2026, 11, 25, 23, 30, tzinfo=UTC), "Đang đóng cửa, mở lại lúc 07:00 hôm nay"),
        (datetime(2026, 11, 25, 12, tzinfo=UTC), "Đang đóng cửa, mở lại lúc 07:00 ngày mai"),
    ],
)
def test_open_now_counts_lunch_evenings_and_holidays(at, sentence):
    assert dict(ask("Sở Tư pháp", at).cards[0].facts)["Bây giờ"] == sentence


def test_an_agencys_own_hours_win():
    saturday = datetime(2026, 11, 28, 2, tzinfo=UTC)

    assert dict(ask("hành chính công", saturday).cards[0].facts)["Bây giờ"] == "Đang mở cửa, đến 11:30"
    assert not ask("Sở Tư pháp", saturday).cards[0].record["is_open"]


def test_several_are_on_offer_and_nothing_is_invented():
    several, nothing, none_said = ask("sở"), ask("Cục Hàng không Vũ trụ"), ask()

    assert several.kind == "choices"
    assert nothing.kind == "none"
    assert [card.title for card in none_said.cards] == ["Trung tâm Phục vụ hành chính công tỉnh"]


@pytest.mark.parametrize(
    ("line", "is_heard"),
    [
        ("ubnd phường Mũi Né mở cửa mấy giờ", True),
        ("cho hỏi số điện thoại Sở Tư pháp", True),
        ("đăng ký khai sinh ở ubnd phường, giờ làm việc?", False),
        ("thủ tục cấp lại địa chỉ ở sở", False),
        ("mấy giờ rồi", False),
    ],
)
def test_only_questions_of_offices_are_claimed(line, is_heard):
    assert (SERVICE.hears(line) is not None) == is_heard


def test_a_map_must_be_a_safe_address():
    (fault,) = SERVICE.check_row(ROW | {"map_link": "javascript:alert(1)"})

    assert fault.column == "map_link"
