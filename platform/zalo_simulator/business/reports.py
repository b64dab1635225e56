from ..call import Call
from ..errors import ZaloError
from ..world.records import Message, Rating
from .promotion import left_this_month
from .sending import find_template, left_today


def message_status(call: Call) -> dict:
    """GET /message/status: -1 unknown, 0 sent, 1 delivered."""
    message_id = call.arguments().get("message_id")
    if not message_id:
        raise ZaloError(-107)
    found = call.world.find_message(str(message_id))
    if found is None or found[0].oa_id != call.oa.oa_id:
        return {"delivery_time": "", "message": "The message is unknown", "status": -1}
    return _status(found[1])


def _status(message: Message) -> dict:
    if message.received_at_ms is None:
        return {"delivery_time": "", "message": "The message is sent, not yet on the device", "status": 0}
    return {"delivery_time": str(message.sent_at_ms), "message": "The message is delivered", "status": 1}


def message_quota(call: Call) -> dict:
    """GET /message/quota"""
    return {
        "dailyQuota": str(call.oa.daily_quota),
        "remainingQuota": str(left_today(call)),
        "dailyQuotaPromotion": None,
        "remainingQuotaPromotion": None,
        "monthlyPromotionQuota": str(call.oa.promotion_monthly_quota),
        "remainingMonthlyPromotionQuota": str(left_this_month(call)),
        "estimatedNextMonthPromotionQuota": str(call.oa.promotion_monthly_quota),
    }


def template_tags(call: Call) -> list[str]:
    """GET /message/template-tag"""
    return call.oa.template_tags


def quality(call: Call) -> dict:
    """GET /quality"""
    return {"oaCurrentQuality": call.oa.quality, "oa7dayQuality": call.oa.quality}


def ratings(call: Call) -> dict:
    """/rating/get, GET or POST (the sources disagree)."""
    arguments = call.any_arguments()
    template = find_template(call, arguments.get("template_id"))
    start, end, offset, limit = _span(arguments)
    found = [
        rating
        for rating in call.world.ratings
        if rating.template_id == template.template_id and start <= rating.submitted_at_ms <= end
    ]
    return {"total": len(found), "data": [_rating(rating) for rating in found[offset : offset + limit]]}


def _rating(rating: Rating) -> dict:
    return {
        "note": rating.note,
        "rate": rating.rate,
        "submitDate": str(rating.submitted_at_ms),
        "msgId": rating.message_id,
        "feedbacks": rating.feedbacks,
        "trackingId": rating.tracking_id,
        "oaId": rating.oa_id,
    }


def responses(call: Call) -> dict:
    """/response/get, GET or POST: the quick-reply buttons citizens pressed."""
    arguments = call.any_arguments()
    template = find_template(call, arguments.get("template_id"))
    start, end, offset, limit = _span(arguments)
    found = [
        {name: value for name, value in row.items() if name != "templateId"}
        for row in call.world.responses
        if row["templateId"] == template.template_id and start <= int(row["submitDate"]) <= end
    ]
    return {"total": len(found), "data": found[offset : offset + limit]}


def _span(arguments: dict) -> tuple[int, ...]:
    """from_time, to_time (ms), offset, limit"""
    defaults = (("from_time", 0), ("to_time", 2**63), ("offset", 0), ("limit", 100))
    return tuple(_number(arguments, name, default) for name, default in defaults)


def _number(arguments: dict, name: str, default: int) -> int:
    try:
        number = int(arguments.get(name, default))
    except (TypeError, ValueError):
        raise ZaloError(-132, f"{name} is invalid") from None
    if number < 0:
        raise ZaloError(-132, f"{name} is invalid")
    return number
