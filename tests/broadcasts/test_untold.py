"""Everybody of an uploaded list is accounted for: told, or among those not reached with the reason."""

import csv
import io

import pytest
from sqlalchemy import event

from motcua.broadcasts import feeding, list_file, listed, not_reached, progress, running, states, workflow
from motcua.broadcasts.audience import Audience
from motcua.broadcasts.models import BroadcastListed
from motcua.citizens import registry
from motcua.core import queue
from motcua.core.database import db, tenant_scope
from motcua.retention import LISTED_DAYS, sweep

from .conftest import (
    WRITER,
    deliver,
    die_at_commit,
    draft,
    emergency,
    fresh,
    messages,
    move_on,
    person,
    scheduled,
    told,
)
from .test_lists import UID, uploaded

PHONES = [f"09051112{at:02d}" for at in range(100)]
UNKNOWN, MUTED, NOT_AGREED, NOT_FED = (
    not_reached.REASONS[code] for code in ("unknown", "muted", "not_agreed", "not_fed")
)


def known(at: int, **given):
    return person(topics=(), phone="84" + PHONES[at][1:], **given)


def listing(*values: str):
    return uploaded(*([value] for value in values))[0]


def csv_rows(one, *, whole: bool = True) -> list[list[str]]:
    text, place = "", not_reached.Place()
    while place is not None:
        part, place = not_reached.csv_page(one, place, whole=whole)
        text += part
    return list(csv.reader(io.StringIO(text.lstrip("\ufeff"))))[1:]


def missed(one) -> dict[str, str]:
    """Whom -> why, of the CSV; nobody stands in it twice."""
    rows = csv_rows(fresh(one))
    assert [row[0] for row in rows] == [str(at) for at in range(1, len(rows) + 1)]
    assert len({row[1] for row in rows}) == len(rows)
    return {row[1]: row[2] for row in rows}


def adds_up(one) -> tuple[int, int, int]:
    """(total, sent, not reached), the same on the progress and on the page."""
    one = fresh(one)
    found = progress.of(one)
    named = sum(times for _, times in not_reached.by_reason(one))
    assert named + not_reached.forgotten(one) == found.not_reached
    return found.total, found.sent, found.not_reached


def listed_left() -> list[str]:
    db.session.rollback()
    return [row.value for row in db.session.scalars(db.select(BroadcastListed).order_by(BroadcastListed.id))]


def test_whoever_of_the_list_is_unknown_muted_or_did_not_agree_is_named_with_the_reason(day, small_chunks):
    known(0), known(1, muted=True), known(2, follows=False), known(4)
    one = scheduled(listing(*PHONES[:5], UID))

    move_on(one)
    deliver(one)
    move_on(one)

    assert fresh(one).state == states.DONE
    assert missed(one) == {
        PHONES[1]: MUTED,
        PHONES[2]: NOT_AGREED,
        PHONES[3]: UNKNOWN,
        f"Mã Zalo {UID}": UNKNOWN,
    }
    assert adds_up(one) == (6, 2, 4)
    assert progress.of(fresh(one)).percent == 100
    assert dict(not_reached.by_reason(fresh(one))) == {UNKNOWN: 2, MUTED: 1, NOT_AGREED: 1}


def test_numbers_and_user_ids_are_masked_for_whoever_may_not_see_them(day):
    known(1, muted=True)
    one = scheduled(listing(PHONES[0], PHONES[1], UID))
    move_on(one)

    assert [row[1] for row in csv_rows(fresh(one), whole=False)] == [
        "09x****201",
        "09x****200",
        "Mã Zalo …099",
    ]


def test_only_lines_of_people_unknown_here_are_kept_and_nobody_can_read_them(day):
    known(0), known(1, muted=True)
    one = scheduled(listing(*PHONES[:3]))

    move_on(one)

    assert listed_left() == [PHONES[2]]
    row = db.session.scalars(db.select(BroadcastListed)).one()
    assert PHONES[2][1:] not in f"{row.value_encrypted}{row.phone_index}"


def test_those_lines_go_thirty_days_after_the_end_and_the_numbers_stay(day, clock):
    known(0)
    one = scheduled(listing(*PHONES[:3]))
    move_on(one)
    deliver(one)
    move_on(one)
    waiting = listing(*PHONES[5:7])

    clock.shift((LISTED_DAYS - 1) * 86400)
    sweep()
    before = listed_left()
    clock.shift(2 * 86400)
    queue.connection().flushdb()
    sweep()

    assert before == [*PHONES[1:3], *PHONES[5:7]]
    assert listed_left() == PHONES[5:7]
    assert adds_up(one) == (3, 1, 2)
    assert not_reached.forgotten(fresh(one)) == 2
    assert fresh(waiting).state == states.DRAFT


def test_a_line_outside_the_other_conditions_is_named_as_such(day):
    known(0), known(1, hours_ago=100)
    never = known(2)
    never.last_interaction_at = None
    one = listing(*PHONES[:3])
    workflow.aim(one.id, Audience(source="list", last_contact="48h"), WRITER)

    move_on(scheduled(one))

    outside = not_reached.REASONS["outside"]
    assert missed(one) == {PHONES[1]: outside, PHONES[2]: outside}
    assert adds_up(one)[0] == 3


