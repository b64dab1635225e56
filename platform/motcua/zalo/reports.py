"""What became of messages: their status, citizens' ratings, and the quick replies they pressed."""

from dataclasses import dataclass
from datetime import datetime

from .call import Answer, Caller
from .limits import id_of, page_of, refuse
from .phone import normalise_phone
from .reading import as_id, as_int, as_list, as_mapping, as_text, as_time

PAGE = 100


@dataclass(frozen=True)
class MessageStatus:
    """`state` is "unknown", "sent" (not on the device yet) or "delivered"."""

    state: str
    delivered_at: datetime | None
    note: str


@dataclass(frozen=True, repr=False)
class Rating:
    """`stars` 1 to 5; `answers` the chips the citizen picked."""

    message_id: str
    tracking_id: str | None
    stars: int
    note: str
    answers: tuple[str, ...]
    submitted_at: datetime | None


@dataclass(frozen=True)
class RatingPage:
    ratings: tuple[Rating, ...]
    total: int


@dataclass(frozen=True, repr=False)
class QuickReply:
    """The button `label` of a quick-reply template that a citizen pressed."""

    message_id: str
    tracking_id: str | None
    label: str
    submitted_at: datetime | None


@dataclass(frozen=True)
class QuickReplyPage:
    replies: tuple[QuickReply, ...]
    total: int


class Reports(Caller):
    async def message_status(
        self, access_token: str, message_id: str, phone: str | None = None
    ) -> MessageStatus:
        """What became of a template message sent by phone."""
        query = {
            "message_id": id_of("message_id", message_id),
            "phone": None if phone is None else normalise_phone(phone),
        }
        path = "/message/status"
        return _status(await self._call("business", "GET", path, access_token, query=query, repeatable=True))

    async def oa_message_status(self, access_token: str, message_id: str) -> MessageStatus:
        """The same for what was sent by user id. Known from one source: expect it to be refused."""
        query = {"message_id": id_of("message_id", message_id)}
        path = "/v3.0/oa/message/status"
        return _status(await self._call("openapi", "GET", path, access_token, query=query, repeatable=True))

    async def ratings(
        self,
        access_token: str,
        template_id: str,
        from_time: datetime,
        to_time: datetime,
        *,
        offset: int = 0,
        limit: int = PAGE,
    ) -> RatingPage:
        """What citizens answered to a rating template between two aware times.

        Sources disagree on the method: see `Dialect.report_method`.
        """
        query = _span(template_id, from_time, to_time, offset, limit)
        data = await self._report(access_token, "/rating/get", query)
        found = (_rating(as_mapping(one)) for one in as_list(data.get("data")))
        ratings = tuple(one for one in found if one is not None)
        total = as_int(data.get("total"))
        return RatingPage(ratings, len(ratings) if total is None else total)

    async def quick_replies(
        self,
        access_token: str,
        template_id: str,
        from_time: datetime,
        to_time: datetime,
        *,
        offset: int = 0,
        limit: int = PAGE,
    ) -> QuickReplyPage:
        """What citizens pressed in a quick-reply template between two aware times."""
        query = _span(template_id, from_time, to_time, offset, limit)
        data = await self._report(access_token, "/response/get", query)
        found = (_quick_reply(as_mapping(one)) for one in as_list(data.get("data")))
        replies = tuple(one for one in found if one is not None)
        total = as_int(data.get("total"))
        return QuickReplyPage(replies, len(replies) if total is None else total)

    async def _report(self, access_token: str, path: str, asked: dict) -> dict:
        method = self.dialect.report_method
        where = {"query": asked} if method == "GET" else {"json_body": asked}
        answer = await self._call("business", method, path, access_token, repeatable=True, **where)
        return as_mapping(answer.data)


def _status(answer: Answer) -> MessageStatus:
    data = as_mapping(answer.data)
    state = {0: "sent", 1: "delivered"}.get(as_int(data.get("status")), "unknown")
    return MessageStatus(state, as_time(data.get("delivery_time")), as_text(data.get("message")) or "")


def _span(template_id: str, from_time: datetime, to_time: datetime, offset: int, limit: int) -> dict:
    for name, moment in (("from_time", from_time), ("to_time", to_time)):
        if moment.tzinfo is None:
            refuse(name, "Thời điểm này chưa có múi giờ. Xin ghi rõ múi giờ.")
    if from_time > to_time:
        refuse("from_time", "Thời điểm đầu ở sau thời điểm cuối. Xin đổi chỗ hai thời điểm.")
    return {
        "template_id": id_of("template_id", template_id),
        "from_time": int(from_time.timestamp() * 1000),
        "to_time": int(to_time.timestamp() * 1000),
    } | page_of(offset, limit, PAGE, names=("offset", "limit"))


def _rating(data: dict) -> Rating | None:
    stars, message_id = as_int(data.get("rate")), as_id(data.get("msgId"))
    if message_id is None or stars is None or not 1 <= stars <= 5:
        return None
    return Rating(
        message_id=message_id,
        tracking_id=as_text(data.get("trackingId")),
        stars=stars,
        note=as_text(data.get("note")) or "",
        answers=tuple(text for text in map(as_text, as_list(data.get("feedbacks"))) if text),
        submitted_at=as_time(data.get("submitDate")),
    )


def _quick_reply(data: dict) -> QuickReply | None:
    message_id = as_id(data.get("msgId"))
    if message_id is None:
        return None
    return QuickReply(
        message_id=message_id,
        tracking_id=as_text(data.get("trackingId")),
        label=as_text(data.get("data")) or "",
        submitted_at=as_time(data.get("submitDate")),
    )
