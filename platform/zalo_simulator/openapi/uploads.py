import base64
import hashlib
from dataclasses import dataclass

from ..call import Call
from ..errors import ZaloError
from ..multipart import Part, read_parts
from ..world.clock import local_day
from ..world.ids import new_token
from ..world.records import Asset

MEGABYTE = 1_048_576


@dataclass(frozen=True, slots=True)
class UploadKind:
    kind: str
    max_bytes: int
    signatures: tuple[bytes, ...]  # how an accepted content begins, whatever its name
    extensions: tuple[str, ...]  # names accepted whatever the content
    answer: str


IMAGE = UploadKind("image", MEGABYTE, (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"), (), "attachment_id")
GIF = UploadKind("gif", 5 * MEGABYTE, (b"GIF87a", b"GIF89a"), (), "attachment_id")
_DOCUMENTS = (b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
FILE = UploadKind("file", 5 * MEGABYTE, _DOCUMENTS, ("pdf", "doc", "docx", "csv"), "token")
VIDEO = UploadKind("video", 50 * MEGABYTE, (), ("mp4", "avi"), "token")
ZBS_IMAGE = UploadKind("zbs_image", 500 * 1024, IMAGE.signatures, (), "media_id")


def upload(kind: UploadKind):
    """POST .../upload/{image,gif,file}: multipart/form-data with one part named `file`."""

    def receive(call: Call) -> dict:
        return {kind.answer: take_file(call, kind)}

    return receive


def take_file(call: Call, kind: UploadKind) -> str:
    """Check and keep the uploaded file; answers its asset id."""
    part = _part_named_file(call)
    name, content = part.filename or "file", part.content
    if not content:
        raise ZaloError(-201, "file is empty")
    if len(content) > kind.max_bytes:
        raise ZaloError(-159) if call.house == "zbs" else ZaloError(-210, "file exceeds the allowed size")
    if not _fits(kind, name, content):
        raise ZaloError(-158) if call.house == "zbs" else ZaloError(-201, "file type is not supported")
    _spend_allowance(call)
    return _keep(call, kind, name, part.content_type, content)


def _part_named_file(call: Call) -> Part:
    parts = read_parts(call.request, call.body)
    if not parts:
        raise ZaloError(-201, "body is not multipart/form-data")
    for part in parts:
        if part.name == "file":
            return part
    raise ZaloError(-201, "file is invalid")


def _fits(kind: UploadKind, name: str, content: bytes) -> bool:
    if kind.signatures and content.startswith(kind.signatures):
        return True
    if kind is VIDEO and (content[4:8] == b"ftyp" or content.startswith(b"RIFF")):
        return True
    return "." in name and name.rsplit(".", 1)[-1].lower() in kind.extensions


def _spend_allowance(call: Call) -> None:
    key = (call.oa.oa_id, "upload", local_day(call.now_ms)[:7])
    if call.world.tallies.count(*key) >= call.world.settings.monthly_uploads:
        raise ZaloError(-160 if call.house == "zbs" else -211)
    call.world.tallies.add(*key)


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
