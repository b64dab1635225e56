"""What may still be sent: quotas of the OA, of one citizen, and of ZBS templates; ZBS quality."""

from dataclasses import dataclass
from datetime import datetime

from .call import Caller
from .limits import id_of, refuse
from .reading import as_id, as_int, as_list, as_mapping, as_text, as_time

OWNERS = ("OA", "App")
PRODUCTS = ("cs", "transaction", "gmf10", "gmf50", "gmf100", "gmf1000")
QUOTA_TYPES = ("sub_quota", "purchase_quota", "reward_quota")


@dataclass(frozen=True)
class UserQuota:
    """What one citizen may still be sent; None where Zalo says nothing (consultation may be uncapped)."""

    last_interaction_at: datetime | None
    replies_left: int | None
    replies_total: int | None
    promotions_left_today: int | None
    promotions_left_this_month: int | None


@dataclass(frozen=True)
class QuotaPackage:
    """One package of messages the OA or the app has; `asset_id` names it in group calls."""

    asset_id: str | None
    product_type: str | None
    quota_type: str | None
    valid_through: str | None
    total: int | None
    left: int | None


@dataclass(frozen=True)
class LegacyQuota:
    """What the older quota call answers for one message or one citizen."""

    type: str | None
    left: int | None
    total: int | None


@dataclass(frozen=True)
class TemplateQuota:
    """ZBS messages a day, and promotion messages a day and a month; None where Zalo says nothing."""

    daily: int | None
    daily_left: int | None
    daily_promotion: int | None
    daily_promotion_left: int | None
    monthly_promotion: int | None
    monthly_promotion_left: int | None
    next_month_promotion: int | None


@dataclass(frozen=True)
class Quality:
    """HIGH, MEDIUM, LOW or UNDEFINED."""

    current: str
    last_7_days: str


class Quotas(Caller):
    async def user_quota(self, access_token: str, user_id: str) -> UserQuota:
        data = as_mapping(await self._quota(access_token, {"user_id": id_of("user_id", user_id)}))
        replies, promotion = as_mapping(data.get("cs_reply")), as_mapping(data.get("promotion"))
        return UserQuota(
            last_interaction_at=as_time(data.get("last_interaction")),
            replies_left=as_int(replies.get("remain")),
            replies_total=as_int(replies.get("total")),
            promotions_left_today=as_int(promotion.get("daily_remain")),
            promotions_left_this_month=as_int(promotion.get("monthly_remain")),
        )

    async def owner_quota(
        self, access_token: str, *, owner: str = "OA", product: str = "cs", quota_type: str = "sub_quota"
    ) -> list[QuotaPackage]:
        """`owner` OA or App; `product` cs or transaction; `quota_type` sub_quota, purchase_quota, reward_quota."""
        for name, given, known in (
            ("owner", owner, OWNERS),
            ("product", product, PRODUCTS),
            ("quota_type", quota_type, QUOTA_TYPES),
        ):
            if given not in known:
                refuse(name, "Mục này chỉ có " + ", ".join(known) + ". Xin chọn lại.")
        body = {"quota_owner": owner, "product_type": product, "quota_type": quota_type}
        return [_package(as_mapping(one)) for one in as_list(await self._quota(access_token, body))]

    async def reply_quota(self, access_token: str, message_id: str) -> LegacyQuota:
        """How many replies a citizen's message still allows (the older call, by message)."""
        return await self._legacy(access_token, {"message_id": id_of("message_id", message_id)})

    async def promotion_quota(self, access_token: str, user_id: str) -> LegacyQuota:
        """How many broadcasts a citizen may still get (the older call, by citizen)."""
        return await self._legacy(access_token, {"user_id": id_of("user_id", user_id), "type": "promotion"})

    async def template_quota(self, access_token: str) -> TemplateQuota:
        answer = await self._call("business", "GET", "/message/quota", access_token, repeatable=True)
        data = as_mapping(answer.data)
        return TemplateQuota(
            daily=as_int(data.get("dailyQuota")),
            daily_left=as_int(data.get("remainingQuota")),
            daily_promotion=as_int(data.get("dailyQuotaPromotion")),
            daily_promotion_left=as_int(data.get("remainingQuotaPromotion")),
            monthly_promotion=as_int(data.get("monthlyPromotionQuota")),
            monthly_promotion_left=as_int(data.get("remainingMonthlyPromotionQuota")),
            next_month_promotion=as_int(data.get("estimatedNextMonthPromotionQuota")),
        )

    async def quality(self, access_token: str) -> Quality:
        answer = await self._call("business", "GET", "/quality", access_token, repeatable=True)
        data = as_mapping(answer.data)
        return Quality(
            current=as_text(data.get("oaCurrentQuality")) or "UNDEFINED",
            last_7_days=as_text(data.get("oa7dayQuality")) or "UNDEFINED",
        )

    async def _legacy(self, access_token: str, body: dict) -> LegacyQuota:
        path = "/v2.0/oa/quota/message"
        answer = await self._call("openapi", "POST", path, access_token, json_body=body, repeatable=True)
        data = as_mapping(answer.data)
        return LegacyQuota(as_text(data.get("type")), as_int(data.get("remain")), as_int(data.get("total")))

    async def _quota(self, access_token: str, body: dict):
        path = "/v3.0/oa/quota/message"
        return (await self._call("openapi", "POST", path, access_token, json_body=body, repeatable=True)).data


def _package(data: dict) -> QuotaPackage:
    return QuotaPackage(
        asset_id=as_id(data.get("asset_id")),
        product_type=as_text(data.get("product_type")),
        quota_type=as_text(data.get("quota_type")),
        valid_through=as_text(data.get("valid_through")),
        total=as_int(data.get("total")),
        left=as_int(data.get("remain")),
    )
