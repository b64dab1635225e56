"""What is answered: prices, choices, notes; several tables at once; the table before."""

from datetime import date

import pytest

from motcua.services.contract import QuestionRefused
from motcua.services.land_price import SERVICE
from tests.services.land_price.tables import ask, first, table


def facts(card) -> dict[str, str]:
    return dict(card.facts)


def test_a_match_says_price_stretch_document_and_what_machines_need(city):
    reply = ask(city, "đinh tiên hoàng quận 1 từ lê duẩn đến điện biên phủ")

    card = reply.cards[0]
    assert reply.kind == "match"
    assert card.title == "Đinh Tiên Hoàng, Quận 1"
    assert facts(card) == {
        "Đoạn": "từ Lê Duẩn đến Điện Biên Phủ",
        "Đất ở, vị trí 1": "165.200.000 đồng/m²",
    }
    assert card.source.name.startswith("Quyết định 79/2024/QĐ-UBND")
    assert card.record == {
        "street": "ĐINH TIÊN HOÀNG",
        "from": "LÊ DUẨN",
        "to": "ĐIỆN BIÊN PHỦ",
        "land_class": "ODT",
        "position": 1,
        "price_vnd_per_m2": 165_200_000,
        "valid_from": "2024-10-31",
        "area": "Quận 1",
        "number": "18",
        "is_official": True,
    }


def test_positions_that_the_table_lacks_are_not_made_up(city):
    card = ask(city, "hẻm lê công kiều q1 vị trí 3").cards[0]

    assert card.record["position"] == 1
    assert "chỉ ghi giá vị trí 1" in card.note


def test_a_street_in_several_districts_asks_which(city):
    reply = ask(city, "trần hưng đạo")

    assert reply.kind == "choices"
    assert {choice.label.split(", ")[1] for choice in reply.choices} == {
        "Quận 1",
        "Quận 5",
        "Tân Phú",
        "Thủ Đức",
    }
    chosen = ask(city, reply.choices[2].values["question"])
    assert (chosen.kind, first(chosen)[0]) == ("match", "Tân Phú")


def test_a_street_of_several_stretches_asks_which_and_the_choice_answers(city):
    reply = ask(city, "đinh tiên hoàng quận 1")

    assert reply.kind == "choices" and len(reply.choices) == len(reply.cards) == 3
    chosen = ask(city, reply.choices[1].values["question"])
    assert chosen.kind == "match"
    assert first(chosen)[2:] == ("ĐIỆN BIÊN PHỦ", "VÕ THỊ SÁU")


def test_the_area_may_come_in_a_field_of_its_own(city):
    assert first(ask(city, "trần hưng đạo", area="Tân Phú"))[0] == "Tân Phú"


def test_a_street_that_is_elsewhere_is_shown_with_a_word_about_it(city):
    reply = ask(city, "Nguyễn Huệ quận 7")

    assert first(reply)[0] == "Quận 1"
    assert reply.text.startswith("Không thấy đường này ở địa bàn")


def test_an_area_alone_asks_for_the_street(city):
    reply = ask(city, "giá đất phường bến nghé")

    assert (reply.kind, reply.cards) == ("none", ())
    assert reply.text == "Bảng giá ghi theo từng đường. Xin ghi thêm tên đường ở Quận 1."


def test_a_street_nobody_knows_offers_near_names(city):
    reply = ask(city, "đường mẹ nhu")

    assert reply.kind == "none" and reply.choices
    assert "Xin ghi đủ tên đường" in reply.text


def test_nothing_asked_is_refused_with_an_example(city):
    with pytest.raises(QuestionRefused, match="Chưa thấy tên đường"):
        ask(city, "giá đất bao nhiêu 1m2?")


def test_rows_that_read_the_same_are_told_apart_by_their_number(city):
    reply = ask(city, "đường nhánh quận 7 stt 48")

    assert reply.kind == "match"
    assert reply.cards[0].record["number"] == "48"
    assert "số thứ tự 48" in reply.cards[0].note


def test_press_figures_are_said_to_be_no_table(press):
    card = ask(press, "bạch đằng từ lê duẩn đến nguyễn văn linh").cards[0]

    assert facts(card)["Đất ở, vị trí 1"] == "khoảng 341.000.000 đồng/m²"
    assert card.note.startswith("Số liệu không chính thức")
    assert not card.source.is_official and not card.record["is_official"]
    assert card.link.startswith("https://www.24h.com.vn/")


def test_the_land_class_asked_is_answered_else_those_there_are(press):
    offices = ask(press, "trần bạch đằng đất thương mại dịch vụ").cards[0]
    rice = ask(press, "trần bạch đằng đất trồng lúa").cards[0]

    assert offices.record["land_class"] == "TMD"
    assert offices.record["price_vnd_per_m2"] == 59_400_000
    assert "Bảng không ghi giá loại đất này" in rice.note
    assert rice.record["land_class"] == "ODT"


