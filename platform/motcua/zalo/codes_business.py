"""Error codes of business.openapi.zalo.me (ZBS template messages, once ZNS)."""

from .code import Code
from .families import (
    NightBlocked,
    NotEntitled,
    QuotaExceeded,
    RecipientUnreachable,
    ZaloNeedsConsent,
    ZaloRejected,
    ZaloTokenInvalid,
    ZaloUnavailable,
)
from .retry import Retry

_REPORT = "Yêu cầu gửi sang Zalo chưa đúng. Xin báo đội kỹ thuật kèm mã lỗi này."
_APP = "Ứng dụng Zalo chưa đúng hoặc chưa kích hoạt. Xin kiểm tra trong trang Zalo for Developers."
_SECRET = "Khóa bí mật của ứng dụng chưa đúng. Xin nhập lại khóa trong cấu hình ứng dụng Zalo."  # noqa: S105 - prose
_DATA = "Dữ liệu điền vào mẫu tin chưa đúng. Xin so lại các mục với mẫu đã duyệt rồi tạo tin mới."
_BUTTON = "Nút bấm của mẫu tin chưa đúng. Xin sửa nút trong mẫu rồi tạo tin mới."
_TEMPLATE = "Mẫu tin chưa dùng được. Xin chọn một mẫu tin đã được Zalo duyệt."
_PERMISSION = (
    "OA hoặc ứng dụng chưa có quyền gửi tin ZBS. Xin bật quyền này trong trang quản trị OA và ứng dụng."
)
_REFUSES = "Người dân đã từ chối nhận tin loại này. Xin liên hệ bằng cách khác."
_NO_ZALO = "Số điện thoại này không có tài khoản Zalo nhận được tin. Xin liên hệ bằng cách khác."
_PROMOTION = "Người dân đã nhận đủ tin quảng bá trong kỳ; hệ thống sẽ gửi lại khi sang kỳ mới."
_KEY = "Khóa mã hóa của OA với Zalo chưa đúng. Xin tạo lại khóa rồi thử lại."
_JOURNEY = "Mã hành trình đã thiếu, sai hoặc hết hạn. Xin xin mã mới rồi gửi lại."
_FILE = "Tệp tải lên sai loại hoặc quá lớn. Xin đổi tệp rồi tải lại."

