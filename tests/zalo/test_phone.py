from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.core.errors import Invalid
from motcua.zalo.phone import hash_phone, mask_phone, normalise_phone


@pytest.mark.parametrize(
    "written",
    ["0912345678", "+84912345678", "84912345678", "0084912345678", "0912 345 678", "(091) 234-5678"],
)
def test_the_usual_ways_to_write_a_mobile_number_become_one(written):
    assert normalise_phone(written) == "84912345678"


@pytest.mark.parametrize(
    "written",
    [
        "",
        "912345678",
        "0212345678",
        "02523821234",
        "01234567890",
        "091234567",
        "09123456789",
        "8409123456789",
        "+1912345678",
        "٠٩١٢٣٤٥٦٧٨",
        "0912345678\n0912345678",
        "không có",
        "0" * 10_000,
    ],
)
def test_anything_else_is_refused_with_the_remedy(written):
    with pytest.raises(Invalid) as refused:
        normalise_phone(written)

    assert "0912345678" in refused.value.details["phone"][0]


@given(st.text())
def test_no_text_gives_anything_but_a_number_or_invalid(written):
    with suppress(Invalid):
        assert normalise_phone(written).startswith("84")


def test_a_masked_number_shows_two_digits_and_three():
    assert mask_phone("84912345678") == "09x****678"
    assert mask_phone("not a phone") == "***"


def test_the_hash_of_a_number_is_the_published_one():
    expected = "25cc2f7574420a2d46c9f2d6cf94cdbb242ef7d479afe92ed6e8eb33a7493093"

    assert hash_phone("0912345678") == expected
