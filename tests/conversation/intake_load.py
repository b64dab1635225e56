"""`python -m tests.conversation.intake_load`: signed webhooks a second, beside the same insert without any web.

Two server processes each (granian, gunicorn gthread, gunicorn gevent where it is installed), a sender in a process
of its own over kept-alive sockets, and a bare loop of two processes that inserts the same rows with psycopg. All
in one run on one PostgreSQL that syncs its log, interleaved; a figure is the median of the rounds.
"""

import asyncio
import contextlib
import importlib.util
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg

from motcua.core import crypto, roles
from motcua.zalo import signature
from tests.conversation.conftest import text_event
from tests.factories import APP_ID, OA_IDS, WEBHOOK_SECRET
from tests.installation import ROOT, Installation, installed, wait_until
from tests.simulated import free_port

ROUNDS, SECONDS, CONNECTIONS, PROCESSES = 5, 3.0, 16, 2
SLUG = "binh-thuan"
MOST_PER_SECOND = 10_000
INSERT = """
    INSERT INTO webhook_event
        (tenant_id, oa_id, event_key, event_name, body_encrypted, received_at, state, tries, next_try_at)
    VALUES (%s, %s, %s, 'user_send_text', %s, now(), 'new', 0, now()) ON CONFLICT DO NOTHING
"""
GRANIAN = ["-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--log-level", "error"]
GUNICORN = ["-m", "gunicorn", "--log-level", "error", "-w", str(PROCESSES)]
SERVERS = {
    "granian": [
        *GRANIAN,
        "--workers",
        str(PROCESSES),
        "--blocking-threads",
        "8",
        "--port",
        "{port}",
        "wsgi:app",
    ],
    "gthread": [*GUNICORN, "-k", "gthread", "--threads", "8", "-b", "127.0.0.1:{port}", "wsgi:app"],
    "gevent": [*GUNICORN, "-k", "gevent", "-b", "127.0.0.1:{port}", "wsgi:app"],
}


def measure(home: Installation, rounds: int = ROUNDS, servers: tuple[str, ...] = tuple(SERVERS)) -> dict:
    """Per server and for "bare": {"per_second", "p50_ms", "p99_ms", "of_bare", "refused"}; medians of the rounds."""
    found: dict[str, list[dict]] = {name: [] for name in ("bare", *servers)}
    for _ in range(rounds):
        found["bare"].append(_bare(home))
        for name in servers:
            with _serving(home, name) as port:
                _load(port, 0.7)  # the first requests of a process build what it keeps
                found[name].append(_load(port, SECONDS))
    figures = {
        name: {key: round(statistics.median(one[key] for one in rows), 2) for key in rows[0]}
        for name, rows in found.items()
        if rows
    }
    for figure in figures.values():
        figure["of_bare"] = round(figure["per_second"] / figures["bare"]["per_second"], 2)
    return figures


def available() -> tuple[str, ...]:
    """The servers that can be started here."""
    return tuple(name for name in SERVERS if name != "gevent" or importlib.util.find_spec("gevent"))


@contextlib.contextmanager
def _serving(home: Installation, name: str):
    port = free_port()
    argv = [sys.executable, *(word.format(port=port) for word in SERVERS[name])]
    with (home.settings.var / "log" / f"{name}.log").open("ab") as log:
        process = subprocess.Popen(argv, cwd=ROOT, env=home.env, stdout=log, stderr=log)
    before, home.port = home.port, port
    try:
        wait_until(lambda: home.status("/healthz") == 200, f"{name} answers")
        yield port
    finally:
        home.port = before
        process.terminate()
        process.wait(20)