def test_a_choice_of_the_form_wins_over_the_words(press):
    card = ask(press, "trần bạch đằng đất ở", land_class="SKC").cards[0]

    assert card.record["land_class"] == "SKC"


def test_positions_come_as_listed_or_by_coefficient():
    book = SERVICE.prepare(
        [
            table(
                {"street": "Lê Lợi", "price_1": 10_000_001, "price_2": 6_000_000, "coefficient_3": "0.35"},
                {"street": "Lê Lợi", "land_class": "TMD", "price_1": 7_000_000},
            )
        ]
    )

    card = ask(book, "lê lợi").cards[0]
    alley = ask(book, "lê lợi vị trí 3 đất ở").cards[0]

    assert facts(card) == {
        "Đoạn": "trọn đường",
        "Đất ở, vị trí 1": "10.000.001 đồng/m²",
        "Đất ở, vị trí 2": "6.000.000 đồng/m²",
        "Đất ở, vị trí 3": "3.500.000 đồng/m²",
        "Đất thương mại, dịch vụ, vị trí 1": "7.000.000 đồng/m²",
    }
    assert (alley.record["position"], alley.record["price_vnd_per_m2"]) == (3, 3_500_000)


def test_tables_of_several_old_territories_hold_side_by_side():
    city = table({"street": "Lê Lợi"}, part="Thành phố cũ")
    other = table(
        {"street": "Lê Lợi", "area": "Vũng Tàu", "price_1": 30_000_000},
        part="Tỉnh cũ",
        version_id=2,
        document="Nghị quyết của tỉnh cũ",
    )
    book = SERVICE.prepare([city, other])

    both, there = ask(book, "lê lợi"), ask(book, "lê lợi vũng tàu")

    assert both.kind == "choices" and len(both.cards) == 2
    assert there.kind == "match"
    assert there.cards[0].source.name == "Nghị quyết của tỉnh cũ"


def test_the_table_before_stands_beside():
    old = {"street": "Lê Lợi", "number": "7", "segment_from": "A", "segment_to": "B", "price_1": 40_000_000}
    new = old | {"number": "9", "price_1": 50_000_000}
    book = SERVICE.prepare([table(new, former=table(old, version_id=2))])

    assert facts(ask(book, "lê lợi").cards[0])["So với bảng trước"] == "+25 % (40.000.000 đồng/m²)"


def test_a_day_before_the_table_is_said_not_to_be_covered(city):
    card = ask(city, "nguyễn huệ quận 1 năm 2020").cards[0]

    assert "có hiệu lực từ 31/10/2024; chưa có bảng của ngày ông/bà hỏi" in card.note


def test_the_words_name_the_day():
    assert SERVICE.day_asked({"question": "lê lợi năm 2024"}, date(2026, 11, 24)) == date(2024, 12, 31)
    assert SERVICE.day_asked({"question": "đường 3/2"}, date(2026, 11, 24)) is None


def test_without_a_table_it_says_so():
    reply = ask(SERVICE.prepare([]), "lê lợi")

    assert (reply.kind, reply.text[:22]) == ("none", "Chưa có bảng giá đất c")


def test_the_provinces_own_words_are_shown(city):
    card = ask(
        city, "nguyễn huệ quận 1", settings={"positions": "VT1: mặt tiền.", "validity_note": "Ghi chú."}
    )

    assert facts(card.cards[0])["Vị trí"] == "VT1: mặt tiền."
    assert card.cards[0].note.endswith("Ghi chú.")


def test_english_is_answered_in_english(city):
    reply = ask(city, "dinh tien hoang district 1, le duan", language="en")

    assert reply.cards[0].facts[0] == ("Stretch", "from Lê Duẩn to Điện Biên Phủ")
    assert reply.cards[0].facts[1] == ("Residential land, position 1", "165.200.000 VND/m²")


@pytest.mark.parametrize(
    ("line", "is_heard"),
    [
        ("cho em hỏi chút giá đất đường lê lợi bao nhiêu", True),
        ("ddaats dduwowngf le loi bao nhieu tien 1m2", True),
        ("thủ tục xác định giá đất cụ thể", False),
        ("đăng ký đất đai lần đầu", False),
        ("làm khai sinh ở đâu", False),
    ],
)
def test_only_what_is_surely_meant_is_claimed(line, is_heard):
    assert (SERVICE.hears(line) == {"question": line}) is is_heard


def test_an_example_is_a_street_of_the_provinces_own_table():
    row = {"street": "BẠCH ĐẰNG", "area": "Quận Hải Châu"}

    assert SERVICE.example_of(row) == "Bạch Đằng, Quận Hải Châu"
    assert not any("Nguyễn Văn Linh" in one for one in SERVICE.examples)
