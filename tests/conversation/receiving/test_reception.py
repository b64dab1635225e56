"""The webhook's own server: as sure as the one with threads, and what only a loop has to withstand."""

import json
import socket

import pytest

from motcua.conversation.receiving import reception as room
from motcua.conversation.receiving import storing
from motcua.core.database import db
from tests.conversation.conftest import text_event
from tests.conversation.receiving.conftest import keys, mac_of, sender
from tests.installation import wait_until

MINE, THEIRS = "binh-thuan", "da-nang"


@pytest.fixture
def send(reception, app, two_provinces):
    return sender(lambda: reception)


def test_answers_are_not_kept_sniffed_or_framed(send):
    headers = {name.lower(): value for name, value in send(text_event("x")).headers.items()}

    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in headers["content-security-policy"]


def test_a_database_that_hangs_does_not_make_zalo_wait_and_stores_it_later(send, owner_engine, monkeypatch):
    send(text_event("x"))
    monkeypatch.setattr(storing, "PATIENCE_S", 0.2)
    late = text_event("x")
    with owner_engine.begin() as other:
        other.execute(db.text("LOCK TABLE webhook_event"))

        answers = [send(late), send(text_event("x"))]

    assert [(one.status_code, one.json["error"]["code"]) for one in answers] == [(503, "busy")] * 2
    wait_until(lambda: len(keys(MINE)) == 3, "what waited is stored")
    assert send(late).json["result"] == "known"


def test_more_than_may_wait_are_told_to_come_again(send, monkeypatch):
    monkeypatch.setattr(storing, "MOST_WAITING", -1)
    send(text_event("the first of this process takes the long way"))

    assert send(text_event("x")).status_code == 503


def test_a_crowd_of_the_unusual_is_told_to_come_again_and_the_usual_is_served(send, monkeypatch):
    send(text_event("x"))
    monkeypatch.setattr(room, "MOST_WITH_FLASK", 0)

    forged = send(text_event("x"), secret="wrong")

    assert (forged.status_code, forged.json["error"]["code"]) == (503, "busy")
    assert send(text_event("x")).json["result"] == "stored"


def test_everything_else_is_the_application_as_it_is(reception, send):
    health, missing = reception.get("/healthz"), reception.get("/nothing/here")

    assert (health.status_code, missing.status_code) == (200, 404)


@pytest.mark.parametrize("is_in_chunks", [False, True], ids=["stated length", "chunks"])
def test_a_body_without_end_is_not_read_to_its_end(reception, send, is_in_chunks):
    body = (b"x" * 100_000 for _ in range(11)) if is_in_chunks else b"x" * 1_100_000

    answer = reception.post("/webhooks/zalo", data=body)

    assert answer.status_code in (400, 413)
    assert len(keys(MINE)) == 0


def test_a_body_in_chunks_is_an_event_as_any_other(reception, send):
    event = text_event("xin chào")
    raw = json.dumps(event).encode()
    headers = {"X-ZEvent-Signature": mac_of(raw, event)}

    first = reception.post("/webhooks/zalo", data=iter([raw[:50], raw[50:]]), headers=headers)
    again = reception.post("/webhooks/zalo", data=iter([raw[:9], raw[9:]]), headers=headers)

    assert (first.json["result"], again.json["result"]) == ("stored", "known")


def test_who_leaves_in_the_middle_leaves_nothing_behind(reception, send):
    with socket.create_connection(("127.0.0.1", reception.port)) as line:
        line.sendall(b"POST /webhooks/zalo HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n{")

    assert send(text_event("x")).status_code == 200
    assert len(keys(MINE)) == 1
