"""Figures as Markdown tables, to read in a terminal and to put into a document."""

import json
import re


def markdown(title: str, figures: dict) -> str:
    """A table, or one a group when groups of rows are given; single figures become a table of one row."""
    rows = figures if _all_dicts(figures) else {"": figures}
    if rows and all(row and _all_dicts(row) for row in rows.values()):
        parts = [f"{group}:\n\n{_table(inner)}" for group, inner in rows.items()]
        return f"**{title}**\n\n" + "\n\n".join(parts)
    return f"**{title}**\n\n{_table(rows)}"


def fill(document: str, name: str, text: str) -> str:
    """`document` with what stands between `<!-- bench:name -->` and `<!-- /bench -->` replaced."""
    place = re.compile(rf"(<!-- bench:{re.escape(name)} -->).*?(<!-- /bench -->)", re.DOTALL)
    return place.sub(lambda found: f"{found.group(1)}\n{text}\n{found.group(2)}", document)


def _all_dicts(figures: dict) -> bool:
    return all(isinstance(value, dict) for value in figures.values())


def _table(rows: dict[str, dict]) -> str:
    columns = list(dict.fromkeys(key for row in rows.values() for key in row if not _is_detail(row[key])))
    lines = ["| | " + " | ".join(columns) + " |", "|---|" + "---:|" * len(columns)]
    for name, row in rows.items():
        lines.append(f"| {name} | " + " | ".join(_written(row.get(column, "")) for column in columns) + " |")
    return "\n".join(lines)


def _is_detail(value) -> bool:
    """Left to the JSON file."""
    return isinstance(value, dict | list)


def _written(value) -> str:
    if isinstance(value, float):
        return f"{value:,.1f}" if abs(value) >= 10 else f"{value:,.3g}"
    if isinstance(value, int):
        return f"{value:,}"
    return value if isinstance(value, str) else json.dumps(value)
