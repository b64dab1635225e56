"""Codes of the call endpoints of openapi.zalo.me: positive numbers that mean something there alone.

Some are answers rather than failures: `calls.Calls.call_consent` gives those as a state.
"""

from .code import Code
from .families import (
    NightBlocked,
    NotEntitled,
    QuotaExceeded,
    RecipientUnreachable,
    ZaloRejected,
    ZaloUnavailable,
)

_REPORT = "Yêu cầu gửi sang Zalo chưa đúng. Xin báo đội kỹ thuật kèm mã lỗi này."
_REFUSED = "Người dân chưa đồng ý nhận cuộc gọi từ OA. Xin nhắn tin hoặc liên hệ bằng cách khác."
_WAITING = "Người dân chưa trả lời lời xin phép gọi. Xin đợi họ trả lời, tối đa 24 giờ."
_HOURS = "Ngoài giờ được gọi. Xin gọi lại trong giờ làm việc đã đặt trong trang quản trị OA."

CODES: dict[int, Code] = {
    1: Code(
        ZaloRejected,
        "already allowed to call",
        "Người dân đã đồng ý nhận cuộc gọi. Xin gọi luôn, khỏi hỏi lại.",
    ),
    2: Code(ZaloRejected, "request sent before", _WAITING),
    3: Code(RecipientUnreachable, "user rejected the request", _REFUSED),
    4: Code(RecipientUnreachable, "user blocked calls", _REFUSED),
    5: Code(
        QuotaExceeded,
        "too many requests for consent",
        "OA đã xin phép gọi quá số lần cho phép. Xin đợi sang ngày mai rồi thử lại.",
    ),
    6: Code(
        NotEntitled,
        "insufficient permissions",
        "Ứng dụng chưa có quyền gọi thoại. Xin bật quyền này trong trang ứng dụng rồi cấp quyền lại cho OA.",
    ),
    7: Code(ZaloRejected, "a reason is needed", _REPORT),
    8: Code(ZaloRejected, "waiting for the user's approval", _WAITING),
    9: Code(
        RecipientUnreachable,
        "user never interacted with the OA",
        "Người dân chưa từng nhắn cho OA. Xin mời họ quan tâm OA hoặc liên hệ bằng cách khác.",
    ),
    10: Code(ZaloUnavailable, "bad connection", ZaloUnavailable.remedy),
    11: Code(ZaloRejected, "bad request", _REPORT),
    12: Code(ZaloUnavailable, "error at Zalo", ZaloUnavailable.remedy),
    13: Code(ZaloRejected, "invalid parameter", _REPORT),
    14: Code(ZaloRejected, "failed", _REPORT),
    16: Code(ZaloRejected, "consent expired", "Lời xin phép gọi đã hết hạn. Xin gửi lời xin phép mới."),
    18: Code(NightBlocked, "outside working hours", _HOURS),
    19: Code(NightBlocked, "not in the permitted hours", _HOURS),
    20: Code(
        ZaloRejected,
        "consent never asked for",
        "OA chưa xin phép gọi người dân này. Xin gửi lời xin phép trước.",
    ),
    21: Code(
        NotEntitled,
        "the OA has switched calls to it off",
        "OA đã tắt cuộc gọi đến. Xin bật lại trong trang quản trị OA.",
    ),
}
