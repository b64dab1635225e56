"""What a question says beside the place."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motcua.services.land_price.facets import read_facets

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("lê lợi năm 2024", date(2024, 12, 31)),
        ("le loi nam 2024", date(2024, 12, 31)),
        ("lê lợi ngày 15/3/2025", date(2025, 3, 15)),
        ("lê lợi ngày 15 tháng 3 năm 2025", date(2025, 3, 15)),
        ("lê lợi tháng 2/2024", date(2024, 2, 29)),
        ("lê lợi tháng 12 năm 2024", date(2024, 12, 31)),
        ("lê lợi năm ngoái", date(2025, 12, 31)),
        ("lê lợi hiện nay", None),
        ("đường 3/2 quận 10", None),
        ("đường 30 tháng 4", None),
        ("lê lợi ngày 31/2/2025", None),
        ("lê lợi năm 9999", None),
    ],
)
def test_the_day_is_read(line, day):
    assert read_facets(line, TODAY).day == day


@pytest.mark.parametrize(
    ("line", "land_class"),
    [
        ("đất ở lê lợi", "ODT"),
        ("đất thổ cư lê lợi", "ODT"),
        ("đất thương mại, dịch vụ lê lợi", "TMD"),
        ("dat tmdv le loi", "TMD"),
        ("đất sxkd lê lợi", "SKC"),
        ("đất sản xuất kinh doanh phi nông nghiệp", "SKC"),
        ("đất vườn củ chi", "CLN"),
        ("đất trồng cây lâu năm", "CLN"),
        ("đất trồng lúa", "LUC"),
        ("đất nuôi trồng thủy sản", "NTS"),
        ("đất rừng sản xuất", "RSX"),
        ("lê lợi quận 1", None),
        ("lũy bán bích", None),
    ],
)
def test_the_land_class_is_read(line, land_class):
    assert read_facets(line, TODAY).land_class == land_class


@pytest.mark.parametrize(
    ("line", "position"),
    [("lê lợi vt2", 2), ("lê lợi vị trí số 3", 3), ("mặt tiền lê lợi", 1), ("lê lợi", None)],
)
def test_the_position_is_read(line, position):
    assert read_facets(line, TODAY).position == position


@pytest.mark.parametrize(
    "line",
    [
        "cho em hỏi giá đất lê lợi bao nhiêu 1 mét vuông vậy ạ",
        "xin hỏi bảng giá đất lê lợi năm 2025 là bao nhiêu?",
        "gia dat le loi bn 1m2",
        "lê lợi giá thế nào",
    ],
)
def test_what_only_asks_is_left_out_and_the_street_stays(line):
    rest = read_facets(line, TODAY).rest

    assert "bao nh" not in rest and "m2" not in rest and "hỏi" not in rest
    assert "lê lợi" in rest or "le loi" in rest


@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)))
def test_a_day_written_out_is_that_day(day):
    assert read_facets(f"lê lợi ngày {day.day}/{day.month}/{day.year}", TODAY).day == day
    assert read_facets(f"tháng {day.month}/{day.year}", TODAY).day.month == day.month


@settings(max_examples=40)
@given(st.text(max_size=200))
def test_no_text_breaks_it(text):
    facets = read_facets(text, TODAY)

    assert facets.position in (None, *range(10))
