"""In what order the groups stand, and which of them a page shows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.console import satisfaction_table as table
from motcua.core.errors import Invalid
from motcua.reports.figures import Figures
from motcua.reports.queries import COUNTED, Counts


def group(key: str, **numbers: int) -> Figures:
    return Figures(Counts(key, f"Cơ quan {key}", dict.fromkeys(COUNTED, 0) | numbers))


def keys(rows: list[Figures]) -> list[str]:
    return [one.counts.key for one in rows]


LARGE = group("large", total=900, late=9, answered=50, satisfied=50)
SLOW = group("slow", total=20, late=12, answered=10, satisfied=2)
SMALL = group("small", total=3, late=3)
CALM = group("calm", total=500, answered=20, satisfied=19)
UNDATED = group("undated", total=4, without_due=4)
GROUPS = [LARGE, CALM, SLOW, UNDATED, SMALL]


@pytest.mark.parametrize(
    ("order", "found"),
    [
        ("late", ["slow", "large", "small", "calm", "undated"]),
        ("late_share", ["small", "slow", "large", "calm", "undated"]),
        ("satisfied", ["slow", "calm", "large", "undated", "small"]),
        ("total", ["large", "calm", "slow", "undated", "small"]),
    ],
)
def test_who_needs_attention_stands_first_and_who_has_no_share_last(order, found):
    assert keys(table.ordered(GROUPS, "agency", order)) == found


def test_months_stay_in_their_order():
    months = [group("2026-09", total=1), group("2026-10", total=9, late=5), group("2026-11", total=4)]

    assert table.ordered(months, "month", "late") == months


def test_an_order_that_there_is_not_is_refused():
    with pytest.raises(Invalid):
        table.ordered(GROUPS, "agency", "name; DROP")


@given(count=st.integers(0, 3 * table.PAGE), order=st.sampled_from(list(table.ORDERS)))
def test_the_pages_hold_every_group_once(count, order):
    rows = table.ordered(
        [group(str(n), total=n % 7, late=n % 3, answered=n % 2) for n in range(count)], "agency", order
    )
    first = table.page_of(rows, 1)

    found = [line.key for n in range(first.pages) for line in table.page_of(rows, n + 1).lines]

    assert found == keys(rows)
    assert first.total == len(rows)


@pytest.mark.parametrize(("asked", "given"), [(-4, 1), (0, 1), (2, 2), (10**12, 2)])
def test_a_page_beyond_the_ends_is_the_nearest_there_is(asked, given):
    rows = [group(str(n)) for n in range(table.PAGE + 1)]

    assert table.page_of(rows, asked).number == given


def test_a_count_opens_into_its_dossiers_unless_it_is_none():
    cells = dict(zip(table.COLUMNS, table.line(SLOW).cells, strict=True))

    assert (cells["Trễ hạn"].measure, cells["Trễ hạn"].value, cells["Trễ hạn"].note) == (
        "late",
        "12",
        "60,00 %",
    )
    assert cells["Trước hạn"].measure == ""
    assert (cells["Hài lòng"].value, cells["Hài lòng"].note) == ("20,00 %", "2/10")
