"""What the vendor bills: a month of one province, and of all."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from motcua import facts
from motcua.core import queue
from motcua.core.database import db, tenant_scope
from motcua.core.errors import Conflict
from motcua.facts import asked, jobs, keeping, rolling, totals
from motcua.facts.models import FactMessage
from motcua.facts_commands import of_month, rebuild
from motcua.messaging.limits import spending
from motcua.provinces import usage
from motcua.tenancy.models import Tenant
from tests.factories import make_dossier
from tests.facts.test_rolling import DAY, NOW, at, write

NOVEMBER = (2024, 11)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def used(two_provinces, clock):
    """In Bình Thuận: two people reached, one of them twice, one paid message; a dossier and a question."""
    with tenant_scope("binh-thuan"):
        sent = {"state": "sent", "sent_at": at(DAY)}
        write(channel="zbs_phone", price_vnd=300, phone_index="a", **sent)
        write(channel="consultation", price_vnd=0, phone_index="a", **sent)
        write(channel="consultation", price_vnd=0, phone_index="b", **sent)
        write(state="failed", channel="zbs_phone", phone_index="c")
        asked.note("procedure", "none")
        make_dossier(received_at="2024-11-26T08:00:00+07:00")
        spending.tally()
        db.session.commit()
        clock.shift(60)
        for day in (DAY, rolling.today()):
            rolling.roll_day(day)
        rolling.roll_month(date(2024, 11, 1))


def test_a_months_usage_is_what_was_sent_reached_received_and_asked(used):
    found = facts.usage_of_month("binh-thuan", *NOVEMBER)

    assert found == {
        "messages_consultation": 2, "messages_zbs_uid": 0, "messages_zbs_phone": 1,
        "cost_vnd_consultation": 0, "cost_vnd_zbs_uid": 0, "cost_vnd_zbs_phone": 300,
        "messages": 3, "cost_vnd": 300, "active_citizens": 2, "dossiers": 1, "lookups": 0,
    }  # fmt: skip
    assert facts.usage_of_month("binh-thuan", 2024, 12)["lookups"] == 1


def test_another_provinces_month_is_its_own(used):
    assert set(facts.usage_of_month("da-nang", *NOVEMBER).values()) == {0}


def test_the_vendor_sees_every_province_through_the_role_that_only_reads(used):
    rows = {row["tenant_id"]: row for row in totals.totals_of_month(*NOVEMBER)}

    assert rows["binh-thuan"] | {"as_of": None} == {
        "tenant_id": "binh-thuan", "messages": 3, "free_messages": 2, "template_messages": 1, "cost_vnd": 300,
        "dossiers": 1, "lookups": 0, "active_citizens": 2, "as_of": None, "is_counted": False,
    }  # fmt: skip
    assert rows["binh-thuan"]["as_of"] > NOW and rows["da-nang"]["messages"] == 0


def test_a_month_is_closed_with_what_was_counted_and_not_before(used, clock):
    november = date(2024, 11, 1)
    clock.move_to(datetime(2024, 12, 3, 3, tzinfo=UTC))
    with pytest.raises(Conflict, match="binh-thuan chưa tính xong"):
        usage.close(november, "Vân")

    with tenant_scope("binh-thuan"):
        for day in rolling.marked(50):
            rolling.roll_day(day)
        for back in range(1, 9):
            rolling.roll_day(rolling.today() - timedelta(days=back))
        rolling.roll_month(november)
    assert usage.close(november, "Vân") == 2

    closed = {one.tenant_id: one for one in usage.of_month(november)}
    assert closed["binh-thuan"].figures == {
        "messages": 3, "free_messages": 2, "template_messages": 1, "template_cost_vnd": 300, "dossiers": 1,
        "citizens": 2,
    }  # fmt: skip
    assert set(closed["da-nang"].figures.values()) == {0} and closed["da-nang"].closed


def test_a_suspended_provinces_month_is_counted_when_it_is_to_be_closed(used, clock):
    """Its days stood still in the middle of one, months ago, and no sweep comes by."""
    db.session.get(Tenant, "binh-thuan").status = "suspended"
    db.session.commit()
    clock.move_to(datetime(2025, 4, 3, 3, tzinfo=UTC))
    for month in (date(2024, 11, 1), date(2024, 12, 1)):
        with pytest.raises(Conflict):
            usage.close(month, "Vân")
    asked_for = [(job.func_name, *job.args) for job in queue.lane_queue("broadcast").jobs]
    assert asked_for == [(keeping.KEEP_UP, "binh-thuan")]
    queue.lane_queue("broadcast").empty()  # as the worker that begins it

    jobs.keep_up("binh-thuan")

    assert [usage.close(month, "Vân") for month in (date(2024, 11, 1), date(2024, 12, 1))] == [2, 2]


def test_a_month_that_nobody_counted_is_not_closed_as_nothing(two_provinces, clock):
    with tenant_scope("binh-thuan"):
        write()
        db.session.commit()
    clock.move_to(datetime(2025, 1, 3, tzinfo=UTC))

    rows = {row["tenant_id"]: row["is_counted"] for row in totals.totals_of_month(2024, 12)}
    rows |= {row["tenant_id"]: row["is_counted"] for row in totals.totals_of_month(*NOVEMBER)}

    assert rows == {"binh-thuan": False, "da-nang": True}


def test_a_count_by_another_process_is_left_alone(two_provinces):
    other = db.engine.connect()
    other.execute(rolling.LOCK, {"tenant": "binh-thuan"})

    assert jobs.roll_up("binh-thuan", DAY) is False
    assert jobs.roll_up("da-nang", DAY) is True
    other.close()


def test_days_are_counted_anew_from_the_command_line(used):
    with tenant_scope("binh-thuan"):
        of_the_day = db.select(db.func.sum(FactMessage.messages)).where(FactMessage.day == DAY)
        before = db.session.scalar(of_the_day)
        db.session.execute(db.delete(FactMessage))
        db.session.commit()

    rebuild.callback.__wrapped__("binh-thuan", datetime(2024, 11, 25), datetime(2024, 11, 27))  # noqa: DTZ001

    with tenant_scope("binh-thuan"):
        assert db.session.scalar(of_the_day) == before == 4


def test_in_the_first_hours_of_a_month_the_command_means_that_month(clock):
    clock.move_to("2024-12-01T00:05:00+07:00")

    context = of_month.make_context("usage", ["--tenant", "binh-thuan"])

    assert (context.params["month"].year, context.params["month"].month) == (2024, 12)
