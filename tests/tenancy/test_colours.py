"""Whatever colour a province chooses, its pages can be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.tenancy import colours

ANY = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@given(ANY)
def test_text_on_and_of_any_colour_has_contrast_enough_by_day_and_night(colour):
    made = colours.palette(colour)

    assert colours.contrast(made.on_brand, made.brand) >= colours.SMALLEST_CONTRAST
    for ground in (colours.LIGHT_GROUND, "#ffffff", "#f3f5f8"):
        assert colours.contrast(made.light_text, ground) >= colours.SMALLEST_CONTRAST
    for ground in (colours.DARK_GROUND, "#1c242d", "#12181f"):
        assert colours.contrast(made.dark_text, ground) >= colours.SMALLEST_CONTRAST


@given(ANY, ANY)
def test_contrast_is_the_same_both_ways_and_within_its_bounds(one, other):
    assert colours.contrast(one, other) == colours.contrast(other, one)
    assert 1 <= colours.contrast(one, other) <= 21.001


def test_a_colour_that_can_be_read_stays_as_the_province_gave_it():
    assert colours.palette("#0b5394").light_text == "#0b5394"


@pytest.mark.parametrize("colour", ["red", "#fff", "", "#12345g", "#0b5394;}"])
def test_what_is_no_colour_is_refused(colour):
    with pytest.raises(ValueError, match="Not a colour"):
        colours.palette(colour)
