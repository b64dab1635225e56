"""A citizen photographs the QR code on the paper: the code is read, the picture is never kept. A photograph for a
report from the street is made anew first (`motcua.feedback.pictures`).

Pictures come as links to Zalo's own servers (zalo-api 4.5), which expire; nothing is fetched from elsewhere.
"""

import io
from urllib.parse import urlsplit

import aiohttp
import structlog
import zxingcpp
from PIL import Image, UnidentifiedImageError

from motcua.zalo.webhook_events import UserMessage

ALLOWED = ("zdn.vn", "zadn.vn", "zaloapp.com")
MOST_BYTES = 8_000_000
MOST_PIXELS = 40_000_000
TIMEOUT_S = 8.0
READABLE = ("JPEG", "PNG", "WEBP", "GIF")

log = structlog.get_logger(__name__)


def link_of(event: UserMessage, simulator: str | None) -> str | None:
    """The picture's address, if it lies where Zalo keeps pictures (or at the simulator)."""
    url = next((one.url for one in event.attachments if one.type == "image" and one.url), None)
    return url if url and is_allowed(url, simulator) else None


def is_allowed(url: str, simulator: str | None) -> bool:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    host = (parts.hostname or "").lower()
    if simulator:
        ours = urlsplit(simulator)
        return (parts.scheme, host, port) == (ours.scheme, ours.hostname, ours.port)
    known = any(host == one or host.endswith("." + one) for one in ALLOWED)
    return parts.scheme == "https" and known and port in (None, 443) and parts.username is None


async def read_code(session: aiohttp.ClientSession, url: str) -> str | None:
    """The text of the one QR code in the picture; None when there is none, several, or no picture."""
    body = await fetch(session, url)
    return decode(body) if body is not None else None


async def fetch(session: aiohttp.ClientSession, url: str) -> bytes | None:
    """The picture's bytes; None when it cannot be had or is larger than MOST_BYTES."""
    try:
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
        async with session.get(url, timeout=timeout, allow_redirects=False) as answer:
            if answer.status != 200:
                return None
            body = await answer.content.read(MOST_BYTES + 1)
            while len(body) <= MOST_BYTES and (part := await answer.content.read(MOST_BYTES + 1 - len(body))):
                body += part
    except (aiohttp.ClientError, TimeoutError) as error:
        log.info("photo_not_fetched", error=type(error).__name__)
        return None
    return body if len(body) <= MOST_BYTES else None


def decode(picture: bytes) -> str | None:
    """The same for the picture's bytes, whatever they are."""
    try:
        with Image.open(io.BytesIO(picture), formats=READABLE) as image:
            if image.width * image.height > MOST_PIXELS:
                return None
            found = zxingcpp.read_barcodes(image.convert("L"), formats=zxingcpp.BarcodeFormat.QRCode)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        log.info("photo_not_read", error=type(error).__name__)
        return None
    texts = {one.text for one in found if one.valid}
    return texts.pop() if len(texts) == 1 else None
