"""Versions: loaded, published and rolled back whole; on a day, one holds in a part."""

import threading
from datetime import date, timedelta

import pytest
import time_machine

from motcua.core.clock import now
from motcua.core.database import db, tenant_scope
from motcua.core.errors import Conflict, Invalid
from motcua.services import data
from motcua.services.checking import check_file
from motcua.services.data import About
from tests.installing import LINES, load

DAY = date(2026, 11, 26)
OTHER = "Tuyến;Bến;Giờ đi;Giá vé\n9;Cầu Bóng;7h;8.000\n"


def stops(service, on: date = DAY) -> list[list[str]]:
    with tenant_scope("binh-thuan"):
        return [[row["stop"] for row in one.rows] for one in data.published(service.code, on)]


def test_a_draft_is_not_seen_until_it_is_published(buses, app, two_provinces):
    version = load(buses, publish=False)

    assert (version.state, version.row_count, stops(buses)) == ("draft", 3, [])
    with tenant_scope("binh-thuan"):
        data.publish(buses, version.id, "Hà")
        db.session.commit()
    assert stops(buses) == [["Chợ Đầm", "Bến xe", "Chợ Đầm"]]


def test_rolling_back_brings_back_what_was_replaced(buses, app, two_provinces):
    first, second = load(buses), load(buses, OTHER)
    assert stops(buses) == [["Cầu Bóng"]]

    with tenant_scope("binh-thuan"):
        data.roll_back(buses, second.id, "Hà")
        db.session.commit()
        states = {one.id: one.state for one in data.versions(buses)}

    assert states == {first.id: "published", second.id: "retired"}
    assert stops(buses) == [["Chợ Đầm", "Bến xe", "Chợ Đầm"]]


def test_a_table_of_next_year_waits_for_its_day_and_the_former_one_can_still_be_asked_for(
    buses, app, two_provinces
):
    load(buses, valid_from=date(2025, 1, 1))
    load(buses, OTHER, valid_from=date(2027, 1, 1))

    assert stops(buses, date(2024, 12, 31)) == []
    assert stops(buses, date(2026, 12, 31)) == [["Chợ Đầm", "Bến xe", "Chợ Đầm"]]
    assert stops(buses, date(2027, 1, 1)) == [["Cầu Bóng"]]


def test_parts_hold_side_by_side(buses, app, two_provinces, monkeypatch):
    from dataclasses import replace

    monkeypatch.setattr(type(buses), "dataset", replace(buses.dataset, has_parts=True))
    load(buses, part="Quảng Nam")
    load(buses, OTHER, part="Đà Nẵng")

    with tenant_scope("binh-thuan"):
        assert [one.part for one in data.published("buses", DAY)] == ["Quảng Nam", "Đà Nẵng"]


def test_a_wrong_file_changes_nothing_and_is_kept_only_to_be_corrected(buses, app, two_provinces):
    load(buses)
    wrong = load(buses, LINES + "4;;25h;-1\n", publish=False)

    assert (wrong.state, wrong.row_count, wrong.fault_count) == ("faulty", 0, 3)
    with tenant_scope("binh-thuan"), pytest.raises(Conflict, match="Xin nạp lại"):
        data.publish(buses, wrong.id, "Hà")
    assert stops(buses) == [["Chợ Đầm", "Bến xe", "Chợ Đầm"]]


def test_what_citizens_have_seen_cannot_be_discarded(buses, app, two_provinces):
    seen, draft = load(buses), load(buses, OTHER, publish=False)

    with tenant_scope("binh-thuan"):
        data.discard(buses, draft.id)
        with pytest.raises(Conflict):
            data.discard(buses, seen.id)
        with pytest.raises(data.VersionNotFound):
            data.find(buses, draft.id)


def test_another_provinces_version_is_not_found(buses, app, two_provinces):
    version = load(buses)

    with tenant_scope("da-nang"):
        assert data.published("buses", DAY) == []
        for act in (data.publish, data.roll_back):
            with pytest.raises(data.VersionNotFound):
                act(buses, version.id, "Hà")


@pytest.mark.parametrize(
    "about",
    [
        {"part": "Quảng Nam"},
        {"valid_from": date(2026, 2, 1), "valid_to": date(2026, 1, 1)},
        {"as_of": date(2126, 1, 1)},
        {"document": "x" * 400},
    ],
    ids=lambda about: next(iter(about)),
)
def test_what_is_said_wrongly_of_a_file_is_refused(buses, app, province, about):
    with pytest.raises(Invalid, match="Xin"):
        data.load(
            buses, check_file(buses, LINES.encode()), About(**about), file_name="x", content=b"", by="Hà"
        )


def test_data_grow_stale_after_their_days_or_when_the_next_were_due(buses, app, two_provinces):
    load(buses, as_of=date(2026, 11, 1))
    with tenant_scope("binh-thuan"):
        assert data.freshness(buses, date(2026, 12, 1)) == data.Freshness(
            date(2026, 11, 1), date(2026, 12, 1), False
        )
        assert data.freshness(buses, date(2026, 12, 2)).is_stale
    load(buses, OTHER, as_of=date(2026, 11, 2), next_update_on=date(2027, 6, 1))
    with tenant_scope("binh-thuan"):
        assert not data.freshness(buses, date(2027, 1, 1)).is_stale
    with tenant_scope("da-nang"):
        assert data.freshness(buses, DAY) is None


def test_of_two_who_publish_at_once_one_holds_and_the_other_can_be_brought_back(buses, app, two_provinces):
    drafts = [load(buses, publish=False), load(buses, OTHER, publish=False)]
    barrier = threading.Barrier(2)

    def publish(number: int) -> None:
        with app.app_context(), tenant_scope("binh-thuan"):
            barrier.wait(5)
            data.publish(buses, number, "Hà")
            db.session.commit()

    threads = [threading.Thread(target=publish, args=(draft.id,)) for draft in drafts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert len(stops(buses)) == 1
    with tenant_scope("binh-thuan"):
        states = {one.id: one for one in data.versions(buses)}
    [holding] = [one for one in states.values() if one.state == "published"]
    [other] = [one for one in states.values() if one.state == "retired"]
    assert other.replaced_by == holding.id


def test_publishing_twice_is_publishing_once(buses, app, two_provinces):
    version = load(buses)
    with time_machine.travel(now() + timedelta(days=1)), tenant_scope("binh-thuan"):
        again = data.publish(buses, version.id, "Người khác")

    assert again.published_by == "Lê Văn Tám"
