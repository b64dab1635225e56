"""Which services there are: our own, and those of packages that somebody installed beside us.

A package that cannot be taken is named with its fault and left out; it never keeps the rest from starting.
"""

import importlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import metadata

import structlog

from motcua.core.errors import NotFound

from .contract import E_ID, Service

GROUP = "motcua.services"
OURS = ("land_price", "traffic_fine", "traffic_violation", "driving_licence", "directory")
CODE = re.compile(r"[a-z][a-z0-9_]{1,39}")
FIELD_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
SHOWN_FAULT = 200

log = structlog.get_logger(__name__)


class ServiceNotFound(NotFound):
    code = "service_not_found"
    message = "Không có dịch vụ này. Xin xem các dịch vụ ở mục Tra cứu."


@dataclass(frozen=True)
class Found:
    """One package that offers a service. `service` is None where `fault` says why it cannot be used."""

    code: str
    origin: str  # "motcua", or the distribution with its version
    service: Service | None = None
    fault: str = ""


def find(code: str) -> Service:
    """Raises ServiceNotFound."""
    service = _usable().get(code)
    if service is None:
        raise ServiceNotFound
    return service


def all_services() -> list[Service]:
    """Every service that can be used, our own first, then by code."""
    return list(_usable().values())


def is_known(code: str) -> bool:
    return code in OURS or code in _usable()


def faulty() -> list[Found]:
    """Packages that offer a service which cannot be used, each with its fault."""
    return [one for one in found() if one.fault]


@cache
def found() -> tuple[Found, ...]:
    """Everything on offer, looked up once in a process."""
    offers = [*filter(None, map(_ours, OURS)), *_installed()]
    taken: set[str] = set()
    kept = []
    for one in offers:
        if not one.fault and one.code in taken:
            fault = f"Mã “{one.code}” đã thuộc một dịch vụ khác. Xin gỡ bớt một gói hoặc đổi mã."
            one = Found(one.code, one.origin, fault=fault)
        if one.fault:
            log.error("service_left_out", service=one.code, origin=one.origin, fault=one.fault)
        else:
            taken.add(one.code)
        kept.append(one)
    return tuple(kept)


def look_again() -> None:
    """Forget what was found: a package came or went."""
    found.cache_clear()
    _usable.cache_clear()


@cache
def _usable() -> dict[str, Service]:
    return {one.code: one.service for one in found() if one.service is not None}


def _ours(code: str) -> Found | None:
    path = f"motcua.services.{code}"
    try:
        module = importlib.import_module(path)
    except ModuleNotFoundError as error:
        if error.name == path:
            return None
        raise
    return _checked(code, "motcua", module.SERVICE)


def _installed() -> Iterator[Found]:
    for point in sorted(metadata.entry_points(group=GROUP), key=lambda point: point.name):
        origin = f"{point.dist.name} {point.dist.version}" if point.dist else point.value
        try:
            offered = point.load()
            yield _checked(point.name, origin, offered() if isinstance(offered, type) else offered)
        except (Exception, SystemExit) as error:  # whatever somebody else's package does while it is imported
            said = f"{type(error).__name__}: {error}"[:SHOWN_FAULT]
            yield Found(
                point.name, origin, fault=f"Không nạp được gói ({said}). Xin báo nơi viết gói hoặc gỡ gói."
            )


def _checked(name: str, origin: str, service: object) -> Found:
    faults = faults_of(service)
    if not faults and service.code != name:
        faults = [f"Tên khai trong gói là “{name}”, mã của dịch vụ là “{service.code}”. Xin ghi giống nhau."]
    return Found(name, origin, fault=" ".join(faults)) if faults else Found(name, origin, service)


def faults_of(service: object) -> list[str]:
    """What a declaration breaks, a sentence each; an empty list for a sound one."""
    if not isinstance(service, Service):
        return ["Gói không đưa ra một đối tượng Service. Xin xem tài liệu về dịch vụ."]
    faults = []
    if not CODE.fullmatch(getattr(service, "code", "")):
        faults.append("Mã dịch vụ gồm 2–40 chữ thường, số, dấu gạch dưới và bắt đầu bằng chữ. Xin sửa code.")
    if not getattr(service, "name", "").strip():
        faults.append("Dịch vụ chưa có tên. Xin ghi name.")
    if type(service).ask is Service.ask:
        faults.append("Dịch vụ chưa trả lời câu hỏi nào. Xin viết ask.")
    if service.level not in range(E_ID + 1) or service.per_minute < 1 or not 0 < service.timeout_s <= 60:
        faults.append("Một giới hạn không hợp lệ. Xin xem lại level, per_minute, timeout_s (tối đa 60).")
    faults += _form_faults(service)
    if service.dataset is not None:
        faults += _dataset_faults(service)
    if repeated := _repeated(topic.code for topic in service.topics):
        faults.append(f"Chủ đề bị khai hai lần: {repeated}. Xin giữ một.")
    return faults


def _form_faults(service: Service) -> Iterator[str]:
    if repeated := _repeated(field.name for field in service.form):
        yield f"Ô hỏi bị khai hai lần: {repeated}. Xin giữ một."
    if sum(field.free_text for field in service.form) > 1:
        yield "Nhiều ô cùng nhận lời viết tự do. Xin giữ một ô free_text."
    for field in service.form:
        if not FIELD_NAME.fullmatch(field.name) or field.name in ("csrf_token", "lang"):
            yield f"Tên ô “{field.name}” không dùng được. Xin ghi chữ thường, số, gạch dưới."
        if field.kind == "choice" and not field.options:
            yield f"Ô “{field.name}” là ô chọn mà không có gì để chọn. Xin ghi options."


def _dataset_faults(service: Service) -> Iterator[str]:
    names = [column.name for column in service.dataset.columns]
    if not names:
        yield "Bảng dữ liệu không có cột nào. Xin ghi columns."
    if repeated := _repeated(names):
        yield f"Cột bị khai hai lần: {repeated}. Xin giữ một."
    if unknown := set(service.dataset.key) - set(names):
        yield f"Khóa của bảng nêu cột không có: {', '.join(sorted(unknown))}. Xin sửa key."
    for column in service.dataset.columns:
        if column.kind == "choice" and not column.options:
            yield f"Cột “{column.name}” là cột chọn mà không có gì để chọn. Xin ghi options."


def _repeated(names) -> str:
    return ", ".join(sorted(name for name, times in Counter(names).items() if times > 1))
