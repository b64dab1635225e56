"""Error codes of oauth.zaloapp.com (OAuth v4 for Official Accounts).

The numbers for a bad code or a bad app secret are not published: they come out as UnknownZaloCode.
An empty answer with HTTP 200 stands for a refresh token already used; `oauth.py` treats it like -14014.
"""

from .code import Code
from .families import NotEntitled, ZaloNeedsConsent

CODES: dict[int, Code] = {
    -14002: Code(
        NotEntitled,
        "app id invalid, or app not active and the visitor is not its admin",
        "Mã ứng dụng Zalo sai hoặc ứng dụng chưa kích hoạt. Xin kiểm tra trong trang Zalo for Developers.",
    ),
    -14003: Code(
        NotEntitled,
        "redirect URI invalid",
        "Địa chỉ nhận kết quả chưa khớp. Xin khai đúng Official Account Callback URL của ứng dụng.",
    ),
    -14014: Code(
        ZaloNeedsConsent,
        "refresh token invalid",
        "Khóa làm mới của OA không còn hiệu lực. Xin quản trị viên của OA mở trang kết nối và cấp quyền lại.",
    ),
}
