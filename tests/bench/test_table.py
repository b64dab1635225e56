"""The tables that measurements are read from."""

from tests.bench.table import fill, markdown


def test_rows_of_figures_become_one_table_with_every_column_any_row_has():
    figures = {"A": {"per_second": 1234.5, "cpu": 0.125}, "B": {"per_second": 7.0, "marks": 3, "detail": [1]}}

    assert markdown("Rates", figures) == (
        "**Rates**\n\n"
        "| | per_second | cpu | marks |\n"
        "|---|---:|---:|---:|\n"
        "| A | 1,234.5 | 0.125 |  |\n"
        "| B | 7 |  | 3 |"
    )


def test_groups_of_rows_become_a_table_each():
    text = markdown("Rates", {"5 ms": {"A": {"n": 1}}, "50 ms": {"A": {"n": 2}}})

    assert [text.count(part) for part in ("5 ms:\n", "50 ms:\n", "| A | 1 |", "| A | 2 |")] == [1, 1, 1, 1]


def test_a_single_set_of_figures_is_a_table_of_one_row():
    assert markdown("Phone", {"p50_ms": 12.34}).endswith("| | p50_ms |\n|---|---:|\n|  | 12.3 |")


def test_a_document_is_filled_in_its_own_place_and_again():
    document = (
        "before\n<!-- bench:a -->\nold\n<!-- /bench -->\nbetween\n<!-- bench:b -->\n<!-- /bench -->\nafter"
    )

    once = fill(document, "a", r"\1 new")

    assert once == document.replace("old", r"\1 new")
    assert fill(once, "a", "old") == document
    assert fill(document, "c", "new") == document
