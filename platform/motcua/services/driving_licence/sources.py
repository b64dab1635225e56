"""A province's own data: its API, or its nightly file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

import structlog
from marshmallow import ValidationError

from motcua.core.clock import VIETNAM

from ..contract import ServiceUnavailable
from ..sources import stored
from ..sources.nightly import Layout, RowFault
from ..sources.signed_rest import SignedRest
from .records import STATUSES, Licence, LicenceSchema, licence, read_number

CODE = "driving_licence"
_STATUSES = {label.lower(): name for name, label in STATUSES.items()} | {name: name for name in STATUSES}

log = structlog.get_logger(__name__)


class LicenceSource(Protocol):
    def licence(self, number: str, born_on: date) -> Licence | None:
        """None for a number that is not there and for one of somebody else alike. Raises ServiceUnavailable."""


def source_of(settings: Mapping[str, Any]) -> LicenceSource | None:
    """The API where the province named one, else its files where it left some; None: it has no data."""
    if settings.get("api_url"):
        return RestSource(SignedRest(str(settings["api_url"]), str(settings.get("api_secret", ""))))
    return FileSource() if stored.newest_file(CODE) is not None else None


@dataclass(frozen=True)
class RestSource:
    """POST {url}/licence {"number": "790123456789", "date_of_birth": "1990-01-31"}; LicenceSchema, or 404."""

    api: SignedRest

    def licence(self, number: str, born_on: date) -> Licence | None:
        said = self.api.post("/licence", {"number": number, "date_of_birth": born_on.isoformat()})
        if said is None:
            return None
        try:
            return licence(LicenceSchema().load(said))
        except ValidationError as error:
            log.error("service_source_unreadable", service=CODE, members=sorted(error.messages))
            raise ServiceUnavailable from error


@dataclass(frozen=True)
class FileSource:
    """Number and date of birth make one key: neither half can be tried out alone."""

    def licence(self, number: str, born_on: date) -> Licence | None:
        kept = stored.find(CODE, _key(number, born_on))
        if kept is None or not kept.rows:
            return None
        return licence(LicenceSchema().load(kept.rows[0] | {"as_of": kept.as_of.isoformat()}))


def _key(number: str, born_on: date) -> str:
    return f"{number}|{born_on.isoformat()}"


def _read_line(cells: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    number = read_number(cells["number"])
    if number is None:
        raise RowFault(
            "number", "Số giấy phép lái xe chưa đúng dạng. Xin ghi 12 chữ số, hoặc số của giấy cũ."
        )
    days = {
        name: _day(cells, name) for name in ("date_of_birth", "issued_on", "expires_on", "suspended_until")
    }
    status = _STATUSES.get(cells["status"].lower())
    if status is None:
        raise RowFault("status", f"Không có trạng thái này. Xin ghi: {', '.join(STATUSES.values())}.")
    said: dict[str, Any] = {
        "name": cells["name"],
        "classes": [_class(one) for one in cells["classes"].split("|") if one.strip()],
        "issued_on": days["issued_on"],
        "expires_on": days["expires_on"],
        "suspended_until": days["suspended_until"],
        "status": status,
        "authority": cells["authority"],
        "exam_centre": cells["exam_centre"],
    }
    if cells["points_left"]:
        said["points_left"] = cells["points_left"]
    for name in LicenceSchema().validate(said):
        raise RowFault(name, "Giá trị chưa đúng dạng hoặc quá dài. Xin xem lại hướng dẫn của cột này.")
    if days["date_of_birth"] is None:
        raise RowFault("date_of_birth", "Thiếu ngày sinh. Xin ghi ngày sinh đầy đủ.")
    return f"{number}|{days['date_of_birth']}", said


def _class(text: str) -> dict[str, str | None]:
    """ "B2" or "B2 2016-05-20": a class, with its day of issue where the file says it."""
    name, _, day = text.strip().partition(" ")
    return {"name": name.upper(), "issued_on": _iso(day.strip()) if day.strip() else None}


def _day(cells: Mapping[str, str], column: str) -> str | None:
    if not cells[column]:
        return None
    day = _iso(cells[column])
    if day is None:
        raise RowFault(column, "Ngày chưa đúng dạng. Xin ghi như 31/12/2026 hoặc 2026-12-31.")
    return day


def _iso(text: str) -> str | None:
    for form in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text, form).replace(tzinfo=VIETNAM).date().isoformat()
        except ValueError:
            continue
    return None


LAYOUT = Layout(
    service=CODE,
    columns={
        "number": ("số gplx", "số giấy phép lái xe"),
        "date_of_birth": ("ngày sinh",),
        "name": ("họ tên", "họ và tên"),
        "classes": ("hạng",),
        "issued_on": ("ngày cấp",),
        "expires_on": ("ngày hết hạn", "có giá trị đến"),
        "status": ("trạng thái",),
        "suspended_until": ("tước đến ngày",),
        "points_left": ("điểm còn lại",),
        "authority": ("cơ quan cấp", "nơi cấp"),
        "exam_centre": ("trung tâm sát hạch",),
    },
    required=("number", "date_of_birth", "name", "classes", "issued_on", "status"),
    read=_read_line,
)
