"""Our own words for the catalogue, as officers read them."""

from markupsafe import Markup

from motcua.catalogue.importing.mapping import LABELS
from motcua.catalogue.importing.table import column_letter
from motcua.core.language import t

FIELDS = LABELS | {
    "agency": "Cơ quan giải quyết",
    "name": "Tên gọi",
    "enabled": "Bật cho người dân",
    "code_suffix": "Đuôi mã của tỉnh",
    "fee_note.counter": "Ghi chú phí, nộp trực tiếp",
    "fee_note.online": "Ghi chú phí, nộp trực tuyến",
    "fee_note.post": "Ghi chú phí, nộp qua bưu chính",
    "own": "Thủ tục riêng của tỉnh",
    "own.name": "Tên thủ tục",
    "own.field": "Lĩnh vực",
    "own.levels": "Cấp thực hiện",
    "own.online": "Trực tuyến",
    "own.subjects": "Đối tượng thực hiện",
    "own.papers": "Thành phần hồ sơ",
    "own.results": "Kết quả",
    "own.legal_basis": "Căn cứ pháp lý",
    "own.decision_no": "Quyết định công bố",
    "own.url": "Đường dẫn",
}
SOURCES = {
    "base": "Quốc gia",
    "folder": "Thư mục của tỉnh",
    "console": "Trang quản trị",
    "import": "Nhập từ tệp",
    "undo": "Hoàn tác",
}
STATES = {
    "mapping": "Chờ chọn cột",
    "checking": "Đang kiểm tra",
    "faulty": "Có lỗi, chưa nhập gì",
    "ready": "Chờ áp dụng",
    "applied": "Đã áp dụng",
    "undone": "Đã hoàn tác",
    "failed": "Không đọc được",
}
STATE_COLOURS = {"mapping": 5, "checking": 4, "faulty": 8, "ready": 5, "applied": 9, "undone": 4, "failed": 8}
KINDS = {"new": "Mới", "changed": "Thay đổi", "gone": "Không còn trong tệp", "same": "Không đổi"}
LEVELS = {"ministry": "Cấp bộ", "province": "Cấp tỉnh", "commune": "Cấp xã", "other": "Cơ quan khác"}
CHANNELS = {"counter": "Trực tiếp", "online": "Trực tuyến", "post": "Bưu chính công ích"}


def field(name: str) -> str:
    return FIELDS.get(name, name)


def value(of: object, agencies: dict[str, str] | None = None) -> str:
    """A field's value for people."""
    if of is None or of == "":
        return "–"
    if isinstance(of, bool):
        return "Có" if of else "Không"
    if isinstance(of, list):
        if of and all(isinstance(one, str) and one in LEVELS for one in of):
            return Markup(", ").join(t(LEVELS[one]) for one in of)
        return ", ".join(str(one) for one in of) or "–"
    return (agencies or {}).get(str(of), str(of))


letter = column_letter
