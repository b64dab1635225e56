"""A province's own data: its API, or its nightly file."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from marshmallow import ValidationError

from ..contract import ServiceUnavailable
from ..sources import stored
from ..sources.nightly import Layout, RowFault
from ..sources.signed_rest import SignedRest
from .plates import KINDS, Plate, read_plate
from .records import Vehicle, VehicleSchema, ViolationSource, check_violation, proofs_of, violation

CODE = "traffic_violation"
_NAMES = {
    "1": "1", "2": "2", "3": "3", "ô tô": "1", "xe máy": "2", "mô tô": "2", "xe máy (mô tô)": "2",
    "xe đạp điện": "3", "xe máy điện": "3", "xe điện": "3",
}  # fmt: skip

log = structlog.get_logger(__name__)


def source_of(settings: Mapping[str, Any]) -> ViolationSource | None:
    """The API where the province named one, else its files where it left some; None: it has no data."""
    if settings.get("api_url"):
        return RestSource(SignedRest(str(settings["api_url"]), str(settings.get("api_secret", ""))))
    return FileSource() if stored.newest_file(CODE) is not None else None


@dataclass(frozen=True)
class RestSource:
    """POST {url}/violations {"plate": "43A12345", "vehicle_kind": "1"}; the answer as VehicleSchema, or 404."""

    api: SignedRest

    def vehicle(self, plate: Plate, kind: str) -> Vehicle | None:
        said = self.api.post("/violations", {"plate": plate.bare, "vehicle_kind": kind})
        if said is None:
            return None
        try:
            read = VehicleSchema().load(said)
        except ValidationError as error:
            log.error("service_source_unreadable", service=CODE, members=sorted(error.messages))
            raise ServiceUnavailable from error
        proofs = proofs_of(plate.bare, kind, (read["chassis_last"], read["engine_last"]))
        return Vehicle(tuple(map(violation, read["violations"])), proofs, read["as_of"])


@dataclass(frozen=True)
class FileSource:
    def vehicle(self, plate: Plate, kind: str) -> Vehicle | None:
        kept = stored.find(CODE, f"{kind}|{plate.bare}")
        if kept is None or not kept.rows:
            return None
        proofs = tuple(dict.fromkeys(proof for row in kept.rows for proof in row["proofs"]))
        return Vehicle(tuple(violation(row["violation"]) for row in kept.rows), proofs, kept.as_of)


def _read_line(cells: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    plate = read_plate(cells["plate"])
    if plate is None:
        raise RowFault("plate", "Biển số chưa đúng dạng. Xin ghi như 43A-123.45.")
    kind = _NAMES.get(cells["vehicle_kind"].lower())
    if kind is None:
        raise RowFault(
            "vehicle_kind", f"Không có loại xe này. Xin ghi 1, 2, 3 hoặc {', '.join(KINDS.values())}."
        )
    said = {
        name: cells[name]
        for name in ("occurred_at", "place", "behaviour", "status", "detected_by", "plate_colour")
    }
    said["settle_at"] = [line.strip() for line in cells["settle_at"].split("|") if line.strip()]
    for name in check_violation(said):
        raise RowFault(name, "Giá trị chưa đúng dạng hoặc quá dài. Xin xem lại hướng dẫn của cột này.")
    proofs = proofs_of(plate.bare, kind, (cells["chassis_last"], cells["engine_last"]))
    return f"{kind}|{plate.bare}", {"proofs": proofs, "violation": said}


LAYOUT = Layout(
    service=CODE,
    columns={
        "plate": ("biển kiểm soát", "biển số"),
        "vehicle_kind": ("loại phương tiện", "loại xe"),
        "chassis_last": ("số khung",),
        "engine_last": ("số máy", "số động cơ"),
        "plate_colour": ("màu biển",),
        "occurred_at": ("thời gian vi phạm",),
        "place": ("địa điểm vi phạm",),
        "behaviour": ("hành vi vi phạm",),
        "status": ("trạng thái",),
        "detected_by": ("đơn vị phát hiện vi phạm",),
        "settle_at": ("nơi giải quyết vụ việc",),
    },
    required=("plate", "vehicle_kind", "occurred_at", "behaviour", "status"),
    read=_read_line,
)
