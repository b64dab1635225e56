"""A table of counts made fit for the public: no cell below k is shown, nor can one be worked out.

Rows with fewer than k are put together; columns whose total is below k are put together; cells below k are
hidden; then, while a hidden cell follows from what is shown, another cell beside it is hidden too. A hidden cell
follows exactly when no circle of hidden cells lets it be more or less with all totals unchanged: a count can
always be one more, and one less only where it is above zero. Totals of rows and columns are shown.
"""

from collections import deque
from dataclasses import dataclass

K = 5
HIDDEN = None
MERGED = "Các đơn vị khác"


@dataclass(frozen=True)
class Table:
    """`rows`: (name, counts by column). All counts are at least 0."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[int, ...]], ...]


@dataclass(frozen=True)
class Published:
    """Cells are None where hidden; totals always stand. `merged` tells how many rows went into MERGED."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[int | None, ...], int], ...]
    column_totals: tuple[int, ...]
    total: int
    merged: int = 0


def publish(table: Table, k: int = K) -> Published | None:
    """None when even the sum of everything is below k."""
    rows = [(name, list(cells)) for name, cells in table.rows if sum(cells)]
    if sum(sum(cells) for _, cells in rows) < k:
        return None
    columns, rows = _merge_columns(list(table.columns), rows, k)
    rows, merged = _merge_rows(rows, k)
    values = [cells for _, cells in rows]
    hidden = {(r, c) for r, cells in enumerate(values) for c, value in enumerate(cells) if value < k}
    _hide_more(values, hidden)
    return Published(
        tuple(columns),
        tuple(
            (name, tuple(HIDDEN if (r, c) in hidden else value for c, value in enumerate(cells)), sum(cells))
            for r, (name, cells) in enumerate(rows)
        ),
        tuple(map(sum, zip(*values, strict=True))),
        sum(map(sum, values)),
        merged,
    )


def _merge_columns(columns: list[str], rows: list, k: int) -> tuple[list[str], list]:
    """Put a column below k together with its smaller neighbour until none is left."""
    while len(columns) > 1:
        totals = [sum(cells[c] for _, cells in rows) for c in range(len(columns))]
        small = min(range(len(columns)), key=totals.__getitem__)
        if totals[small] >= k:
            break
        beside = [c for c in (small - 1, small + 1) if 0 <= c < len(columns)]
        into = min(beside, key=totals.__getitem__)
        left, right = sorted((small, into))
        columns = [*columns[:left], f"{columns[left]}, {columns[right].lower()}", *columns[right + 1 :]]
        rows = [
            (name, [*cells[:left], cells[left] + cells[right], *cells[right + 1 :]]) for name, cells in rows
        ]
    return columns, rows


def _merge_rows(rows: list, k: int) -> tuple[list, int]:
    """Put the rows below k together, with the next smallest where they are still too few or only one."""
    by_size = sorted(rows, key=lambda row: (sum(row[1]), row[0]))
    small = [row for row in by_size if sum(row[1]) < k]
    if not small:
        return rows, 0
    others = by_size[len(small) :]
    while others and (len(small) < 2 or sum(sum(cells) for _, cells in small) < k):
        small.append(others.pop(0))
    kept = {name for name, _ in others}
    together = [sum(column) for column in zip(*(cells for _, cells in small), strict=True)]
    return [*(row for row in rows if row[0] in kept), (MERGED, together)], len(small)


def _hide_more(values: list[list[int]], hidden: set[tuple[int, int]]) -> None:
    """Hide further cells until none follows. Ends: with all hidden and all totals above zero, none follows."""
    while exposed := next((cell for cell in sorted(hidden) if not _is_open(cell, values, hidden)), None):
        r, c = exposed
        beside = [(r, other) for other in range(len(values[0]))] + [
            (other, c) for other in range(len(values))
        ]
        shown = [cell for cell in beside if cell not in hidden]
        if not shown:
            shown = [
                (a, b) for a in range(len(values)) for b in range(len(values[0])) if (a, b) not in hidden
            ]
        if not shown:
            return
        # A zero cannot give way, so hiding one seldom helps.
        hidden.add(
            min(shown, key=lambda cell: (values[cell[0]][cell[1]] == 0, values[cell[0]][cell[1]], cell))
        )


def _is_open(cell: tuple[int, int], values: list[list[int]], hidden: set[tuple[int, int]]) -> bool:
    """Whether a hidden cell can hold another count with every shown cell and total as it is."""
    r, c = cell
    more = _reaches(("column", c), ("row", r), cell, values, hidden)
    return more or (values[r][c] > 0 and _reaches(("row", r), ("column", c), cell, values, hidden))


def _reaches(start: tuple, goal: tuple, without: tuple[int, int], values, hidden) -> bool:
    """A way along hidden cells: from a row to a column by one more there, from a column to a row by one less."""
    waiting, seen = deque([start]), {start}
    while waiting:
        kind, number = waiting.popleft()
        if (kind, number) == goal:
            return True
        for a, b in hidden:
            if (a, b) == without:
                continue
            if kind == "row" and a == number:
                after = ("column", b)
            elif kind == "column" and b == number and values[a][b] > 0:
                after = ("row", a)
            else:
                continue
            if after not in seen:
                seen.add(after)
                waiting.append(after)
    return False
