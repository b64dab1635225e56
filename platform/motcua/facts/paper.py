"""The dashboards as a report for leaders: a PDF/A by Typst, from the same cards and tables as the pages."""

import json
from datetime import datetime

from flask import current_app

from motcua.dossiers.forms.printable import printable_all
from motcua.dossiers.forms.typesetting import Sheet, typeset
from motcua.tenancy import current

from . import numerals
from .boards import Board, Card, Table
from .definitions import DEFINITIONS
from .outside import fit
from .spans import Span
from .workbook import as_of_words

MOST_ROWS = 40  # the Excel file has them all


def to_pdf(boards: list[Board], span: Span, whose: str, as_of: datetime | None, *, at: datetime) -> bytes:
    """`at` is the file's date."""
    settings = current.tenant().settings
    words = {
        "province": current.name_on(settings, current.today())["name"],
        "colour": settings["branding"]["primary_color"],
        "whose": whose,
        "period": span.period.words,
        "before": span.before.words,
        "as_of": as_of_words(as_of),
        "boards": [_board(one) for one in boards],
        "definitions": [[one.name, one.formula, one.source] for one in DEFINITIONS.values()],
    }
    return typeset(
        Sheet(
            folder=str(current_app.config["SETTINGS"].home / "templates" / "reports"),
            template="leaders.typ",
            words=json.dumps(printable_all(words), ensure_ascii=False),
            made_at=int(at.timestamp()),
            tagged=True,
        )
    )


def _board(board: Board) -> dict:
    return {
        "title": board.title,
        "cards": [_card(one) for one in board.cards],
        "tables": [_table(fit(one)) for one in board.tables if one.rows],
    }


def _card(card: Card) -> list[str]:
    return [card.definition.name, card.written, card.written_before, card.change or "–"]


def _table(table: Table) -> dict:
    rows = table.rows
    if table.columns[0].kind == "day" and len(rows) > MOST_ROWS:
        rows = rows[-1:]  # a line a day is for the screen: here its sum
    left_out = len(table.rows) - len(rows[:MOST_ROWS])
    return {
        "title": table.title,
        "columns": [column.title for column in table.columns],
        "numbers": [column.kind not in ("text", "day") for column in table.columns],
        "rows": [
            [
                cell if isinstance(cell, str) else numerals.written(cell, column.kind)
                for cell, column in zip(row.cells, table.columns, strict=True)
            ]
            for row in rows[:MOST_ROWS]
        ],
        "note": " ".join(
            filter(None, (table.note, f"Còn {left_out} dòng trong tệp Excel." if left_out else ""))
        ),
    }
