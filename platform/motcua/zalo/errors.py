"""Zalo's errors: the families, and which family a code belongs to on each host."""

from . import codes_business, codes_oauth, codes_openapi
from .families import (
    AttachmentExpired,
    NightBlocked,
    NotEntitled,
    QuotaExceeded,
    RateLimited,
    RecipientUnreachable,
    Retry,
    StillProcessing,
    UnknownZaloCode,
    ZaloError,
    ZaloNeedsConsent,
    ZaloRejected,
    ZaloTokenInvalid,
    ZaloUnavailable,
    ZaloUncertain,
)

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
]

# A template sent by user id goes to openapi and yet may answer with the template's codes; the other
# way round the common ones (-32, -216) turn up. Each host's own table comes first.
_TABLES = {
    "oauth": (codes_oauth.CODES,),
    "openapi": (codes_openapi.CODES, codes_business.CODES),
    "business": (codes_business.CODES, codes_openapi.CODES),
    "graph": (codes_openapi.CODES,),
}
_LONGEST_REASON = 300


def error_for(host: str, code: int, message: str = "") -> ZaloError:
    """The exception for a non-zero `code` that `host` ("oauth", "openapi", "business", "graph") answered.

    `message` is Zalo's own wording; it is kept in `details["zalo_message"]`, for the admin, not the citizen.
    """
    details = {"zalo_code": code, "zalo_host": host, "zalo_message": message[:_LONGEST_REASON]}
    for table in _TABLES[host]:
        if code in table:
            known = table[code]
            text = f"Zalo báo lỗi {code}: {known.remedy}"
            return known.family(text, details=details, zalo_code=code, retry=known.retry, remedy=known.remedy)
    return UnknownZaloCode(f"Zalo báo lỗi {code}: {UnknownZaloCode.remedy}", details=details, zalo_code=code)
