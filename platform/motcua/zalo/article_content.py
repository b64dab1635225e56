"""What an article says, checked against Zalo's published limits before it is sent."""

from dataclasses import dataclass

from .limits import count_of, id_of, refuse, text_of, url_of

TITLE_MAX, AUTHOR_MAX, DESCRIPTION_MAX = 150, 50, 300
_BODY_LARGEST = 200
_TEXT_LARGEST = 50_000
_RELATED_LARGEST = 5
_CAPTION_LARGEST = 500
_SHOWN = ("show", "hide")
_VIEWS = ("horizontal", "vertical", "square")


@dataclass(frozen=True)
class Paragraph:
    content: str

    def to_wire(self) -> dict:
        return {"type": "text", "content": text_of("content", self.content, _TEXT_LARGEST)}


@dataclass(frozen=True)
class Picture:
    url: str
    caption: str = ""

    def to_wire(self) -> dict:
        caption = text_of("caption", self.caption, _CAPTION_LARGEST, required=False)
        return {"type": "image", "url": url_of("url", self.url, secure=True), "caption": caption}


@dataclass(frozen=True)
class Video:
    """`video_id` as `article_video_verify` gave it; `cover_url` is what shows before it plays."""

    video_id: str
    cover_url: str

    def to_wire(self) -> dict:
        cover = url_of("cover_url", self.cover_url, secure=True)
        return {"type": "video", "video_id": id_of("video_id", self.video_id), "thumb": cover}


@dataclass(frozen=True)
class Article:
    """An article as Zalo takes it. Its cover is an https picture or a video (`article_video_verify`), or there
    is none. `tracking_link` is an address of ours that Zalo opens for each reader. Checked when sent.
    """

    title: str
    author: str
    cover_url: str | None
    description: str
    body: tuple[Paragraph | Picture | Video, ...]
    status: str = "show"
    comment: str = "show"
    related: tuple[str, ...] = ()
    cover_video_id: str | None = None
    cover_view: str = "horizontal"
    tracking_link: str | None = None

    def to_wire(self) -> dict:
        count_of("body", self.body, _BODY_LARGEST, least=1)
        if not all(isinstance(part, Paragraph | Picture | Video) for part in self.body):
            refuse("body", "Bài viết có phần chưa đúng loại. Xin tạo lại các phần.")
        count_of("related", self.related, _RELATED_LARGEST)
        wire = {
            "type": "normal",
            "title": text_of("title", self.title, TITLE_MAX),
            "author": text_of("author", self.author, AUTHOR_MAX),
            "cover": self._cover(),
            "description": text_of("description", self.description, DESCRIPTION_MAX),
            "body": [part.to_wire() for part in self.body],
            "related_medias": [id_of("related", one) for one in self.related],
            "status": _shown("status", self.status),
            "comment": _shown("comment", self.comment),
        }
        if self.tracking_link:
            wire["tracking_link"] = url_of("tracking_link", self.tracking_link, secure=True)
        return wire

    def _cover(self) -> dict:
        if self.cover_url and self.cover_video_id:
            refuse("cover_url", "Bìa là ảnh hoặc video, không phải cả hai. Xin bỏ một trong hai.")
        if self.cover_url:
            photo = url_of("cover_url", self.cover_url, secure=True)
            return {"cover_type": "photo", "photo_url": photo, "status": "show"}
        if not self.cover_video_id:
            return {"cover_type": "photo", "photo_url": "", "status": "hide"}
        if self.cover_view not in _VIEWS:
            refuse("cover_view", "Khung video chỉ có " + ", ".join(_VIEWS) + ". Xin chọn lại.")
        video_id = id_of("cover_video_id", self.cover_video_id)
        return {"cover_type": "video", "cover_view": self.cover_view, "video_id": video_id, "status": "show"}


@dataclass(frozen=True)
class VideoArticle:
    """An article that is a video; `cover_url` an https picture that shows before it plays."""

    title: str
    description: str
    video_id: str
    cover_url: str
    status: str = "show"
    comment: str = "show"

    def to_wire(self) -> dict:
        return {
            "type": "video",
            "title": text_of("title", self.title, TITLE_MAX),
            "description": text_of("description", self.description, DESCRIPTION_MAX),
            "video_id": id_of("video_id", self.video_id),
            "avatar": url_of("cover_url", self.cover_url, secure=True),
            "status": _shown("status", self.status),
            "comment": _shown("comment", self.comment),
        }


def _shown(name: str, value: str) -> str:
    if value not in _SHOWN:
        refuse(name, "Mục này chỉ có “show” và “hide”. Xin chọn lại.")
    return value
