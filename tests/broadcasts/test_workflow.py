"""Two people, one revision, and a history of every step."""

import contextvars
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from motcua.broadcasts import states, workflow
from motcua.broadcasts.audience import Audience
from motcua.broadcasts.workflow import By
from motcua.core.clock import now
from motcua.core.database import db, tenant_scope
from motcua.core.errors import Conflict, Invalid, MotcuaError

from .conftest import APPROVER, WRITER, draft, emergency, fresh, person, scheduled, values


def submitted(**given):
    one = draft(**given)
    workflow.submit(one.id, WRITER)
    db.session.commit()
    return one


def test_the_writer_never_approves_what_is_theirs(day):
    one = submitted()

    with pytest.raises(workflow.OwnBroadcast):
        workflow.approve(one.id, one.revision, WRITER)


def test_nor_does_whoever_only_touched_it_up(day):
    one = draft()
    workflow.edit(one.id, values(title="Sửa tên"), APPROVER)
    workflow.submit(one.id, WRITER)

    with pytest.raises(workflow.OwnBroadcast):
        workflow.approve(one.id, one.revision, APPROVER)


def test_a_change_after_approval_has_to_be_approved_anew(day):
    one = scheduled(draft(), now() + timedelta(hours=2))

    workflow.edit(one.id, values(body="Nội dung khác hẳn"), WRITER)

    assert (one.state, one.send_at) == (states.DRAFT, None)
    with pytest.raises(Conflict):
        workflow.schedule(one.id, now(), WRITER)


def test_other_people_to_send_to_are_a_change_too(day):
    one = scheduled(draft(), now() + timedelta(hours=2))

    workflow.aim(one.id, Audience(topic="local"), WRITER)

    assert one.state == states.DRAFT


def test_nobody_approves_words_they_have_not_seen(day):
    one = submitted()
    seen = one.revision
    workflow.edit(one.id, values(body="Đã đổi trong lúc người duyệt đọc"), WRITER)
    workflow.submit(one.id, WRITER)

    with pytest.raises(Conflict, match="đã được sửa"):
        workflow.approve(one.id, seen, APPROVER)


def test_a_refusal_needs_a_reason_that_the_writer_can_read(day):
    one = submitted()

    with pytest.raises(Invalid):
        workflow.refuse(one.id, APPROVER, "  ")
    workflow.refuse(one.id, APPROVER, "Thiếu ngày áp dụng")

    assert one.state == states.REFUSED
    assert workflow.history(one)[-1].note == "Thiếu ngày áp dụng"


def test_nothing_is_submitted_before_its_topic_is_chosen(day):
    one = draft(kind="news", document_number="", document_date="", document_issuer="")

    with pytest.raises(Invalid, match="Người nhận"):
        workflow.submit(one.id, WRITER)


def test_the_approval_keeps_how_many_it_was_given_for(day):
    person()
    one = submitted()

    workflow.approve(one.id, one.revision, APPROVER)

    assert "1 người nhận, 1 miễn phí" in workflow.history(one)[-1].note


def test_an_emergency_leaves_with_its_approval_and_only_if_they_are_sure(day, clock):
    clock.move_to(datetime(2026, 11, 26, 18, tzinfo=UTC))  # 1 o'clock at night
    one = workflow.write(emergency(), WRITER)
    workflow.submit(one.id, WRITER)
    db.session.commit()

    with pytest.raises(Invalid, match="xác nhận"):
        workflow.approve(one.id, one.revision, APPROVER)
    db.session.rollback()
    workflow.approve(one.id, one.revision, APPROVER, sure=True)

    assert one.state == states.SCHEDULED
    assert one.send_at <= now()
    assert [row.action for row in workflow.history(one)][-2:] == ["approve", "schedule"]


def test_an_emergency_too_needs_a_second_person(day):
    one = workflow.write(emergency(), WRITER)
    workflow.submit(one.id, WRITER)

    with pytest.raises(workflow.OwnBroadcast):
        workflow.approve(one.id, one.revision, WRITER, sure=True)


@pytest.mark.parametrize(
    ("asked", "leaves"),
    [
        ("2026-11-26T21:00", "2026-11-27T08:00"),
        ("2026-11-27T03:00", "2026-11-27T08:00"),
        ("2026-11-27T08:00", "2026-11-27T08:00"),
        ("2026-11-27T20:59", "2026-11-27T20:59"),
    ],
)
def test_an_hour_of_the_night_becomes_the_morning(day, asked, leaves):
    one = scheduled(draft(), datetime.fromisoformat(asked + "+07:00"))

    assert one.send_at == datetime.fromisoformat(leaves + "+07:00")


def test_of_two_who_decide_at_once_only_one_does(day, app):
    one = submitted()
    number, revision, slug = one.id, one.revision, one.tenant_id
    db.session.rollback()

    def decide(by: By, action) -> str:
        with app.app_context(), tenant_scope(slug):
            try:
                action(by)
                db.session.commit()
                return "done"
            except MotcuaError as error:
                db.session.rollback()
                return error.code

    acts = [
        (By(2, "A"), lambda by: workflow.approve(number, revision, by)),
        (By(3, "B"), lambda by: workflow.refuse(number, by, "Không")),
    ]
    with ThreadPoolExecutor(2) as pool:
        results = [pool.submit(contextvars.copy_context().run, decide, *act) for act in acts]
        said = sorted(one.result() for one in results)

    assert said == ["conflict", "done"]
    assert fresh(one).state in (states.APPROVED, states.REFUSED)


def test_another_provinces_broadcast_is_not_found(app, two_provinces, clock):
    with tenant_scope("da-nang"):
        theirs = draft().id

    with tenant_scope("binh-thuan"), pytest.raises(workflow.BroadcastUnknown):
        workflow.get(theirs)
