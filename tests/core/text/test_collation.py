"""Names in a list stand in the Vietnamese order, communes by their name and not by their kind."""

import random

import pytest

from motcua.core.text.collation import order_key, place_key


@pytest.mark.parametrize(
    "ordered",
    [
        ["An Hải", "Ayun", "Ăn", "Ân Thi", "Ba", "Bả", "Bã", "Bá", "Bạ", "Bà Nà", "Cẩm Lệ"],
        ["Dầu Tiếng", "Duy Xuyên", "Đà Bắc", "Đồng Dương", "Ea", "Êa", "Giồng"],
        ["Hoa", "Hóa", "Hòa Cường", "Hòa Tiến", "Hội An", "Hợp", "Tu", "Tư", "Ưng"],
        ["Khu 2", "Khu 10", "Khu A"],
    ],
)
def test_letters_come_first_then_tones_and_numbers_by_size(ordered):
    assert sorted(mixed(ordered), key=order_key) == ordered


def mixed(names: list[str]) -> list[str]:
    return random.Random(7).sample(names, len(names))


def test_communes_stand_under_their_own_names():
    ordered = ["Phường An Khê", "Xã Bà Nà", "Phường Đồng Dương", "Đặc khu Hoàng Sa", "xã Thăng An"]

    assert sorted(mixed(ordered), key=place_key) == ordered


def test_the_committees_of_communes_stand_among_themselves():
    ordered = ["Sở Tư pháp", "UBND phường An Khê", "UBND xã Bà Nà", "Văn phòng"]

    assert sorted(mixed(ordered), key=place_key) == ordered


def test_composed_and_decomposed_letters_stand_together():
    assert order_key("Đồng")[:2] == order_key("Đo\u0302\u0300ng")[:2]
