"""Nothing hidden in a public table can be worked out from what it shows."""

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from motcua.reports.anonymity import MERGED, K, Published, Table, publish

SMALL_K = 3  # the same rule on counts small enough to try every table there is


def tables(most_rows: int, most_columns: int, most: int):
    return st.integers(1, most_columns).flatmap(
        lambda columns: st.lists(
            st.lists(st.integers(0, most), min_size=columns, max_size=columns), min_size=1, max_size=most_rows
        ).map(
            lambda rows: Table(
                tuple(f"cột {number}" for number in range(columns)),
                tuple((f"cơ quan {number}", tuple(cells)) for number, cells in enumerate(rows)),
            )
        )
    )


def completions(published: Published):
    """Every table of counts that agrees with all that is shown."""
    rows = [_rows_that_fit(cells, total) for _, cells, total in published.rows]
    for chosen in itertools.product(*rows):
        if tuple(map(sum, zip(*chosen, strict=True))) == published.column_totals:
            yield chosen


def _rows_that_fit(cells: tuple, total: int) -> list[tuple[int, ...]]:
    unknown = [at for at, cell in enumerate(cells) if cell is None]
    left = total - sum(cell for cell in cells if cell is not None)
    found = []
    for values in itertools.product(range(left + 1), repeat=max(len(unknown) - 1, 0)):
        last = left - sum(values)
        if (unknown and last < 0) or (not unknown and left):
            continue
        filled = list(cells)
        for at, value in zip(unknown, (*values, last), strict=False):
            filled[at] = value
        found.append(tuple(filled))
    return found


@settings(max_examples=300, deadline=None)
@given(tables(most_rows=4, most_columns=3, most=6))
def test_every_hidden_cell_could_hold_another_count(table):
    published = publish(table, SMALL_K)
    if published is None:
        assert sum(sum(cells) for _, cells in table.rows) < SMALL_K
        return

    possible = list(itertools.islice(completions(published), 200_000))

    assert possible
    for r, (_, cells, _) in enumerate(published.rows):
        for c, cell in enumerate(cells):
            if cell is None:
                assert len({one[r][c] for one in possible}) > 1


@settings(max_examples=300, deadline=None)
@given(tables(most_rows=12, most_columns=4, most=40))
def test_no_count_below_k_is_shown_and_every_sum_is_true(table):
    published = publish(table)
    if published is None:
        return

    truth = sum(sum(cells) for _, cells in table.rows)
    assert published.total == truth == sum(published.column_totals)
    assert truth == sum(total for _, _, total in published.rows)
    assert all(total >= K for _, _, total in published.rows)
    assert all(cell is None or cell >= K for _, cells, _ in published.rows for cell in cells)
    assert len(published.column_totals) == 1 or all(total >= K for total in published.column_totals)


@settings(max_examples=200, deadline=None)
@given(tables(most_rows=12, most_columns=4, most=40))
def test_small_offices_are_put_together_never_one_alone(table):
    published = publish(table)
    if published is None:
        return

    shown = {name for name, _, _ in published.rows}
    small = [name for name, cells in table.rows if 0 < sum(cells) < K]
    assert not shown & set(small)
    assert (MERGED in shown) == bool(small)
    if len([1 for _, cells in table.rows if sum(cells)]) > 1:
        assert published.merged != 1


def test_one_hidden_cell_takes_its_neighbours_with_it():
    table = Table(("Hài lòng", "Không"), (("A", (50, 2)), ("B", (40, 30)), ("C", (60, 20))))

    published = publish(table)

    assert published.rows[0] == ("A", (None, None), 52)
    assert sum(cell is None for _, cells, _ in published.rows for cell in cells) == 4
    assert published.column_totals == (150, 52)


def test_a_zero_in_a_column_gives_itself_away_and_is_hidden_with_a_count_that_can_give():
    table = Table(("Hài lòng", "Không"), (("A", (50, 0)), ("B", (50, 0)), ("C", (50, 9))))

    published = publish(table)

    assert [cells for _, cells, _ in published.rows] == [(None, None)] * 3


def test_too_few_answers_of_a_whole_province_are_not_shown():
    assert publish(Table(("Hài lòng", "Không"), (("A", (3, 1)),))) is None
    assert publish(Table(("Hài lòng", "Không"), ())) is None
