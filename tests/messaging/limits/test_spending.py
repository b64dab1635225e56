"""What templates cost is counted once a message, whoever counts, and forecast to the month's end."""

import threading
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from sqlalchemy import event

from motcua.alerts import watching
from motcua.core import queue
from motcua.core.calendar import Calendar, OfficeHours
from motcua.core.clock import VIETNAM
from motcua.core.database import db, tenant_scope
from motcua.messaging import alarms
from motcua.messaging.channels import rules
from motcua.messaging.limits import costs, rule_versions, spending
from motcua.messaging.limits.forecasts import forecast
from motcua.messaging.limits.rule_versions import Settings
from motcua.messaging.models import Message
from motcua.messaging.outbox import Zbs, owe

NOVEMBER, OCTOBER = date(2026, 11, 1), date(2026, 10, 1)
CALENDAR = Calendar(OfficeHours(tuple((day, ((time(7), time(17)),)) for day in range(1, 6))))


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(datetime(2026, 11, 26, 3, tzinfo=UTC), tick=True) as traveller:
        yield traveller


def paid(
    count: int = 1,
    *,
    price: int = 120,
    state: str = "sent",
    event: str = "dossier_ready",
    sent_at: str | None = None,
) -> None:
    """Messages that left as templates."""
    at = datetime.fromisoformat(sent_at or "2026-11-20T10:00").replace(tzinfo=VIETNAM)
    first = db.session.scalar(db.select(db.func.count()).select_from(Message))
    for number in range(first, first + count):
        owe("84912345678", event, dedupe_key=str(number), zbs=Zbs("dossier_ready", {"ma_ho_so": "1"}))
        db.session.execute(
            db.update(Message)
            .where(Message.dedupe_key == str(number))
            .values(state=state, price_vnd=price, channel="zbs_phone", sent_at=at)
        )
    db.session.commit()


def test_what_was_sent_is_counted_once(province):
    paid(3)
    paid(1, price=150, event="survey_ask", state="seen")
    paid(1, price=0)
    for state in ("queued", "failed", "uncertain", "expired"):
        paid(1, state=state)

    assert spending.tally() == 4
    assert spending.tally() == 0

    rows = [(one.event, one.channel, one.messages, one.amount_vnd) for one in spending.rows_of(NOVEMBER)]
    assert rows == [("dossier_ready", "zbs_phone", 3, 360), ("survey_ask", "zbs_phone", 1, 150)]
    assert spending.total_vnd(NOVEMBER) == 510


def test_an_uncertain_message_that_arrived_after_all_is_counted_then(province):
    paid(1, state="uncertain")
    spending.tally()
    db.session.execute(db.update(Message).values(state="delivered"))
    db.session.commit()

    assert spending.tally() == 1


def test_the_month_is_the_provinces_own(province):
    paid(sent_at="2026-10-31T23:59")
    paid(sent_at="2026-11-01T00:01")

    spending.tally()

    assert spending.total_vnd(OCTOBER) == spending.total_vnd(NOVEMBER) == 120
    assert spending.months() == [(NOVEMBER, 1, 120), (OCTOBER, 1, 120)]


@pytest.mark.parametrize("state", ["sent", "sending", "uncertain"])
def test_the_counter_begins_with_what_was_counted_and_what_is_under_way(province, state):
    paid(2)
    spending.tally()
    paid(1, state=state)
    paid(1, state="queued")

    assert spending.spent_vnd(NOVEMBER) == 360
    spending.tally()
    assert int(queue.connection().get(spending.key_of(province, NOVEMBER))) == 360
    queue.connection().flushdb()
    assert spending.spent_vnd(NOVEMBER) == 360


def test_what_another_counts_meanwhile_is_not_lost(app, province):
    paid(2)
    db.session.execute(db.select(1))  # the transaction that reads has begun
    look, others = db.session.connection().engine, []

    def count() -> None:
        with app.app_context(), tenant_scope(province):
            spending.tally()
            db.session.remove()

    def meanwhile(connection, cursor, statement, *_) -> None:
        if not others and "FROM message_spend" in statement:
            others.append(threading.Thread(target=count))
            others[0].start()
            others[0].join()

    event.listen(look, "after_cursor_execute", meanwhile)
    try:
        assert spending.spent_vnd(NOVEMBER) == 240
    finally:
        event.remove(look, "after_cursor_execute", meanwhile)
    assert (len(others), spending.total_vnd(NOVEMBER)) == (1, 240)


def counted(tenant_id: str, month: date) -> int:
    return spending.spent_vnd(month)


