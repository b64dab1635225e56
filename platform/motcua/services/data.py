"""The versions of a service's data: loaded as drafts, published whole, rolled back whole.

On a day, within a part, one published version holds: of those whose time covers the day the one that began
last, then the one published last. Publishing retires the versions whose whole time the new one covers.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import text

from motcua.core import scope
from motcua.core.clock import VIETNAM, now
from motcua.core.database import db
from motcua.core.errors import Conflict, Invalid, NotFound

from .checking import Checked
from .contract import Published, Service
from .models import ServiceDataFile, ServiceDataVersion, ServiceRow

BATCH = 2000
DRAFTS_KEPT = 20  # of faulty files, a service
LONGEST_PART, LONGEST_DOCUMENT = 80, 300
_LOCK = text(
    "SELECT pg_advisory_xact_lock(hashtextextended('service-data/' || :tenant || '/' || :service, 0))"
)
_KEEP = text(
    "INSERT INTO service_row (tenant_id, version_id, number, cells)"
    " SELECT :tenant, :version_id, one.number, one.cells"
    " FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS one(number integer, cells jsonb)"
)


class VersionNotFound(NotFound):
    code = "service_version_not_found"
    message = "Không tìm thấy bản dữ liệu này. Xin xem lại danh sách các bản đã nạp."


@dataclass(frozen=True)
class About:
    """What is said of a file: for which part, from when to when, by which document, how fresh."""

    part: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    as_of: date | None = None
    next_update_on: date | None = None
    document: str = ""
    is_official: bool = True


@dataclass(frozen=True)
class Freshness:
    """How fresh the data in force are. `due_on`: when a newer version is expected; None: nobody said."""

    as_of: date | None
    due_on: date | None
    is_stale: bool


def load(
    service: Service, checked: Checked, about: About, *, file_name: str, content: bytes, by: str
) -> ServiceDataVersion:
    """Keep a checked file as a draft, or, where it has faults, as a faulty one to be corrected; the caller commits.

    Nothing that citizens see changes. Raises Invalid for what `about` says wrongly.
    """
    check_about(service, about)
    _forget_faulty(service.code)
    version = ServiceDataVersion(
        service=service.code,
        part=about.part,
        state="faulty" if checked.fault_count else "draft",
        valid_from=about.valid_from,
        valid_to=about.valid_to,
        as_of=about.as_of,
        next_update_on=about.next_update_on,
        document=about.document,
        is_official=about.is_official,
        file_name=file_name[-200:],
        digest=digest_of(content, about),
        row_count=len(checked.rows),
        fault_count=checked.fault_count,
        faults=checked.faults_as_json(),
        notes=checked.notes,
        loaded_by=by,
    )
    db.session.add(version)
    db.session.flush()
    db.session.add(ServiceDataFile(version_id=version.id, content=content))
    for start in range(0, len(checked.rows), BATCH):
        batch = [{"number": number, "cells": cells} for number, cells in checked.rows[start : start + BATCH]]
        words = {"tenant": scope.required(), "version_id": version.id, "rows": json.dumps(batch)}
        db.session.execute(_KEEP, words)
    db.session.flush()
    return version


def check_about(service: Service, about: About) -> None:
    """Raises Invalid, naming the remedy."""
    if about.part and not (service.dataset and service.dataset.has_parts):
        raise Invalid("Dữ liệu của dịch vụ này không chia phần. Xin bỏ trống tên phần.")
    if len(about.part) > LONGEST_PART or len(about.document) > LONGEST_DOCUMENT:
        raise Invalid("Tên phần hoặc tên văn bản quá dài. Xin ghi ngắn lại.")
    if about.valid_from and about.valid_to and about.valid_to < about.valid_from:
        raise Invalid("Ngày hết hiệu lực sớm hơn ngày có hiệu lực. Xin kiểm tra lại hai ngày.")
    if about.as_of and about.as_of > now().astimezone(VIETNAM).date():
        raise Invalid("Ngày của dữ liệu nằm trong tương lai. Xin ghi ngày số liệu được chốt.")


def digest_of(content: bytes, about: About) -> str:
    """The same for the same file with the same said of it."""
    return hashlib.sha256(repr(about).encode() + content).hexdigest()


def publish(service: Service, version_id: int, by: str) -> ServiceDataVersion:
    """Let a draft, or a retired version again, hold from now on for citizens; the caller commits.

    One that holds already stays as it is. Raises VersionNotFound, and Conflict for a faulty one.
    """
    version = _locked(service, version_id)
    if version.state == "published":
        return version
    if version.state == "faulty":
        raise Conflict("Chỉ bản nháp không có lỗi mới công bố được. Xin nạp lại tệp đã sửa.")
    moment = now()
    for older in _published(service.code, version.part):
        if _covers(version, older):
            older.state, older.replaced_by = "retired", version.id
            older.retired_at, older.retired_by = moment, by
    version.state, version.published_at, version.published_by = "published", moment, by
    version.retired_at = version.retired_by = version.replaced_by = None
    db.session.flush()
    return version


def roll_back(service: Service, version_id: int, by: str) -> ServiceDataVersion:
    """Take a published version back; what its publishing retired holds again. The caller commits.

    Raises VersionNotFound, and Conflict for one that is not published.
    """
    version = _locked(service, version_id)
    if version.state != "published":
        raise Conflict("Bản này đang không được dùng nên không có gì để thu lại. Xin tải lại trang.")
    version.state, version.retired_at, version.retired_by = "retired", now(), by
    db.session.execute(
        db.update(ServiceDataVersion)
        .where(ServiceDataVersion.replaced_by == version.id, ServiceDataVersion.state == "retired")
        .values(state="published", replaced_by=None, retired_at=None, retired_by=None)
    )
    db.session.flush()
    return version


def brought_back_by(version: ServiceDataVersion) -> list[ServiceDataVersion]:
    """The versions that hold again when this one is rolled back: those that its publishing retired."""
    former = ServiceDataVersion
    query = db.select(former).where(former.replaced_by == version.id, former.state == "retired")
    return list(db.session.scalars(query.order_by(former.id)))


def left_without(version: ServiceDataVersion, on: date) -> list[ServiceDataVersion]:
    """What would answer on a day, in this version's part, if it were rolled back."""
    others = [one for one in _published(version.service, version.part) if one.id != version.id]
    return _holding([*others, *brought_back_by(version)], on)


