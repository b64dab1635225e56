"""What every adapter can be asked. Dossiers are sync payloads (MaHoSo, TrangThaiHoSo, …), as the source says them."""

from dataclasses import dataclass, field
from typing import Any, Protocol

from motcua.core.errors import MotcuaError

Payload = dict[str, Any]


class SourceUnavailable(MotcuaError):
    """No answer, or none that can be read: worth another try later."""

    code, status = "source_unavailable", 503
    message = "Hệ thống một cửa của tỉnh chưa trả lời. Xin thử lại sau ít phút."


class SourceRefused(MotcuaError):
    """The source answered and said no (a wrong key, a wrong address): somebody must mend the setting."""

    code, status = "source_refused", 502
    message = "Hệ thống một cửa của tỉnh từ chối yêu cầu. Xin kiểm tra địa chỉ và khóa đã khai."


class CannotAsk(MotcuaError):
    """This kind of source has no such question."""

    code, status = "source_cannot_ask", 501
    message = "Nguồn dữ liệu này không hỏi được như vậy. Xin chọn nguồn khác."


@dataclass(frozen=True)
class Page:
    """Some changes. `cursor` is where to go on, as the source words it; keep it only once they are stored."""

    payloads: list[Payload] = field(default_factory=list)
    cursor: str | None = None
    has_more: bool = False


class Adapter(Protocol):
    """Raises SourceUnavailable, SourceRefused or CannotAsk. Holds no database connection while it waits."""

    def changes_since(self, cursor: str | None) -> Page:
        """Dossiers and entries of progress that changed behind `cursor`; from the beginning with None."""

    def get_dossier(self, code: str, proof: str | None = None) -> Payload | None:
        """One dossier, None where the source has none (or does not accept the proof)."""

    def search_by_phone(self, phone_hash: str, proof: str | None = None) -> list[Payload]:
        """Dossiers that carry a phone. `phone_hash`: SHA-256 of the number as 84xxxxxxxxx, lower-case hex."""

    def list_procedures(self, since: str | None = None) -> list[Payload]:
        """Procedures the source carries out (MaTTHC, TenTTHC)."""
