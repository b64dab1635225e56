"""What a citizen encloses: the webhook payloads of pictures, files, places and stickers."""

import base64
import binascii
import hashlib
import json
import struct
import zlib

from ..control.fields import Field
from ..refusal import Refusal
from ..world.ids import new_token
from ..world.records import Asset, Citizen
from ..world.world import World

FIELDS = {
    "url": Field(longest=2_000),
    "text": Field(longest=2_000),
    "name": Field(longest=200),
    "description": Field(longest=2_000),
    "thumbnail": Field(longest=2_000),
    "content_base64": Field(longest=7_000_000),
    "latitude": Field(float),
    "longitude": Field(float),
    "sticker_id": Field(longest=100),
}
MAX_BYTES = 5 * 1_048_576
_PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 0/Kids[]>>endobj\n%%EOF\n"


class Enclosures:
    """Builds payloads; contents are kept and served under `cdn` (an absolute URL)."""

    def __init__(self, world: World, oa_id: str, cdn: str):
        self._world, self._oa_id, self._cdn = world, oa_id, cdn

    def make(self, kind: str, given: dict, citizen: Citizen | None) -> dict:
        """The payload of one kind, made from `given`, whose fields are FIELDS."""
        if kind in ("image", "gif"):
            return self.picture(given, kind)
        if kind == "business_card":
            return self.business_card(citizen)
        return getattr(self, kind)(given)

    def picture(self, given: dict, kind: str) -> dict:
        url = given.get("url") or self._keep(kind, given, "anh.png", plain_png())
        return {"thumbnail": url, "url": url}

    def video(self, given: dict) -> dict:
        url = self._url(given)
        return {"thumbnail": url, "description": given.get("description", ""), "url": url}

    def audio(self, given: dict) -> dict:
        return {"url": self._url(given)}

    def link(self, given: dict) -> dict:
        thumbnail = given.get("thumbnail", "")
        return {"thumbnail": thumbnail, "description": given.get("description", ""), "url": self._url(given)}

    def business_card(self, citizen: Citizen) -> dict:
        card = json.dumps(
            {"phone": citizen.phone, "qrCodeUrl": "", "caption": citizen.name}, ensure_ascii=False
        )
        return {"thumbnail": "", "description": card, "url": f"https://zalo.me/{citizen.phone}"}

    def file(self, given: dict) -> dict:
        name = given.get("name") or "don.pdf"
        content = _decoded(given) or _PDF
        url = given.get("url") or self._keep("user_file", given, name, content)
        return {
            "url": url,
            "size": str(len(content)),
            "name": name,
            "checksum": hashlib.md5(content, usedforsecurity=False).hexdigest(),
            "type": name.rsplit(".", 1)[-1].lower() if "." in name else "",
        }

    def location(self, given: dict) -> dict:
        return {
            "coordinates": {
                "latitude": str(given.get("latitude", 10.9280)),
                "longitude": str(given.get("longitude", 108.1020)),
            }
        }

    def sticker(self, given: dict) -> dict:
        sticker = given.get("sticker_id") or "1"
        return {"id": sticker, "url": f"{self._cdn}/stickers/{sticker}"}

    def _url(self, given: dict) -> str:
        if not given.get("url"):
            raise Refusal("Thiếu trường url. Thêm địa chỉ của nội dung muốn gửi.")
        return given["url"]

    def _keep(self, kind: str, given: dict, name: str, fallback: bytes) -> str:
        content = _decoded(given) or fallback
        if len(content) > MAX_BYTES:
            raise Refusal("Tệp lớn hơn 5 MB. Chọn tệp nhỏ hơn.")
        asset_id = new_token()[:40]
        encoded = base64.b64encode(content).decode()
        now = self._world.clock.now_ms()
        self._world.keep_asset(
            Asset(asset_id, self._oa_id, kind, given.get("name") or name, "", encoded, now, len(content))
        )
        return f"{self._cdn}/{asset_id}"


def _decoded(given: dict) -> bytes:
    try:
        return base64.b64decode(given.get("content_base64", ""), validate=True)
    except binascii.Error:
        raise Refusal("Trường content_base64 không phải base64 hợp lệ. Mã hóa lại nội dung tệp.") from None


def plain_png(width: int = 160, height: int = 120) -> bytes:
    """A small blue gradient, so that "send a picture" works without choosing one."""
    rows = b"".join(
        b"\x00" + b"".join(bytes((60, 110 + x * 90 // width, 160 + y * 80 // height)) for x in range(width))
        for y in range(height)
    )
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    chunks = b"".join(
        struct.pack(">I", len(data)) + tag + data + struct.pack(">I", zlib.crc32(tag + data))
        for tag, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + chunks