def discard(service: Service, version_id: int) -> None:
    """Drop a draft or a faulty file. Raises VersionNotFound, and Conflict for one that citizens have seen."""
    version = _locked(service, version_id)
    if version.state not in ("draft", "faulty"):
        raise Conflict("Bản đã công bố được giữ làm lịch sử, không xóa được. Xin dùng nút thu lại.")
    db.session.delete(version)
    db.session.flush()


def find(service: Service, version_id: int) -> ServiceDataVersion:
    """Raises VersionNotFound."""
    version = db.session.scalar(
        db.select(ServiceDataVersion).where(
            ServiceDataVersion.id == version_id, ServiceDataVersion.service == service.code
        )
    )
    if version is None:
        raise VersionNotFound
    return version


def versions(service: Service) -> list[ServiceDataVersion]:
    """All that was loaded, newest first."""
    version = ServiceDataVersion
    query = db.select(version).where(version.service == service.code).order_by(version.id.desc())
    return list(db.session.scalars(query.limit(200)))


def content_of(version: ServiceDataVersion) -> bytes:
    return db.session.scalars(
        db.select(ServiceDataFile.content).where(ServiceDataFile.version_id == version.id)
    ).one()


def sample(version: ServiceDataVersion, most: int) -> list[tuple[int, dict[str, Any]]]:
    """The first rows, with their numbers in the file."""
    row = ServiceRow
    query = db.select(row.number, row.cells).where(row.version_id == version.id).order_by(row.number)
    return [tuple(one) for one in db.session.execute(query.limit(most))]


def is_known(service: Service, digest: str) -> bool:
    """Whether this very file was loaded before and had no faults."""
    version = ServiceDataVersion
    return db.session.scalar(
        db.select(
            db.exists().where(
                version.service == service.code, version.digest == digest, version.state != "faulty"
            )
        )
    )


