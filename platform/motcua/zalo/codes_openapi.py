"""Error codes of openapi.zalo.me (OA OpenAPI v2.0 and v3.0)."""

from .code import Code
from .families import (
    AttachmentExpired,
    NightBlocked,
    NotEntitled,
    QuotaExceeded,
    RateLimited,
    RecipientUnreachable,
    StillProcessing,
    ZaloNeedsConsent,
    ZaloRejected,
    ZaloTokenInvalid,
    ZaloUnavailable,
)
from .retry import Retry

_REPORT = "Yêu cầu gửi sang Zalo chưa đúng. Xin báo đội kỹ thuật kèm mã lỗi này."
_GONE_QUIET = "Tài khoản Zalo của người dân bị khóa hoặc đã lâu không dùng. Xin liên hệ bằng cách khác."
_CLOSED_GROUP = "Nhóm Zalo không còn dùng được. Xin chọn nhóm khác trong trang quản trị OA."
_GROUP_PACKAGE = (
    "Gói nhóm chat (GMF) đã dùng hoặc không hợp lệ. Xin kiểm tra gói nhóm trong trang quản trị OA."
)
_USE_TEMPLATE = "Đã quá thời gian trả lời tự do. Xin gửi bằng mẫu tin ZBS đã được duyệt."
_CONSENT_FIRST = "Biểu mẫu hoặc lời đồng ý của người dân không còn dùng được. Xin gửi lại yêu cầu xin đồng ý."

