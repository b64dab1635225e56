"""The real table loaded, published and asked as the command line does it."""

import io
import json
import time
from datetime import date

import pytest

from motcua import service_commands
from motcua.core.database import tenant_scope
from motcua.services.land_price import SERVICE
from tests.installing import load
from tests.services.land_price.tables import HCMC
from tests.services.land_price.test_understanding import generated

AGREED = ("street", "from", "to", "land_class", "position", "price_vnd_per_m2", "valid_from")


@pytest.fixture
def loaded(app, two_provinces):
    """Đà Nẵng, say, with the big table."""
    return load(
        SERVICE, HCMC.read_bytes(), slug="da-nang", valid_from=date(2024, 10, 31), document="Quyết định 79"
    )


def answers(lines: list[str]) -> list[dict]:
    out = io.StringIO()
    with tenant_scope("da-nang"):
        service_commands.answer_lines(SERVICE, [f"{line}\n" for line in lines], out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_a_line_in_is_an_object_out_with_the_agreed_fields(loaded):
    match, choices, none, before = answers(
        [
            "giá đất Đinh Tiên Hoàng quận 1 đoạn từ Lê Duẩn đến Điện Biên Phủ",
            "dinh tien hoang q1",
            "thời tiết hôm nay",
            "giá đất Đinh Tiên Hoàng quận 1 năm 2020",
        ]
    )

    assert (match["kind"], len(match["results"])) == ("match", 1)
    record = match["results"][0]
    assert {name: record[name] for name in AGREED} == {
        "street": "ĐINH TIÊN HOÀNG",
        "from": "LÊ DUẨN",
        "to": "ĐIỆN BIÊN PHỦ",
        "land_class": "ODT",
        "position": 1,
        "price_vnd_per_m2": 165_200_000,
        "valid_from": "2024-10-31",
    }
    assert (choices["kind"], len(choices["results"])) == ("choices", 3)
    assert (none["kind"], none["results"]) == ("none", [])
    assert before["kind"] == "none"  # no table held on that day


def test_another_province_has_none_of_it(loaded):
    out = io.StringIO()
    with tenant_scope("binh-thuan"):
        service_commands.answer_lines(SERVICE, ["đinh tiên hoàng quận 1\n"], out)

    assert json.loads(out.getvalue())["kind"] == "none"


def test_the_loop_answers_a_hundred_lines_in_a_moment(loaded):
    lines = [line for _, line, _ in generated(16, 100)]
    answers(lines[:1])  # the first question of a process prepares the table

    began = time.process_time()
    found = answers(lines)

    assert sum(answer["kind"] != "none" for answer in found) >= 95
    assert time.process_time() - began < 100 * 0.020
