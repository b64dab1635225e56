"""The sums on the front page: those that `/satisfaction` may show, and no others."""

from datetime import timedelta

import pytest

from motcua.core import queue
from motcua.core.database import db, tenant_scope
from motcua.dossiers import intake
from motcua.dossiers.schemas import EventIn
from motcua.portal import figures
from motcua.reports import periods, public
from tests.factories import make_dossier

HOST = {"Host": "binh-thuan.localhost"}


def finished(on_time: int, late: int) -> None:
    """Dossiers of the newest settled quarter."""
    begin = periods.quarter(public.quarters()[0]).begins_at + timedelta(days=10)
    for number in range(on_time + late):
        due = begin + timedelta(days=6 if number < on_time else 1)
        made = make_dossier(received_at=begin.isoformat(), due_at=due.isoformat())
        at = (begin + timedelta(days=3)).isoformat()
        intake.add_event(made.code, EventIn().load({"status": 9, "occurred_at": at}))
    db.session.commit()


def test_a_province_with_nothing_to_publish_shows_no_figure(app, province):
    assert figures.newest().is_empty
    assert "trả đúng hạn" not in app.test_client().get("/", headers=HOST).get_data(as_text=True)


def test_on_time_is_shown_with_how_many_it_is_of(app, province):
    finished(on_time=7, late=5)

    page = app.test_client().get("/", headers=HOST).get_data(as_text=True)

    assert "58,3 %" in page and "trong 12 hồ sơ có hẹn" in page


@pytest.mark.parametrize(("on_time", "late"), [(4, 0), (9, 1), (1, 9), (2, 2)])
def test_so_few_that_one_could_be_told_from_the_others_show_nothing(province, on_time, late):
    finished(on_time, late)

    assert figures.newest().on_time is None


def test_one_provinces_kept_sums_are_not_anothers(app, two_provinces):
    with tenant_scope("binh-thuan"):
        finished(on_time=7, late=5)
        assert figures.newest().dossiers == 12
    with tenant_scope("da-nang"):
        assert figures.newest().is_empty


def test_without_redis_they_are_counted_anew(province, monkeypatch):
    from redis.exceptions import RedisError

    finished(on_time=7, late=5)

    class Away:
        def get(self, key):
            raise RedisError

    monkeypatch.setattr(queue, "connection", Away)

    assert figures.newest().on_time == 58.3
