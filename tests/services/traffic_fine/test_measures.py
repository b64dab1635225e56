"""Numbers in lines and in the decree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.services.traffic_fine.measures import (
    AGE,
    BLOOD,
    BREATH,
    CROWD,
    LATE,
    LOAD,
    SPEED,
    measure,
    spans_of,
)


@pytest.mark.parametrize(
    ("line", "name", "value"),
    [
        ("chạy quá tốc độ 15km/h xe máy", SPEED, 15),
        ("vượt quá tốc độ 12 km", SPEED, 12),
        ("chạy 65 km/h đường 50", SPEED, 15),
        ("đường 60 mà chạy 78km/h", SPEED, 18),
        ("bắn tốc độ 62/50", SPEED, 12),
        ("quá tốc độ từ 10 đến 20km/h", SPEED, 15),
        ("lố 8 cây số trên giờ", SPEED, 8),
        ("nồng độ cồn 0.3 mg/lít khí thở", BREATH, 0.3),
        ("thổi 0,42 miligam/1 lít khí thở", BREATH, 0.42),
        ("nồng độ cồn 0.5", BREATH, 0.5),
        ("cồn 60 mg/100ml máu", BLOOD, 60),
        ("55 miligam/100 mililít máu", BLOOD, 55),
        ("quá tải 40%", LOAD, 40),
        ("xe 5 tấn chở 8 tấn", LOAD, 60),
        ("xe 16 chỗ chở 24 người", CROWD, 50),
        ("15 tuổi chạy xe", AGE, 15),
        ("học sinh lớp 11 chạy xe", AGE, 16),
        ("đăng kiểm quá hạn 10 ngày", LATE, 1 / 3),
        ("bằng lái hết hạn 2 năm", LATE, 24),
    ],
)
def test_a_number_is_understood_by_what_stands_around_it(line, name, value):
    assert measure(line).values[name] == pytest.approx(value, abs=0.01)


@pytest.mark.parametrize(
    "line",
    [
        "uống 2 lon bia lái xe",
        "chở 3 người",
        "xe 125cc không bằng",
        "kẹp 4",
        "chạy 120km/h trên cao tốc",
        "xe 16 chỗ",
    ],
)
def test_other_numbers_measure_nothing(line):
    assert not measure(line).values


def test_more_than_a_limit_is_beyond_it():
    assert measure("quá tốc độ trên 35 km/h").values[SPEED] > 35
    assert measure("quá tốc độ dưới 10 km/h").values[SPEED] < 10


def test_what_a_number_is_about_is_written_out():
    assert "quá tốc độ" in measure("xe máy chạy 75km/h đường 50").rest
    assert "nồng độ cồn" in measure("say 0.3mg/lít").rest


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("quá tốc độ quy định từ 05 km/h đến dưới 10 km/h", (5, 9.9), (4.9, 10)),
        ("quá tốc độ quy định từ 10 km/h đến 20 km/h", (10, 20), (9.9, 20.1)),
        ("quá tốc độ quy định trên 20 km/h đến 35 km/h", (20.1, 35), (20, 35.1)),
        ("quá tốc độ quy định trên 35 km/h", (35.1, 200), (35,)),
    ],
)
def test_a_range_of_the_decree_keeps_its_ends(text, inside, outside):
    (span,) = spans_of(text)[SPEED]

    assert all(value in span for value in inside)
    assert not any(value in span for value in outside)


def test_alcohol_has_a_range_in_blood_and_one_in_breath():
    spans = spans_of(
        "nồng độ cồn vượt quá 50 miligam đến 80 miligam/100 mililít máu hoặc vượt quá 0,25 miligam đến 0,4 miligam/1 "
        "lít khí thở"
    )

    assert (80 in spans[BLOOD][0], 50 in spans[BLOOD][0]) == (True, False)
    assert (0.4 in spans[BREATH][0], 0.25 in spans[BREATH][0]) == (True, False)


@given(st.text(max_size=200))
def test_no_line_is_too_odd_to_measure(line):
    assert isinstance(measure(line).rest, str)


@given(st.integers(5, 99))
def test_every_speed_falls_into_one_range_of_each_vehicle(over):
    ranges = {
        "ô tô": [
            "từ 05 km/h đến dưới 10 km/h",
            "từ 10 km/h đến 20 km/h",
            "trên 20 km/h đến 35 km/h",
            "trên 35 km/h",
        ],
        "xe máy": ["từ 05 km/h đến dưới 10 km/h", "từ 10 km/h đến 20 km/h", "trên 20 km/h"],
    }
    value = measure(f"quá tốc độ {over} km/h").values[SPEED]

    for texts in ranges.values():
        assert sum(value in spans_of(text)[SPEED][0] for text in texts) == 1
