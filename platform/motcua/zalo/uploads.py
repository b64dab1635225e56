"""Uploads: pictures and files for messages (good for seven days), pictures for templates."""

import aiohttp

from .call import Answer, Caller
from .errors import ZaloUnavailable
from .limits import refuse
from .reading import as_id, as_mapping

MEGABYTE = 1024 * 1024
_JPEG, _PNG, _GIF = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8"
_PDF, _OLE, _ZIP = b"%PDF-", b"\xd0\xcf\x11\xe0", b"PK\x03\x04"
_FILE_TYPES = {
    "pdf": (_PDF, "application/pdf"),
    "doc": (_OLE, "application/msword"),
    "docx": (_ZIP, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "csv": (b"", "text/csv"),
}


class Uploads(Caller):
    """Repeating an upload costs one of 5,000 a month and nothing else: a lost answer is ZaloUnavailable."""

    async def upload_image(self, access_token: str, content: bytes, filename: str = "image") -> str:
        """JPEG or PNG of at most 1 MB; the attachment id."""
        content_type = _picture_type(content, MEGABYTE)
        return await self._upload(
            access_token, "openapi", "/v2.0/oa/upload/image", content, filename, content_type, "attachment_id"
        )

    async def upload_gif(self, access_token: str, content: bytes, filename: str = "image.gif") -> str:
        """GIF of at most 5 MB; the attachment id."""
        _check_size(content, 5 * MEGABYTE)
        if not content.startswith(_GIF):
            refuse("file", "Tệp này không phải ảnh GIF. Xin chọn ảnh GIF.")
        return await self._upload(
            access_token, "openapi", "/v2.0/oa/upload/gif", content, filename, "image/gif", "attachment_id"
        )

    async def upload_file(self, access_token: str, content: bytes, filename: str) -> str:
        """PDF, DOC, DOCX or CSV of at most 5 MB; the token for a FileMessage."""
        _check_size(content, 5 * MEGABYTE)
        start, content_type = _FILE_TYPES.get(filename.rpartition(".")[2].lower(), (None, ""))
        if start is None or not content.startswith(start):
            refuse("file", "Zalo chỉ nhận tệp PDF, DOC, DOCX hoặc CSV. Xin đổi tệp.")
        return await self._upload(
            access_token, "openapi", "/v2.0/oa/upload/file", content, filename, content_type, "token"
        )

    async def upload_template_image(self, access_token: str, content: bytes, filename: str = "image") -> str:
        """JPEG or PNG of at most 500 KB for a ZBS template; the media id."""
        content_type = _picture_type(content, 500 * 1024)
        return await self._upload(
            access_token, "business", "/upload/image", content, filename, content_type, "media_id"
        )

    async def _upload(self, access_token, host, path, content, filename, content_type, wanted) -> str:
        form = aiohttp.FormData()
        form.add_field("file", content, filename=filename, content_type=content_type)
        answer = await self._call(host, "POST", path, access_token, form=form, repeatable=True)
        return _given(answer, wanted)


def _given(answer: Answer, name: str) -> str:
    given = as_id(as_mapping(answer.data).get(name), longest=512)
    if given is None:
        raise ZaloUnavailable(details={"cause": "unreadable_answer"})
    return given


def _picture_type(content: bytes, largest: int) -> str:
    _check_size(content, largest)
    if content.startswith(_JPEG):
        return "image/jpeg"
    if not content.startswith(_PNG):
        refuse("file", "Zalo chỉ nhận ảnh JPG hoặc PNG. Xin đổi ảnh.")
    return "image/png"


def _check_size(content: bytes, largest: int) -> None:
    if not 0 < len(content) <= largest:
        refuse(
            "file", f"Tệp nặng {len(content) // 1024} KB, tối đa {largest // 1024} KB. Xin giảm dung lượng."
        )
