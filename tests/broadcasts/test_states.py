"""The life of a broadcast, as a table and in the database: no way round the second person."""

from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from motcua.broadcasts import states, workflow
from motcua.broadcasts.states import ACTIONS, FINAL, STATES
from motcua.broadcasts.workflow import By
from motcua.core.clock import now
from motcua.core.database import db
from motcua.core.errors import MotcuaError

from .conftest import draft, fresh, values


@given(st.lists(st.sampled_from(sorted(ACTIONS)), max_size=40))
def test_nothing_runs_that_was_not_approved_since_its_last_change(actions):
    state, approved = states.DRAFT, False
    for action in actions:
        led_to = states.after(state, action)
        if led_to is None:
            continue
        assert state not in FINAL
        approved = (approved or action == "approve") and action != "edit"
        state = led_to
        if state in (states.SCHEDULED, states.RUNNING, states.PAUSED, states.DONE):
            assert approved


@pytest.mark.parametrize("state", STATES)
def test_every_state_has_a_name_and_a_way_on_unless_it_is_final(state):
    ways = [action for action in ACTIONS if states.after(state, action)]

    assert states.NAMES[state]
    assert bool(ways) == (state not in FINAL)


PEOPLE = [By(number, f"Cán bộ {number}") for number in (1, 2, 3)]
DO = {
    "edit": lambda one, by: workflow.edit(one.id, values(title=f"Sửa lần {one.revision}"), by),
    "submit": lambda one, by: workflow.submit(one.id, by),
    "approve": lambda one, by: workflow.approve(one.id, one.revision, by),
    "refuse": lambda one, by: workflow.refuse(one.id, by, "Chưa rõ"),
    "schedule": lambda one, by: workflow.schedule(one.id, now(), by),
    "pause": lambda one, by: workflow.pause(one.id, by),
    "resume": lambda one, by: workflow.resume(one.id, by),
    "cancel": lambda one, by: workflow.cancel(one.id, by),
}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(sorted(DO)), st.sampled_from(PEOPLE)), max_size=14))
def test_whoever_acts_in_whatever_order_two_people_stand_behind_what_is_scheduled(day, acts):
    one = draft()
    for action, by in acts:
        try:
            DO[action](one, by)
            db.session.commit()
        except MotcuaError:
            db.session.rollback()
        one = fresh(one)

    line = workflow.history(one)
    approvals = [row for row in line if row.action == "approve"]
    assert one.state == line[-1].state
    for row in approvals:
        earlier = [past for past in line if past.id < row.id and past.action in workflow.AUTHORING]
        assert row.staff_id not in {past.staff_id for past in earlier}
    if one.state in (states.APPROVED, states.SCHEDULED):
        assert approvals[-1].revision == one.revision
    with suppress(MotcuaError):
        workflow.cancel(one.id, PEOPLE[0])
        db.session.commit()
