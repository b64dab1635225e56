"""One thing after the other through the whole product, as one citizen meets it."""

import statistics
import time

from tests.bench.scenes import House
from tests.factories import dossier_body, event_body
from tests.installation import Installation

CODE = "000.00.01.H11-241126-0001"


def api_to_phone(house: House) -> dict[str, float]:
    """From the call that posts an event to the text on the simulated phone, one worker, one after the other; ms."""
    home = _open(house.home)
    phone, delays = home.simulator.phone(), []
    home.api.json("PUT", f"/api/v1/dossiers/{CODE}", dossier_body())
    phone.wait_for("GIẤY TIẾP NHẬN", 0)
    for minute in range(20 if house.quick else 60):
        before = phone.count()
        event = event_body(4, occurred_at=f"2024-11-26T09:{minute:02d}:00+07:00", note=f"lượt {minute}")
        began = time.time()
        home.api.json("POST", f"/api/v1/dossiers/{CODE}/events", event)
        arrived = phone.wait_for("đang được xử lý", before)
        delays.append(arrived["received_at_ms"] - began * 1000)
    home.stop()
    return spread(delays)


def question_to_answer(house: House) -> dict[str, float]:
    """From a citizen's question on the phone, through the webhook and the search, to the answer on the phone; ms."""
    home = _open(house.home)
    phone, delays = home.simulator.phone(), []
    phone.act("text", {"text": "đăng ký kết hôn"})
    phone.wait_for("Thủ tục đăng ký kết hôn", 0)  # the first question builds the index
    for _ in range(10 if house.quick else 30):
        before = phone.count()
        began = time.time()
        phone.act("text", {"text": "dang ky ket hon can giay to gi"})
        arrived = phone.wait_for("Giấy tờ cần có", before)
        delays.append(arrived["received_at_ms"] - began * 1000)
    home.stop()
    return spread(delays)


def _open(home: Installation) -> Installation:
    home.renew()
    home.start("web")
    home.start("worker")
    home.follow_with_phone()
    return home


def spread(delays: list[float]) -> dict[str, float]:
    ordered = sorted(delays)
    return {
        "p50_ms": round(statistics.median(ordered), 1),
        "p95_ms": round(ordered[int(len(ordered) * 0.95)], 1),
        "longest_ms": round(ordered[-1], 1),
    }
