"""Dossier codes as agencies print them, and the tokens on our QR codes."""

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from motcua.dossiers import codes

SEEN = [
    "000.00.01.H56-240315-0007",
    "000.00.53.H48-220921-0099",
    "G09.20-20260609-0092637",
    "G22.99-251225-020175",
    "H57.132-260804-0512",
]


@pytest.mark.parametrize("code", SEEN)
@time_machine.travel("2026-11-24T03:00:00+00:00", tick=False)
def test_real_codes_are_accepted_as_they_are(code):
    assert codes.normalise(code) == code


@pytest.mark.parametrize(
    "typed",
    ["000.00.01.h56-240315-0007", " 000.00.01.H56 - 240315 - 0007 ", "000.00.01.H56–240315–0007"],
    ids=["lower case", "blanks", "long dashes"],
)
def test_a_code_is_read_as_people_type_it(typed):
    assert codes.normalise(typed) == "000.00.01.H56-240315-0007"


@pytest.mark.parametrize(
    "code",
    ["", "abc", "000.00.01.H56-240315", "000.00.01.H56-241332-0007", "000.00.01.H56-20240230-0007",
     "000.00.01.H56-991231-0001", "000.00.01.H56-20091231-0001", "000.00.01.H56-240315-0007-1", "-240315-0007"],
    ids=["empty", "a word", "no number", "month 13", "30 February", "in the future", "too early", "long", "no agency"],
)  # fmt: skip
def test_an_impossible_code_is_refused_with_a_remedy(code):
    with pytest.raises(codes.CodeInvalid) as refused:
        codes.normalise(code)

    assert "Xin" in refused.value.message
    assert refused.value.details["code"]


@given(st.text(max_size=60))
def test_any_text_is_a_code_or_is_refused(text):
    try:
        code = codes.normalise(text)
    except codes.CodeInvalid:
        return
    assert codes.normalise(code) == code


def test_tokens_differ_and_survive_being_typed_badly():
    tokens = {codes.new_token() for _ in range(1000)}

    assert len(tokens) == 1000
    for token in tokens:
        typed = codes.spaced(token).lower().replace("0", "o").replace("1", "l")
        assert codes.read_token(typed) == token


@given(st.text(max_size=40))
def test_any_text_is_a_token_or_nothing(text):
    token = codes.read_token(text)

    assert token is None or codes.TOKEN.match(token)
