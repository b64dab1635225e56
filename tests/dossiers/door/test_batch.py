"""Many changes in one request: each line its own result, in order, and nothing happens twice."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine

from motcua.core.database import db, tenant_scope
from motcua.dossiers import intake
from motcua.dossiers.door import batch as batches
from motcua.dossiers.door import lines
from motcua.dossiers.models import Dossier, DossierEvent, DossierPhone, Follow
from motcua.messaging.models import Message
from tests.conftest import ApiClient
from tests.factories import dossier_body, event_body, make_api_key, make_citizen

pytestmark = pytest.mark.usefixtures("two_provinces")

PATH = "/api/v1/dossiers:batch"
TABLES = (Dossier, DossierEvent, DossierPhone, Follow, Message)


@pytest.fixture
def send(api):
    """Send lines (objects, or bytes as they are); returns the answers."""

    def run(*said, door=api["binh-thuan"], headers=None):
        raw = b"".join(one if isinstance(one, bytes) else json.dumps(one).encode() + b"\n" for one in said)
        answer = door.open("POST", PATH, data=raw, content_type="application/x-ndjson", headers=headers or {})
        assert answer.status_code == 200, answer.get_data(as_text=True)
        assert answer.mimetype == "application/x-ndjson"
        return [json.loads(line) for line in answer.get_data().splitlines()]

    return run


def code(number: int) -> str:
    return f"000.00.01.H11-241126-{number:04d}"


def dossier(number: int, **given) -> dict:
    return {"code": code(number), "dossier": dossier_body(**given)}


def event(number: int, status: int, minute: int = 0, **given) -> dict:
    at = f"2024-11-26T09:{minute:02d}:00+07:00"
    return {"code": code(number), "event": event_body(status, occurred_at=at, **given)}


def counts(slug: str = "binh-thuan") -> tuple[int, ...]:
    with tenant_scope(slug):
        return tuple(db.session.scalar(db.select(db.func.count()).select_from(one)) for one in TABLES)


def statuses(answers: list[dict]) -> list[int]:
    return [one["status"] for one in answers]


def story(dossiers: int = 20) -> list[dict]:
    """Dossiers with two events each, mixed as a night's file is."""
    told = []
    for number in range(1, dossiers + 1):
        told.append(dossier(number))
        told.append(event(number, 4, 1, department="Phòng Tư pháp", officer={"name": "Võ Minh Khang"}))
    return told + [event(number, 9, 2) for number in range(1, dossiers + 1)]


def test_each_line_is_answered_in_its_order(send):
    answers = send(dossier(1), event(1, 4), event(2, 4), b"\n", dossier(2), event(2, 9))

    assert [(one["line"], one["code"], one["status"]) for one in answers] == [
        (1, code(1), 201),
        (2, code(1), 201),
        (3, code(2), 404),
        (5, code(2), 201),
        (6, code(2), 201),
    ]
    assert answers[2]["error"]["code"] == "dossier_not_found"


def test_a_batch_leaves_what_single_requests_leave(api, send):
    with tenant_scope("binh-thuan"):
        make_citizen(phone="84912345678")
        db.session.commit()
    with tenant_scope("da-nang"):
        make_citizen(phone="84912345678")
        db.session.commit()
    lines_of = story(8)
    with time_machine.travel("2024-11-28T03:00:00+00:00", tick=False):
        send(*lines_of)
        for line in lines_of:
            path = f"/api/v1/dossiers/{line['code']}"
            if "dossier" in line:
                api["da-nang"].put(path, line["dossier"])
            else:
                api["da-nang"].post(f"{path}/events", line["event"])

        assert counts("binh-thuan") == counts("da-nang") == (8, 24, 8, 8, 24)
        for number in range(1, 9):
            ours, theirs = (
                api[slug].get(f"/api/v1/dossiers/{code(number)}").json for slug in ("binh-thuan", "da-nang")
            )
            for name in ("tracking_url", "receipt_url", "agency_name"):
                ours.pop(name), theirs.pop(name)
            for one in ours["events"] + theirs["events"]:
                one.pop("agency_name")
            assert ours == theirs


