"""ZBS templates: what is approved, what they ask for, creating and editing them."""

from dataclasses import dataclass
from datetime import datetime

from .call import Answer, Caller
from .errors import ZaloUncertain
from .limits import id_of, page_of, refuse, tracking_of
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


class Templates(Caller):
    async def template_list(
        self,
        access_token: str,
        *,
        offset: int = 0,
        limit: int = PAGE,
        status: str | None = None,
        own_only: bool | None = None,
    ) -> TemplateList:
        """`status` one of STATUSES, or all; `own_only` those this app made; at most 100 a page."""
        if status is not None and status not in STATUSES:
            refuse("status", "Trạng thái mẫu tin chưa đúng. Xin chọn trong danh sách cho sẵn.")
        query = page_of(offset, limit, PAGE, names=("offset", "limit")) | {"status": STATUSES.get(status)}
        if own_only is not None:
            query["filterPreset"] = int(own_only)
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

    async def _read_template(self, access_token: str, path: str, query: dict) -> Answer:
        return await self._call("business", "GET", path, access_token, query=query, repeatable=True)

    async def _submit(self, access_token: str, path: str, body: dict, tracking_id: str) -> TemplateCreated:
        body["tracking_id"] = tracking_of(tracking_id)
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
