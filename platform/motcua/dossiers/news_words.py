"""The words of a dossier's news, in the reader's language and short enough for one message.

Lists and reasons are shortened here, so that the next step, which stands at the end, is never cut off.
"""

from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

from motcua.core.calendar import Calendar
from motcua.tenancy import current

from . import codes, wording
from .models import Dossier
from .record_models import DossierApology, DossierFee, DossierResult, DossierSupplement
from .records import Made

MOST_ITEMS, ITEM_LENGTH, REASON_LENGTH, NAME_LENGTH = 5, 75, 400, 150
# What only whoever proved that the dossier is theirs may read (the ladder of personal data).
PRIVATE = (
    "department", "officer", "officer_title", "step", "note", "items", "more_items", "contact_phone", "amount",
    "fee_items", "paid", "paid_at", "method", "receipt_number", "results", "has_file", "post_code", "answer",
)  # fmt: skip
METHODS = {
    "national": ("trên Cổng Dịch vụ công quốc gia", "on the National Public Service Portal"),
    "local": ("trên hệ thống của tỉnh", "on the province's system"),
    "cash": ("tiền mặt", "in cash"),
    "transfer": ("chuyển khoản", "by bank transfer"),
}
HANDOVERS = {
    "desk": ("nhận tại quầy", "collected at the desk"),
    "post": ("gửi qua bưu điện", "sent by post"),
    "electronic": ("bản điện tử", "electronically"),
}
# What a countdown in a text counts down to; a kind that is not here has none.
COUNTED: dict[str, Callable[[Dossier, Made], datetime | None]] = {
    "dossier_accepted": lambda dossier, made: dossier.due_at,
    "dossier_supplement": lambda dossier, made: made.supplement and made.supplement.respond_by,
    "dossier_supplement_reminder": lambda dossier, made: made.supplement and made.supplement.respond_by,
    "dossier_fee": lambda dossier, made: made.fee and made.fee.pay_by,
    "dossier_fee_reminder": lambda dossier, made: made.fee and made.fee.pay_by,
    "dossier_status": lambda dossier, made: None if dossier.is_finished else dossier.due_at,
}


def of(dossier: Dossier, language: str, made: Made, more: dict, days_left: str | None) -> dict:
    """The words of a text; times in `more` are put as that language says them, a dict holds a word by language."""
    said = {
        name: wording.moment(value, language)
        if isinstance(value, datetime)
        else value[language]
        if isinstance(value, dict)
        else value
        for name, value in more.items()
    }
    if said.get("note"):
        said["note"] = clip(said["note"], REASON_LENGTH)
    return (
        _of_dossier(dossier, language)
        | said
        | of_supplement(made.supplement, language)
        | of_fee(made.fee, language)
        | _of_apology(made.apology, language)
        | of_result(made.result, language)
        | {"days_left": days_left}
    )


def without_details(words: dict) -> dict:
    return words | dict.fromkeys(PRIVATE)


def may_link(url: str | None, hosts: tuple[str, ...]) -> bool:
    """Only https, and only to a host on the list or below one."""
    if not url:
        return False
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".").lower()
        is_plain = parts.scheme == "https" and parts.port in (None, 443) and "@" not in parts.netloc
    except ValueError:
        return False
    return is_plain and any(host == one or host.endswith(f".{one}") for one in hosts)


def days_left(calendar: Calendar, at: datetime, until: datetime | None, language: str = "vi") -> str | None:
    """`còn 2 ngày làm việc`; None where it is over or never set."""
    if until is None or until <= at:
        return None
    days = int(calendar.days_between(at, until) + 1e-6)
    if days == 0:
        is_today = calendar.local(at).date() == calendar.local(until).date()
        if language == "en":
            return "today is the last day" if is_today else "less than 1 working day left"
        return "hôm nay là ngày cuối" if is_today else "còn chưa đến 1 ngày làm việc"
    if language == "en":
        return f"{days} working day{'s' if days > 1 else ''} left"
    return f"còn {days} ngày làm việc"


def money(amount_vnd: int, language: str = "vi") -> str:
    """`1.200.000 đồng`."""
    if language == "en":
        return f"{amount_vnd:,} VND"
    return f"{amount_vnd:,} đồng".replace(",", ".")


