from dataclasses import dataclass
from email.parser import BytesParser
from email.policy import HTTP

from aiohttp import web


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a multipart/form-data body; `filename` is None for a plain field."""

    name: str
    filename: str | None
    content_type: str
    content: bytes


def read_parts(request: web.Request, body: bytes) -> list[Part]:
    """Every part, in order; none when the body is no multipart/form-data."""
    header = request.headers.get("Content-Type", "")
    if not header.lower().startswith("multipart/form-data"):
        return []
    head = b"Content-Type: " + header.encode("latin-1", "replace") + b"\r\n\r\n"
    parts = BytesParser(policy=HTTP).parsebytes(head + body).get_payload()
    return [
        Part(
            str(part.get_param("name", "", header="content-disposition")),
            part.get_filename(),
            part.get_content_type(),
            part.get_payload(decode=True) or b"",
        )
        for part in (parts if isinstance(parts, list) else [])
    ]