def _load(port: int, seconds: float) -> dict:
    """What a sender in a process of its own saw."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(send, (port, seconds))


def send(port: int, seconds: float, connections: int = CONNECTIONS) -> dict:
    """Post signed, different events as fast as they are answered, for so long."""
    return asyncio.run(_send(port, seconds, connections))


async def _send(port: int, seconds: float, connections: int) -> dict:
    loop = asyncio.get_running_loop()
    run, delays, refused = f"{os.getpid()}-{time.time_ns()}", [], 0
    bodies = iter(
        [_request(run, number) for number in range(int(seconds * MOST_PER_SECOND))]
    )  # not while we measure
    stop_at = loop.time() + seconds

    class Sender(asyncio.Protocol):
        def connection_made(self, transport):
            self.transport, self.received, self.done = transport, b"", loop.create_future()
            self.next()

        def next(self):
            request = next(bodies, None)
            if request is None or loop.time() >= stop_at:
                self.transport.close()
                self.done.set_result(None)
                return
            self.began = loop.time()
            self.transport.write(request)

        def data_received(self, data):
            self.received += data
            head, split, body = self.received.partition(b"\r\n\r\n")
            if not split:
                return
            length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
            if len(body) >= length:
                nonlocal refused
                refused += b" 200 " not in head[:20]
                delays.append(loop.time() - self.began)
                self.received = b""
                self.next()

        def connection_lost(self, error):
            if not self.done.done():
                self.done.set_result(error)

    began = loop.time()
    senders = [(await loop.create_connection(Sender, "127.0.0.1", port))[1] for _ in range(connections)]
    await asyncio.gather(*(one.done for one in senders))
    delays.sort()
    return {
        "per_second": len(delays) / (loop.time() - began),
        "p50_ms": delays[len(delays) // 2] * 1000,
        "p99_ms": delays[int(len(delays) * 0.99)] * 1000,
        "refused": refused,
    }


def _request(run: str, number: int) -> bytes:
    event = text_event("trợ giúp", uid=str(7_000_000_000_000_000_000 + number % 10_000))
    event["message"]["msg_id"] = f"{run}-{number}"
    raw = json.dumps(event, ensure_ascii=False).encode()
    mac = signature.sign(APP_ID, raw, event["timestamp"], WEBHOOK_SECRET)
    head = (
        "POST /webhooks/zalo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"X-ZEvent-Signature: mac={mac}\r\nX-ZEvent-Timestamp: {event['timestamp']}\r\n"
        f"Content-Length: {len(raw)}\r\n\r\n"
    )
    return head.encode() + raw


def _bare(home: Installation) -> dict:
    url = roles.libpq_url(home.settings.database_urls["app"])
    keys = home.settings.encryption_keys
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        counts = pool.starmap(insert_alone, [(url, keys, SECONDS)] * PROCESSES)
    return (
        {"per_second": sum(one["per_second"] for one in counts)}
        | {key: statistics.median(one[key] for one in counts) for key in ("p50_ms", "p99_ms")}
        | {"refused": 0}
    )


def insert_alone(url: str, keys: tuple, seconds: float) -> dict:
    """The same rows, one after the other, one commit each, with nothing around."""
    crypto.use(keys)
    body = crypto.keyring().encrypt(SLUG, "webhook", json.dumps(text_event("trợ giúp"), ensure_ascii=False))
    run, delays = f"{os.getpid()}-{time.time_ns()}", []
    with psycopg.connect(url, autocommit=True, **roles.connect_args("app")) as connection:
        connection.execute("SELECT set_config('motcua.tenant_id', %s, false)", [SLUG])
        began = time.perf_counter()
        while (at := time.perf_counter()) - began < seconds:
            connection.execute(INSERT, [SLUG, OA_IDS[SLUG], f"{run}-{len(delays)}", body], prepare=True)
            delays.append(time.perf_counter() - at)
    delays.sort()
    return {
        "per_second": len(delays) / seconds,
        "p50_ms": delays[len(delays) // 2] * 1000,
        "p99_ms": delays[int(len(delays) * 0.99)] * 1000,
    }


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    with tempfile.TemporaryDirectory(prefix="motcua-intake-") as folder:
        home = installed(Path(folder) / "var")
        try:
            figures = measure(home, rounds, available())
        finally:
            home.tidy()
    for name, figure in figures.items():
        sys.stdout.write(f"{name:10} {figure}\n")


if __name__ == "__main__":
    main()
