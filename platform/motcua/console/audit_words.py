"""The log in words: what was done, to what, from what to what."""

from flask import current_app

from motcua.accounts.permissions import PERMISSIONS
from motcua.audit import chain

ACTIONS = {
    "agency.add": "Thêm cơ quan",
    "agency.change": "Sửa cơ quan",
    "agency.close": "Đóng cơ quan",
    "agency.reopen": "Mở lại cơ quan",
    "api_key.issue": "Tạo khóa API",
    "api_key.revoke": "Thu hồi khóa API",
    "audit.export": "Xuất nhật ký",
    "audit.prune": "Xóa nhật ký quá hạn lưu",
    "audit.verify": "Kiểm tra tính nguyên vẹn của nhật ký",
    "data_request.extend": "Gia hạn yêu cầu về dữ liệu cá nhân",
    "data_request.acknowledge": "Báo đã nhận yêu cầu về dữ liệu cá nhân",
    "data_request.erase": "Xóa dữ liệu của một người dân",
    "data_request.copy": "Lập bản sao dữ liệu của một người dân",
    "data_request.close": "Trả lời yêu cầu về dữ liệu cá nhân",
    "data_request.receive": "Nhận yêu cầu về dữ liệu cá nhân",
    "data_request.read": "Mở yêu cầu về dữ liệu cá nhân",
    "data_request.lift": "Gỡ lệnh giữ dữ liệu",
    "data_request.hold": "Giữ dữ liệu theo yêu cầu pháp luật",
    "dossier.read": "Mở hồ sơ, xem dữ liệu cá nhân",
    "broadcast.missed": "Tải danh sách người không nhận được thông báo",
    "conversation.read": "Mở cuộc trò chuyện với người dân",
    "person.password": "Đặt mật khẩu bằng đường dẫn",
    "person.refused": "Đăng nhập không được: sai mật khẩu hoặc mã",
    "person.sign_in": "Đăng nhập",
    "province.change": "Sửa thông tin của tỉnh",
    "register.export": "Tải sổ theo dõi hồ sơ",
    "export.make": "Xuất toàn bộ dữ liệu của tỉnh",
    "export.download": "Tải tệp xuất dữ liệu",
    "official_account.test": "Gửi tin thử",
    "webhook.forget": "Xóa webhook của OA lạ đã quá hạn lưu",
}
KINDS = {
    "staff": "Cán bộ",
    "vendor": "Nhà cung cấp",
    "api_key": "Khóa API",
    "command": "Dòng lệnh",
    "system": "Hệ thống",
}
# What the log names by its kind and its number or code.
SUBJECTS = {"data request": "yêu cầu số", "export": "bản xuất số", "number": "số", "code": "mã"}
REASONS = {
    chain.MISSING: "thiếu mục này, hoặc thứ tự đã bị đổi",
    chain.CHANGED: "nội dung khác lúc được ghi",
    chain.UNLINKED: "không nối với mục liền trước",
    chain.UNSEALED: "không do hệ thống này ghi",
}


def of_action(action: str) -> str:
    """In Vietnamese: by its name, else by what the page behind it is for."""
    if action in ACTIONS:
        return ACTIONS[action]
    view = current_app.view_functions.get(action)
    return PERMISSIONS.get(getattr(view, "permission", ""), action)


def of_subject(subject: str) -> str:
    """“data request 3” as “yêu cầu số 3”; what needs no words, a dossier's code say, as it is."""
    for kind, words in SUBJECTS.items():
        if subject.startswith(f"{kind} "):
            return words + subject.removeprefix(kind)
    return subject


def of_detail(detail: dict) -> list[tuple[str, str, str | None]]:
    """(what, before or the value itself, after) for each line of a detail."""
    found: list[tuple[str, str, str | None]] = []
    for name, value in detail.items():
        if name == "changes" and isinstance(value, list):
            for one in value:
                where = " ".join(str(one[part]) for part in ("table", "row") if part in one)
                found += [(f"{where}: {column}", *_pair(pair)) for column, pair in one.get("set", {}).items()]
        elif isinstance(value, list) and len(value) == 2 and name != "fields":
            found.append((name, *_pair(value)))
        else:
            found.append((name, _plain(value), None))
    return found


def _pair(value: list) -> tuple[str, str]:
    return _plain(value[0]), _plain(value[1])


def _plain(value) -> str:
    if value is None or value == "":
        return "(trống)"
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, list):
        return ", ".join(map(_plain, value)) or "(trống)"
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_plain(one)}" for name, one in value.items()) or "(trống)"
    return str(value)
