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
    hidden = _hide_more(values, hidden)
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


class _Hidden:
    """The hidden cells of a table, and which of them can hold another count. Cells are (row, column)."""

    def __init__(self, values: list[list[int]], cells: set[tuple[int, int]]):
        self.values, self.cells = values, set()
        self.of_row: dict[int, set[int]] = {}
        self.of_column: dict[int, set[int]] = {}
        self.hide(cells)

    def hide(self, cells: set[tuple[int, int]]) -> None:
        self.cells |= cells
        for r, c in cells:
            self.of_row.setdefault(r, set()).add(c)
            self.of_column.setdefault(c, set()).add(r)

    def is_open(self, cell: tuple[int, int]) -> bool:
        """Whether the cell can hold another count with every shown cell and total as it is."""
        r, c = cell
        if self._reaches(("column", c), ("row", r), cell):
            return True
        return self.values[r][c] > 0 and self._reaches(("row", r), ("column", c), cell)

    def _reaches(self, start: tuple, goal: tuple, without: tuple[int, int]) -> bool:
        """A way along hidden cells: from a row to a column by one more there, from a column to a row by one less."""
        waiting, seen = deque([start]), {start}
        while waiting:
            kind, number = waiting.popleft()
            if (kind, number) == goal:
                return True
            if kind == "row":
                after = [("column", c) for c in self.of_row.get(number, ()) if (number, c) != without]
            else:
                after = [
                    ("row", r)
                    for r in self.of_column.get(number, ())
                    if (r, number) != without and self.values[r][number] > 0
                ]
            fresh = [one for one in after if one not in seen]
            seen.update(fresh)
            waiting.extend(fresh)
        return False


def _hide_more(values: list[list[int]], first: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """`first` and what must be hidden with it. A cell once open stays open, so each is settled in its turn."""
    hidden, waiting = _Hidden(values, first), deque(sorted(first))
    while waiting:
        cell = waiting[0]
        if hidden.is_open(cell):
            waiting.popleft()
            continue
        more = _beside(cell, values, hidden.cells)
        if not more:  # everything is hidden already: with all totals above zero nothing follows
            waiting.popleft()
            continue
        hidden.hide(more)
        waiting.extend(sorted(more))
    return hidden.cells


def _beside(cell: tuple[int, int], values: list[list[int]], hidden: set) -> set[tuple[int, int]]:
    """The fewest and then smallest cells that close a rectangle in which `cell` can give way; else any one cell."""
    r, c = cell
    best = None
    for other_row in range(len(values)):
        for other_column in range(len(values[0])):
            if other_row == r or other_column == c:
                continue
            rises = values[r][other_column] > 0 and values[other_row][c] > 0
            falls = values[r][c] > 0 and values[other_row][other_column] > 0
            corners = {(r, other_column), (other_row, c), (other_row, other_column)} - hidden
            if corners and (rises or falls):
                cost = (len(corners), sum(values[a][b] for a, b in corners), sorted(corners))
                best = min(best, cost) if best else cost
    if best:
        return set(best[2])
    shown = [(a, b) for a in range(len(values)) for b in range(len(values[0])) if (a, b) not in hidden]
    return {min(shown, key=lambda one: (values[one[0]][one[1]], one))} if shown else set()
