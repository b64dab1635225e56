"""The decree as data: every point has its fine, its people and the points it takes off a licence."""

import pytest

from motcua.services.traffic_fine.decree import read_decree, references, rows_of
from motcua.services.traffic_fine.wording import read_everyday
from tests.factories import TENANTS

FOLDER = TENANTS / "_national" / "traffic"


@pytest.fixture(scope="module")
def decree():
    return read_decree(FOLDER)


@pytest.fixture(scope="module")
def by_code(decree):
    return {one.code: one for one in decree.provisions}


def test_all_630_provisions_are_there_once(decree, by_code):
    assert len(decree.provisions) == len(by_code) == 630


def test_a_fine_is_a_range_in_whole_dong(decree):
    assert all(0 < one.fine_min_vnd < one.fine_max_vnd for one in decree.provisions)


@pytest.mark.parametrize(
    ("code", "points"),
    [
        ("6.9.b", 4), ("7.7.c", 4), ("7.8.b", 10), ("6.3.h", 2), ("6.6.a", 4), ("6.8", 6), ("6.10.a", 10),
        ("6.11.đ", 10), ("6.11.a", 0), ("7.2.h", 0), ("12.11.b", 2), ("13.8.a", 10), ("17.3", 2), ("21.7.b", 8),
        ("26.8.c", 6), ("34.5.b", 10), ("35.1", 0),
    ],
)  # fmt: skip
def test_points_are_joined_from_the_sentences_that_take_them_off(by_code, code, points):
    assert by_code[code].points == points


def test_what_depends_on_how_grave_it_was_says_so(by_code):
    crowded = by_code["20.2"].deductions

    assert [one.points for one in crowded] == [4, 10]
    assert "trên 50% đến 100%" in crowded[0].condition


@pytest.mark.parametrize(
    ("sentence", "named"),
    [
        (
            "hành vi quy định tại điểm h, điểm i khoản 3; khoản 6 Điều này",
            [("3", "h"), ("3", "i"), ("6", "")],
        ),
        ("tại điểm a khoản 9, khoản 10, điểm đkhoản 11 Điều này", [("9", "a"), ("10", ""), ("11", "đ")]),
        ("tại khoản 2, khoản 4 (trường hợp vượt trên 50%) Điều này", [("2", ""), ("4", "")]),
        ("tại điểm h khoản 5; điểm b khoản 7 Điều này bị trừ 04 điểm", [("5", "h"), ("7", "b")]),
    ],
)
def test_a_sentence_names_points_of_clauses_and_whole_clauses(sentence, named):
    assert list(references(sentence)) == named


def test_every_deducting_sentence_finds_its_provisions(decree):
    codes = {(str(one.article), str(one.clause), one.point) for one in decree.provisions}
    clauses = {(article, clause, "") for article, clause, _ in codes}
    named = {
        (row["article"], *place)
        for row in rows_of(FOLDER / "point_deductions.csv")
        for place in references(row["provision"])
    }
    unknown = named - codes - clauses
    taken_off = {point for one in decree.provisions for point in (d.points for d in one.deductions)}

    assert taken_off == {2, 3, 4, 6, 8, 10}
    assert not unknown


def test_everyday_names_lead_to_provisions_that_exist(by_code):
    unknown = {
        code for entry in read_everyday(FOLDER / "everyday.csv") for code in entry.meant
    } - by_code.keys()

    assert not unknown


def test_clauses_of_mixed_articles_know_whom_they_are_about(by_code):
    groups = {
        code: by_code[code].group for code in ("18.5.a", "18.9.b", "12.5.b", "12.14.b", "32.10", "32.14.i")
    }

    assert groups == {
        "18.5.a": "motorbike", "18.9.b": "car", "12.5.b": "motorbike_passenger", "12.14.b": "anybody",
        "32.10": "motorbike_owner", "32.14.i": "car_owner",
    }  # fmt: skip
