"""The life of a visit as a machine: whatever people press, it stays in one of its states."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.appointments import states
from motcua.appointments.states import BY_CITIZEN, BY_OFFICER, NAMES, StepRefused

steps = st.tuples(st.sampled_from([BY_CITIZEN, BY_OFFICER]), st.sampled_from([*NAMES, "", "deleted"]))


@given(st.lists(steps, max_size=30))
def test_any_row_of_presses_leads_only_where_the_table_allows(presses):
    state = "booked"
    for allowed, wanted in presses:
        before = state
        try:
            states.check(state, wanted, allowed)
            state = wanted
        except StepRefused as refused:
            assert "Xin" in refused.message
        assert state in NAMES
        if before == "cancelled":
            assert state == "cancelled"
        if state == "served":
            assert before in ("arrived", "served")


@pytest.mark.parametrize("state", ["arrived", "served", "no_show", "cancelled"])
def test_a_citizen_cannot_cancel_what_is_over(state):
    with pytest.raises(StepRefused):
        states.check(state, "cancelled", BY_CITIZEN)


def test_every_state_has_a_name_and_each_mark_a_way_back():
    assert set(states.MARKS) == {"arrived", "served", "no_show", "booked"}
    for before, nexts in BY_OFFICER.items():
        for after in nexts - {"no_show"}:
            assert BY_OFFICER.get(after), f"{before} -> {after} is a dead end"