CODES: dict[int, Code] = {
    -32: Code(RateLimited, "rate limit of app or OA reached", RateLimited.remedy),
    -100: Code(AttachmentExpired, "attachment or asset expired", AttachmentExpired.remedy),
    -200: Code(
        ZaloUnavailable, "sending failed", "Zalo chưa gửi được tin; hệ thống sẽ tự gửi lại sau ít phút."
    ),
    -201: Code(
        ZaloRejected, "parameter invalid", "Một mục trong tin chưa đúng. Xin xem lời Zalo báo và sửa mục đó."
    ),
    -202: Code(ZaloRejected, "mac invalid (old signed API)", _REPORT),
    -204: Code(
        NotEntitled,
        "OA disabled or deleted",
        "OA đã bị khóa hoặc bị xóa. Xin mở lại OA hoặc kết nối OA khác của tỉnh.",
    ),
    -205: Code(
        NotEntitled,
        "OA does not exist",
        "OA không tồn tại. Xin kiểm tra mã OA trong cấu hình của tỉnh rồi kết nối lại.",
    ),
    -207: Code(ZaloRejected, "old API: OA is not a third party", _REPORT),
    -208: Code(ZaloRejected, "old API: OA has no secret key", _REPORT),
    -209: Code(
        NotEntitled,
        "app not activated, or API not supported for it",
        "Ứng dụng Zalo chưa kích hoạt. Xin bật ứng dụng trong trang Zalo for Developers.",
    ),
    -210: Code(
        ZaloRejected,
        "parameter exceeds the allowed limit",
        "Nội dung dài hoặc nhiều mục hơn mức Zalo cho phép. Xin rút gọn rồi tạo tin mới.",
    ),
    -211: Code(
        QuotaExceeded,
        "out of quota",
        "OA đã dùng hết hạn mức gửi tin. Xin đợi sang ngày hoặc mua thêm hạn mức trong trang quản trị OA.",
    ),
    -212: Code(
        NotEntitled,
        "app has not registered this API",
        "Ứng dụng chưa đăng ký nhóm quyền này. Xin bật quyền trong trang ứng dụng rồi cấp quyền lại cho OA.",
    ),
    -213: Code(
        RecipientUnreachable,
        "user has not followed, or has no relation with the OA",
        "Người dân chưa quan tâm OA. Xin mời quan tâm OA hoặc gửi theo số điện thoại.",
    ),
    -214: Code(StillProcessing, "article still processing", StillProcessing.remedy),
    -215: Code(
        NotEntitled,
        "app id invalid",
        "Mã ứng dụng Zalo sai. Xin kiểm tra mã ứng dụng trong cấu hình rồi thử lại.",
    ),
    -216: Code(ZaloTokenInvalid, "access token invalid or expired", ZaloTokenInvalid.remedy),
    -217: Code(
        RecipientUnreachable,
        "user blocked invitations",
        "Người dân đã chặn lời mời từ OA. Xin liên hệ bằng cách khác.",
    ),
    -218: Code(
        QuotaExceeded,
        "recipient's receive quota exhausted",
        "Người dân đã nhận đủ số tin trong ngày; hệ thống sẽ gửi lại vào ngày mai.",
    ),
    -219: Code(
        ZaloNeedsConsent,
        "app removed or disabled",
        "Ứng dụng đã bị gỡ khỏi OA hoặc bị khóa. Xin mở lại ứng dụng rồi cấp quyền lại cho OA.",
    ),
    -220: Code(ZaloTokenInvalid, "access token expired or removed", ZaloTokenInvalid.remedy),
    -221: Code(
        NotEntitled,
        "OA must be verified",
        "OA chưa được xác thực. Xin xác thực OA trong trang quản trị OA của Zalo.",
    ),
    -222: Code(RecipientUnreachable, "user banned or inactive for more than 45 days", _GONE_QUIET),
    -223: Code(ZaloNeedsConsent, "OA has not granted the app", ZaloNeedsConsent.remedy),
    -224: Code(
        NotEntitled,
        "OA must buy a tier package",
        "Gói dịch vụ của OA chưa đủ. Xin nâng gói trong trang quản trị OA.",
    ),
    -227: Code(RecipientUnreachable, "user banned or inactive for more than 45 days", _GONE_QUIET),
    -230: Code(RecipientUnreachable, "no interaction within 7 days", _USE_TEMPLATE),
    -232: Code(RecipientUnreachable, "no interaction yet, or its window has expired", _USE_TEMPLATE),
    -233: Code(
        ZaloRejected,
        "message type unsupported",
        "Zalo không nhận loại tin này. Xin đổi sang tin chữ có nút bấm.",
    ),
    -234: Code(NightBlocked, "not allowed between 22:00 and 06:00", NightBlocked.remedy),
    -235: Code(
        NotEntitled,
        "OA type not supported",
        "Loại OA này không dùng được chức năng. Xin dùng OA loại cơ quan nhà nước hoặc doanh nghiệp.",
        Retry.NEVER,
    ),
    -237: Code(ZaloRejected, "group disabled", _CLOSED_GROUP),
    -238: Code(ZaloRejected, "GMF asset already used", _GROUP_PACKAGE),
    -240: Code(
        ZaloRejected,
        "this message API is closed",
        "Zalo đã ngừng loại tin này. Xin chuyển sang mẫu tin ZBS đã được duyệt.",
    ),
    -241: Code(ZaloRejected, "GMF asset invalid", _GROUP_PACKAGE),
    -242: Code(
        NotEntitled,
        "appsecret_proof invalid",
        "Khóa bí mật của ứng dụng chưa đúng. Xin nhập lại khóa bí mật trong cấu hình ứng dụng Zalo.",
    ),
    -244: Code(
        RecipientUnreachable,
        "user restricts this message type from the OA",
        "Người dân không nhận loại tin này từ OA. Xin liên hệ bằng cách khác.",
    ),
    -248: Code(
        ZaloRejected,
        "content violates platform standards",
        "Nội dung bị cho là trái tiêu chuẩn của Zalo. Xin sửa lời rồi tạo tin mới.",
    ),
    -249: Code(
        ZaloRejected,
        "template not valid for sending by user id",
        "Mẫu tin chưa gửi được theo tài khoản Zalo. Xin gửi theo số điện thoại hoặc duyệt lại mẫu.",
        Retry.OTHER_CHANNEL,  # the same template passes by phone
    ),
    -305: Code(RecipientUnreachable, "outside the 48 h reply window", _USE_TEMPLATE),
    -311: Code(
        QuotaExceeded,
        "reply quota used up",
        "Đã gửi đủ số tin trả lời miễn phí. Xin gửi bằng mẫu tin ZBS đã được duyệt.",
        Retry.OTHER_CHANNEL,  # it fills again only when the citizen writes
    ),
    -320: Code(
        NotEntitled,
        "a ZBS account must be linked",
        "OA chưa liên kết tài khoản ZBS. Xin liên kết tài khoản trả phí tại account.zalo.solutions.",
    ),
    -321: Code(
        QuotaExceeded,
        "the ZBS account is out of money",
        "Tài khoản ZBS đã hết tiền. Xin nạp thêm tiền; tin đang chờ sẽ tự gửi tiếp.",
        Retry.AFTER_FIX,
    ),
    -403: Code(
        ZaloRejected, "OA is not in the group", "OA không ở trong nhóm này. Xin thêm OA vào nhóm rồi gửi lại."
    ),
    -1340: Code(ZaloRejected, "form, journey or consent missing", _CONSENT_FIRST),
    -1341: Code(ZaloRejected, "form, journey or consent not usable", _CONSENT_FIRST),
}
# The same number for something else entirely: only Zalo's words tell (-223 of the article calls).
ARTICLE_QUOTA = Code(
    QuotaExceeded,
    "OA's quota of articles used up",
    "OA đã tạo hết số bài viết được phép. Xin đợi sang tháng sau hoặc nâng gói trong trang quản trị OA.",
    Retry.NEXT_MONTH,
)
