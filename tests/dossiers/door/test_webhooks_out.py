"""Subscribers are told of each change by signed requests, over real HTTP."""

import hashlib
import hmac
import json
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import time_machine

from motcua.alerts import watching
from motcua.core.database import db, tenant_scope
from motcua.dossiers.door import addresses, subscriptions, telling
from motcua.dossiers.door.models import Delivery, Subscription
from motcua.sweeper import sweep_all
from tests.factories import dossier_body, event_body, make_api_key

pytestmark = pytest.mark.usefixtures("two_provinces")

CODE = "000.00.01.H11-241126-0007"
PATH = f"/api/v1/dossiers/{CODE}"


class Receiver(ThreadingHTTPServer):
    """A system of the province's; `answers` are the statuses it gives, 200 when they run out."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.got, self.answers, self.headers_sent = [], [], {}
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/nhan"


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((dict(self.headers), body))
        self.send_response(self.server.answers.pop(0) if self.server.answers else 200)
        for name, value in self.server.headers_sent.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        return


@pytest.fixture
def receiver():
    server = Receiver()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def door(api):
    return api["binh-thuan"]


def subscribe(door, receiver) -> dict:
    answer = door.post("/api/v1/webhooks", {"url": receiver.url})
    assert answer.status_code == 201, answer.json
    return answer.json


def deliveries() -> list[tuple[str, str | None]]:
    with tenant_scope("binh-thuan"):
        rows = db.session.execute(db.select(Delivery.state, Delivery.answer).order_by(Delivery.id))
        return [tuple(row) for row in rows]


def test_a_change_is_told_once_signed_over_its_body(door, receiver):
    made = subscribe(door, receiver)
    door.put(PATH, dossier_body())

    assert telling.tell("binh-thuan") == 1
    assert telling.tell("binh-thuan") == 0

    ((headers, body),) = receiver.got
    at, mac = (part.partition("=")[2] for part in headers["Motcua-Signature"].split(","))
    expected = hmac.new(made["secret"].encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    assert mac == expected
    assert headers["Motcua-Event"] == "dossier.event"
    change = json.loads(body)
    assert (change["code"], change["event"]["status"]) == (CODE, 2)
    assert change == door.get("/api/v1/changes").json["changes"][0]
    assert deliveries() == [("delivered", "200")]


def test_what_changed_before_the_subscription_is_not_told(door, receiver):
    door.put(PATH, dossier_body())
    subscribe(door, receiver)
    door.post(f"{PATH}/events", event_body(4))

    telling.tell("binh-thuan")

    assert [json.loads(body)["event"]["status"] for _, body in receiver.got] == [4]


def test_what_was_not_taken_is_tried_again_later_and_later(door, receiver):
    subscribe(door, receiver)
    receiver.answers += [500, 302]
    receiver.headers_sent = {"Location": receiver.url}
    door.put(PATH, dossier_body())
    at = datetime.now(UTC)

    for later, expected in ((0, "500"), (5, "500"), (15, "302"), (25, "302"), (50, "200")):
        with time_machine.travel(at + timedelta(seconds=later), tick=False):
            telling.tell("binh-thuan")
        assert deliveries()[0][1] == expected, later

    assert len(receiver.got) == 3
    assert len({headers["Motcua-Delivery"] for headers, _ in receiver.got}) == 1


def test_one_that_never_answers_is_switched_off_and_the_admin_is_told(door, receiver):
    made = subscribe(door, receiver)
    receiver.answers += [503] * 100
    at = datetime.now(UTC)
    door.put(PATH, dossier_body())

    for hours in range(0, 74, 2):
        with time_machine.travel(at + timedelta(hours=hours), tick=False):
            telling.tell("binh-thuan")

    assert deliveries() == [("given_up", "503")]
    state = door.get(f"/api/v1/webhooks/{made['id']}").json
    assert state["disabled_at"] and "503" in state["disabled_because"]
    with tenant_scope("binh-thuan"):
        watching.look()
        (shown,) = watching.shown()
        assert receiver.url in shown.sentence and "Xin" in shown.sentence
    door.open("DELETE", f"/api/v1/webhooks/{made['id']}")
    with tenant_scope("binh-thuan"):
        watching.look()
        assert watching.shown() == []


def test_one_that_says_gone_is_switched_off_at_once(door, receiver):
    made = subscribe(door, receiver)
    receiver.answers.append(410)
    door.put(PATH, dossier_body())

    telling.tell("binh-thuan")

    assert door.get(f"/api/v1/webhooks/{made['id']}").json["disabled_because"] == "HTTP 410"


def test_an_address_where_nobody_listens_is_tried_again(door, receiver):
    subscribe(door, receiver)
    receiver.shutdown()
    receiver.server_close()
    door.put(PATH, dossier_body())

    telling.tell("binh-thuan")

    ((state, answer),) = deliveries()
    assert (state, answer) == ("queued", "ClientConnectorError")


def test_a_worker_that_died_while_sending_leaves_it_to_the_next(door, receiver):
    subscribe(door, receiver)
    door.put(PATH, dossier_body())
    with tenant_scope("binh-thuan"):
        telling.owe_new()
        assert len(telling.claim(10)) == 1  # and then the power went

    telling.tell("binh-thuan")
    assert receiver.got == []
    with time_machine.travel(datetime.now(UTC) + telling.LEASE + timedelta(seconds=1), tick=False):
        telling.tell("binh-thuan")

    assert len(receiver.got) == 1
    assert deliveries() == [("delivered", "200")]


def test_the_sweep_finds_what_waits(door, receiver, app):
    subscribe(door, receiver)
    door.put(PATH, dossier_body())

    sweep_all()

    from motcua.core import queue

    assert subscriptions.TELL in [job.func_name for job in queue.lane_queue("normal").jobs]


@pytest.mark.parametrize(
    "url", ["ftp://x.vn/", "http://", "https://a:b@x.vn/", "https://x.vn/#a", "x", "https://x vn/"]
)
def test_a_strange_address_is_refused_with_a_remedy(door, url):
    answer = door.post("/api/v1/webhooks", {"url": url})

    assert answer.status_code == 422
    assert "Xin" in json.dumps(answer.json, ensure_ascii=False)


@pytest.mark.parametrize(
    "url",
    [
        "http://mot-cua.example.vn/",
        "https://127.0.0.1/",
        "https://10.1.2.3/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://localhost/",
        "https://redis/",
        "https://0.0.0.0/",
    ],
)
def test_in_production_no_address_inside_is_taken(url):
    with pytest.raises(addresses.UrlInvalid, match="Xin"):
        addresses.check(url, production=True)


def test_in_production_a_public_https_address_is_taken():
    assert addresses.check("https://mot-cua.example.vn:8443/a?b=c", production=True)


def test_a_name_that_leads_inside_is_not_called(receiver):
    from motcua.core import background_loop

    async def look():
        resolver = addresses.PublicOnly()
        try:
            return await resolver.resolve("localhost", 80)
        finally:
            await resolver.close()

    with pytest.raises(addresses.PrivateAddress):
        background_loop.run(look())


def test_a_secret_is_shown_once_and_kept_encrypted(door, receiver):
    made = subscribe(door, receiver)

    listed = door.get("/api/v1/webhooks").get_data(as_text=True)

    assert made["secret"] not in listed
    with tenant_scope("binh-thuan"):
        kept = db.session.scalars(db.select(Subscription)).one()
        assert made["secret"] not in kept.secret_encrypted
        assert kept.secret == made["secret"]


def test_the_log_of_deliveries_can_be_read(door, receiver):
    made = subscribe(door, receiver)
    door.put(PATH, dossier_body())
    telling.tell("binh-thuan")

    (entry,) = door.get(f"/api/v1/webhooks/{made['id']}/deliveries").json["deliveries"]

    assert (entry["state"], entry["answer"], entry["attempts"]) == ("delivered", "200", 1)


def test_a_test_keys_subscription_does_not_stay(api, door, receiver):
    door.key = make_api_key("binh-thuan", "test")

    answer = door.post("/api/v1/webhooks", {"url": receiver.url})

    assert (answer.status_code, answer.headers["Motcua-Test"]) == (201, "true")
    assert door.get("/api/v1/webhooks").json == {"webhooks": []}


def test_a_read_only_key_subscribes_nobody(door, receiver):
    door.key = make_api_key("binh-thuan", "read_only")

    assert door.post("/api/v1/webhooks", {"url": receiver.url}).status_code == 403
