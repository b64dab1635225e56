"""Two provinces with the same story: whatever one holds, it sees nothing of the other.

Every route of the URL map is walked, so that a new one cannot be forgotten.
"""

import json
import re
from datetime import datetime, timedelta
from urllib.parse import quote

import pytest

from motcua.catalogue.importing.models import CatalogueImport
from motcua.core.clock import VIETNAM, now
from motcua.core.database import db, tenant_scope
from motcua.dossiers import intake
from motcua.dossiers.door import feed, subscriptions
from motcua.dossiers.door.models import Subscription
from motcua.open_doors import PUBLIC, TENANTLESS
from tests.catalogue.sheets import TITLES, checked, row, xlsx
from tests.factories import (
    dossier_body,
    dossier_data,
    event_body,
    make_api_key,
    make_desk,
    make_staff,
    make_visit,
)
from tests.signing_in import sign_in

MINE, THEIRS = "binh-thuan", "da-nang"
MY_CODE, THEIR_CODE = "000.00.01.H11-241126-0001", "000.00.01.H17-241126-0002"
# Words that stand on everything of the other province and on nothing of mine.
MARK = "RIÊNG CỦA ĐÀ NẴNG"


@pytest.fixture
def world(app, two_provinces):
    """One dossier and one catalogue file in each province; returns the other's dossier."""
    with tenant_scope(MINE):
        intake.put(MY_CODE, dossier_data())
        db.session.commit()
    with tenant_scope(THEIRS):
        theirs, _ = intake.put(THEIR_CODE, dossier_data(summary=MARK, department=MARK, owner={"name": MARK}))
        db.session.commit()
        checked(xlsx([TITLES, row("9.123456", name=MARK, note=MARK)]), name=f"{MARK}.xlsx")
        subscriptions.subscribe(f"https://example.vn/?{quote(MARK)}", list(feed.KINDS))
        db.session.commit()
        return theirs


@pytest.fixture
def officer(app, world):
    """A browser that signed in to my province as an officer with every permission."""
    client = app.test_client()
    app.config["WTF_CSRF_ENABLED"] = False
    person = make_staff(MINE, role="province_admin")
    yield sign_in(client, person)
    app.config["WTF_CSRF_ENABLED"] = True


def rules(app):
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint not in TENANTLESS]


def their_import() -> str:
    with tenant_scope(THEIRS):
        return str(db.session.scalar(db.select(CatalogueImport.id)))


def their_webhook() -> str:
    with tenant_scope(THEIRS):
        return str(db.session.scalar(db.select(Subscription.id)))


def path_with(rule, *, code: str, token: str) -> str:
    """The rule's path with the other province's ids in it."""
    given = {
        "code": code,
        "token": token,
        "key": "no-such-oa-of-mine",
        "host": f"{THEIRS}.localhost",
        "number": "424242",
        "position": "1",
        "import_id": their_import(),
        "webhook_id": their_webhook(),
        "version_id": "424242",
        "slug": THEIRS,
        "month": "2024-01",
        "act": "acknowledge",
    }
    unknown = set(rule.arguments) - given.keys()
    assert not unknown, f"{rule} takes {unknown}: say here what the other province's {unknown} is"
    return re.sub(r"<(?:[^:<>]+:)?([a-z_]+)>", lambda part: given[part[1]], rule.rule)


def test_no_route_shows_the_other_provinces_record_to_my_key_or_session(app, world, officer):
    key = {"Authorization": f"Bearer {make_api_key(MINE)}"}
    walked = 0
    for rule in rules(app):
        if rule.endpoint.endswith(".logout"):
            continue  # the rest of the walk wants a signed-in browser
        path = path_with(rule, code=THEIR_CODE, token=world.token)
        for method in sorted(rule.methods - {"HEAD", "OPTIONS", "PUT"}):  # PUT makes one of mine: see below
            body = event_body(4) if path.startswith("/api/") and method == "POST" else None
            for host in (f"{MINE}.localhost", f"{THEIRS}.localhost", "localhost"):
                client = app.test_client() if path.startswith("/api/") else officer
                headers = {"Host": host} | (key if path.startswith("/api/") else {})
                answer = client.open(path, method=method, headers=headers, json=body)
                walked += 1
                text = answer.data.decode(errors="replace")  # a paper or a picture, too
                if host == f"{THEIRS}.localhost" and rule.endpoint in PUBLIC:
                    continue  # their own public page on their own host
                assert MARK not in text and quote(MARK) not in text, f"{method} {path} on {host}"
                if path.startswith("/api/") and rule.arguments:
                    assert answer.status_code == 404, f"{method} {path} on {host}: {answer.status_code}"
                elif rule.arguments:
                    # A form that was not filled in leads back to its list before anybody's number is looked up.
                    back = (302, 303) if method == "POST" else (302,)
                    assert answer.status_code in (*back, 404), (
                        f"{method} {path} on {host}: {answer.status_code}"
                    )
    assert walked > 30


def test_a_put_with_the_others_code_makes_a_dossier_of_mine_and_leaves_theirs(app, world):
    key = {"Authorization": f"Bearer {make_api_key(MINE)}"}

    answer = app.test_client().put(f"/api/v1/dossiers/{THEIR_CODE}", json=dossier_body(), headers=key)

    assert answer.status_code == 201
    assert MARK not in answer.get_data(as_text=True)
    with tenant_scope(THEIRS):
        assert intake.find(THEIR_CODE).summary == MARK


