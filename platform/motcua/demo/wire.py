"""Plain HTTP for the story: our API as the one-stop system calls it, and the simulator's control API."""

import http.client
import json
import time
from urllib.parse import quote

HOST = "127.0.0.1"


class Refused(Exception):
    """The other side answered, but not what the story needs."""


class Wire:
    """One server on loopback. `host` is the Host header: a tenant's name need not resolve."""

    def __init__(self, port: int, host: str | None = None, key: str | None = None):
        self.port, self.headers = port, {}
        if host:
            self.headers["Host"] = f"{host}:{port}"
        if key:
            self.headers["Authorization"] = f"Bearer {key}"

    def ask(self, method: str, path: str, body: dict | None = None, **headers: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=60)
        try:
            data = None if body is None else json.dumps(body).encode()
            sent = self.headers | ({"Content-Type": "application/json"} if data else {}) | headers
            connection.request(method, quote(path, safe="/?=&%-._~"), data, sent)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def json(self, method: str, path: str, body: dict | None = None, **headers: str) -> dict:
        """Raises Refused for anything but a 2xx answer."""
        status, text = self.ask(method, path, body, **headers)
        if not 200 <= status < 300:
            raise Refused(f"{method} {path}: {status} {text[:500]}")
        return json.loads(text)


class Phone:
    """A citizen's simulated phone in the chat with one OA."""

    def __init__(self, simulator: Wire, citizen: str, oa_id: str):
        self.simulator, self.citizen, self.oa_id = simulator, citizen, oa_id
        self.path = f"/sim/api/citizens/{citizen}/chats/{oa_id}"

    def act(self, action: str, body: dict | None = None) -> dict:
        return self.simulator.json("POST", f"{self.path}/{action}", body or {})

    def begin_to_follow(self) -> None:
        """Follow as if for the first time, also when an earlier telling of the story left us following."""
        if self.simulator.json("GET", self.path)["is_follower"]:
            self.act("unfollow")
        self.act("follow")

    def messages(self) -> list[dict]:
        return self.simulator.json("GET", self.path)["messages"]

    def count(self) -> int:
        return len(self.messages())

    def wait_for(self, words: str, after: int, timeout_s: float = 20.0) -> dict:
        """The first message from the OA, behind the first `after` ones, that contains `words`.

        Raises Refused when none comes in time.
        """
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            for message in self.messages()[after:]:
                if message["from"] == "oa" and words in _all_words(message):
                    return message
            time.sleep(0.02)
        raise Refused(f"“{words}” không đến máy của {self.citizen} sau {timeout_s:.0f} giây.")


def _all_words(message: dict) -> str:
    rows = " ".join(f"{row['key']} {row['value']}" for row in message.get("table") or [])
    return " ".join(str(message.get(part) or "") for part in ("title", "text")) + " " + rows
