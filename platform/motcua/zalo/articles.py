"""Articles, their videos, and broadcasting an article to followers."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

import aiohttp

from .call import Caller
from .errors import StillProcessing, ZaloUncertain
from .limits import count_of, id_of, refuse, text_of, url_of
from .reading import as_id, as_int, as_list, as_mapping, as_text, as_time

PAGE = 10
_VIDEO_LARGEST = 50 * 1024 * 1024
_BODY_LARGEST = 200
_TEXT_LARGEST = 50_000
_SHOWN = ("show", "hide")


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
        caption = text_of("caption", self.caption, 500, required=False)
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
    """An article as Zalo takes it; `cover_url` an https picture. Checked when sent."""

    title: str
    author: str
    cover_url: str
    description: str
    body: tuple[Paragraph | Picture | Video, ...]
    status: str = "show"
    comment: str = "show"
    related: tuple[str, ...] = ()

    def to_wire(self) -> dict:
        count_of("body", self.body, _BODY_LARGEST, least=1)
        for name in ("status", "comment"):
            if getattr(self, name) not in _SHOWN:
                refuse(name, "Mục này chỉ có “show” và “hide”. Xin chọn lại.")
        return {
            "type": "normal",
            "title": text_of("title", self.title, 150),
            "author": text_of("author", self.author, 50),
            "cover": {
                "cover_type": "photo",
                "photo_url": url_of("cover_url", self.cover_url, secure=True),
                "status": "show",
            },
            "description": text_of("description", self.description, 300),
            "body": [part.to_wire() for part in self.body],
            "related_medias": [id_of("related", one) for one in self.related],
            "status": self.status,
            "comment": self.comment,
        }


@dataclass(frozen=True)
class ArticleSummary:
    article_id: str
    title: str
    status: str | None
    created_at: datetime | None
    updated_at: datetime | None
    views: int | None
    link: str | None


@dataclass(frozen=True)
class ArticleList:
    articles: tuple[ArticleSummary, ...]
    total: int


@dataclass(frozen=True)
class Audience:
    """Whom a broadcast reaches, by Zalo's numbers; empty means everybody.

    gender 0 all, 1 men, 2 women; ages 0 (to 12) to 7 (65 and over); locations 0 North, 1 Central,
    2 South; cities 0 to 63, the provinces as they were before July 2025; platform 1 iOS, 2 Android.
    """

    gender: int = 0
    ages: frozenset[int] = field(default_factory=frozenset)
    locations: frozenset[int] = field(default_factory=frozenset)
    cities: frozenset[int] = field(default_factory=frozenset)
    platforms: frozenset[int] = field(default_factory=frozenset)

    def to_wire(self) -> dict:
        _check_within("gender", {self.gender}, range(3))
        _check_within("ages", self.ages, range(8))
        _check_within("locations", self.locations, range(3))
        _check_within("cities", self.cities, range(64))
        _check_within("platforms", self.platforms, range(1, 4))
        target = {"gender": str(self.gender)} if self.gender else {}
        lists = {
            "ages": self.ages,
            "locations": self.locations,
            "cities": self.cities,
            "platform": self.platforms,
        }
        return target | {name: ",".join(map(str, sorted(few))) for name, few in lists.items() if few}


class Articles(Caller):
    async def article_create(self, access_token: str, article: Article) -> str:
        """A token; ask `article_verify` with it for the id. A lost answer is ZaloUncertain."""
        return await self._ask_token(access_token, "/v2.0/article/create", article.to_wire())

    async def article_update(self, access_token: str, article_id: str, article: Article) -> str:
        """As `article_create`, for an article that exists."""
        body = article.to_wire() | {"id": id_of("article_id", article_id)}
        return await self._ask_token(access_token, "/v2.0/article/update", body)

    async def article_verify(self, access_token: str, token: str) -> str:
        """The article's id; raises StillProcessing while Zalo works on it."""
        body = {"token": id_of("token", token)}
        path = "/v2.0/article/verify"
        answer = await self._call("openapi", "POST", path, access_token, json_body=body, repeatable=True)
        article_id = as_id(as_mapping(answer.data).get("id"))
        if article_id is None:
            raise StillProcessing
        return article_id

    async def article_list(self, access_token: str, *, offset: int = 0, limit: int = PAGE) -> ArticleList:
        query = {"offset": offset, "limit": min(limit, PAGE), "type": "normal"}
        path = "/v2.0/article/getslice"
        answer = await self._call("openapi", "GET", path, access_token, query=query, repeatable=True)
        data = as_mapping(answer.data)
        articles = tuple(_summary(as_mapping(one)) for one in as_list(data.get("medias")))
        total = as_int(data.get("total"))
        return ArticleList(articles, len(articles) if total is None else total)

    async def article_detail(self, access_token: str, article_id: str) -> dict:
        """The article as Zalo keeps it: the fields of `Article.to_wire` and more."""
        query = {"id": id_of("article_id", article_id)}
        path = "/v2.0/article/getdetail"
        answer = await self._call("openapi", "GET", path, access_token, query=query, repeatable=True)
        return as_mapping(answer.data)

    async def article_remove(self, access_token: str, article_id: str) -> None:
        body = {"id": id_of("article_id", article_id)}
        path = "/v2.0/article/remove"
        await self._call("openapi", "POST", path, access_token, json_body=body, repeatable=True)

    async def article_video_upload(self, access_token: str, content: bytes, filename: str) -> str:
        """MP4 or AVI of at most 50 MB; a token for `article_video_verify`."""
        if not 0 < len(content) <= _VIDEO_LARGEST:
            refuse("file", "Video nặng tối đa 50 MB. Xin giảm dung lượng.")
        form = aiohttp.FormData()
        form.add_field("file", content, filename=filename, content_type="application/octet-stream")
        path = "/v2.0/article/upload_video/preparevideo"
        answer = await self._call("openapi", "POST", path, access_token, form=form, repeatable=True)
        return _token(answer.data)

    async def article_video_verify(self, access_token: str, token: str) -> str:
        """The video's id; raises StillProcessing while Zalo works on it."""
        query = {"token": id_of("token", token)}
        path = "/v2.0/article/upload_video/verify"
        answer = await self._call("openapi", "GET", path, access_token, query=query, repeatable=True)
        video_id = as_id(as_mapping(answer.data).get("video_id"))
        if video_id is None:
            raise StillProcessing
        return video_id

    async def broadcast(
        self, access_token: str, article_id: str, audience: Audience | None = None
    ) -> str | None:
        """Send a published article to followers: the message id. A lost answer is ZaloUncertain."""
        element = {"media_type": "article", "attachment_id": id_of("article_id", article_id)}
        payload = {"template_type": "media", "elements": [element]}
        body = {
            "recipient": {"target": (audience or Audience()).to_wire()},
            "message": {"attachment": {"type": "template", "payload": payload}},
        }
        answer = await self._call("openapi", "POST", "/v2.0/oa/message", access_token, json_body=body)
        return as_id(as_mapping(answer.data).get("message_id"))

    async def _ask_token(self, access_token: str, path: str, body: dict) -> str:
        return _token((await self._call("openapi", "POST", path, access_token, json_body=body)).data)


def _token(data) -> str:
    token = as_id(as_mapping(data).get("token"), longest=512)
    if token is None:
        raise ZaloUncertain(details={"cause": "accepted_without_id"})
    return token


def _summary(data: dict) -> ArticleSummary:
    return ArticleSummary(
        article_id=as_id(data.get("id")) or "",
        title=as_text(data.get("title")) or "",
        status=as_text(data.get("status")),
        created_at=as_time(data.get("create_date")),
        updated_at=as_time(data.get("update_date")),
        views=as_int(data.get("total_view")),
        link=as_text(data.get("link_view")),
    )


def _check_within(name: str, given: Iterable[int], allowed: range) -> None:
    if not all(value in allowed for value in given):
        refuse(name, f"Mục này chỉ nhận số từ {allowed[0]} đến {allowed[-1]}. Xin chọn lại.")