def codes_with_data() -> set[str]:
    """Services of which anything is published for the tenant in scope."""
    version = ServiceDataVersion
    return set(db.session.scalars(db.select(version.service).where(version.state == "published").distinct()))


def published(code: str, on: date) -> list[Published]:
    """The versions of a service that hold on a day for the tenant in scope, with their rows, by part."""
    return [with_rows(version, former) for version, former in in_force(code, on)]


def in_force(
    code: str, on: date, instead: ServiceDataVersion | None = None
) -> list[tuple[ServiceDataVersion, ServiceDataVersion | None]]:
    """The same without their rows, each with the one that held before it. `instead`: as if it were published too."""
    known = [*_published(code), *([instead] if instead is not None else [])]
    found = []
    for version in _holding(known, on):
        before = version.valid_from and version.valid_from - timedelta(days=1)
        earlier = _holding([one for one in known if one.part == version.part], before) if before else []
        found.append((version, earlier[0] if earlier else None))
    return found


def _holding(known: Iterable[ServiceDataVersion], on: date) -> list[ServiceDataVersion]:
    choice: dict[str, ServiceDataVersion] = {}
    for version in known:
        if version.holds_on(on):
            choice[version.part] = max(choice.get(version.part, version), version, key=_rank)
    return [choice[part] for part in sorted(choice)]


def with_rows(version: ServiceDataVersion, former: ServiceDataVersion | None = None) -> Published:
    rows = db.session.scalars(
        db.select(ServiceRow.cells).where(ServiceRow.version_id == version.id).order_by(ServiceRow.number)
    )
    return Published(
        version.id,
        version.part,
        tuple(rows),
        version.valid_from,
        version.valid_to,
        version.as_of,
        version.document,
        version.is_official,
        with_rows(former) if former is not None else None,
    )


def freshness(service: Service, today: date) -> Freshness | None:
    """None where nothing is published. The oldest part speaks for all."""
    holding = [version for version, _ in in_force(service.code, today)]
    if not holding:
        return None
    dates = [_as_of(version) for version in holding]
    due = [one for version in holding if (one := due_on(service, version))]
    soonest = min(due, default=None)
    return Freshness(min(dates), soonest, soonest is not None and soonest < today)


def _as_of(version: ServiceDataVersion) -> date:
    return version.as_of or version.published_at.astimezone(VIETNAM).date()


def due_on(service: Service, version: ServiceDataVersion) -> date | None:
    """When a newer version is expected; None: nobody said, or it has not been published."""
    days = service.dataset.stale_after_days
    if version.next_update_on or not days or not (version.as_of or version.published_at):
        return version.next_update_on
    return _as_of(version) + timedelta(days=days)


def _rank(version: ServiceDataVersion) -> tuple:
    # A draft that is tried out counts as published last.
    return (version.valid_from or date.min, version.state != "published", version.published_at, version.id)


def _covers(newer: ServiceDataVersion, older: ServiceDataVersion) -> bool:
    starts = (newer.valid_from or date.min) <= (older.valid_from or date.min)
    return starts and (newer.valid_to or date.max) >= (older.valid_to or date.max)


def _published(code: str, part: str | None = None) -> Sequence[ServiceDataVersion]:
    version = ServiceDataVersion
    query = db.select(version).where(version.service == code, version.state == "published")
    if part is not None:
        query = query.where(version.part == part)
    return db.session.scalars(query.order_by(version.id)).all()


def _locked(service: Service, version_id: int) -> ServiceDataVersion:
    """The version, with everybody else who changes this service's data kept waiting."""
    db.session.execute(_LOCK, {"tenant": scope.required(), "service": service.code})
    db.session.expire_all()
    return find(service, version_id)


def _forget_faulty(code: str) -> None:
    version = ServiceDataVersion
    query = db.select(version.id).where(version.service == code, version.state == "faulty")
    kept: Iterable[Any] = db.session.scalars(query.order_by(version.id.desc()).limit(DRAFTS_KEPT - 1)).all()
    db.session.execute(
        db.delete(version).where(version.service == code, version.state == "faulty", version.id.not_in(kept))
    )