def clip(text: str, longest: int) -> str:
    """At most `longest` characters, cut between words."""
    text = " ".join(text.split())
    if len(text) <= longest:
        return text
    return text[: longest - 1].rsplit(" ", 1)[0].rstrip(" ,.;:") + "…"


def paper(item: dict, language: str = "vi", longest: int = ITEM_LENGTH) -> str:
    """`Tờ khai (1 bản chính, 2 bản sao): ghi chú`."""
    originals, copies = item.get("originals") or 0, item.get("copies") or 0
    names = ("original", "copy") if language == "en" else ("bản chính", "bản sao")
    counts = [f"{n} {name}" for n, name in zip((originals, copies), names, strict=True) if n]
    text = clip(item["name"], longest) + (f" ({', '.join(counts)})" if counts else "")
    return text + (f": {clip(item['note'], longest)}" if item.get("note") else "")


def of_supplement(supplement: DossierSupplement | None, language: str) -> dict:
    if supplement is None:
        return {}
    return {
        "items": [paper(one, language) for one in supplement.items[:MOST_ITEMS]],
        "more_items": max(len(supplement.items) - MOST_ITEMS, 0),
        "note": supplement.reason and clip(supplement.reason, REASON_LENGTH),
        "respond_by": wording.moment(supplement.respond_by, language),
        "contact_phone": supplement.contact_phone,
        "number": supplement.number,
    }


def of_fee(fee: DossierFee | None, language: str) -> dict:
    if fee is None:
        return {}
    rows = [(clip(one["name"], ITEM_LENGTH), one["amount_vnd"]) for one in fee.items[:MOST_ITEMS]]
    return {
        "amount": money(fee.amount_vnd, language),
        "fee_items": [f"{name}: {money(vnd, language)}" for name, vnd in rows],
        "is_waived": fee.amount_vnd == 0,
        "pay_by": wording.moment(fee.pay_by, language),
        "pay_online": may_link(fee.pay_url, current.news_rules().pay_hosts),
        "paid": money(fee.paid_vnd, language) if fee.paid_vnd is not None else None,
        "paid_at": wording.moment(fee.paid_at, language),
        "method": METHODS[fee.method][language == "en"] if fee.method else None,
        "receipt_number": fee.receipt_number,
    }


def _of_apology(apology: DossierApology | None, language: str) -> dict:
    if apology is None:
        return {}
    return {
        "apology_agency": clip(apology.agency_name, NAME_LENGTH),
        "note": clip(apology.reason, REASON_LENGTH),
        "old_due": wording.moment(apology.old_due_at, language),
    }


def of_result(result: DossierResult | None, language: str) -> dict:
    if result is None:
        return {}
    number = "no." if language == "en" else "số"
    return {
        "results": [
            clip(one["name"], ITEM_LENGTH) + (f" ({number} {one['number']})" if one.get("number") else "")
            for one in result.items[:MOST_ITEMS]
        ],
        "by_post": "post" in result.ways,
        "electronic": "electronic" in result.ways,
        "has_file": has_file(result),
        "handover_way": HANDOVERS[result.handover_way][language == "en"] if result.handover_way else None,
        "post_code": result.post_code,
    }


def has_file(result: DossierResult | None) -> bool:
    """Whether there is an e-result that we may lead to."""
    hosts = current.news_rules().file_hosts
    return result is not None and any(may_link(one.get("file_url"), hosts) for one in result.items)


def _of_dossier(dossier: Dossier, language: str) -> dict:
    contact = current.tenant().settings.get("contact") or {}
    return {
        "province": current.province_name(),
        "code": dossier.code,
        "procedure": clip(dossier.procedure_name, NAME_LENGTH),
        "status": wording.status(dossier, language),
        "agency": clip(dossier.agency_name, NAME_LENGTH),
        "department": dossier.department and clip(dossier.department, NAME_LENGTH),
        "officer": dossier.officer,
        "officer_title": dossier.officer_title,
        "step": dossier.step and clip(dossier.step, NAME_LENGTH),
        "due": wording.moment(dossier.due_at, language),
        "place": clip(dossier.pickup_place or dossier.agency_name, NAME_LENGTH),
        "hours": dossier.pickup_hours,
        "hotline": contact.get("hotline"),
        "as_of": wording.moment(dossier.source_time, language),
        "tracking_url": current.public_url(f"/t/{dossier.token}"),
        "follow_code": codes.spaced(dossier.token),
    }