def test_the_same_file_sent_twice_changes_nothing(send):
    with tenant_scope("binh-thuan"):
        make_citizen(phone="84912345678")
        db.session.commit()
    send(*story())
    before, versions = counts(), _versions()

    again = send(*story())

    assert set(statuses(again)) == {200}
    assert (counts(), _versions()) == (before, versions)


def _versions() -> list[tuple]:
    """PostgreSQL's own mark of each row: it changes with every write."""
    with tenant_scope("binh-thuan"):
        return [
            tuple(row)
            for table in TABLES
            for row in db.session.execute(
                db.text(f"SELECT id, xmin::text FROM {table.__tablename__} ORDER BY id")
            )
        ]


def test_with_a_batch_id_a_finished_line_gets_its_first_answer_again(send):
    first = send(*story(), headers={"Batch-Id": "2024-11-26"})
    before = counts()

    again = send(*story(), headers={"Batch-Id": "2024-11-26"})

    assert again == first
    assert 201 in statuses(again)
    assert counts() == before


def test_a_batch_that_broke_off_goes_on_where_it_was(send, monkeypatch):
    monkeypatch.setattr(batches, "LINES_AT_ONCE", 10)
    whole = story(20)
    first = send(*whole[:10], headers={"Batch-Id": "b"})

    all_of_it = send(*whole, headers={"Batch-Id": "b"})

    assert all_of_it[:10] == first
    assert set(statuses(all_of_it)) == {201}
    assert counts()[:2] == (20, 60)


def test_other_lines_under_a_known_batch_id_are_done_and_not_taken_for_the_old_ones(send):
    send(dossier(1), headers={"Batch-Id": "b"})

    answers = send(dossier(2), headers={"Batch-Id": "b"})

    assert [(one["code"], one["status"]) for one in answers] == [(code(2), 201)]


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        (b"{\n", "line_invalid"),
        (b"\xff\xfe\n", "line_invalid"),
        (b"[" * 100_000 + b"\n", "line_invalid"),
        (b"[]\n", "invalid"),
        (b"null\n", "invalid"),
        (b'{"code": "000.00.01.H11-241126-0001"}\n', "invalid"),
        (b'{"code": 5, "event": {}}\n', "invalid"),
        (b'{"event": {"status": 4, "occurred_at": "2024-11-26T09:00:00+07:00"}}\n', "invalid"),
        (b'{"code": "abc", "event": {"status": 4, "occurred_at": "2024-11-26T09:00:00Z"}}\n', "dossier_code_invalid"),
        (b'{"code": "000.00.01.H11-241126-0001", "event": {"status": 4, "occurred_at": "9999-12-31T23:59:59-12:00"}}\n',
         "invalid"),
        (b'{"code": "000.00.01.H11-241126-0001", "colour": 1}\n', "invalid"),
        (b'{"x": "' + b"a" * lines.LONGEST_LINE + b'"}\n', "line_invalid"),
    ],
    ids=range(12),
)  # fmt: skip
def test_a_bad_line_has_its_own_error_and_spoils_no_other(send, raw, error):
    answers = send(dossier(1), raw, dossier(2))

    assert statuses(answers) == [201, 422, 201]
    assert answers[1]["error"]["code"] == error
    assert "Xin" in json.dumps(answers[1]["error"], ensure_ascii=False)
    assert counts()[0] == 2


def test_what_only_the_database_knows_is_wrong_spoils_no_other_line(send):
    wrong = dossier(2, procedure_code="9.999999")
    future = event(1, 4)
    future["event"]["occurred_at"] = "2199-01-01T00:00:00+07:00"

    answers = send(dossier(1), wrong, future, dossier(3), event(3, 4))

    assert statuses(answers) == [201, 422, 422, 201, 201]
    assert list(answers[1]["error"]["fields"]) == ["procedure_code"]
    assert counts()[:2] == (2, 3)


