"""How these tests hold a simulator: start it, call it as an app would, act as a citizen, listen for webhooks."""

import asyncio
import http.client
import http.server
import json
import threading
import time
from urllib.parse import quote

from aiohttp import web

from zalo_simulator.server import create_app

APP, OA, OTHER_OA = "1234567890123456789", "3880000000000000001", "3880000000000000002"
SECRET, OA_SECRET = "SIM_APP_SECRET", "SIM_OA_SECRET_KEY"
OPENAPI, BUSINESS, SIM = "/openapi", "/business", "/sim/api"


class Running:
    """A simulator in a thread of its own, driven over HTTP like any other Zalo."""

    def __init__(self):
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self._ready.wait(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._start())
        self._ready.set()
        self._loop.run_forever()
        self._loop.run_until_complete(self._runner.cleanup())
        self._loop.close()

    async def _start(self) -> None:
        self._runner = web.AppRunner(create_app(), access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.port = self._runner.addresses[0][1]

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)


class Zalo:
    """Short names for what the tests do to one simulator."""

    def __init__(self, port: int):
        self.port, self.base = port, f"http://127.0.0.1:{port}"
        self.token = ""
        self.refresh_token = ""

    def http(
        self, method: str, path: str, body: bytes | None = None, headers: dict | None = None, timeout=30.0
    ):
        """(status, headers, body) of one request."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def sim(self, method: str, path: str, body: dict | None = None, expect: int = 200) -> dict:
        content = json.dumps(body or {}).encode() if method == "POST" or body else None
        status, _, answer = self.http(method, SIM + path, content, {"Content-Type": "application/json"})
        assert status == expect, answer.decode()
        return json.loads(answer)

    def api(self, method: str, path: str, body=None, token: str | None = None, **headers: str) -> dict:
        """The JSON answer of a Zalo API; a body that is bytes goes as it is."""
        content = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        given = {"access_token": self.token if token is None else token} | headers
        status, _, answer = self.http(
            method,
            path,
            content,
            {"Content-Type": "application/json"} | {k: v for k, v in given.items() if v},
        )
        assert status == 200, answer.decode()
        return json.loads(answer)

    def get(self, path: str, data: dict | None = None) -> dict:
        return self.api("GET", path + (f"?data={quote(json.dumps(data))}" if data is not None else ""))

    def cs(self, uid: str, message: dict | str) -> dict:
        message = {"text": message} if isinstance(message, str) else message
        body = {"recipient": {"user_id": uid}, "message": message}
        return self.api("POST", OPENAPI + "/v3.0/oa/message/cs", body)

    def attach(self, uid: str, template_type: str, text: str | None = None, **payload) -> dict:
        attachment = {"type": "template", "payload": {"template_type": template_type} | payload}
        message = {"attachment": attachment} | ({"text": text} if text is not None else {})
        return self.cs(uid, message)

    def zbs(
        self, phone: str = "84912345678", template: str = "300001", data: dict | None = None, **more
    ) -> dict:
        data = {"ho_ten": "Nguyễn Thị Lan", "ma": "HS-001"} if data is None else data
        body = {"phone": phone, "template_id": template, "template_data": data, "tracking_id": "t-1"} | more
        return self.api("POST", BUSINESS + "/message/template", body)

    def by_uid(self, uid: str, template: str = "300001", data: dict | None = None) -> dict:
        data = {"ho_ten": "Nguyễn Thị Lan", "ma": "HS-001"} if data is None else data
        body = {"user_id": uid, "template_id": template, "template_data": data}
        return self.api("POST", OPENAPI + "/v3.0/oa/message/template", body)

    def do(
        self, act: str, body: dict | None = None, citizen: str = "lan", oa: str = OA, expect: int = 200
    ) -> dict:
        return self.sim("POST", f"/citizens/{citizen}/chats/{oa}/{act}", body, expect)

    def chat(self, citizen: str = "lan", oa: str = OA) -> dict:
        return self.sim("GET", f"/citizens/{citizen}/chats/{oa}")

    def follow(self, citizen: str = "lan", oa: str = OA) -> str:
        return self.do("follow", citizen=citizen, oa=oa)["uid"]

    def settings(self, **changes) -> None:
        self.sim("POST", "/settings", changes)

    def at(self, local: str) -> None:
        """Put the virtual clock on a Vietnamese time, e.g. "2026-11-24 10:00", and stop it there."""
        moment = time.mktime(time.strptime(local, "%Y-%m-%d %H:%M")) - time.timezone - 7 * 3600
        self.sim("POST", "/clock", {"set_ms": moment * 1000, "scale": 0})

    def advance(self, **span: float) -> None:
        units = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86_400}
        self.sim("POST", "/clock", {"advance_s": sum(n * units[unit] for unit, n in span.items())})


class Listener:
    """An app's webhook endpoint; `answers` gives the statuses of the next requests, then 200."""

    def __init__(self):
        self.received: list[dict] = []
        self.answers: list[int] = []
        self.delay_s = 0.0
        self.closes = False
        listener = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = listener.answers.pop(0) if listener.answers else 200
                listener.received.append(
                    {
                        "body": body,
                        "headers": dict(self.headers),
                        "json": json.loads(body),
                        "at": time.monotonic(),
                    }
                )
                time.sleep(listener.delay_s)
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()
                self.close_connection = listener.closes

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False

            def handle_error(self, *_):
                pass  # the simulator gave up waiting: wanted here

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/webhooks/zalo"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def events(self, name: str = "") -> list[dict]:
        return [
            item["json"]
            for item in list(self.received)
            if item["json"] and name in ("", item["json"].get("event_name"))
        ]

    def wait(self, name: str, count: int = 1, timeout_s: float = 30.0) -> list[dict]:
        """The bodies of at least `count` events of that name."""
        wait_until(lambda: len(self.events(name)) >= count, f"{count} × {name}", timeout_s)
        return self.events(name)


def wait_until(is_true, what: str, timeout_s: float = 30.0) -> None:
    until = time.monotonic() + timeout_s
    while not is_true():
        assert time.monotonic() < until, f"never came: {what}"
        time.sleep(0.005)


MENU = [
    {"title": "Tra cứu", "type": "oa.query.show", "payload": "#tra_cuu"},
    {"title": "Cổng dịch vụ", "type": "oa.open.url", "payload": {"url": "https://dichvucong.gov.vn/"}},
]
TEMPLATE = {
    "id": "300001",
    "oa_id": OA,
    "name": "Tiếp nhận hồ sơ",
    "params": [
        {"name": "ho_ten", "type": "1", "require": True, "sample_value": "Nguyễn Văn A"},
        {"name": "ma", "type": "4", "require": True},
        {"name": "ngay", "type": "11", "require": False},
    ],
    "layout": {
        "title": "Hồ sơ <ma> đã được tiếp nhận",
        "paragraphs": ["Kính gửi <ho_ten>."],
        "table": [{"key": "Mã hồ sơ", "value": "<ma>"}],
        "buttons": [{"title": "Xem tiến độ", "type": "1", "payload": "https://mc.vn/t/<ma>"}],
    },
}
