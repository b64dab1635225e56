import base64
import itertools
import time
from collections import deque
from dataclasses import dataclass

from aiohttp import web

LENGTH = 2_000
KEPT_BYTES = 64_000
"""A body longer than this is kept cut, and says so; it cannot be replayed."""


@dataclass(slots=True)
class Exchange:
    """One request to the simulated Zalo with its answer, byte for byte."""

    number: int
    at_ms: int
    method: str
    target: str
    path: str  # the endpoint's own path, whatever spelling the target used
    headers: tuple
    body: bytes
    body_size: int
    status: int | None  # None: no answer was given
    answer_headers: dict
    answer: bytes
    elapsed_ms: float
    oa_id: str
    app_id: str
    outcome: str

    def view(self) -> dict:
        return {
            "n": self.number,
            "at_ms": self.at_ms,
            "method": self.method,
            "target": self.target,
            "path": self.path,
            "headers": [[name.decode("latin-1"), value.decode("latin-1")] for name, value in self.headers],
            "body": readable(self.body),
            "body_size": self.body_size,
            "status": self.status,
            "answer_headers": self.answer_headers,
            "answer": readable(self.answer),
            "elapsed_ms": self.elapsed_ms,
            "oa_id": self.oa_id,
            "app_id": self.app_id,
            "outcome": self.outcome,
        }


class Journal:
    """The last requests; old ones fall out."""

    def __init__(self):
        self._exchanges: deque[Exchange] = deque(maxlen=LENGTH)
        self._numbers = itertools.count(1)

    def record(
        self,
        request: web.Request,
        path: str,
        body: bytes,
        response: web.Response | None,
        at_ms: int,
        started: float,
        oa_id: str,
        app_id: str,
        outcome: str,
    ) -> None:
        """Keep one exchange; `started` is a perf_counter, a missing response a closed connection."""
        answer = response.body if response is not None else b""
        self._exchanges.append(
            Exchange(
                number=next(self._numbers),
                at_ms=at_ms,
                method=request.method,
                target=request.raw_path,
                path=path,
                headers=request.raw_headers,
                body=body[:KEPT_BYTES],
                body_size=len(body),
                status=response.status if response is not None else None,
                answer_headers=dict(response.headers) if response is not None else {},
                answer=(answer or b"")[:KEPT_BYTES],
                elapsed_ms=round((time.perf_counter() - started) * 1000, 2),
                oa_id=oa_id,
                app_id=app_id,
                outcome=outcome,
            )
        )

    def clear(self) -> None:
        self._exchanges.clear()

    def find(self, number: int) -> Exchange | None:
        return next((item for item in self._exchanges if item.number == number), None)

    def latest(self, path: str, limit: int, since: int) -> list[Exchange]:
        """Newest first, of paths that begin with `path`, numbered above `since`."""
        found: list[Exchange] = []
        for item in reversed(self._exchanges):
            if item.number <= since or len(found) >= limit:
                break
            if item.path.startswith(path):
                found.append(item)
        return found


def readable(content: bytes) -> str | dict:
    """Text as text; anything else as {"base64": ...}."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(content).decode()}
