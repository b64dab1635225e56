"""What the citizen reads: a count for anybody, each violation for the owner, the police's page without data."""

from datetime import datetime

from motcua.core.clock import VIETNAM

from ..contract import Card, Source
from .plates import KINDS, KINDS_EN, Plate
from .records import Vehicle, Violation

OFFICIAL_URL = "https://www.csgt.vn/tra-cuu-phuong-tien-vi-pham.html"
_SOURCE = "Dữ liệu do Công an tỉnh, thành phố cung cấp"
HOW_TO_PROVE = (
    "Chủ xe xem được thời gian, địa điểm, nơi giải quyết khi ghi thêm 5 ký tự cuối của số khung hoặc số máy."
)
HOW_TO_PROVE_EN = (
    "The owner sees time, place and where to settle with the last 5 characters of the frame or engine number."
)
NOT_PROVEN = (
    "Không có vi phạm nào khớp với biển số cùng số khung hoặc số máy đã ghi. Xe không có vi phạm trong dữ liệu, hoặc "
    "một trong hai số chưa đúng. Xin xem lại trên chứng nhận đăng ký xe."
)
NOT_PROVEN_EN = (
    "Nothing matches this plate with this frame or engine number. Either there is no violation in the data, or one "
    "of the two is wrong. Please look at the registration certificate."
)


NOT_CONNECTED = (
    "Tỉnh chưa kết nối dữ liệu này, nên trang chỉ hướng dẫn tra ở trang của Cục Cảnh sát giao thông (csgt.vn). "
    "Ông/bà không cần ghi biển số ở đây.",
    "The province has not connected its data yet: this page only leads to the traffic police's page (csgt.vn). "
    "You need not enter a plate here.",
)


def guide(language: str) -> Card:
    """Where the province gives us no data: who answers, and how."""
    if language == "en":
        return Card(
            "Look up on the traffic police's page",
            (("You need", "Plate, kind of vehicle and the code in the picture"),),
            note="The province has not connected its data yet. Never look up through pages that ask for money.",
            link=OFFICIAL_URL,
            link_title="Open csgt.vn",
        )
    return Card(
        "Tra cứu trên trang của Cục Cảnh sát giao thông",
        (
            ("Cần có", "Biển số, loại xe và mã xác nhận trong hình"),
            ("Cách khác", "Ứng dụng VNeTraffic hoặc VNeID"),
        ),
        note="Tỉnh chưa kết nối dữ liệu này. Xin không tra qua trang lạ, không chuyển tiền cho người tự xưng công an.",
        link=OFFICIAL_URL,
        link_title="Mở csgt.vn",
    )


def count(vehicle: Vehicle | None, plate: Plate, kind: str, language: str) -> Card:
    """Whether there are violations, and how many are open: no more without a proof."""
    open_count = vehicle.open_count if vehicle else 0
    if language == "en":
        title = f"{open_count} unsettled violations" if open_count else "No unsettled violation in the data"
        facts = (("Plate", plate.masked), ("Kind", KINDS_EN[kind]))
    else:
        title = f"Có {open_count} vi phạm chưa xử phạt" if open_count else "Không có vi phạm chưa xử phạt"
        facts = (("Biển số", plate.masked), ("Loại xe", KINDS[kind]))
    how = HOW_TO_PROVE_EN if language == "en" else HOW_TO_PROVE
    return Card(
        title,
        facts,
        note=how if open_count else "",
        record={"has_violations": open_count > 0, "open_count": open_count, "proven": False},
        source=_source(vehicle),
    )


def detail(violation: Violation, vehicle: Vehicle, language: str) -> Card:
    vietnamese = language != "en"
    when = (
        f"{violation.occurred_at.astimezone(VIETNAM):%H:%M, %d/%m/%Y}"
        if violation.occurred_at
        else violation.occurred
    )
    status = (
        ("Đã xử phạt" if violation.is_settled else "Chưa xử phạt")
        if vietnamese
        else ("Settled" if violation.is_settled else "Not settled")
    )
    facts = [
        ("Trạng thái" if vietnamese else "Status", status),
        ("Thời gian" if vietnamese else "Time", when),
        ("Địa điểm" if vietnamese else "Place", violation.place),
        ("Màu biển" if vietnamese else "Plate colour", violation.plate_colour),
        ("Đơn vị phát hiện" if vietnamese else "Detected by", violation.detected_by),
    ]
    if not violation.is_settled:
        facts.append(("Nơi giải quyết" if vietnamese else "Settle at", "\n".join(violation.settle_at)))
    return Card(
        violation.behaviour,
        tuple(fact for fact in facts if fact[1]),
        record={
            "behaviour": violation.behaviour,
            "status": status,
            "occurred": when,
            "place": violation.place,
        },
        source=_source(vehicle),
    )


def newest_first(vehicle: Vehicle) -> list[Violation]:
    """Open ones before settled ones, each the newest first."""
    return sorted(
        vehicle.violations,
        key=lambda one: (one.is_settled, -_seconds(one.occurred_at)),
    )


def _seconds(moment: datetime | None) -> float:
    return moment.timestamp() if moment else 0.0


def _source(vehicle: Vehicle | None) -> Source:
    return Source(_SOURCE, vehicle.as_of if vehicle else None)
