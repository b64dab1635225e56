"""How much advertising (tag PROMOTION) an account may send and a person may get."""

from ..call import Call
from ..errors import ZaloError
from ..world.clock import local_day
from ..world.records import Template


def check(call: Call, template: Template, citizen_id: str) -> None:
    """-1472 a day and -1471 a month per person over all accounts, -1441 a month per account."""
    if template.tag != "PROMOTION":
        return
    today, settings, count = local_day(call.now_ms), call.world.settings, call.world.tallies.count
    if count("promotion", citizen_id, today) >= settings.promotions_per_user_day:
        raise ZaloError(-1472)
    if count("promotion", citizen_id, today[:7]) >= settings.promotions_per_user_month:
        raise ZaloError(-1471)
    if left_this_month(call) <= 0:
        raise ZaloError(-1441)


def spend(call: Call, template: Template, citizen_id: str) -> None:
    if template.tag != "PROMOTION":
        return
    today = local_day(call.now_ms)
    for period in (today, today[:7]):
        call.world.tallies.add("promotion", citizen_id, period)
    call.world.tallies.add("promotions of", call.oa.oa_id, today[:7])


def left_this_month(call: Call) -> int:
    used = call.world.tallies.count("promotions of", call.oa.oa_id, local_day(call.now_ms)[:7])
    return max(0, call.oa.promotion_monthly_quota - used)


def per_user(call: Call, citizen_id: str) -> dict:
    """What a person may still get, in the names of the account's quota endpoint."""
    today, settings, count = local_day(call.now_ms), call.world.settings, call.world.tallies.count
    day, month = settings.promotions_per_user_day, settings.promotions_per_user_month
    return {
        "daily_remain": str(max(0, day - count("promotion", citizen_id, today))),
        "daily_total": str(day),
        "monthly_remain": str(max(0, month - count("promotion", citizen_id, today[:7]))),
        "monthly_total": str(month),
    }
