"""Fetching an e-result from the province's own system, without being led anywhere else.

Only https on port 443, only hosts on the province's list, only addresses of the open Internet (checked on the very
address that is connected to), no redirects, and only what is a PDF or a picture by its first bytes.
"""

import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

from motcua.core.errors import MotcuaError

from .news_words import may_link

LARGEST_BYTES = 20_000_000
STEP_TIMEOUT_S, WHOLE_TIMEOUT_S = 8.0, 30.0
CHUNK_BYTES = 64 * 1024
TYPES = (
    (b"%PDF-", "application/pdf", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png", "png"),
    (b"\xff\xd8\xff", "image/jpeg", "jpg"),
)


class FileUnavailable(MotcuaError):
    """Nothing was delivered; `details["why"]` is for the log."""

    code, status = "result_file_unavailable", 502
    message = "Hệ thống lưu kết quả chưa trả lời. Đường dẫn vẫn còn dùng được, xin thử lại sau ít phút."


@dataclass(frozen=True)
class File:
    content: bytes
    content_type: str
    extension: str


def fetch(url: str, hosts: tuple[str, ...], connect: Callable[[str], ssl.SSLSocket] | None = None) -> File:
    """Raises FileUnavailable. `connect`: host -> a TLS connection to it, `connect_to` unless given."""
    if not may_link(url, hosts):
        raise _unavailable("host_not_listed")
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    ends = time.monotonic() + WHOLE_TIMEOUT_S
    try:
        with (connect or connect_to)(parts.hostname) as secure:
            asking = http.client.HTTPConnection(parts.hostname, timeout=STEP_TIMEOUT_S)
            asking.sock = secure
            asking.request("GET", target, headers={"Accept": "application/pdf, image/png, image/jpeg"})
            content = _read(asking.getresponse(), ends)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise _unavailable(type(error).__name__) from error
    for start, content_type, extension in TYPES:
        if content.startswith(start):
            return File(content, content_type, extension)
    raise _unavailable("type_not_allowed")


def connect_to(
    host: str,
    *,
    port: int = 443,
    addresses: Callable[[str], list[str]] | None = None,
    may_reach: Callable[[str], bool] | None = None,
    context: ssl.SSLContext | None = None,
) -> ssl.SSLSocket:
    """Every address of the host must be on the open Internet: one that is not makes all of them suspect."""
    found = (addresses or addresses_of)(host)
    if not found or not all(map(may_reach or is_public, found)):
        raise _unavailable("address_not_public")
    raw = socket.create_connection((found[0], port), timeout=STEP_TIMEOUT_S)
    try:
        return (context or ssl.create_default_context()).wrap_socket(raw, server_hostname=host)
    except Exception:
        raw.close()
        raise


def addresses_of(host: str) -> list[str]:
    return [row[4][0] for row in socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)]


def is_public(address: str) -> bool:
    """Neither loopback nor a private, link-local, shared or special network, also when written as IPv6."""
    known = ipaddress.ip_address(address.partition("%")[0])
    inner = getattr(known, "ipv4_mapped", None) or getattr(known, "sixtofour", None)
    known = inner or known
    return known.is_global and not known.is_multicast


def _read(answer: http.client.HTTPResponse, ends: float) -> bytes:
    if answer.status != 200:
        raise _unavailable(f"status_{answer.status}")
    if (answer.length or 0) > LARGEST_BYTES:
        raise _unavailable("too_large")
    content = bytearray()
    for chunk in iter(partial(answer.read1, CHUNK_BYTES), b""):
        content += chunk
        if len(content) > LARGEST_BYTES:
            raise _unavailable("too_large")
        if time.monotonic() > ends:
            raise _unavailable("too_slow")
    if answer.length:
        raise _unavailable("cut_short")
    return bytes(content)


def _unavailable(why: str) -> FileUnavailable:
    return FileUnavailable(details={"why": why})
