"""ZBS templates: what is approved, what they ask for, creating them, what citizens rated."""

from dataclasses import dataclass
from datetime import datetime

from .call import Answer, Caller
from .errors import ZaloUncertain
from .limits import TRACKING_MAX, id_of, refuse, text_of
from .reading import as_bool, as_id, as_int, as_list, as_mapping, as_text, as_time
from .template_draft import TemplateDraft
from .zbs import TemplateParam

STATUSES = {"ENABLE": 1, "PENDING_REVIEW": 2, "REJECT": 3, "DISABLE": 4, "DELETE": 5}
PAGE = 100


@dataclass(frozen=True)
class TemplateSummary:
    template_id: str
    name: str
    status: str
    quality: str | None
    created_at: datetime | None


@dataclass(frozen=True)
class TemplateList:
    """One page; `total` counts all that match."""

    templates: tuple[TemplateSummary, ...]
    total: int


@dataclass(frozen=True)
class TemplateInfo:
    """Prices before tax; `timeout_s` is how long Zalo keeps trying to deliver."""

    template_id: str
    name: str
    status: str
    reason: str | None
    tag: str | None
    params: tuple[TemplateParam, ...]
    buttons: tuple[tuple[str, str], ...]
    timeout_s: int | None
    preview_url: str | None
    quality: str | None
    price_phone_vnd: int | None
    price_uid_vnd: int | None
    has_own_quota: bool | None
    daily_quota: int | None
    daily_quota_left: int | None


@dataclass(frozen=True)
class TemplateCreated:
    template_id: str
    status: str
    price_phone_vnd: int | None
    price_uid_vnd: int | None
    preview_url: str | None


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


class Templates(Caller):
    async def template_list(
        self, access_token: str, *, offset: int = 0, limit: int = PAGE, status: str | None = None
    ) -> TemplateList:
        """`status` one of STATUSES, or all; at most 100 a page."""
        if status is not None and status not in STATUSES:
            refuse("status", "Trạng thái mẫu tin chưa đúng. Xin chọn trong danh sách cho sẵn.")
        query = {"offset": offset, "limit": min(limit, PAGE), "status": STATUSES.get(status)}
        answer = await self._read_template(access_token, "/template/all", query)
        templates = tuple(_summary(as_mapping(one)) for one in as_list(answer.data))
        total = as_int(as_mapping(answer.body.get("metadata")).get("total"))
        return TemplateList(templates, len(templates) if total is None else total)

    async def template_info(self, access_token: str, template_id: str) -> TemplateInfo:
        query = {"template_id": id_of("template_id", template_id)}
        answer = await self._read_template(access_token, "/template/info/v2", query)
        return _info(as_mapping(answer.data), template_id)

    async def template_sample_data(self, access_token: str, template_id: str) -> dict[str, str]:
        """An example value for each parameter."""
        query = {"template_id": id_of("template_id", template_id)}
        answer = await self._read_template(access_token, "/template/sample-data", query)
        return {name: as_text(value) or "" for name, value in as_mapping(answer.data).items()}

    async def template_create(
        self, access_token: str, draft: TemplateDraft, tracking_id: str
    ) -> TemplateCreated:
        """Hands it to Zalo's reviewers; the result comes as event change_template_status."""
        return await self._submit(access_token, "/template/create", draft.to_wire(), tracking_id)

    async def template_edit(
        self, access_token: str, template_id: str, draft: TemplateDraft, tracking_id: str
    ) -> TemplateCreated:
        """Only for rejected templates; others are ZaloRejected (-1091)."""
        body = draft.to_wire() | {"template_id": id_of("template_id", template_id)}
        return await self._submit(access_token, "/template/edit", body, tracking_id)

    async def template_tags(self, access_token: str) -> tuple[str, ...]:
        """Which of TRANSACTION, CUSTOMER_CARE and PROMOTION this OA may send."""
        answer = await self._read_template(access_token, "/message/template-tag", {})
        return tuple(tag for tag in map(as_text, as_list(answer.data)) if tag)

    async def message_status(
        self, access_token: str, message_id: str, phone: str | None = None
    ) -> MessageStatus:
        """What became of a template message sent by phone."""
        query = {"message_id": id_of("message_id", message_id), "phone": phone}
        data = as_mapping((await self._read_template(access_token, "/message/status", query)).data)
        state = {0: "sent", 1: "delivered"}.get(as_int(data.get("status")), "unknown")
        return MessageStatus(state, as_time(data.get("delivery_time")), as_text(data.get("message")) or "")

    async def ratings(
        self,
        access_token: str,
        template_id: str,
        from_time: datetime,
        to_time: datetime,
        *,
        offset: int = 0,
        limit: int = PAGE,
        by_post: bool = False,
    ) -> RatingPage:
        """What citizens answered to a rating template between two aware times.

        Sources disagree on the method: GET here, `by_post` should the real host want that.
        """
        query = {
            "template_id": id_of("template_id", template_id),
            "from_time": _milliseconds(from_time),
            "to_time": _milliseconds(to_time),
            "offset": offset,
            "limit": min(limit, PAGE),
        }
        if by_post:
            path = "/rating/get"
            answer = await self._call(
                "business", "POST", path, access_token, json_body=query, repeatable=True
            )
        else:
            answer = await self._read_template(access_token, "/rating/get", query)
        data = as_mapping(answer.data)
        found = (_rating(as_mapping(one)) for one in as_list(data.get("data")))
        ratings = tuple(one for one in found if one is not None)
        total = as_int(data.get("total"))
        return RatingPage(ratings, len(ratings) if total is None else total)

    async def _read_template(self, access_token: str, path: str, query: dict) -> Answer:
        return await self._call("business", "GET", path, access_token, query=query, repeatable=True)

    async def _submit(self, access_token: str, path: str, body: dict, tracking_id: str) -> TemplateCreated:
        body["tracking_id"] = text_of("tracking_id", tracking_id, TRACKING_MAX)
        answer = await self._call("business", "POST", path, access_token, json_body=body)
        data = as_mapping(answer.data)
        template_id = as_id(data.get("template_id"))
        if template_id is None:
            raise ZaloUncertain(details={"cause": "accepted_without_id"})
        return TemplateCreated(
            template_id=template_id,
            status=as_text(data.get("template_status")) or "PENDING_REVIEW",
            price_phone_vnd=_price(data.get("price_sdt"), data.get("price")),
            price_uid_vnd=_price(data.get("price_uid")),
            preview_url=as_text(data.get("preview_url")),
        )


