"""Finding the provision a citizen means, judged on questions written before and beside the vocabulary."""

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motcua.core.text.normal import normalise, without_marks
from motcua.services.traffic_fine.finding import FineIndex
from tests.factories import TENANTS

HERE = Path(__file__).parent
index = FineIndex(TENANTS / "_national" / "traffic")


def questions(name: str) -> list[tuple[str, set[str]]]:
    with (HERE / f"questions_{name}.csv").open(encoding="utf-8", newline="") as lines:
        return [(row["question"], set(row["right"].split("|"))) for row in csv.DictReader(lines)]


def codes(line: str, most: int = 3) -> list[str]:
    return [one.provision.code for one in index.search(line).found[:most]]


@pytest.mark.parametrize(
    ("name", "share"), [("known", 0.97), ("unseen", 0.95), ("sampled", 0.93), ("later", 0.88)]
)
def test_the_right_provision_is_within_the_first_three(name, share):
    asked = questions(name)
    missed = [line for line, right in asked if not right & set(codes(line))]

    assert len(missed) <= (1 - share) * len(asked), missed


def test_a_line_without_accents_finds_what_one_with_accents_finds():
    asked = questions("known")
    missed = [line for line, right in asked if not right & set(codes(without_marks(normalise(line))))]

    assert len(missed) <= 0.08 * len(asked), missed


@pytest.mark.parametrize(
    ("line", "first"),
    [
        ("vuwowtj ddefn ddor xe mays", "7.7.c"),
        ("vuot9 d9en2 d9o3 xe may1", "7.7.c"),
        ("vựợt đen đõ xe máy", "7.7.c"),
        ("không đội nónn bảo hiểm", "7.2.h"),
        ("NỒNG ĐỘ CỒN 0,3 XE MÁY", "7.8.b"),
        ("di nguoc chieu oto", "6.9.d"),
    ],
)
def test_keystrokes_typos_and_capitals_do_not_matter(line, first):
    assert first in codes(line)


@pytest.mark.parametrize(
    ("vehicle", "first"),
    [
        ("xe máy", "7.7.c"),
        ("ô tô", "6.9.b"),
        ("xe tải", "6.9.b"),
        ("xe đạp", "9.2.đ"),
        ("người đi bộ", "10.1.b"),
    ],
)
def test_the_vehicle_decides_whose_provision_comes_first(vehicle, first):
    assert codes(f"{vehicle} vượt đèn đỏ", 1) == codes(f"vượt đèn đỏ {vehicle}", 1) == [first]


@pytest.mark.parametrize(
    ("line", "vehicles"),
    [
        ("xe máy đi vào làn ô tô", {"motorbike"}),
        ("ô tô tông xe máy", {"car"}),
        ("xe máy không nhường người đi bộ", {"motorbike"}),
        ("đi sai làn đường xe máy", {"motorbike"}),
        ("chạy oto quá tốc độ", {"car"}),
        ("dừng xe nơi cấm dừng xe máy", {"motorbike"}),
        ("đụng xe máy rồi bỏ chạy", set()),
        ("vượt đèn đỏ", set()),
    ],
)
def test_somebody_elses_vehicle_is_not_the_askers(line, vehicles):
    assert index.search(line).vehicles == vehicles


@pytest.mark.parametrize("over", [5, 9, 10, 20, 21, 35, 36, 80])
def test_a_speed_is_answered_by_its_own_range(over):
    expected = "6.3.a" if over < 10 else "6.5.đ" if over <= 20 else "6.6.a" if over <= 35 else "6.7.a"

    assert codes(f"ô tô chạy quá tốc độ {over} km/h", 1) == [expected]


@pytest.mark.parametrize(
    "line",
    ["thời tiết hôm nay thế nào", "giá đất Nguyễn Văn Linh", "", "?!", "12345", "xe máy", "phạt bao nhiêu"],
)
def test_what_is_no_violation_finds_nothing(line):
    assert not index.search(line).found


def test_an_accident_is_answered_by_what_an_accident_costs():
    assert codes("ô tô mở cửa xe gây tai nạn", 2)[0] in ("6.10.b", "6.5.q")
    assert codes("quá tốc độ gây tai nạn ô tô", 1) == ["6.10.a"]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=120))
def test_no_line_is_too_odd_to_search(line):
    assert len(index.search(line).found) <= 10


def test_two_violations_in_one_line_are_both_answered():
    assert codes("xe máy vượt đèn đỏ và không đội mũ bảo hiểm", 2) == ["7.7.c", "7.2.h"]
    assert codes("xe máy lạng lách, đánh võng", 1) == ["7.9.a"]
