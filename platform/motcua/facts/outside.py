"""What leaves the console in a file: opinions and counts of few people made so that nobody can be found in them."""

from dataclasses import replace

from motcua.reports import anonymity

from .boards import Column, Row, Table

FEW = f"dưới {anonymity.K}"
HIDDEN = "×"
NOTE = (
    f"Để không nhận ra người trả lời: số dưới {anonymity.K} không ghi, cơ quan có ít câu trả lời gộp làm một."
)


def fit(table: Table) -> Table:
    if table.opinions:
        return _opinions(table)
    return _few(table) if table.persons else table


def _opinions(table: Table) -> Table:
    """Names and opinions only: what else stands beside them could be reckoned back."""
    first, last = table.opinions
    columns = tuple(table.columns[at] for at in range(first, last + 1))
    given = anonymity.Table(
        tuple(one.title for one in columns),
        tuple((row.cells[0], tuple(row.cells[first : last + 1])) for row in table.rows),
    )
    published = anonymity.publish(given)
    if published is None:
        return replace(table, columns=(table.columns[0],), rows=(), note=NOTE, opinions=None)
    rows = tuple(
        Row((name, *(HIDDEN if cell is None else cell for cell in cells), total))
        for name, cells, total in published.rows
    )
    shown = (table.columns[0], *(Column(title) for title in published.columns), Column("Cộng"))
    return Table(table.title, shown, rows, NOTE)


def _few(table: Table) -> Table:
    """A row with any count from 1 to below k says only that it is few."""
    counts = [at for at, column in enumerate(table.columns) if column.kind == "count"]

    def is_small(row: Row) -> bool:
        return any(0 < (row.cells[at] or 0) < anonymity.K for at in counts)

    def hidden(row: Row) -> Row:
        return Row(tuple(cell if column.kind in ("text", "day") else FEW
                         for cell, column in zip(row.cells, table.columns, strict=True)))  # fmt: skip

    rows = tuple(hidden(row) if is_small(row) else row for row in table.rows)
    return replace(
        table, rows=rows, note=" ".join(filter(None, (table.note, f"Số dưới {anonymity.K} không ghi.")))
    )
