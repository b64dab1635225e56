"""`make bench`: what it takes, measured on this machine now; a table, and bench.json beside it.

Absolute figures are this machine's. Each measure is repeated and its median told.
"""

import json
import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from motcua.demo.wire import Wire
from motcua.zalo import signature
from tests.bench.catalogue_import import catalogue_import
from tests.bench.catalogue_search import catalogue_search
from tests.bench.dossier_batch import dossier_batch
from tests.conversation.conftest import text_event
from tests.factories import APP_ID, WEBHOOK_SECRET, dossier_body, event_body
from tests.installation import Installation, installed, wait_until

ROUNDS = 60
WEBHOOKS, SENDERS = 600, 8


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="motcua-bench-") as folder:
        home = installed(Path(folder) / "var")
        try:
            figures = {
                "api_to_phone_ms": api_to_phone(home),
                "question_to_answer_ms": question_to_answer(home),
                "webhook_intake": webhook_intake(home),
                "catalogue_import": catalogue_import(home),
                "dossier_batch": dossier_batch(home),
            }
        finally:
            home.tidy()
    figures["catalogue_search"] = catalogue_search()
    figures["measured_at"] = datetime.now(UTC).isoformat(timespec="seconds")
    Path("bench.json").write_text(json.dumps(figures, indent=2) + "\n")
    for name, figure in figures.items():
        sys.stdout.write(f"{name:18} {figure}\n")


def api_to_phone(home: Installation) -> dict[str, float]:
    """From the call that posts an event to the text on the simulated phone, one worker, one after the other."""
    home.renew()
    home.start("web")
    home.start("worker")
    home.follow_with_phone()
    phone, delays = home.simulator.phone(), []
    code = "000.00.01.H11-241126-0001"
    home.api.json("PUT", f"/api/v1/dossiers/{code}", dossier_body())
    phone.wait_for("GIẤY TIẾP NHẬN", 0)
    for minute in range(ROUNDS):
        before = phone.count()
        event = event_body(4, occurred_at=f"2024-11-26T09:{minute:02d}:00+07:00", note=f"lượt {minute}")
        began = time.time()
        home.api.json("POST", f"/api/v1/dossiers/{code}/events", event)
        arrived = phone.wait_for("đang được xử lý", before)
        delays.append(arrived["received_at_ms"] - began * 1000)
    return _spread(delays)


def question_to_answer(home: Installation) -> dict[str, float]:
    """From a citizen's question on the phone, through the webhook and the search, to the answer on the phone."""
    home.renew()
    home.start("web")
    home.start("worker")
    home.follow_with_phone()
    phone, delays = home.simulator.phone(), []
    phone.act("text", {"text": "đăng ký kết hôn"})
    phone.wait_for("Thủ tục đăng ký kết hôn", 0)  # the first question builds the index
    for _ in range(ROUNDS // 2):
        before = phone.count()
        began = time.time()
        phone.act("text", {"text": "dang ky ket hon can giay to gi"})
        arrived = phone.wait_for("Giấy tờ cần có", before)
        delays.append(arrived["received_at_ms"] - began * 1000)
    return _spread(delays)


def webhook_intake(home: Installation) -> dict[str, float]:
    """Signed webhooks checked and stored, eight senders at once, no worker running beside."""
    home.renew()
    home.start("web")

    def send(number: int) -> float:
        event = text_event("trợ giúp", uid=str(7_000_000_000_000_000_000 + number))
        raw = json.dumps(event).encode()
        mac = "mac=" + signature.sign(APP_ID, raw, event["timestamp"], WEBHOOK_SECRET)
        began = time.perf_counter()
        status, _ = Wire(home.port).ask("POST", "/webhooks/zalo", event, **{"X-ZEvent-Signature": mac})
        assert status == 200
        return (time.perf_counter() - began) * 1000

    began = time.perf_counter()
    with ThreadPoolExecutor(SENDERS) as pool:
        delays = list(pool.map(send, range(WEBHOOKS)))
    took = time.perf_counter() - began
    wait_until(lambda: home.status("/healthz") == 200, "web answers")
    return {"per_second": round(WEBHOOKS / took, 1)} | _spread(delays)


def _spread(delays: list[float]) -> dict[str, float]:
    ordered = sorted(delays)
    return {
        "median": round(statistics.median(ordered), 1),
        "p95": round(ordered[int(len(ordered) * 0.95)], 1),
        "longest": round(ordered[-1], 1),
    }


if __name__ == "__main__":
    main()
