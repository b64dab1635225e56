"""Which step may follow which, by the national portal's ten statuses."""

import pytest

from motcua.dossiers.statuses import ALLOWED, NAMES, Status, is_expected
from motcua.dossiers.wording import SHORT_NAMES


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, 1, True), (None, 2, True), (None, 9, False),
        (1, 2, True), (1, 10, False),
        (2, 9, True),
        (4, 4, True), (4, 10, False),
        (5, 8, True), (5, 9, False),
        (8, 4, True), (8, 10, False),
        (9, 10, True), (9, 4, True),
        (3, 4, False), (10, 9, True), (10, 4, False),
    ],
)  # fmt: skip
def test_the_table_of_steps(before, after, expected):
    assert is_expected(before, after) is expected


def test_a_refused_withdrawal_goes_back_to_where_it_was():
    assert is_expected(Status.WITHDRAWAL, Status.PROCESSING, before_that=Status.PROCESSING)
    assert not is_expected(Status.WITHDRAWAL, Status.PROCESSING, before_that=Status.FEE)


def test_every_status_has_a_name_a_short_name_and_a_row():
    assert set(NAMES) == set(SHORT_NAMES) == set(Status) == set(ALLOWED) - {None}
    assert all(len(name) <= 30 for name in SHORT_NAMES.values())