def test_a_warning_to_a_list_names_who_does_not_follow_and_reaches_the_muted(day):
    known(0, muted=True), known(1, follows=False)
    one = workflow.write(emergency(), WRITER)
    db.session.commit()
    workflow.list_changed(one.id, WRITER, "Tải lên")
    listed.replace(one, list_file.read("\n".join(PHONES[:2]).encode()))
    db.session.commit()

    move_on(scheduled(one))

    assert missed(one) == {PHONES[1]: not_reached.REASONS["not_follower"]}
    assert len(messages(one)) == 1


def test_two_accounts_of_one_person_are_told_once_where_one_of_them_may_be(day, small_chunks):
    known(0, muted=True)
    people = [known(at) for at in range(1, 4)]  # the next chunk begins behind these
    willing = registry.meet(people[0].oa_id, UID)
    willing.is_follower, willing.last_interaction_at = True, people[0].last_interaction_at
    willing.prove_phone("84" + PHONES[0][1:])
    db.session.commit()
    one = scheduled(listing(PHONES[0], UID))

    move_on(one)

    assert told(one) == [willing.id]
    assert missed(one) == {}
    assert adds_up(one)[0] == 1


@pytest.mark.parametrize("dies_at", range(1, 9))
def test_no_line_is_lost_or_named_twice_when_a_worker_dies_before_any_commit(
    day, small_chunks, monkeypatch, dies_at
):
    told_ones = [known(at).id for at in range(3)]
    for at in range(3, 6):
        known(at, muted=True)
    one = scheduled(listing(*PHONES[:10]))

    die_at_commit(dies_at, monkeypatch, one)
    move_on(one)

    assert told(one) == told_ones
    assert missed(one) == dict.fromkeys(PHONES[3:6], MUTED) | dict.fromkeys(PHONES[6:10], UNKNOWN)
    assert (fresh(one).total, fresh(one).fed, fresh(one).skipped) == (10, 3, 7)


def test_of_a_cancelled_broadcast_everybody_of_the_list_is_named(day, monkeypatch):
    known(0), known(1), known(2, muted=True)
    one = scheduled(listing(*PHONES[:4]))
    monkeypatch.setattr(feeding, "MOST_WAITING", 0)
    move_on(one)

    workflow.cancel(one.id, WRITER)
    db.session.commit()

    assert missed(one) == {PHONES[0]: NOT_FED, PHONES[1]: NOT_FED, PHONES[2]: MUTED, PHONES[3]: UNKNOWN}
    assert adds_up(one) == (4, 0, 4)
    assert listed_left() == [PHONES[3]]


@pytest.mark.parametrize("chunks", range(4))
def test_cancelled_in_the_middle_of_freezing_everybody_is_named_all_the_same(day, small_chunks, chunks):
    for at in range(6):
        known(at, muted=at % 2 == 1)
    one = scheduled(listing(*PHONES[:8]))
    number = one.id
    db.session.rollback()
    with tenant_scope(day):
        for _ in range(1 + chunks):
            running.advance(number)

    workflow.cancel(number, WRITER)
    db.session.commit()

    found = missed(one)
    assert sorted(found) == PHONES[:8]
    assert all(found[phone] == UNKNOWN for phone in PHONES[6:8])
    assert all(found[phone] == NOT_FED for phone in PHONES[0:6:2])
    assert adds_up(one) == (8, 0, 8)


def test_nothing_is_kept_of_the_list_of_a_broadcast_that_never_began(day):
    one = scheduled(listing(*PHONES[:3]))

    workflow.cancel(one.id, WRITER)
    db.session.commit()

    assert listed_left() == []
    assert missed(one) == {}


def test_it_takes_as_many_statements_for_many_lines_as_for_few(day):
    def statements(one) -> int:
        seen = []

        def count(*_):
            seen.append(1)

        event.listen(db.engine, "before_cursor_execute", count)
        try:
            move_on(one)
            missed(one)
        finally:
            event.remove(db.engine, "before_cursor_execute", count)
        return len(seen)

    known(0, muted=True)
    few = scheduled(listing(PHONES[0], PHONES[60]))
    for at in range(1, 20):
        known(at, muted=True)
    first = statements(few)

    assert statements(scheduled(listing(*PHONES[:60]))) == first


def test_another_provinces_people_and_lines_are_nobodys_here(app, two_provinces, clock):
    with tenant_scope("da-nang"):
        known(0), known(1, muted=True)
        theirs = scheduled(listing(*PHONES[:3]))
        move_on(theirs)
    with tenant_scope("binh-thuan"):
        ours = scheduled(listing(*PHONES[:2]))
        move_on(ours)
        deliver(ours)

        assert missed(ours) == dict.fromkeys(PHONES[:2], UNKNOWN)
        assert not_reached.by_reason(fresh(ours)) == [(UNKNOWN, 2)]
        clock.shift((LISTED_DAYS + 1) * 86400)
        move_on(ours)
        sweep()
    with tenant_scope("da-nang"):
        assert missed(theirs) == {PHONES[1]: MUTED, PHONES[2]: UNKNOWN}
        assert adds_up(theirs)[0] == 3


def test_with_conditions_who_said_stop_or_did_not_ask_for_the_topic_is_no_recipient(day):
    person(phone="84912345678"), person(topics=(), phone="84912345679")
    registry.withdraw(person(phone="84912345670"))
    db.session.commit()
    one = scheduled(draft())

    move_on(one)

    assert missed(one) == {}
    assert adds_up(one)[0] == 1