@pytest.mark.parametrize("host", [f"{MINE}.localhost", f"{THEIRS}.localhost", "localhost", "example.org"])
def test_another_provinces_dossier_is_not_found_never_forbidden(app, world, host):
    headers = {"Authorization": f"Bearer {make_api_key(MINE)}", "Host": host}

    answer = app.test_client().get(f"/api/v1/dossiers/{THEIR_CODE}", headers=headers)

    assert (answer.status_code, answer.json["error"]["code"]) == (404, "dossier_not_found")


def test_the_answer_for_theirs_and_for_nobodys_is_the_same(app, world):
    client, headers = app.test_client(), {"Authorization": f"Bearer {make_api_key(MINE)}"}

    theirs = client.get(f"/api/v1/dossiers/{THEIR_CODE}", headers=headers)
    nobodys = client.get("/api/v1/dossiers/000.00.01.H17-241126-9999", headers=headers)

    assert (theirs.status_code, theirs.data) == (nobodys.status_code, nobodys.data)


def test_a_session_of_mine_opens_nothing_on_the_others_host(app, officer):
    answer = officer.get("/console/", headers={"Host": f"{THEIRS}.localhost"})

    assert answer.status_code == 302
    assert "/console/login" in answer.headers["Location"]


def test_a_session_carried_over_by_hand_opens_nothing_either(app, officer):
    cookie = officer.get_cookie("motcua", domain=f"{MINE}.localhost")
    other = app.test_client()
    other.set_cookie("motcua", cookie.value, domain=f"{THEIRS}.localhost")

    answer = other.get("/console/", headers={"Host": f"{THEIRS}.localhost"})

    assert answer.status_code == 302


def test_my_token_is_unknown_on_the_others_host(app, world):
    with tenant_scope(MINE):
        token = intake.find(MY_CODE).token

    assert app.test_client().get(f"/t/{token}", headers={"Host": f"{MINE}.localhost"}).status_code == 200
    assert app.test_client().get(f"/t/{token}", headers={"Host": f"{THEIRS}.localhost"}).status_code == 404


def test_an_unknown_host_serves_no_province(app, world):
    for path in ("/console/", "/console/login", "/t/AAAAAAAAAAAA"):
        assert app.test_client().get(path, headers={"Host": "example.org"}).status_code == 404


def test_the_wide_door_finds_nothing_of_theirs_in_any_form(app, world):
    client, headers = app.test_client(), {"Authorization": f"Bearer {make_api_key(MINE)}"}
    event = {"code": THEIR_CODE, "event": event_body(4)}
    step = {"MaHoSo": THEIR_CODE, "ThoiDiemXuLy": "20241126090000", "TrangThai": 4}
    lines = "".join(json.dumps(line) + "\n" for line in (event, {"sync": step}))

    batch = client.post(
        "/api/v1/dossiers:batch", data=lines, content_type="application/x-ndjson", headers=headers
    )
    synced = client.post("/api/v1/sync/progress", json=step, headers=headers)

    assert [json.loads(line)["status"] for line in batch.data.splitlines()] == [404, 404]
    assert [one["status"] for one in synced.json["results"]] == [404]
    with tenant_scope(THEIRS):
        assert intake.find(THEIR_CODE).status == 2


def test_their_changes_are_not_in_my_feed(app, world):
    headers = {"Authorization": f"Bearer {make_api_key(MINE)}"}

    changes = app.test_client().get("/api/v1/changes", headers=headers).json["changes"]

    assert {one["code"] for one in changes} == {MY_CODE}


def test_their_webhook_stays_where_it_is_and_theirs_alone(app, world):
    client, headers = app.test_client(), {"Authorization": f"Bearer {make_api_key(MINE)}"}
    number = their_webhook()

    for method, path in (("GET", ""), ("DELETE", ""), ("GET", "/deliveries")):
        answer = client.open(f"/api/v1/webhooks/{number}{path}", method=method, headers=headers)
        nobodys = client.open(f"/api/v1/webhooks/{int(number) + 1}{path}", method=method, headers=headers)
        assert (answer.status_code, answer.data) == (nobodys.status_code, nobodys.data) == (404, answer.data)

    assert client.get("/api/v1/webhooks", headers=headers).json == {"webhooks": []}
    assert their_webhook() == number


def test_a_visits_address_of_theirs_opens_nothing_on_my_host(app, world):
    with tenant_scope(THEIRS):
        token = make_visit(make_desk(name=MARK), next_slot()).token
        db.session.commit()
    client = app.test_client()

    for path in (f"/visits/{token}", f"/visits/{token}.ics"):
        assert client.get(path, headers={"Host": f"{THEIRS}.localhost"}).status_code == 200
        for host in (f"{MINE}.localhost", "localhost", "example.org"):
            answer = client.get(path, headers={"Host": host})
            assert answer.status_code == 404
            assert MARK not in answer.get_data(as_text=True)


def next_slot() -> datetime:
    """Eight o'clock on a working day to come."""
    day = now().astimezone(VIETNAM) + timedelta(days=3)
    while day.isoweekday() > 5:
        day += timedelta(days=1)
    return day.replace(hour=8, minute=0, second=0, microsecond=0)
