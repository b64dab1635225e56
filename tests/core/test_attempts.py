"""Wrong guesses are counted, and cool down."""

import pytest

from motcua.core import attempts
from motcua.core.errors import TooManyAttempts


def test_the_fifth_wrong_guess_is_the_last_for_a_while(app):
    for _ in range(5):
        attempts.refuse_if_cooling_down("somebody")
        attempts.note_wrong("somebody")

    with pytest.raises(TooManyAttempts) as refused:
        attempts.refuse_if_cooling_down("somebody")

    assert 0 < refused.value.details["retry_after_s"] <= attempts.COOL_DOWN_S
    assert "15 phút" in refused.value.message


def test_others_are_not_cooled_down_with_them(app):
    for _ in range(5):
        attempts.note_wrong("somebody")

    assert attempts.refuse_if_cooling_down("somebody else") is None


def test_a_right_guess_forgets_the_wrong_ones(app):
    for _ in range(4):
        attempts.note_wrong("somebody")
    attempts.forget("somebody")

    attempts.note_wrong("somebody")
    assert attempts.refuse_if_cooling_down("somebody") is None
