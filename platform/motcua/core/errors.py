"""The few kinds of error, each with one meaning for the caller.

`message` is a whole Vietnamese sentence that names the remedy; it may be shown to people.
`code` is the stable, machine-readable name; `status` the HTTP status a view answers with.
"""


class MotcuaError(Exception):
    """Base of everything we raise on purpose."""

    code = "error"
    status = 500
    message = "Hệ thống gặp lỗi. Xin thử lại sau ít phút hoặc gọi đường dây hỗ trợ của tỉnh."

    def __init__(self, message: str | None = None, *, details: dict | None = None):
        self.message = message or self.message
        self.details = details or {}
        super().__init__(self.message)


class NotFound(MotcuaError):
    """No such thing, or not in this tenant: the two must look the same from outside."""

    code, status = "not_found", 404
    message = "Không tìm thấy nội dung này. Xin kiểm tra lại mã hoặc đường dẫn."


class Invalid(MotcuaError):
    """What was sent breaks a rule; nothing was stored. `details` maps a field to its sentences."""

    code, status = "invalid", 422
    message = "Dữ liệu gửi lên chưa đúng. Xin sửa các mục được nêu rồi gửi lại."


class Forbidden(MotcuaError):
    """Known, but not allowed to do this."""

    code, status = "forbidden", 403
    message = "Tài khoản chưa có quyền làm việc này. Xin liên hệ quản trị viên của tỉnh để được cấp quyền."


class Unauthenticated(MotcuaError):
    """We do not know who is asking."""

    code, status = "unauthenticated", 401
    message = "Chưa xác thực. Xin gửi kèm khóa API còn hiệu lực hoặc đăng nhập lại."


class Conflict(MotcuaError):
    """The request contradicts something already stored."""

    code, status = "conflict", 409
    message = "Yêu cầu này mâu thuẫn với dữ liệu đã lưu. Xin tải lại rồi thử lại."


class TooManyAttempts(MotcuaError):
    """Cooling down; `details["retry_after_s"]` says for how long."""

    code, status = "too_many_attempts", 429
    message = "Đã thử quá nhiều lần. Xin đợi một lát rồi thử lại."


class Misconfigured(MotcuaError):
    """The operator must change a setting before we can run."""

    code, status = "misconfigured", 500
    message = "Cấu hình chưa đúng. Xin xem hướng dẫn cài đặt trong README."
