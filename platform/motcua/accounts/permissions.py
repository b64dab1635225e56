"""What can be done here, and which role may do it.

A route names exactly one permission, and a test walks the URL map to prove it.
"""

import functools
from collections.abc import Callable
from typing import TypeVar

View = TypeVar("View", bound=Callable)

PERMISSIONS = {
    "dossier.view": "Xem hồ sơ",
    "dossier.view_all": "Xem danh sách hồ sơ của mọi cơ quan trong tỉnh",
    "dossier.take_in": "Tiếp nhận hồ sơ tại quầy",
    "dossier.act": "Xử lý hồ sơ: chuyển bước, yêu cầu bổ sung, trả kết quả, từ chối, dừng",
    "dossier.write": "Gửi hồ sơ và diễn biến hồ sơ",
    "dossier.print": "In giấy tiếp nhận hồ sơ",
    "webhook.manage": "Đăng ký nơi nhận thông báo thay đổi hồ sơ",
    "oa.manage": "Kết nối Official Account",
    "catalogue.view": "Xem danh mục thủ tục",
    "catalogue.edit": "Sửa, nhập và hoàn tác danh mục thủ tục",
    "calendar.view": "Xem lịch làm việc",
    "calendar.edit": "Đổi lịch làm việc và tính lại ngày hẹn",
    "console.open": "Mở trang làm việc của tỉnh",
    "conversation.view": "Xem các cuộc người dân muốn gặp cán bộ",
    "conversation.answer": "Trả lời người dân qua Zalo",
    "question.view": "Xem câu hỏi mà chat chưa hiểu",
    "question.mend": "Thêm từ vựng riêng của tỉnh",
    "status_map.view": "Xem mã trạng thái của hệ thống một cửa",
    "status_map.edit": "Ghép mã trạng thái của hệ thống một cửa",
    "visit.view": "Xem lịch hẹn đến quầy",
    "visit.serve": "Đón người dân theo lịch hẹn",
    "visit.manage": "Đặt quầy, giờ nhận hẹn và ngày nghỉ của quầy",
    "report.view": "Xem số liệu giải quyết hồ sơ và mức độ hài lòng",
    "delivery.view": "Xem tin chưa rõ, tin không gửi được và tin đang chờ",
    "delivery.settle": "Quyết định tin chưa rõ: ghi là đã nhận hoặc gửi lại",
    "complaint.view": "Xem phản ánh, kiến nghị về quy định",
    "complaint.answer": "Giải quyết phản ánh, kiến nghị về quy định",
    "complaint.conduct": "Giải quyết phản ánh, kiến nghị về hành vi cán bộ",
    "feedback.view": "Xem phản ánh hiện trường",
    "feedback.answer": "Xử lý phản ánh hiện trường",
    "feedback.manage": "Công khai, gộp và phân tuyến phản ánh hiện trường",
    "service.view": "Xem các mục tra cứu, dữ liệu và số liệu của chúng",
    "service.edit": "Mở, đóng, thiết lập mục tra cứu; nạp, công bố, thu lại dữ liệu",
    "message.view": "Xem mẫu tin, kênh gửi và chi phí",
    "message.edit": "Sửa mẫu tin, bật tắt tin, đặt giờ gửi và mức chi",
    "readiness.view": "Xem những việc còn thiếu trước khi phục vụ người dân",
    "readiness.confirm": "Xác nhận giờ làm việc, công bố thông báo về dữ liệu cá nhân",
    "trial.manage": "Mời số điện thoại nhận tin khi dùng thử",
    "delivery.pause": "Dừng và cho đi tiếp việc gửi tin",
    "broadcast.view": "Xem thông báo gửi người dân",
    "broadcast.write": "Soạn thông báo gửi người dân",
    "broadcast.approve": "Duyệt thông báo do người khác soạn",
    "broadcast.numbers": "Xem đủ số điện thoại của người không nhận được thông báo",
    "staff.view": "Xem danh sách cán bộ và vai trò của họ",
    "staff.manage": "Mời cán bộ, đổi vai trò, ngừng và mở lại tài khoản",
    "support.view": "Xem các lần nhà cung cấp vào hỗ trợ",
    "support.manage": "Cho nhà cung cấp sửa khi vào hỗ trợ, hoặc kết thúc lần hỗ trợ",
    "vendor.open": "Mở trang của nhà cung cấp",
    "vendor.view": "Xem tình trạng chung của hệ thống",
    "vendor.tenants": "Xem danh sách tỉnh và từng tỉnh",
    "vendor.onboard": "Thêm tỉnh mới",
    "vendor.operate": "Mở chính thức, tạm dừng, cho chạy lại một tỉnh",
    "vendor.flags": "Bật tắt tính năng của từng tỉnh",
    "vendor.usage": "Xem mức sử dụng để lập hóa đơn",
    "vendor.announce": "Gửi thông báo đến quản trị viên các tỉnh",
    "vendor.staff": "Quản lý người của nhà cung cấp",
    "vendor.enter": "Vào hỗ trợ một tỉnh có thời hạn và lý do",
    "audit.view": "Xem, kiểm tra và xuất nhật ký thay đổi",
    "api_key.manage": "Tạo và thu hồi khóa API",
    "agency.edit": "Thêm, sửa, đóng cơ quan",
    "province.edit": "Sửa tên, giờ làm việc, màu và liên hệ của tỉnh",
    "data_request.handle": "Giải quyết yêu cầu của người dân về dữ liệu cá nhân",
    "export.make": "Xuất toàn bộ dữ liệu của tỉnh",
}