def _summary(data: dict) -> TemplateSummary:
    return TemplateSummary(
        template_id=as_id(data.get("templateId")) or "",
        name=as_text(data.get("templateName")) or "",
        status=as_text(data.get("status")) or "",
        quality=as_text(data.get("templateQuality")),
        created_at=as_time(data.get("createdTime")),
    )


def _info(data: dict, template_id: str) -> TemplateInfo:
    timeout_ms = as_int(data.get("timeout"))
    buttons = (as_mapping(one) for one in as_list(data.get("listButtons")))
    return TemplateInfo(
        template_id=as_id(data.get("templateId")) or template_id,
        name=as_text(data.get("templateName")) or "",
        status=as_text(data.get("status")) or "",
        reason=as_text(data.get("reason")) or None,
        tag=as_text(data.get("templateTag")),
        params=tuple(TemplateParam.from_wire(as_mapping(one)) for one in as_list(data.get("listParams"))),
        buttons=tuple(
            (as_text(one.get("title")) or "", as_text(one.get("content")) or "") for one in buttons
        ),
        timeout_s=None if timeout_ms is None else timeout_ms // 1000,
        preview_url=as_text(data.get("previewUrl")),
        quality=as_text(data.get("templateQuality")),
        price_phone_vnd=_price(data.get("price_sdt"), data.get("price")),
        price_uid_vnd=_price(data.get("price_uid")),
        has_own_quota=as_bool(data.get("applyTemplateQuota")),
        daily_quota=as_int(data.get("templateDailyQuota")),
        daily_quota_left=as_int(data.get("templateRemainingQuota")),
    )


def _price(*values) -> int | None:
    """The first that is a number; Zalo writes prices as 120, "120" or "120.0"."""
    for value in values:
        whole = int(value) if isinstance(value, float) else as_int(str(value).removesuffix(".0"))
        if whole is not None:
            return whole
    return None


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


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
