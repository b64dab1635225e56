"""What Zalo's refusals mean for the caller: few families, each saying when to try again and what helps."""

from datetime import datetime

from motcua.core.errors import MotcuaError

from .retry import Retry


class ZaloError(MotcuaError):
    """Base of all that goes wrong between us and Zalo.

    `retry` and `remedy` (a sentence for the province's admin) are the family's unless the code at hand
    has its own. `zalo_code` is Zalo's number, `zalo_message` its own words (they may hold what was sent, so
    never log them; `details` has them masked) and `endpoint` what was asked; all None when the failure is
    ours or the line's. `retry_at` (aware) is set where somebody knows better than the family, such as the
    gate that turned a call away.
    """

    code, status = "zalo_error", 502
    retry = Retry.NEVER
    remedy = "Xin xem nhật ký gửi tin rồi liên hệ đội kỹ thuật."

    def __init__(
        self,
        message: str | None = None,
        *,
        details: dict | None = None,
        zalo_code: int | None = None,
        zalo_message: str | None = None,
        endpoint: str | None = None,
        retry: Retry | None = None,
        remedy: str | None = None,
        retry_at: datetime | None = None,
    ):
        super().__init__(message or remedy or self.remedy, details=details)
        self.zalo_code, self.zalo_message, self.endpoint = zalo_code, zalo_message, endpoint
        self.retry = retry or self.retry
        self.remedy = remedy or self.remedy
        self.retry_at = retry_at

    def earliest_retry(self, after: datetime) -> datetime | None:
        """When to send the same request again, `after` (aware) being now; None when waiting will not help."""
        return self.retry_at or self.retry.earliest(after)


class ZaloTokenInvalid(ZaloError):
    """The access token is wrong or has run out: refresh it once, then send again."""

    code = "zalo_token_invalid"
    retry = Retry.REFRESH_TOKEN
    remedy = "Khóa truy cập Zalo đã hết hạn; hệ thống sẽ tự làm mới. Nếu vẫn lỗi, xin kết nối lại OA."


class ZaloNeedsConsent(ZaloError):
    """The grant is gone; only the OA's admin can give it again."""

    code = "zalo_needs_consent"
    retry = Retry.AFTER_FIX
    remedy = "OA đã mất liên kết với ứng dụng. Xin quản trị viên của OA mở trang kết nối và cấp quyền lại."


class RecipientUnreachable(ZaloError):
    """This citizen cannot be reached on this channel; another channel may pass."""

    code = "zalo_recipient_unreachable"
    retry = Retry.OTHER_CHANNEL
    remedy = "Người dân chưa nhận được tin qua kênh này. Xin dùng kênh khác hoặc liên hệ trực tiếp."


class QuotaExceeded(ZaloError):
    """A quota or a balance is used up."""

    code, status = "zalo_quota_exceeded", 503
    retry = Retry.NEXT_DAY
    remedy = "Đã dùng hết hạn mức gửi tin. Xin đợi sang ngày hoặc mua thêm hạn mức trong Zalo Business."


class NightBlocked(ZaloError):
    """Zalo does not deliver this kind of message at night."""

    code, status = "zalo_night_blocked", 503
    retry = Retry.MORNING
    remedy = "Zalo không nhận loại tin này từ 22 giờ đến 6 giờ; hệ thống sẽ gửi lại vào buổi sáng."


class RateLimited(ZaloError):
    """Too many requests in this minute, from the app or the OA."""

    code, status = "zalo_rate_limited", 503
    retry = Retry.NEXT_MINUTE
    remedy = "Đang gửi nhanh hơn mức Zalo cho phép; hệ thống sẽ tự gửi tiếp vào phút sau."


class ZaloRejected(ZaloError):
    """Zalo said no, or we did before asking; the same message will never pass on this channel."""

    code = "zalo_rejected"
    remedy = "Zalo không chấp nhận nội dung này. Xin sửa nội dung hoặc mẫu tin rồi tạo tin mới."


class AttachmentExpired(ZaloRejected):
    """An uploaded picture or file is older than 7 days: upload it again and build a new message."""

    code = "zalo_attachment_expired"
    remedy = "Ảnh hoặc tệp đính kèm đã hết hạn 7 ngày. Xin tải lên lại rồi tạo tin mới."


class NotEntitled(ZaloError):
    """The app or OA may not do this until a setting, a package or an account is put right.

    It concerns every message, not this one, hence AFTER_FIX and not NEVER: they wait for the admin.
    """

    code = "zalo_not_entitled"
    retry = Retry.AFTER_FIX
    remedy = (
        "OA hoặc ứng dụng chưa được phép dùng chức năng này. Xin kiểm tra gói dịch vụ và quyền trên Zalo."
    )


class ZaloUnavailable(ZaloError):
    """Surely not done: no connection, or Zalo itself asks us to try again."""

    code, status = "zalo_unavailable", 503
    retry = Retry.LATER
    remedy = "Tạm thời chưa kết nối được với Zalo; hệ thống sẽ tự thử lại sau ít phút."


class StillProcessing(ZaloUnavailable):
    """Zalo is still working on the article or video: ask again later."""

    code = "zalo_still_processing"
    remedy = "Zalo đang xử lý bài viết. Xin đợi vài phút rồi thử lại."


class ZaloUncertain(ZaloError):
    """The request left and no readable answer came: perhaps done. Reconcile, never resend blindly."""

    code, status = "zalo_uncertain", 504
    remedy = "Chưa rõ Zalo đã nhận tin hay chưa. Xin đợi hệ thống đối chiếu, đừng gửi lại bằng tay."


class UnknownZaloCode(ZaloRejected):
    """A code that stands in no table of ours: treated as rejected, and to be reported."""

    code = "zalo_unknown_code"
    remedy = "Zalo trả về một mã lỗi chưa có trong tài liệu. Xin gửi mã lỗi này cho đội kỹ thuật."
