import base64
import hashlib
from dataclasses import dataclass
from email.message import Message as Part
from email.parser import BytesParser
from email.policy import HTTP

from ..call import Call
from ..errors import ZaloError
from ..world.clock import local_day
from ..world.ids import new_token
from ..world.records import Asset

MONTHLY_ALLOWANCE = 5_000
MEGABYTE = 1_048_576


@dataclass(frozen=True, slots=True)
class UploadKind:
    kind: str
    max_bytes: int
    signatures: tuple[bytes, ...]  # empty: judged by the name
    extensions: tuple[str, ...]
    answer: str


IMAGE = UploadKind("image", MEGABYTE, (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"), (), "attachment_id")
GIF = UploadKind("gif", 5 * MEGABYTE, (b"GIF87a", b"GIF89a"), (), "attachment_id")
FILE = UploadKind("file", 5 * MEGABYTE, (), ("pdf", "doc", "docx", "csv"), "token")
ZBS_IMAGE = UploadKind("zbs_image", 500 * 1024, IMAGE.signatures, (), "media_id")


def upload(kind: UploadKind):
    """POST .../upload/{image,gif,file}: multipart/form-data with one part named `file`."""

    def receive(call: Call) -> dict:
        part = _part_named_file(call)
        name = part.get_filename() or "file"
        content = part.get_payload(decode=True) or b""
        if not content:
            raise ZaloError(-201, "file is empty")
        if len(content) > kind.max_bytes:
            raise ZaloError(-159) if call.house == "zbs" else ZaloError(-210, "file exceeds the allowed size")
        if not _fits(kind, name, content):
            raise ZaloError(-158) if call.house == "zbs" else ZaloError(-201, "file type is not supported")
        _spend_allowance(call)
        return {kind.answer: _keep(call, kind, name, part.get_content_type(), content)}

    return receive


def _part_named_file(call: Call) -> Part:
    header = call.request.headers.get("Content-Type", "")
    if not header.lower().startswith("multipart/form-data"):
        raise ZaloError(-201, "body is not multipart/form-data")
    head = b"Content-Type: " + header.encode("latin-1", "replace") + b"\r\n\r\n"
    form = BytesParser(policy=HTTP).parsebytes(head + call.body)
    parts = form.get_payload()
    for part in parts if isinstance(parts, list) else []:
        if part.get_param("name", header="content-disposition") == "file":
            return part
    raise ZaloError(-201, "file is invalid")


def _fits(kind: UploadKind, name: str, content: bytes) -> bool:
    if kind.signatures:
        return content.startswith(kind.signatures)
    return name.rsplit(".", 1)[-1].lower() in kind.extensions


def _spend_allowance(call: Call) -> None:
    key = (call.oa.oa_id, "upload", local_day(call.now_ms)[:7])
    used = call.world.allowances.get(key, 0)
    if used >= MONTHLY_ALLOWANCE:
        raise ZaloError(-160 if call.house == "zbs" else -211)
    call.world.allowances[key] = used + 1


def _keep(call: Call, kind: UploadKind, name: str, content_type: str, content: bytes) -> str:
    digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
    asset_id = digest + new_token()[:24]
    call.world.keep_asset(
        Asset(
            asset_id,
            call.oa.oa_id,
            kind.kind,
            name[:200],
            content_type,
            base64.b64encode(content).decode(),
            call.now_ms,
            len(content),
        )
    )
    return asset_id
