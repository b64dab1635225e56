"""One form for the ways to write a name."""

import pytest

from motcua.services.land_price.stretches import split_place
from motcua.services.land_price.wording import initials_of, words_of_name


def plain(text: str) -> str:
    return " ".join(word.plain for word in words_of_name(text))


@pytest.mark.parametrize(
    ("said", "same"),
    [
        ("QUỐC LỘ 1A", "ql1a"),
        ("QUỐC LỘ 1A", "QUỐC LỘ 1"),
        ("TỈNH LỘ 10", "TL.10"),
        ("3 THÁNG 2", "ba tháng hai"),
        ("3 THÁNG 2", "3/2"),
        ("ĐƯỜNG 30/4", "đường ba mươi tháng tư"),
        ("CÁCH MẠNG THÁNG 8", "cách mạng tháng Tám"),
        ("NGÃ SÁU PHÙ ĐỔNG", "ngã 6 phù đổng"),
        ("TÂN THỚI NHẤT 01", "tân thới nhất 1"),
        ("ĐƯỜNG SỐ 8, PHƯỜNG 5", "đ. số 8, P.5"),
        ("LỘ GIỚI >= 16M", "lộ giới từ 16m trở lên"),
        ("LỘ GIỚI <16M", "lộ giới dưới 16 m"),
        ("KHU DÂN CƯ A", "KDC A"),
        ("Quố́c lộ 1", "Quốc lộ 1"),
        ("NGUYỄN HOÀ", "nguyễn hòa"),
    ],
)
def test_different_writings_are_one(said, same):
    assert plain(said) == plain(same)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Nguyễn Tri Phương từ 3 tháng 2", "Nguyễn Tri phường 4 3 tháng 2"),
        ("HAI BÀ TRƯNG", "2 BÀ TRƯNG"),
        ("ĐƯỜNG SỐ 5A", "ĐƯỜNG SỐ 5"),
        ("QUỐC LỘ 1K", "QUỐC LỘ 1"),
    ],
)
def test_what_differs_stays_apart(one, other):
    assert plain(one) != plain(other)


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Xô Viết Nghệ Tĩnh", "xvnt"),
        ("Cách Mạng Tháng 8", "cmt8"),
        ("An Dương Vương", "adv"),
        ("Đường Số 5", ""),
    ],
)
def test_initials(name, letters):
    assert initials_of(words_of_name(name)) == letters


@pytest.mark.parametrize(
    ("text", "core", "asides"),
    [
        ("ĐƯỜNG 41 (DỰ ÁN 131HA), PHƯỜNG AN PHÚ", "duong 41", ["du an 131ha", "phuong an phu"]),
        ("TÔ KÝ (TỈNH LỘ 15 CŨ)", "to ki", ["tl 15 cu"]),
        ("(ĐƯỜNG SỐ 5) BÀ GIANG", "ba giang", ["duong so 5"]),
        ("ĐƯỜNG SỐ 8 PHƯỜNG TRƯỜNG THỌ", "duong so 8", ["phuong truong tho"]),
        ("CÁC TUYẾN ĐƯỜNG KHU DÂN CƯ SAVICO", "cac tuyen duong kdc savico", []),
        ("ĐƯỜNG NỘI BỘ 22,6M", "duong noi bo 22p6m", []),
    ],
)
def test_a_name_is_told_from_what_stands_beside_it(text, core, asides):
    place = split_place(text)

    assert " ".join(word.plain for word in place.core) == core
    assert [" ".join(word.plain for word in words) for words in place.asides] == asides