# Seeing without changing: what an auditor may, and the vendor's visitor.
READING = frozenset(
    name
    for name in PERMISSIONS
    if name.partition(".")[2] in ("view", "view_all") and not name.startswith("vendor.")
)

ROLES: dict[str, frozenset[str]] = {
    "officer": frozenset(
        {
            "console.open",
            "dossier.view",
            "dossier.take_in",
            "dossier.act",
            "dossier.print",
            "conversation.view",
            "conversation.answer",
            "question.view",
            "catalogue.view",
            "calendar.view",
            "visit.view",
            "visit.serve",
            "complaint.view",
            "complaint.answer",
            "feedback.view",
            "feedback.answer",
            "service.view",
            "delivery.view",
            "message.view",
        }
    ),
    "leader": frozenset({"console.open", "report.view", "broadcast.view", "broadcast.approve"}),
    "communications": frozenset({"console.open", "broadcast.view", "broadcast.write"}),
    "province_admin": frozenset(
        {
            "console.open",
            "dossier.view",
            "dossier.view_all",
            "dossier.take_in",
            "dossier.act",
            "dossier.print",
            "dossier.write",
            "oa.manage",
            "conversation.view",
            "conversation.answer",
            "question.view",
            "question.mend",
            "status_map.view",
            "status_map.edit",
            "catalogue.view",
            "catalogue.edit",
            "calendar.view",
            "calendar.edit",
            "visit.view",
            "visit.serve",
            "visit.manage",
            "report.view",
            "complaint.view",
            "complaint.answer",
            "complaint.conduct",
            "feedback.view",
            "feedback.answer",
            "feedback.manage",
            "service.view",
            "service.edit",
            "delivery.view",
            "delivery.settle",
            "message.view",
            "message.edit",
            "broadcast.view",
            "broadcast.write",
            "broadcast.approve",
            "broadcast.numbers",
            "readiness.view",
            "readiness.confirm",
            "trial.manage",
            "delivery.pause",
            "staff.view",
            "staff.manage",
            "support.view",
            "support.manage",
            "audit.view",
            "api_key.manage",
            "agency.edit",
            "province.edit",
            "data_request.handle",
            "export.make",
        }
    ),
    "auditor": READING | {"console.open"},
}
ROLE_NAMES = {
    "officer": "Cán bộ",
    "leader": "Lãnh đạo",
    "communications": "Truyền thông",
    "province_admin": "Quản trị viên của tỉnh",
    "auditor": "Kiểm tra, giám sát",
}

VENDOR_ROLES: dict[str, frozenset[str]] = {
    "vendor_admin": frozenset(name for name in PERMISSIONS if name.startswith("vendor.")),
    "vendor_support": frozenset(
        {"vendor.open", "vendor.view", "vendor.tenants", "vendor.usage", "vendor.enter"}
    ),
}
VENDOR_ROLE_NAMES = {"vendor_admin": "Quản trị của nhà cung cấp", "vendor_support": "Hỗ trợ của nhà cung cấp"}

# Whoever can change other people's access must prove more than a password.
NEEDS_SECOND_FACTOR = frozenset({"province_admin", *VENDOR_ROLES})

API_KEY_MODES: dict[str, frozenset[str]] = {
    "live": frozenset({"dossier.view", "dossier.write", "dossier.print", "webhook.manage"}),
    # Everything is checked and answered as if, and nothing stays.
    "test": frozenset({"dossier.view", "dossier.write", "dossier.print", "webhook.manage"}),
    "read_only": frozenset({"dossier.view", "dossier.print"}),
}


def requires(permission: str) -> Callable[[View], View]:
    """Mark a view with the permission it needs; `motcua.accounts.gate` refuses who lacks it."""
    if permission not in PERMISSIONS:
        raise ValueError(f"Unknown permission {permission!r}: add it to PERMISSIONS.")

    def mark(view: View) -> View:
        view.permission = permission
        return view

    return mark


def for_readers(view: View) -> View:
    """Mark a view that takes a POST and yet changes nothing of anybody else's: a search, one's own password."""
    view.is_for_readers = True
    return view


def marked(view: View, permission: str) -> View:
    """The same view under a permission, for views that two consoles share."""

    @functools.wraps(view)
    def shared(**words):
        return view(**words)

    return requires(permission)(shared)
