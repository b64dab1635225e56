"""Announcing from a script: the same two people, the same rules."""

import pytest

from motcua.broadcasts import announcing, workflow
from motcua.broadcasts.audience import Audience
from motcua.core.database import db
from motcua.core.errors import Forbidden, Misconfigured
from tests.factories import make_staff

from .conftest import move_on, person, told, values


def staff(role: str):
    return make_staff("binh-thuan", role=role)


def test_two_people_by_their_addresses_and_it_is_on_its_way(day):
    citizen = person()
    writer, approver = (
        announcing.staff_of(staff(role).email.upper()) for role in ("communications", "leader")
    )

    one = announcing.announce(values(), Audience(topic="policy"), writer, approver)
    db.session.commit()
    move_on(one)

    assert told(one) == [citizen.id]
    assert [row.staff_name for row in workflow.history(one)][:3] == [writer.full_name] * 2 + [
        approver.full_name
    ]


@pytest.mark.parametrize(
    ("writes", "approves"),
    [("leader", "leader"), ("communications", "officer"), ("officer", "province_admin")],
)
def test_each_needs_the_permission_for_their_part(day, writes, approves):
    with pytest.raises(Forbidden):
        announcing.announce(values(), Audience(topic="policy"), staff(writes), staff(approves))


def test_one_person_is_not_two(day):
    admin = staff("province_admin")

    with pytest.raises(workflow.OwnBroadcast):
        announcing.announce(values(), Audience(topic="policy"), admin, admin)


def test_nobody_answers_to_an_unknown_address(day):
    with pytest.raises(Misconfigured, match="motcua staff add"):
        announcing.staff_of("ai-do@binh-thuan.example")
