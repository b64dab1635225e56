"""Articles and their videos. Zalo makes both in its own time: creating answers with a token to ask again with."""

from dataclasses import dataclass
from datetime import datetime

import aiohttp

from .article_content import Article, VideoArticle
from .call import Caller
from .errors import StillProcessing, ZaloRejected, ZaloUncertain
from .limits import id_of, page_of, refuse
from .reading import as_id, as_int, as_list, as_mapping, as_text, as_time

PAGE = 10
_VIDEO_LARGEST = 50 * 1024 * 1024
_KINDS = ("normal", "video")
_READY = 1
_PROCESSING = (None, 0, 3)  # 2 locked, 4 failed, 5 deleted


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


class Articles(Caller):
    async def article_create(self, access_token: str, article: Article | VideoArticle) -> str:
        """A token; ask `article_verify` with it for the id. A lost answer is ZaloUncertain."""
        return await self._ask_token(access_token, "/v2.0/article/create", article.to_wire())

    async def article_update(
        self, access_token: str, article_id: str, article: Article | VideoArticle
    ) -> str:
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

    async def article_list(
        self, access_token: str, *, offset: int = 0, limit: int = PAGE, kind: str = "normal"
    ) -> ArticleList:
        """`kind` normal or video; at most ten a page."""
        if kind not in _KINDS:
            refuse("kind", "Loại bài chỉ có “normal” và “video”. Xin chọn lại.")
        query = page_of(offset, limit, PAGE, names=("offset", "limit")) | {"type": kind}
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
        form.add_field("file", content, filename=filename, content_type=_video_type(content))
        path = "/v2.0/article/upload_video/preparevideo"
        answer = await self._call("openapi", "POST", path, access_token, form=form, repeatable=True)
        return _token(answer.data)

    async def article_video_verify(self, access_token: str, token: str) -> str:
        """The video's id; raises StillProcessing while Zalo works on it, ZaloRejected when it failed."""
        token = id_of("token", token)
        path = "/v2.0/article/upload_video/verify"
        # SDKs disagree on where the token goes: the Java one sends a header, the .NET one a parameter.
        answer = await self._call(
            "openapi",
            "GET",
            path,
            access_token,
            query={"token": token},
            headers={"token": token},
            repeatable=True,
        )
        data = answer.body | as_mapping(answer.data)
        status, video_id = as_int(data.get("status")), as_id(data.get("video_id"))
        if video_id is not None and status in (None, _READY):
            return video_id
        if status not in (*_PROCESSING, _READY):
            sentence = "Zalo không xử lý được video này. Xin đổi video rồi tải lại."
            raise ZaloRejected(sentence, details={"file": [sentence]})
        raise StillProcessing

    async def _ask_token(self, access_token: str, path: str, body: dict) -> str:
        return _token((await self._call("openapi", "POST", path, access_token, json_body=body)).data)


def _video_type(content: bytes) -> str:
    if content[4:8] == b"ftyp":
        return "video/mp4"
    if not (content.startswith(b"RIFF") and content[8:12] == b"AVI "):
        refuse("file", "Zalo chỉ nhận video MP4 hoặc AVI. Xin đổi video.")
    return "video/x-msvideo"


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
