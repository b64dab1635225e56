"""Numbers that lead to a person go; what the person said stays."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.core.masking import MASK, masked


@pytest.mark.parametrize(
    "secret",
    [
        "0912345678", "0912 345 678", "0912.345.678", "+84 912 345 678", "(0252) 3821-234", "060190012345",
        "060 190 012 345", "lan.nguyen@example.com.vn", "B1234567", "86A-123.45", "86B1 234.56", "1903 4567 8901 23",
        "０９１２３４５６７８",
    ],
)  # fmt: skip
def test_what_leads_to_a_person_is_masked(secret):
    said = masked(f"Gọi {secret} không ai nghe")

    assert said == f"Gọi {MASK} không ai nghe"


@pytest.mark.parametrize(
    "words", ["chờ 3 tuần", "ngày 25/11/2026 lúc 14:30", "đóng 50.000 đồng", "quầy 12, tầng 2", "thửa 123"]
)
def test_days_sums_and_desks_stay(words):
    assert masked(words) == words


@given(
    st.from_regex(r"(0|84|\+84)[35789][0-9]{8}", fullmatch=True),
    st.sampled_from(["", " ", ".", "-"]),
    st.integers(2, 5),
)
def test_no_phone_survives_however_it_is_broken_up(phone, between, step):
    digits = phone.removeprefix("+")
    written = between.join(digits[at : at + step] for at in range(0, len(digits), step))

    assert not re.search(r"\d{3}", masked(f"số {written} nhé"))


@given(st.text(max_size=200))
def test_masking_twice_changes_nothing_more(words):
    assert masked(masked(words)) == masked(words)