def test_money_is_taken_up_to_the_cap_and_given_back(province):
    prices = [120, 120, 200]

    assert spending.take(province, NOVEMBER, prices, 400, counted) == 2
    assert spending.take(province, NOVEMBER, prices, 400, counted) == 1
    assert spending.take(province, NOVEMBER, prices, 400, counted) == 0
    spending.give_back({(province, NOVEMBER): 120})
    assert spending.take(province, NOVEMBER, [120, 41], 400, counted) == 1
    assert spending.take(province, NOVEMBER, [120], None, counted) == 1
    assert spending.spent_vnd(NOVEMBER) == 480


def test_two_who_count_at_once_count_nothing_twice(app, two_provinces):
    with tenant_scope("binh-thuan"):
        paid(40)
    ready, counted = threading.Barrier(4), []

    def one() -> None:
        with app.app_context(), tenant_scope("binh-thuan"):
            ready.wait()
            counted.append(spending.tally())
            db.session.remove()

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with tenant_scope("binh-thuan"):
        assert sum(counted) == 40
        assert spending.total_vnd(NOVEMBER) == 4800


def test_many_who_take_at_once_stay_below_the_cap(app, two_provinces):
    with tenant_scope("binh-thuan"):
        paid(5, price=100)
    ready, granted = threading.Barrier(6), []

    def count(tenant_id: str, month: date) -> int:
        with app.app_context(), tenant_scope(tenant_id):
            return spending.spent_vnd(month)

    def one() -> None:
        ready.wait()
        granted.append(spending.take("binh-thuan", NOVEMBER, [100] * 20, 5_000, count))

    threads = [threading.Thread(target=one) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(granted) == 45


def test_another_province_pays_for_itself(two_provinces):
    with tenant_scope("da-nang"):
        paid(2)
        spending.tally()

    with tenant_scope("binh-thuan"):
        assert spending.tally() == 0
        assert (spending.spent_vnd(NOVEMBER), costs.this_month().lines) == (0, ())


@pytest.mark.parametrize(
    ("spent", "last", "now", "amount", "basis"),
    [
        # November 2026 has 20 working days: 24 November is a public holiday since 2026.
        (1_000_000, 0, "2026-11-13T17:00", 2_000_000, "this_month"),
        (1_000_000, 9_000_000, "2026-11-13T17:00", 2_000_000, "this_month"),
        (2_000_000, 0, "2026-11-30T17:00", 2_000_000, "this_month"),
        (0, 2_200_000, "2026-11-01T10:00", 2_000_000, "last_month"),
        (50_000, 2_200_000, "2026-11-02T17:00", 1_950_000, "last_month"),
        (50_000, 0, "2026-11-02T17:00", 1_000_000, "this_month"),
        (0, 0, "2026-11-13T17:00", 0, "nothing"),
        (500, 0, "2026-11-01T10:00", 500, "nothing"),
    ],
)
def test_the_forecast(spent, last, now, amount, basis):
    found = forecast(spent, last, datetime.fromisoformat(now).replace(tzinfo=VIETNAM), CALENDAR)

    assert (found.amount_vnd, found.basis) == (amount, basis)


def test_the_month_as_the_console_shows_it(province):
    paid(100)
    spending.tally()

    month = costs.this_month()

    (line,) = month.lines
    assert (line.title, line.messages, line.amount_vnd) == ("Đã có kết quả", 100, 12_000)
    assert line.forecast_vnd == month.forecast.amount_vnd > 12_000
    assert "20 ngày làm việc của tháng" in month.basis


@pytest.mark.parametrize(
    ("count", "kind"), [(79, None), (80, alarms.SPEND_NEAR), (99, alarms.SPEND_NEAR), (100, alarms.SPEND_CAP)]
)
def test_admins_are_told_at_four_fifths_and_at_the_cap(province, count, kind):
    rule_versions.change(Settings(cap_vnd=100 * 120), "Phạm Thu Hà")
    paid(count)
    spending.tally()
    rules.changed(province)

    watching.look()

    assert [one.alert.kind for one in watching.shown()] == ([kind] if kind else [])
    assert all("Xin" in one.sentence and "11/2026" in one.sentence for one in watching.shown())


def test_a_new_month_closes_the_alert(province, clock):
    rule_versions.change(Settings(cap_vnd=120), "Phạm Thu Hà")
    paid()
    spending.tally()
    rules.changed(province)
    watching.look()
    assert watching.shown()

    clock.move_to(datetime.now(UTC) + timedelta(days=10))
    rules.changed(province)
    watching.look()

    assert watching.shown() == []
