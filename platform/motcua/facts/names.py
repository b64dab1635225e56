"""The words for the keys that facts are kept under."""

from motcua.catalogue.models import NationalProcedure, TenantProcedure
from motcua.core.database import db
from motcua.feedback import kinds
from motcua.services import registry

CHANNELS = {
    "consultation": "Tin tư vấn (miễn phí)",
    "zbs_uid": "Mẫu ZBS theo tài khoản Zalo",
    "zbs_phone": "Mẫu ZBS theo số điện thoại",
    "": "Chưa chọn kênh",
}
LOOKUPS = {"procedure": "Thủ tục", "dossier": "Tình trạng hồ sơ", "service": "Mục tra cứu khác"}
OUTCOMES = {
    "match": "Trả lời được",
    "choices": "Đưa ra lựa chọn",
    "none": "Không có câu trả lời",
    "refused": "Không được chấp nhận, hoặc câu hỏi chưa đủ",
    "unavailable": "Nguồn dữ liệu không trả lời",
    "timed_out": "Nguồn dữ liệu trả lời quá chậm",
    "failed": "Lỗi phần mềm",
    "busy": "Đang bận",
    "too_many": "Hỏi quá nhiều lần",
    "level": "Cần xác nhận người hỏi",
}
COMPLAINTS = {"regulation": "Quy định hành chính", "conduct": "Hành vi cán bộ"}
NO_FIELD = "Chưa rõ lĩnh vực"


def procedures(codes: list[str]) -> dict[str, str]:
    """Code -> name, the province's own before the national one."""
    return _of(codes, NationalProcedure.name, TenantProcedure.name)


def fields_of(codes: list[str]) -> dict[str, str]:
    return _of(codes, NationalProcedure.field, TenantProcedure.field)


def service(code: str) -> str:
    return registry.find(code).name if registry.is_known(code) else code


def voice(source: str, kind: str) -> str:
    if source == "complaint":
        return COMPLAINTS[kind]
    found = next((one["name"] for one in kinds.all_kinds() if one["key"] == kind), kind)
    return f"Hiện trường: {found}"


def _of(codes: list[str], national, own) -> dict[str, str]:
    found = {}
    for column in (national, own):
        query = db.select(column.class_.code, column).where(
            column.class_.code.in_(codes), column.is_not(None)
        )
        found |= dict(db.session.execute(query).all())
    return found
