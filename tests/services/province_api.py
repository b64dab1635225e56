"""A province's signed API for tests: over real HTTP, checking what a province is told to check."""

import contextlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from motcua.services.sources.signed_rest import signature

SECRET = "khóa chung của bài kiểm tra"


class ProvinceApi(ThreadingHTTPServer):
    """`answers`: path to what it says, a dict, bytes or a status. `faults` come first, one a request."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers, self.faults, self.asked, self.nonces = {}, [], [], set()
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/api"

    @property
    def settings(self) -> dict[str, str]:
        return {"api_url": self.url, "api_secret": SECRET}


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        server = self.server
        body = self.rfile.read(int(self.headers["Content-Length"]))
        moment, nonce = self.headers["X-Motcua-Time"], self.headers["X-Motcua-Nonce"]
        signed = signature(SECRET, moment, nonce, "POST", self.path, body)
        fresh = abs(time.time() - int(moment)) < 300 and nonce not in server.nonces
        server.nonces.add(nonce)
        if self.headers["X-Motcua-Signature"] != f"v1={signed}" or not fresh:
            return self.answer(401)
        server.asked.append((self.path, json.loads(body)))
        fault = server.faults.pop(0) if server.faults else None
        if fault == "slow":
            time.sleep(0.5)
        return self.answer(fault if isinstance(fault, int | bytes) else server.answers.get(self.path, 404))

    def answer(self, said) -> None:
        status = said if isinstance(said, int) else 200
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # whoever asked has given up
            self.wfile.write(body)

    def log_message(self, *_):
        pass
