"""The buttons under a dossier's news: the next step of that news first, the way out last."""

from motcua.tenancy import current
from motcua.zalo.errors import ZaloRejected
from motcua.zalo.messages import Button, CallPhone, OpenUrl, QueryHide

from . import codes, news_words
from .models import Dossier, Follow
from .records import Made

MOST = 5
TITLES = {
    "see": ("Xem tiến độ hồ sơ", "See the progress"),
    "leave": ("Bỏ theo dõi hồ sơ này", "Stop following"),
    "follow": ("Theo dõi hồ sơ này", "Follow this dossier"),
    "see_list": ("Xem danh sách cần bổ sung", "See what is missing"),
    "see_fee": ("Xem khoản phải nộp", "See what to pay"),
    "call": ("Gọi người hướng dẫn", "Call the officer"),
    "pay": ("Nộp trực tuyến", "Pay online"),
    "person": ("Gặp cán bộ", "Talk to an officer"),
    "prove": ("Xem chi tiết (xác minh 4 số)", "See details (4 digits)"),
    "postal_return": ("Nhận kết quả qua bưu điện", "Have it sent by post"),
    "delegate": ("Nhờ người khác nhận thay", "Let someone else collect"),
    "e_result": ("Xem kết quả điện tử", "Open the e-result"),
    "requests": ("Gửi yêu cầu về hồ sơ", "Ask the desk for something"),
}
SUPPLEMENTS = frozenset({"dossier_supplement", "dossier_supplement_reminder"})
FEES = frozenset({"dossier_fee", "dossier_fee_reminder"})
READY = frozenset({"dossier_ready", "dossier_ready_early", "dossier_corrected"})
ASK_A_PERSON = frozenset({
    "dossier_refused", "dossier_stopped", "dossier_supplement_lapsed", "dossier_late", "dossier_recalled",
    "dossier_silent", "dossier_withdrawal", "dossier_withdrawal_refused", "dossier_returned", "request_refused",
})  # fmt: skip


def under(kind: str, dossier: Dossier, made: Made, found: Follow | None, language: str) -> tuple[Button, ...]:
    """At most five."""
    knows = found is not None and found.knows_details
    first = [*_next_steps(kind, dossier, made, knows, language)]
    see = OpenUrl(_title("see", language), _page(dossier))
    if found is None or found.ended_at is not None:
        last = QueryHide(_title("follow", language), f"theo dõi {codes.spaced(dossier.token)}")
    else:
        last = QueryHide(_title("leave", language), f"bỏ theo dõi {dossier.code}")
    return (*first[: MOST - 2], see, last)


def _next_steps(kind: str, dossier: Dossier, made: Made, knows: bool, language: str):
    if kind in SUPPLEMENTS:
        yield OpenUrl(_title("see_list", language), _page(dossier, "bo-sung"))
        if knows and made.supplement is not None and made.supplement.contact_phone:
            yield from _call(made.supplement.contact_phone, language)
    elif kind in FEES:
        hosts = current.news_rules().pay_hosts
        if knows and made.fee is not None and news_words.may_link(made.fee.pay_url, hosts):
            yield OpenUrl(_title("pay", language), made.fee.pay_url)
        yield OpenUrl(_title("see_fee", language), _page(dossier, "phi"))
    elif kind in READY and knows:
        if news_words.has_file(made.result):
            yield _command("e_result", dossier, language)
        yield _command("postal_return", dossier, language)
        yield _command("delegate", dossier, language)
    elif kind in READY:
        yield _command("prove", dossier, language)
    elif kind == "dossier_status" and knows:
        yield _command("requests", dossier, language)
    if kind in ASK_A_PERSON:
        yield QueryHide(_title("person", language), "#person")


def _call(phone: str, language: str):
    try:
        yield CallPhone(_title("call", language), phone)
    except ZaloRejected:  # as the source wrote it, it cannot be dialled; it still stands in the text
        return


def _command(name: str, dossier: Dossier, language: str) -> QueryHide:
    return QueryHide(_title(name, language), f"#{name.replace('_', '-')}:{dossier.code}")


def _page(dossier: Dossier, part: str = "") -> str:
    return current.public_url(f"/t/{dossier.token}") + (f"#{part}" if part else "")


def _title(name: str, language: str) -> str:
    return TITLES[name][language == "en"]
