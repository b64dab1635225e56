"""Zalo's errors: the families, and which family a code belongs to on each host."""

import re

from . import codes_business, codes_calls, codes_graph, codes_oauth, codes_openapi
from .code import Code
from .families import (
    AttachmentExpired,
    NightBlocked,
    NotEntitled,
    QuotaExceeded,
    RateLimited,
    RecipientUnreachable,
    StillProcessing,
    UnknownZaloCode,
    ZaloError,
    ZaloNeedsConsent,
    ZaloRejected,
    ZaloTokenInvalid,
    ZaloUnavailable,
    ZaloUncertain,
)
from .retry import Retry

__all__ = [
    "AttachmentExpired",
    "NightBlocked",
    "NotEntitled",
    "QuotaExceeded",
    "RateLimited",
    "RecipientUnreachable",
    "Retry",
    "StillProcessing",
    "UnknownZaloCode",
    "ZaloError",
    "ZaloNeedsConsent",
    "ZaloRejected",
    "ZaloTokenInvalid",
    "ZaloUnavailable",
    "ZaloUncertain",
    "error_for",
    "masked",
]

# A template sent by user id goes to openapi and yet may answer with the template's codes; the other
# way round the common ones (-32, -216) turn up. Each host's own table comes first.
_TABLES = {
    "oauth": (codes_oauth.CODES,),
    "openapi": (codes_openapi.CODES, codes_business.CODES),
    "business": (codes_business.CODES, codes_openapi.CODES),
    "graph": (codes_graph.CODES, codes_openapi.CODES, codes_business.CODES),
}
_CALLS = "oa/call/"
_LONGEST_REASON = 300
_ARTICLE_QUOTA = re.compile(r"quota.*article|article.*quota", re.IGNORECASE)
# Zalo repeats what it was sent: phone numbers and ids, tokens, quoted values.
_PERSONAL = re.compile(
    r"""\+?[0-9](?:[ .\-]?[0-9]){6,}
    | (?=[A-Za-z_\-+/=.]*[0-9])[A-Za-z0-9_\-+/=.]{16,}
    | '[^']*' | "[^"]*" | “[^”]*” | <[^>]*@[^>]*>""",
    re.VERBOSE,
)


def error_for(host: str, code: int, message: str = "", endpoint: str | None = None) -> ZaloError:
    """The exception for a non-zero `code` that `host` ("oauth", "openapi", "business", "graph") answered.

    `message` is Zalo's own wording, kept as `zalo_message` and, with what may be personal masked, in
    `details["zalo_message"]`: for the admin, not the citizen.
    """
    message = message[:_LONGEST_REASON]
    about = {"zalo_code": code, "zalo_message": message, "endpoint": endpoint}
    details = {"zalo_code": code, "zalo_host": host, "zalo_message": masked(message)}
    if endpoint:
        details["zalo_endpoint"] = endpoint
    known = _known(host, code, message, endpoint or "")
    if known is None:
        return UnknownZaloCode(f"Zalo báo lỗi {code}: {UnknownZaloCode.remedy}", details=details, **about)
    text = f"Zalo báo lỗi {code}: {known.remedy}"
    return known.family(text, details=details, retry=known.retry, remedy=known.remedy, **about)


def _known(host: str, code: int, message: str, endpoint: str) -> Code | None:
    if _CALLS in endpoint and code in codes_calls.CODES:
        return codes_calls.CODES[code]
    if code == -223 and _ARTICLE_QUOTA.search(message):
        return codes_openapi.ARTICLE_QUOTA
    return next((table[code] for table in _TABLES[host] if code in table), None)


def masked(message: str) -> str:
    """Zalo's words fit for a log: numbers of seven digits and more, tokens and quoted values left out."""
    return _PERSONAL.sub("***", message)
