"""Which addresses we may call: a webhook's address is chosen by somebody else, and must not reach our own network.

Names are looked up here, and the very addresses that were checked are called: a name that answers differently
the second time opens nothing.
"""

import ipaddress
import socket
from urllib.parse import urlsplit

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from motcua.core.errors import Invalid

LONGEST = 2000


class UrlInvalid(Invalid):
    code = "url_invalid"


class PrivateAddress(OSError):
    """The name leads to an address inside: loopback, private, link-local, reserved."""


def check(url: str, *, production: bool) -> str:
    """The address as it is kept. Raises UrlInvalid. In production only https to hosts outside."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    schemes = ("https",) if production else ("https", "http")
    if (
        len(url) > LONGEST
        or not url.isascii()
        or not url.isprintable()
        or " " in url
        or parts.scheme not in schemes
        or not parts.hostname
        or parts.username is not None
        or parts.fragment
        or port == 0
    ):
        raise _invalid(f"Địa chỉ chưa đúng. Xin ghi địa chỉ {schemes[0]}:// đầy đủ, không kèm mật khẩu.")
    if production and _is_inside(parts.hostname):
        raise _invalid("Địa chỉ này nằm trong mạng nội bộ. Xin ghi địa chỉ công khai.")
    return url


def _is_inside(host: str) -> bool:
    """Of a literal address or a name that can only be local."""
    try:
        return not is_public(host)
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".local", ".internal")) or "." not in host


def is_public(address: str) -> bool:
    """Raises ValueError where `address` is not a literal IP address."""
    found = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    return found.is_global and not found.is_multicast and (mapped is None or mapped.is_global)


class PublicOnly(AbstractResolver):
    """Resolves to public addresses only. Raises PrivateAddress where one of a name's addresses is inside."""

    def __init__(self) -> None:
        self._resolver = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family)
        if not all(is_public(one["host"]) for one in found):
            raise PrivateAddress(f"{host} is inside")
        return found

    async def close(self) -> None:
        await self._resolver.close()


def _invalid(sentence: str) -> UrlInvalid:
    return UrlInvalid(sentence, details={"url": [sentence]})
