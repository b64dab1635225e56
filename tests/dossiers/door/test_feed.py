"""What changed, read by cursor: in one order, nothing skipped, nothing twice."""

import threading
import time

import pytest

from motcua.core.database import db, tenant_scope
from motcua.dossiers import intake
from motcua.dossiers.door import feed
from motcua.dossiers.schemas import EventIn
from tests.factories import dossier_body, dossier_data, event_body

pytestmark = pytest.mark.usefixtures("two_provinces")

CODE = "000.00.01.H11-241126-{:04d}"


def changes(door, **query) -> dict:
    answer = door.get("/api/v1/changes", query_string=query)
    assert answer.status_code == 200, answer.json
    return answer.json


def read_all(door, cursor: str = "", limit: int = 100) -> tuple[list, str]:
    found = []
    while True:
        page = changes(door, cursor=cursor, limit=limit)
        found += page["changes"]
        cursor = page["cursor"]
        if not page["has_more"]:
            return found, cursor


def told(found: list[dict]) -> list[tuple]:
    return [(one["code"], one["event"]["status"]) for one in found]


def test_changes_are_told_in_order_and_the_cursor_goes_on_where_it_was(api):
    door = api["binh-thuan"]
    door.put(f"/api/v1/dossiers/{CODE.format(1)}", dossier_body())
    door.post(f"/api/v1/dossiers/{CODE.format(1)}/events", event_body(4))
    first, cursor = read_all(door)
    door.post(
        f"/api/v1/dossiers/{CODE.format(1)}/events", event_body(9, occurred_at="2024-11-27T09:00:00+07:00")
    )

    rest, last = read_all(door, cursor)

    assert told(first) == [(CODE.format(1), 2), (CODE.format(1), 4)]
    assert told(rest) == [(CODE.format(1), 9)]
    assert read_all(door, last) == ([], last)


@pytest.mark.parametrize("limit", [1, 2, 3, 1000])
def test_small_pages_tell_the_same_as_large_ones(api, limit):
    door = api["binh-thuan"]
    for number in range(1, 8):
        door.put(f"/api/v1/dossiers/{CODE.format(number)}", dossier_body())

    found, _ = read_all(door, limit=limit)

    assert told(found) == [(CODE.format(number), 2) for number in range(1, 8)]


def test_a_change_that_is_committed_late_is_not_read_past(api, app):
    """The writer that began first commits last: its change must come after, and must come."""
    begun, go_on = threading.Event(), threading.Event()

    def slow_writer():
        with app.app_context(), tenant_scope("binh-thuan"):
            intake.put(CODE.format(1), dossier_data())
            db.session.flush()
            begun.set()
            go_on.wait(10)
            db.session.commit()

    writer = threading.Thread(target=slow_writer)
    writer.start()
    begun.wait(10)
    api["binh-thuan"].put(f"/api/v1/dossiers/{CODE.format(2)}", dossier_body())
    first, cursor = read_all(api["binh-thuan"])
    go_on.set()
    writer.join()

    rest, _ = read_all(api["binh-thuan"], cursor)

    assert (told(first), told(rest)) == ([(CODE.format(2), 2)], [(CODE.format(1), 2)])


def test_readers_and_writers_at_once_skip_nothing_and_repeat_nothing(api, app):
    writers, each = 4, 12
    done = threading.Event()

    def write(number: int):
        with app.app_context():
            for step in range(each):
                with tenant_scope("binh-thuan"):
                    intake.put(CODE.format(number * 100 + step), dossier_data())
                    time.sleep(0.002)
                    db.session.commit()

    seen: dict[int, list] = {0: [], 1: []}

    def read(reader: int):
        with app.app_context():
            position = 0
            while True:
                is_last = done.is_set()
                with tenant_scope("binh-thuan"):
                    entries = feed.after(position, 5)
                seen[reader] += [(one.position, one.code) for one in entries]
                position = entries[-1].position if entries else position
                if is_last and not entries:
                    return

    threads = [threading.Thread(target=write, args=(number,)) for number in range(1, writers + 1)]
    readers = [threading.Thread(target=read, args=(number,)) for number in seen]
    for one in threads + readers:
        one.start()
    for one in threads:
        one.join()
    done.set()
    for one in readers:
        one.join()

    assert seen[0] == seen[1]
    assert len({code for _, code in seen[0]}) == len(seen[0]) == writers * each
    assert seen[0] == sorted(seen[0])


def test_one_provinces_cursor_opens_nothing_of_another(api):
    for slug in ("binh-thuan", "da-nang"):
        api[slug].put(f"/api/v1/dossiers/{CODE.format(1)}", dossier_body())
    _, cursor = read_all(api["binh-thuan"])

    assert told(read_all(api["da-nang"])[0]) == [(CODE.format(1), 2)]
    assert len(read_all(api["da-nang"], cursor)[0]) <= 1


@pytest.mark.parametrize("word", ["x", "c1-1", "c1-" + "f" * 16, "c2-" + "0" * 16, "é", "A" * 99])
def test_a_made_up_cursor_is_refused_with_a_remedy(api, word):
    answer = api["binh-thuan"].get("/api/v1/changes", query_string={"cursor": word})

    assert (answer.status_code, answer.json["error"]["code"]) == (422, "cursor_invalid")
    assert "Xin" in answer.json["error"]["message"]


def test_reading_the_feed_uses_its_index(app):
    with tenant_scope("binh-thuan"):
        intake.put(CODE.format(1), dossier_data())
        for minute in range(50):
            told = event_body(4, occurred_at=f"2024-11-26T09:{minute:02d}:00Z")
            intake.add_event(CODE.format(1), EventIn().load(told))
        db.session.commit()
        feed.after(0, 10)
        db.session.execute(db.text("SET LOCAL enable_seqscan = off"))
        plan = "\n".join(
            db.session.scalars(
                db.text("EXPLAIN SELECT * FROM dossier_event WHERE position > 5 ORDER BY position LIMIT 10")
            )
        )

    assert "ix_dossier_event_position" in plan
