"""A province's days and months are the sums of its daily facts, whatever was counted last."""

from datetime import date, timedelta

import pytest
import time_machine

from motcua.core.database import db
from motcua.facts import figures, keeping, rolling, spans
from motcua.facts.figures import Wanted
from motcua.facts.measures import MEASURES
from motcua.facts.models import FactDossier, FactMessage
from motcua.facts.summaries import BY_MONTH, GROUPED, FactProvince, groups_of
from motcua.messaging.models import Message
from motcua.reports.periods import Period
from tests.facts.test_rolling import NOW, at, live, write

FIRST, MIDDLE, LAST = date(2024, 10, 17), date(2024, 11, 5), date(2024, 12, 2)
DAYS = (FIRST, date(2024, 10, 31), date(2024, 11, 1), MIDDLE, date(2024, 11, 30), LAST)


@pytest.fixture(autouse=True)
def counted(province):
    """Messages and dossiers of two agencies on the days at and around the ends of three months."""
    with time_machine.travel(NOW, tick=False) as clock:
        for number, day in enumerate(DAYS):
            for state in ("sent", "delivered", "failed")[: 1 + number % 3]:
                write(day, state=state, sent_at=at(day, 9.001), channel="zbs_uid", price_vnd=200)
            finished = {"status": 10, "status_at": at(day, 15)}
            for agency, ended in (("a", {"status": 4, "status_at": at(day)}), ("b", finished)):
                live(
                    {
                        "received_at": at(day),
                        "due_at": at(day, 12),
                        "agency_code": agency,
                        "channel": "online",
                    }
                    | ended
                )
        db.session.commit()
        for day in DAYS:
            rolling.roll_day(day)
        yield clock


def added_up(daily: type) -> set[tuple]:
    """Month, groups and sums of a daily table, by hand."""
    groups = [getattr(daily, name) for name in groups_of(daily)]
    others = [
        one
        for one in daily.__table__.columns
        if one.name not in ("tenant_id", "id", "day", *groups_of(daily))
    ]
    month = db.cast(db.func.date_trunc("month", daily.day), db.Date)
    sums = [db.func.max(one) if isinstance(one.type, db.Text) else db.func.sum(one) for one in others]
    return set(map(tuple, db.session.execute(db.select(month, *groups, *sums).group_by(month, *groups))))


def test_a_month_is_the_sum_of_its_days():
    for daily in GROUPED:
        monthly = BY_MONTH[daily.__tablename__]
        others = [one.name for one in daily.__table__.columns if one.name not in ("tenant_id", "id", "day")]
        ordered = [*groups_of(daily), *(one for one in others if one not in groups_of(daily))]
        columns = [getattr(monthly, name) for name in ("month", *ordered)]

        found = set(map(tuple, db.session.execute(db.select(*columns))))

        assert found == added_up(daily), daily
    assert len(added_up(FactMessage)) > 3


def test_a_day_of_the_province_is_the_sum_of_its_groups():
    for name, (table, rule) in MEASURES.items():
        by_hand = f"SELECT day, sum({rule})::bigint FROM {table} GROUP BY day HAVING sum({rule}) <> 0"
        column = getattr(FactProvince, name)

        found = db.session.execute(db.select(FactProvince.day, column).where(column != 0))

        assert set(map(tuple, found)) == set(map(tuple, db.session.execute(db.text(by_hand)))), name
    assert db.session.scalar(db.select(db.func.sum(FactProvince.late))) == len(DAYS)


def test_what_is_gone_from_the_days_is_gone_from_the_month():
    db.session.execute(db.delete(Message).where(Message.created_at >= at(MIDDLE), Message.state == "sent"))
    db.session.commit()
    for day in DAYS:
        rolling.roll_day(day)

    monthly = BY_MONTH["fact_message"]
    left = db.session.scalars(db.select(monthly.state).where(monthly.month == date(2024, 12, 1))).all()
    assert "sent" not in left


SPANS = [
    Period(FIRST, FIRST),
    Period(FIRST, date(2024, 10, 31)),
    Period(date(2024, 10, 18), LAST),
    Period(date(2024, 11, 1), date(2024, 11, 30)),
    Period(date(2024, 10, 31), date(2024, 12, 1)),
    Period(date(2024, 11, 5), date(2024, 11, 29)),
    Period(date(2024, 1, 1), date(2024, 12, 3)),
    Period(date(2024, 12, 1), date(2024, 12, 31)),
]


def test_a_period_is_read_by_months_and_days_as_by_days_alone():
    counted = db.select(FactMessage.state, db.func.sum(FactMessage.messages)).group_by(FactMessage.state)
    for period in SPANS:
        by_hand = db.session.execute(counted.where(FactMessage.day.between(period.first, period.last)))

        found = figures.by(Wanted(period), "fact_message", "state", "state", {"count": "messages"}, "count")

        assert {one.key: one.numbers["count"] for one in found} == dict(map(tuple, by_hand)), period


@pytest.mark.parametrize("agency", [None, "b"])
@pytest.mark.parametrize("choice", ["month", "quarter", "year"])
def test_a_line_adds_up_to_its_span_and_knows_the_one_before(choice, agency):
    span = spans.asked_for(choice)
    mine = [] if agency is None else [FactDossier.agency_key == agency]

    def by_hand(period: Period) -> int:
        inside = FactDossier.day.between(period.first, period.last)
        return db.session.scalar(
            db.select(db.func.coalesce(db.func.sum(FactDossier.late), 0)).where(inside, *mine)
        )

    found = figures.compared(Wanted(span.period, agency), span.before, ("late", "messages"), span.grain)

    assert (found.now["late"], found.before["late"]) == (by_hand(span.period), by_hand(span.before))
    assert found.points[-1].begins <= rolling.today()


def test_standing_is_the_same_for_the_province_and_its_agencies():
    for last in (MIDDLE, LAST, rolling.today()):
        whole, each = figures.standing(last), figures.standing_by_agency(last)

        assert whole.pending == sum(one.pending for one in each.values())
        assert whole.overdue == sum(one.overdue for one in each.values())
        assert {key: figures.standing(last, key) for key in each} == each


def test_days_counted_before_there_were_sums_are_summed_up_by_the_next_round(counted):
    kept = db.session.scalars(db.select(FactProvince.received).order_by(FactProvince.day)).all()
    for table in (FactProvince, *BY_MONTH.values()):
        db.session.execute(db.delete(table))
    db.session.commit()

    keeping.keep_up()

    found = db.session.scalars(
        db.select(FactProvince.received).where(FactProvince.day.in_(DAYS)).order_by(FactProvince.day)
    )
    assert found.all() == kept
    months = set(db.session.scalars(db.select(BY_MONTH["fact_message"].month)))
    assert months == {day.replace(day=1) for day in DAYS}


def test_a_backlog_over_a_long_span_is_told_by_weeks():
    for back in range(14):
        db.session.execute(
            db.text(
                "INSERT INTO fact_backlog (tenant_id, day, samples, waiting_sum, waiting_most, oldest_s)"
                " VALUES ('binh-thuan', :day, 2, :sum, :sum, :back)"
            ),
            {"day": date(2024, 11, 24) - timedelta(days=back), "sum": 10 + back, "back": back},
        )

    found = figures.backlog(Period(date(2024, 1, 1), date(2024, 11, 30)), "week")

    assert found == [(date(2024, 11, 11), 10, 23, 13), (date(2024, 11, 18), 6, 16, 6)]