def test_a_line_that_fails_after_it_wrote_leaves_nothing_and_the_others_stay(send, monkeypatch):
    put = intake.put

    def put_and_fail(number, data):
        found = put(number, data)
        if number == code(2):
            raise intake.DossierNotFound
        return found

    monkeypatch.setattr(intake, "put", put_and_fail)

    answers = send(dossier(1), dossier(2), event(1, 4), dossier(3))

    assert statuses(answers) == [201, 404, 201, 201]
    assert counts() == (2, 3, 2, 0, 2)


def test_order_within_one_dossier_is_kept(send, api):
    steps = [event(1, 4, minute, department=f"Phòng {minute}") for minute in range(1, 30)]

    send(dossier(1), *steps)

    assert api["binh-thuan"].get(f"/api/v1/dossiers/{code(1)}").json["department"] == "Phòng 29"


def test_too_many_lines_are_refused_as_a_whole(api, monkeypatch):
    raw = b'{"code": "x"}\n' * (lines.MOST_LINES + 1)

    answer = api["binh-thuan"].open("POST", PATH, data=raw, content_type="application/x-ndjson")

    assert (answer.status_code, answer.json["error"]["code"]) == (413, "too_much")


def test_a_larger_body_than_other_requests_may_have_is_taken(send):
    padding = [dossier(number, summary="hồ sơ " * 80) for number in range(1, 200)]
    long = b" " * 200_000 + json.dumps(dossier(200)).encode() + b"\n"

    answers = send(*padding, *([long] * 12))

    assert statuses(answers) == [201] * 200 + [200] * 11


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({"data": b"{}", "content_type": "application/json"}, 415),
        ({"data": b"", "content_type": "application/x-ndjson"}, 422),
        ({"data": b"{}", "content_type": "application/x-ndjson", "headers": {"Batch-Id": "a b"}}, 422),
    ],
    ids=["wrong type", "empty", "name with a blank"],
)
def test_a_request_that_is_no_batch_is_refused_with_a_remedy(api, options, status):
    answer = api["binh-thuan"].open("POST", PATH, **options)

    assert answer.status_code == status
    assert "Xin" in answer.json["error"]["message"]


def test_a_read_only_key_sends_no_batch(api):
    api["binh-thuan"].key = make_api_key("binh-thuan", "read_only")

    answer = api["binh-thuan"].open("POST", PATH, data=b"{}", content_type="application/x-ndjson")

    assert answer.status_code == 403


def test_a_test_key_is_answered_as_if_and_leaves_nothing(api, send, monkeypatch):
    monkeypatch.setattr(batches, "LINES_AT_ONCE", 7)
    api["binh-thuan"].key = make_api_key("binh-thuan", "test")

    answers = send(*story(10), event(77, 4))

    assert statuses(answers) == [201] * 30 + [404]
    assert counts() == (0, 0, 0, 0, 0)


@pytest.mark.parametrize("headers", [{}, {"Batch-Id": "b"}], ids=["nameless", "with a Batch-Id"])
def test_the_same_file_sent_by_several_at_once_happens_once(api, app, monkeypatch, headers):
    monkeypatch.setattr(batches, "LINES_AT_ONCE", 7)
    with tenant_scope("binh-thuan"):
        make_citizen(phone="84912345678")
        db.session.commit()
    raw = "".join(json.dumps(line) + "\n" for line in story(15)).encode()
    shuffled = b"".join(sorted(raw.splitlines(keepends=True)[:15], reverse=True))

    def run(body: bytes) -> list[int]:
        door = ApiClient(app.test_client(), api["binh-thuan"].key)
        answer = door.open("POST", PATH, data=body, content_type="application/x-ndjson", headers=headers)
        return [json.loads(line)["status"] for line in answer.get_data().splitlines()]

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(run, [raw, raw, raw, shuffled]))

    assert all(set(one) <= {200, 201} for one in answers[:3])
    assert counts() == (15, 45, 15, 15, 45)


def test_anothers_dossier_is_not_found(api, send):
    send(dossier(1))

    answers = send(event(1, 4), door=api["da-nang"])

    assert statuses(answers) == [404]
