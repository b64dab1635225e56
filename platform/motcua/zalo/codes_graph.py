"""Error codes of graph.zalo.me (profile and phone of a person who signs in or uses the Mini App)."""

from .code import Code
from .families import (
    NotEntitled,
    QuotaExceeded,
    RecipientUnreachable,
    ZaloRejected,
    ZaloTokenInvalid,
    ZaloUnavailable,
)
from .retry import Retry

_REPORT = "Yêu cầu gửi sang Zalo chưa đúng. Xin báo đội kỹ thuật kèm mã lỗi này."
_SIGN_IN_AGAIN = "Phiên đăng nhập Zalo của người dân đã hết hạn. Xin mời họ đăng nhập lại."
_APP_QUOTA = "Ứng dụng Zalo đã dùng hết lượt gọi. Xin đợi sang kỳ mới hoặc xin Zalo nâng hạn mức."

CODES: dict[int, Code] = {
    100: Code(ZaloRejected, "invalid parameter", _REPORT),
    110: Code(ZaloRejected, "invalid user id", _REPORT),
    111: Code(ZaloRejected, "cannot be resolved to a user id", _REPORT),
    112: Code(
        NotEntitled,
        "app is not linked with any Official Account",
        "Ứng dụng chưa liên kết với OA nào. Xin liên kết OA trong trang Zalo for Developers.",
    ),
    117: Code(
        ZaloRejected,
        "phone token expired or used",
        "Mã lấy số điện thoại đã hết hạn hoặc đã dùng. Xin mời người dân bấm đồng ý lại.",
    ),
    210: Code(
        RecipientUnreachable, "user not visible", "Zalo không cho xem người này. Xin hỏi họ trực tiếp."
    ),
    # The person's own token: there is no refreshing it on their behalf here.
    452: Code(ZaloTokenInvalid, "session key invalid or revoked", _SIGN_IN_AGAIN, Retry.AFTER_FIX),
    2500: Code(ZaloRejected, "syntax error", _REPORT),
    10000: Code(ZaloUnavailable, "call failed", ZaloUnavailable.remedy),
    10001: Code(ZaloRejected, "method not supported", _REPORT),
    10002: Code(ZaloUnavailable, "unknown exception", ZaloUnavailable.remedy),
    10003: Code(ZaloRejected, "item does not exist", _REPORT),
    11004: Code(
        NotEntitled,
        "app disabled or banned",
        "Ứng dụng Zalo đã bị khóa. Xin mở lại trong trang Zalo for Developers.",
    ),
    12000: Code(QuotaExceeded, "app quota used up", _APP_QUOTA),
    12002: Code(QuotaExceeded, "app daily quota used up", _APP_QUOTA),
    12004: Code(QuotaExceeded, "app monthly quota used up", _APP_QUOTA, Retry.NEXT_MONTH),
}
