"""A day's facts are a direct count of its live rows, however often and in whatever order they are made."""

from datetime import date, timedelta

import pytest

from motcua.core.database import db
from motcua.core.errors import Invalid
from motcua.facts import jobs, rolling
from motcua.facts.models import FactDossier
from tests.factories import make_dossier

DAY = date(2024, 11, 26)


def test_a_day_counts_what_was_received_and_what_fell_due(province):
    make_dossier(received_at="2024-11-26T08:00:00+07:00", due_at="2024-11-26T10:00:00+07:00")

    jobs.roll_up(province, DAY)

    row = db.session.scalars(db.select(FactDossier)).one()
    assert (row.day, row.agency_key, row.received, row.fell_due, row.finished) == (
        DAY,
        "ubnd-phuong",
        1,
        1,
        0,
    )


def test_a_day_that_is_still_to_come_is_refused(province):
    with pytest.raises(Invalid):
        rolling.roll_day(rolling.today() + timedelta(days=1))
