"""Any process may die at any moment: nothing is lost silently, nothing is sent twice blindly."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from motcua.demo.wire import Refused, Wire
from motcua.zalo import signature
from tests.conversation.conftest import text_event
from tests.factories import APP_ID, WEBHOOK_SECRET, dossier_body, event_body
from tests.installation import wait_until

pytestmark = pytest.mark.timeout(180)

SEND = "/openapi/v3.0/oa/message/cs"
CODE = "000.00.01.H11-241126-{:04d}"
OPEN = {"queued", "sending", "uncertain"}


def put(home, number: int) -> str:
    code = CODE.format(number)
    home.api.json("PUT", f"/api/v1/dossiers/{code}", dossier_body(), **{"Idempotency-Key": code})
    return code


def settled(home) -> bool:
    states = home.states()
    return bool(states) and not OPEN & set(states)


def told_of(home, code: str) -> int:
    return sum(f"Mã hồ sơ: {code}" in text for text in home.texts())


def test_the_worker_killed_in_the_middle_of_its_sends(fresh):
    fresh.start("web")
    fresh.start("worker")
    fresh.follow_with_phone()
    codes = [put(fresh, number) for number in range(1, 5)]
    wait_until(lambda: told_of(fresh, codes[0]), "some are out")
    fresh.simulator.fault(SEND, "latency", latency_ms=8000, count=4)
    codes += [put(fresh, number) for number in range(5, 9)]

    wait_until(lambda: "sending" in fresh.states(), "one is on its way, some are claimed")
    fresh.kill("worker")
    assert OPEN & set(fresh.states())
    fresh.start("worker")

    wait_until(lambda: settled(fresh), "every message has an end", 150)
    assert [told_of(fresh, code) for code in codes] == [1] * 8


def test_redis_killed_and_the_work_is_found_again(fresh):
    fresh.start("web")
    fresh.start("worker")
    fresh.follow_with_phone()

    fresh.kill_server("redis")
    codes = [put(fresh, number) for number in range(11, 14)]

    wait_until(lambda: settled(fresh), "every message has an end")
    assert [told_of(fresh, code) for code in codes] == [1] * 3


def test_the_database_killed_in_the_middle_of_a_send(fresh):
    fresh.start("web")
    fresh.start("worker")
    fresh.follow_with_phone()
    fresh.simulator.fault(SEND, "latency", latency_ms=3000, count=1)
    code = put(fresh, 21)

    wait_until(lambda: "sending" in fresh.states(), "it is on its way")
    fresh.kill_server("postgres")

    def known_and_settled() -> bool:
        try:
            return settled(fresh)
        except Exception:  # the server is still coming back
            return False

    wait_until(known_and_settled, "every message has an end", 150)
    assert told_of(fresh, code) == 1


def test_the_web_process_killed_in_the_middle_of_a_request(fresh):
    fresh.start("web")
    fresh.start("worker")
    fresh.follow_with_phone()
    outcome = []

    def send_many() -> None:
        for number in range(31, 61):
            try:
                put(fresh, number)
                outcome.append(number)
            except (OSError, Refused):
                return

    sender = threading.Thread(target=send_many)
    sender.start()
    wait_until(lambda: len(outcome) > 2, "some are taken")
    fresh.kill("web")
    sender.join()
    fresh.start("web")
    codes = [put(fresh, number) for number in range(31, 61)]  # the source sends all again, with the same keys

    wait_until(lambda: settled(fresh), "every message has an end")
    assert 0 < len(outcome) < 30
    assert [told_of(fresh, code) for code in codes] == [1] * 30


def test_a_webhook_that_found_no_door_comes_again_and_is_answered_once(fresh):
    fresh.start("web")
    fresh.start("worker")
    fresh.follow_with_phone()
    fresh.simulator.ask("POST", "/settings", {"webhook_retry_factor": 0.02})
    fresh.kill("web")

    phone = fresh.simulator.phone()
    before = phone.count()
    phone.act("text", {"text": "trợ giúp"})
    time.sleep(0.3)
    fresh.start("web")

    phone.wait_for("mã theo dõi", before, 60)
    wait_until(lambda: settled(fresh), "every message has an end")
    answers = [one for one in phone.messages()[before:] if one["from"] == "oa"]
    assert len(answers) == 1


def test_events_while_the_worker_is_down_are_told_when_it_is_back(fresh):
    fresh.start("web")
    fresh.start("worker")
    fresh.follow_with_phone()
    code = put(fresh, 71)
    fresh.kill("worker")

    fresh.api.json("POST", f"/api/v1/dossiers/{code}/events", event_body(9))
    fresh.start("worker")

    news = fresh.simulator.phone().wait_for("có kết quả SỚM HƠN", 0, 60)
    assert code in news["text"]


@pytest.mark.parametrize("server", ["web", "webhooks"])
def test_database_and_worker_killed_while_webhooks_come_lose_no_event_that_had_its_200(fresh, server):
    fresh.start(server)
    fresh.start("worker")
    port = fresh.port if server == "web" else fresh.webhook_port
    answers, stop = [], threading.Event()

    def post(sender: int) -> None:
        number = 0
        while not stop.is_set():
            number += 1
            event = text_event("trợ giúp", uid=f"70000000000000{sender:05d}")
            event["message"]["msg_id"] = f"{sender}-{number}"
            raw = json.dumps(event).encode()
            mac = signature.sign(APP_ID, raw, event["timestamp"], WEBHOOK_SECRET)
            signed = {"X-ZEvent-Signature": mac}
            status, _ = Wire(port).ask("POST", "/webhooks/zalo", event, **signed)
            answers.append((f"user_send_text:{sender}-{number}", status))
            time.sleep(0.02)

    senders = [threading.Thread(target=post, args=(one,)) for one in range(6)]
    for one in senders:
        one.start()
    wait_until(lambda: len(answers) > 60, "events come in")
    fresh.kill_server("postgres")
    fresh.kill("worker")  # in the middle of some event
    before = len(answers)
    wait_until(lambda: sum(one[1] == 200 for one in answers[before:]) > 60, "events come in again")
    stop.set()
    for one in senders:
        one.join()

    stored = fresh.event_states()
    taken = {key for key, status in answers if status == 200}
    fresh.start("worker")
    assert {status for _, status in answers} <= {200, 503}
    assert taken <= stored.keys()
    wait_until(lambda: set(fresh.event_states().values()) == {"done"}, "every event is dealt with", 120)


def test_the_webhook_server_told_to_end_answers_whom_it_has_stored(fresh):
    fresh.start("webhooks")
    answers = []

    def post(number: int) -> None:
        event = text_event("trợ giúp", uid=f"7000000000000{number:06d}")
        raw = json.dumps(event).encode()
        signed = {"X-ZEvent-Signature": signature.sign(APP_ID, raw, event["timestamp"], WEBHOOK_SECRET)}
        with suppress(OSError):  # it has ended, and Zalo will come again
            status, _ = Wire(fresh.webhook_port).ask("POST", "/webhooks/zalo", event, **signed)
            answers.append((f"user_send_text:{event['message']['msg_id']}", status))

    with ThreadPoolExecutor(8) as senders:
        for number in range(400):
            senders.submit(post, number)
        wait_until(lambda: len(answers) > 40, "events come in")
        fresh.running["webhooks"].terminate()

    fresh.running.pop("webhooks").wait(20)
    taken = {key for key, status in answers if status == 200}
    assert len(taken) > 40
    assert taken == fresh.event_states().keys()
