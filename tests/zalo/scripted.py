"""A Zalo on loopback that answers exactly the bytes a test wrote, and remembers what it was asked."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp

from motcua.zalo.client import ZaloClient
from motcua.zalo.hosts import Hosts

HANG = b"<hang>"
CLOSE = b"<close>"


class Cut(bytes):
    """Bytes after which the connection is closed."""


@dataclass
class Asked:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class ScriptedZalo:
    """`answers` are sent in turn, the last one for ever: bytes, HANG, CLOSE or a function of what was asked."""

    answers: list
    base_url: str = ""
    asked: list[Asked] = field(default_factory=list)

    @property
    def hosts(self) -> Hosts:
        return Hosts.under(self.base_url)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while asked := await _read_request(reader):
                self.asked.append(asked)
                answer = self.answers[min(len(self.asked), len(self.answers)) - 1]
                if callable(answer):
                    answer = answer(asked)
                if answer == HANG:
                    await reader.read(1)
                if answer in (HANG, CLOSE):
                    break
                writer.write(answer)
                await writer.drain()
                if isinstance(answer, Cut):
                    break
        finally:
            writer.close()


async def _read_request(reader: asyncio.StreamReader) -> Asked | None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    first, *lines = head.strip().split("\r\n")
    method, target, _version = first.split(" ")
    headers = {
        name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
    }
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    url = urlsplit(target)
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    return Asked(method, url.path, query, headers, body)


def http(
    body: bytes | str | dict, status: int = 200, headers: str = "", content_type: str = "text/json"
) -> bytes:
    """A whole HTTP answer; a dict is written as JSON."""
    content = json.dumps(body).encode() if isinstance(body, dict) else body
    content = content.encode() if isinstance(content, str) else content
    head = f"HTTP/1.1 {status} X\r\nContent-Type: {content_type}\r\nContent-Length: {len(content)}\r\n{headers}\r\n"
    return head.encode() + content


def ok(data: Any = None, headers: str = "", **extra) -> bytes:
    return http({"error": 0, "message": "Success", "data": data} | extra, headers=headers)


def refusal(code: Any, message: str = "no") -> bytes:
    return http({"error": code, "message": message})


HTML_502 = http("<html><h1>502 Bad Gateway</h1></html>", 502, content_type="text/html")


@asynccontextmanager
async def scripted(*answers):
    zalo = ScriptedZalo(list(answers))
    server = await asyncio.start_server(zalo.serve, "127.0.0.1", 0)
    zalo.base_url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield zalo
    finally:
        server.close()


def ask(
    *answers, do: Callable[[ZaloClient], Awaitable], timeout_s: float = 2.0, **options
) -> tuple[Any, ScriptedZalo]:
    """What `do` made of a Zalo that gives these answers (an exception is returned, not raised), and that Zalo."""

    async def play():
        async with scripted(*answers) as zalo, aiohttp.ClientSession() as session:
            client = ZaloClient(zalo.hosts, session, timeout_s=timeout_s, **options)
            try:
                return await do(client), zalo
            except Exception as error:
                return error, zalo

    return asyncio.run(play())
