"""Spans, numbers as Vietnam writes them, and what leaves the console: no database."""

from datetime import date, timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from motcua.facts import numerals, spans
from motcua.facts.boards import Card, Column, Row, Table
from motcua.facts.outside import FEW, HIDDEN, fit

TODAY = "2026-05-14T03:00:00+00:00"


def days(period) -> tuple[str, str]:
    return f"{period.first}", f"{period.last}"


@pytest.mark.parametrize(
    ("choice", "period", "before"),
    [
        ("7", ("2026-05-08", "2026-05-14"), ("2026-05-01", "2026-05-07")),
        ("30", ("2026-04-15", "2026-05-14"), ("2026-03-16", "2026-04-14")),
        ("month", ("2026-05-01", "2026-05-14"), ("2026-04-01", "2026-04-14")),
        ("last_month", ("2026-04-01", "2026-04-30"), ("2026-03-01", "2026-03-31")),
        ("quarter", ("2026-04-01", "2026-05-14"), ("2026-01-01", "2026-02-13")),
        ("last_quarter", ("2026-01-01", "2026-03-31"), ("2025-10-01", "2025-12-31")),
        ("year", ("2026-01-01", "2026-05-14"), ("2025-01-01", "2025-05-14")),
        ("last_year", ("2025-01-01", "2025-12-31"), ("2024-01-01", "2024-12-31")),
        ("nonsense", ("2026-04-15", "2026-05-14"), ("2026-03-16", "2026-04-14")),
    ],
)
def test_a_span_and_the_one_before_it(choice, period, before):
    with time_machine.travel(TODAY, tick=False):
        span = spans.asked_for(choice)

    assert (days(span.period), days(span.before)) == (period, before)


def test_the_span_before_never_reaches_into_the_span():
    for day in range(366):
        with time_machine.travel("2024-01-01T05:00:00+00:00", tick=False) as clock:
            clock.shift(timedelta(days=day))
            for choice in spans.CHOICES:
                span = spans.asked_for(choice)
                assert span.before.last < span.period.first <= span.period.last, (day, choice)


@given(st.dates(date(2001, 1, 1), date(2090, 1, 1)), st.integers(0, 1000))
def test_two_days_are_compared_with_as_many_before(first, more):
    span = spans.asked_for("free", f"{first}", f"{first + timedelta(days=more)}")

    assert span.days == more + 1
    assert (span.before.last - span.before.first).days == more
    assert span.before.last + timedelta(days=1) == span.period.first


@pytest.mark.parametrize(
    ("value", "kind", "words"),
    [
        (1234567, "count", "1.234.567"),
        (1234567, "vnd", "1.234.567 ₫"),
        (12.34, "percent", "12,3 %"),
        (1234.5, "percent", "1.234,5 %"),
        (None, "percent", "không có"),
        (0, "count", "0"),
        (59, "duration", "59 giây"),
        (125, "duration", "2 phút 5 giây"),
        (7200, "duration", "2 giờ"),
        ("Sở Tư pháp", "text", "Sở Tư pháp"),
    ],
)
def test_numbers_are_written_as_in_vietnam(value, kind, words):
    assert numerals.written(value, kind) == words


@pytest.mark.parametrize(
    ("now", "before", "kind", "words"),
    [
        (150, 100, "count", "+50,0 %"),
        (50, 100, "count", "−50,0 %"),
        (5, 0, "count", "mới có"),
        (0, 0, "count", None),
        (90.0, 95.5, "percent", "−5,5 điểm"),
        (None, 3.0, "percent", None),
    ],
)
def test_a_change_is_in_per_cent_for_counts_and_in_points_for_shares(now, before, kind, words):
    assert numerals.change(now, before, kind) == words


@pytest.mark.parametrize(("good", "is_better"), [("up", True), ("down", False), ("", None)])
def test_more_is_better_only_where_that_is_said(good, is_better):
    assert Card("received", 2, 1, good=good).is_better is is_better


def opinions(*rows) -> Table:
    columns = (
        Column("Cơ quan", "text"),
        Column("Đã hỏi"),
        Column("Tốt"),
        Column("Xấu"),
        Column("%", "percent"),
    )
    return Table("Hài lòng", columns, tuple(Row(row) for row in rows), opinions=(2, 3))


def test_agencies_with_few_answers_are_put_together_outside():
    table = fit(opinions(("A", 50, 30, 9, 77.0), ("B", 4, 1, 1, 50.0), ("C", 9, 3, 1, 75.0)))

    names = [row.cells[0] for row in table.rows]
    assert "B" not in names and "C" not in names and "A" in names
    assert [column.title for column in table.columns] == ["Cơ quan", "Tốt", "Xấu", "Cộng"]


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=6))
def test_no_small_count_of_opinions_leaves_the_console(counts):
    rows = [(f"Cơ quan {at}", 99, good, bad, 50.0) for at, (good, bad) in enumerate(counts)]

    table = fit(opinions(*rows))

    shown = [cell for row in table.rows for cell in row.cells[1:] if cell != HIDDEN]
    assert all(isinstance(cell, int) and cell >= 5 for cell in shown)


def test_counts_of_few_people_say_only_that_they_are_few():
    columns = (Column("Mục", "text"), Column("Lượt"), Column("Tỷ lệ", "percent"))
    table = Table(
        "Câu hỏi", columns, (Row(("a", 4, 1.0)), Row(("b", 5, 2.0)), Row(("c", 0, None))), persons=True
    )

    assert [row.cells for row in fit(table).rows] == [("a", FEW, FEW), ("b", 5, 2.0), ("c", 0, None)]