CODES: dict[int, Code] = {
    -100: Code(ZaloUnavailable, "unknown error at Zalo", ZaloUnavailable.remedy),
    -101: Code(NotEntitled, "app invalid", _APP),
    -102: Code(NotEntitled, "app does not exist", _APP),
    -103: Code(NotEntitled, "app not activated", _APP),
    -104: Code(NotEntitled, "app secret invalid", _SECRET),
    -105: Code(ZaloNeedsConsent, "app not linked to this OA", ZaloNeedsConsent.remedy),
    -106: Code(ZaloRejected, "HTTP method unsupported", _REPORT),
    -107: Code(ZaloRejected, "message id invalid", _REPORT),
    -108: Code(
        ZaloRejected, "phone number invalid", "Số điện thoại chưa đúng. Xin sửa số của người dân rồi gửi lại."
    ),
    -109: Code(ZaloRejected, "template id invalid", _TEMPLATE),
    -1091: Code(
        ZaloRejected,
        "template cannot be edited in its state",
        "Chỉ sửa được mẫu tin đã bị từ chối. Xin tạo mẫu mới thay cho mẫu này.",
    ),
    -110: Code(RecipientUnreachable, "recipient's Zalo version unsupported", _NO_ZALO),
    -111: Code(ZaloRejected, "template_data empty", _DATA),
    -112: Code(ZaloRejected, "template_data type or content invalid", _DATA),
    -1121: Code(
        ZaloRejected,
        "value too long",
        "Một mục của mẫu tin dài quá mức cho phép. Xin rút gọn rồi tạo tin mới.",
    ),
    -1122: Code(
        ZaloRejected, "parameter missing", "Mẫu tin còn thiếu mục bắt buộc. Xin điền đủ rồi tạo tin mới."
    ),
    -1123: Code(ZaloRejected, "QR cannot be made", _DATA),
    -1124: Code(
        ZaloRejected,
        "wrong format",
        "Một mục của mẫu tin sai kiểu dữ liệu. Xin sửa ngày, số hoặc mã rồi tạo tin mới.",
    ),
    -113: Code(ZaloRejected, "button invalid", _BUTTON),
    -1131: Code(ZaloRejected, "button content invalid", _BUTTON),
    -114: Code(RecipientUnreachable, "user cannot receive (inactive, refuses, old version)", _NO_ZALO),
    -115: Code(
        QuotaExceeded,
        "not enough balance or quota",
        "Tài khoản ZBS không đủ tiền hoặc hạn mức. Xin nạp thêm; tin đang chờ sẽ tự gửi tiếp.",
        Retry.AFTER_FIX,
    ),
    -116: Code(ZaloRejected, "text invalid", _DATA),
    -117: Code(
        ZaloRejected,
        "no permission on this template",
        "Mẫu tin thuộc OA hoặc ứng dụng khác. Xin chọn mẫu tin của chính OA này.",
    ),
    -118: Code(RecipientUnreachable, "no Zalo account for this phone", _NO_ZALO),
    -119: Code(RecipientUnreachable, "account cannot receive template messages", _NO_ZALO),
    -120: Code(NotEntitled, "OA lacks permission for this function", _PERMISSION),
    -1201: Code(NotEntitled, "OA lacks permission for this function", _PERMISSION),
    -1202: Code(NotEntitled, "OA lacks permission for this function", _PERMISSION),
    -121: Code(ZaloRejected, "body empty", _REPORT),
    -122: Code(ZaloRejected, "body is not JSON", _REPORT),
    -123: Code(ZaloRejected, "RSA decryption failed", _KEY),
    -124: Code(ZaloTokenInvalid, "access token invalid", ZaloTokenInvalid.remedy),
    -1241: Code(NotEntitled, "appsecret_proof invalid", _SECRET),
    -125: Code(NotEntitled, "OA id invalid", "Mã OA chưa đúng. Xin kiểm tra mã OA của tỉnh rồi kết nối lại."),
    -126: Code(
        QuotaExceeded,
        "development wallet out",
        "Ví thử nghiệm đã hết. Xin nạp ví thử nghiệm hoặc gửi ở chế độ thật.",
        Retry.NEVER,  # a person is trying a template: nothing to keep waiting
    ),
    -127: Code(
        ZaloRejected,
        "development recipient is not an admin",
        "Chế độ thử nghiệm chỉ gửi cho quản trị viên của ứng dụng hoặc OA. Xin chọn số của họ.",
    ),
    -128: Code(ZaloRejected, "encryption key missing", _KEY),
    -129: Code(ZaloRejected, "encryption key cannot be generated", _KEY),
    -130: Code(ZaloRejected, "content over the size limit", _DATA),
    -131: Code(ZaloRejected, "template not approved", _TEMPLATE),
    -132: Code(ZaloRejected, "a request parameter is invalid", _REPORT),
    -133: Code(NightBlocked, "not allowed at night", NightBlocked.remedy),
    -134: Code(RecipientUnreachable, "user has not opted in", _REFUSES),
    -135: Code(
        NotEntitled,
        "OA may not send template messages (unverified or wrong plan)",
        "OA chưa được gửi tin ZBS. Xin xác thực OA và nâng gói dịch vụ trong trang quản trị OA.",
    ),
    -1351: Code(NotEntitled, "OA blocked", "OA đang bị Zalo khóa gửi tin. Xin liên hệ Zalo để mở lại."),
    -136: Code(
        NotEntitled,
        "a ZBS account must be linked",
        "OA chưa liên kết tài khoản ZBS. Xin liên kết tài khoản trả phí tại account.zalo.solutions.",
    ),
    -137: Code(
        QuotaExceeded,
        "charging the ZBS account failed",
        "Zalo không trừ được tiền tài khoản ZBS. Xin nạp thêm tiền; tin đang chờ sẽ tự gửi tiếp.",
        Retry.AFTER_FIX,
    ),
    -138: Code(NotEntitled, "app has no permission", _PERMISSION),
    -1381: Code(NotEntitled, "app has no permission", _PERMISSION),
    -139: Code(RecipientUnreachable, "user refuses this message type", _REFUSES),
    -140: Code(
        ZaloRejected,
        "not eligible (after-service rule)",
        "Người dân chưa đủ điều kiện nhận loại tin chăm sóc này. Xin dùng mẫu tin giao dịch.",
    ),
    -141: Code(RecipientUnreachable, "user refuses this OA", _REFUSES),
    -142: Code(ZaloRejected, "RSA key missing", _KEY),
    -143: Code(ZaloRejected, "RSA key exists already", _KEY),
    -144: Code(
        QuotaExceeded,
        "OA daily quota used up",
        "OA đã dùng hết hạn mức tin ZBS trong ngày; hệ thống sẽ gửi tiếp vào ngày mai.",
    ),
    -1441: Code(
        QuotaExceeded,
        "OA monthly promotion quota used up",
        "OA đã dùng hết hạn mức tin quảng bá trong tháng. Xin đợi sang tháng sau hoặc nâng hạn mức.",
        Retry.NEXT_MONTH,
    ),
    -145: Code(
        NotEntitled,
        "OA may not send this content tag",
        "OA chưa được gửi loại nội dung này. Xin dùng mẫu tin loại giao dịch.",
        Retry.NEVER,  # it takes weeks of good quality, not a setting
    ),
    -146: Code(
        ZaloRejected,
        "template disabled for low quality",
        "Mẫu tin bị khóa vì chất lượng thấp. Xin tạo mẫu mới với nội dung rõ ràng hơn.",
    ),
    -147: Code(
        QuotaExceeded,
        "template daily quota used up",
        "Mẫu tin đã dùng hết hạn mức trong ngày; hệ thống sẽ gửi tiếp vào ngày mai.",
    ),
    -1471: Code(QuotaExceeded, "user's monthly promotion quota used up", _PROMOTION, Retry.NEXT_MONTH),
    -1472: Code(QuotaExceeded, "user's daily promotion quota used up", _PROMOTION),
    -148: Code(ZaloRejected, "journey token missing", _JOURNEY),
    -149: Code(ZaloRejected, "journey token invalid", _JOURNEY),
    -1491: Code(ZaloRejected, "journey token expired or of another kind", _JOURNEY),
    -150: Code(ZaloRejected, "journey token expired or not for this message", _JOURNEY),
    -151: Code(ZaloRejected, "end-to-end encryption data invalid", _KEY),
    -152: Code(ZaloRejected, "data format invalid", _DATA),
    -153: Code(ZaloRejected, "data invalid", _DATA),
    -158: Code(ZaloRejected, "uploaded file type not supported", _FILE),
    -159: Code(ZaloRejected, "uploaded file too large", _FILE),
    -160: Code(
        QuotaExceeded,
        "daily create, edit or upload allowance used up",
        "Đã dùng hết lượt tạo, sửa mẫu hoặc tải tệp trong ngày. Xin thử lại vào ngày mai.",
    ),
    -161: Code(ZaloRejected, "sending_mode invalid", _REPORT),
    -162: Code(
        ZaloRejected,
        "sending_mode 3 with a template of tag 1 or 2",
        "Chỉ mẫu tin quảng bá mới gửi vượt hạn mức được. Xin gửi ở chế độ thường.",
    ),
    # Not in this host's own table, yet seen in production.
    -220: Code(ZaloTokenInvalid, "access token expired or removed", ZaloTokenInvalid.remedy),
}
