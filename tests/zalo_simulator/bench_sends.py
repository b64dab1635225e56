"""How many consultation messages a second the simulator accepts on one core; run by hand.

    python tests/zalo_simulator/bench_sends.py [--seconds 8] [--connections 16] [--webhooks]

The server runs in its own process; with --webhooks this process also receives the two webhooks of each send.
"""

import argparse
import asyncio
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

CITIZENS = 200


class Sink(asyncio.Protocol):
    """Answers 200 to every POST and counts them."""

    received = 0
    _answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

    def connection_made(self, transport):
        self._transport, self._buffer = transport, b""

    def data_received(self, data):
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end].lower()
            start = head.index(b"content-length:") + 15
            length = int(head[start:].split(b"\r\n", 1)[0])
            if len(self._buffer) < end + 4 + length:
                return
            self._buffer = self._buffer[end + 4 + length :]
            Sink.received += 1
            self._transport.write(self._answer)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def post(base: str, path: str, body: dict) -> dict:
    request = urllib.request.Request(
        base + path, json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request) as answer:
        return json.loads(answer.read())


async def keep_sending(port: int, token: str, uids: list[str], until: float, number: int) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    sent = 0
    while time.perf_counter() < until:
        text = (
            f"Hồ sơ 000.{number:02d}.{sent:06d} của ông/bà đã được tiếp nhận, hẹn trả 16:30 ngày 25/11/2026."
        )
        message = {"recipient": {"user_id": uids[sent % len(uids)]}, "message": {"text": text}}
        body = json.dumps(message).encode()
        head = (
            "POST /openapi/v3.0/oa/message/cs HTTP/1.1\r\nHost: simulator\r\n"
            f"access_token: {token}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        writer.write(head.encode() + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        start = answer.lower().index(b"content-length:") + 15
        content = await reader.readexactly(int(answer[start:].split(b"\r\n", 1)[0]))
        if not content.startswith(b'{"error":0'):
            raise SystemExit(content.decode())
        sent += 1
    writer.close()
    return sent


def processor_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def measure(options: argparse.Namespace, pid: int, port: int, base: str) -> None:
    app = {"app_id": "1", "app_secret": "s", "oa_secret_key": "k"}
    if options.webhooks:
        sink_port = free_port()
        await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", sink_port)
        app["webhook_url"] = f"http://127.0.0.1:{sink_port}/"
    call = asyncio.to_thread
    await call(post, base, "/sim/api/apps", app)
    await call(post, base, "/sim/api/oas", {"oa_id": "388", "name": "Bình Thuận"})
    token = (await call(post, base, "/sim/api/grants", {"app_id": "1", "oa_id": "388"}))["access_token"]
    uids = []
    for number in range(CITIZENS):
        citizen = {"citizen_id": f"c{number}", "name": f"Công dân {number}", "phone": f"0912{number:06d}"}
        await call(post, base, "/sim/api/citizens", citizen)
        uids.append((await call(post, base, f"/sim/api/citizens/c{number}/chats/388/follow", {}))["uid"])
    started, used = time.perf_counter(), processor_s(pid)
    until = started + options.seconds
    sent = sum(
        await asyncio.gather(
            *(keep_sending(port, token, uids, until, number) for number in range(options.connections))
        )
    )
    elapsed = time.perf_counter() - started
    used = processor_s(pid) - used
    if options.webhooks:
        while Sink.received < 2 * sent + CITIZENS and time.perf_counter() < until + 60:
            await asyncio.sleep(0.1)
        drained = time.perf_counter() - started
        sys.stdout.write(f"webhooks received {Sink.received}, all there after {drained:.1f} s\n")
    sys.stdout.write(
        f"{sent} sends in {elapsed:.1f} s: {sent / elapsed:.0f} a second; server used {used:.1f} s of one core,\n"
        f"so {sent / used:.0f} a second when the core is its own\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--webhooks", action="store_true")
    options = parser.parse_args()
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "zalo_simulator", "--port", str(port)], stdout=subprocess.PIPE, text=True
    )
    try:
        server.stdout.readline()
        asyncio.run(measure(options, server.pid, port, f"http://127.0.0.1:{port}"))
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
