"""`motcua tenant apply`: from a province's folder to the database, all or nothing, as often as you like."""

import dataclasses
import hashlib
import json
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path

from motcua.catalogue import agencies, changing
from motcua.catalogue.agencies_file import read_agencies
from motcua.catalogue.folder_layer import keep_folder
from motcua.catalogue.models import NationalProcedure
from motcua.catalogue.national import read_national
from motcua.catalogue.national_base import keep_national
from motcua.catalogue.procedures_file import read_procedures
from motcua.conversation.chat_file import read_chat
from motcua.core.clock import now
from motcua.core.database import db, tenant_scope
from motcua.core.errors import Conflict
from motcua.dossiers import status_map
from motcua.dossiers.statuses_file import read_statuses
from motcua.feedback.kinds import read_kinds
from motcua.messaging.texts import keep_texts, read_texts
from motcua.services import folder as service_files
from motcua.tenancy import routes
from motcua.tenancy.folder import SETTINGS_FILE, TenantFolder, read_tenant
from motcua.tenancy.models import OfficialAccount, Tenant, TenantRoute
from motcua.tenancy.problems import FolderInvalid, file_name


@dataclass(frozen=True)
class Applied:
    """What an application changed, as one sentence for the operator."""

    changed: bool
    sentence: str


def apply_national(folder: Path) -> Applied:
    """Load the national base. Raises FolderInvalid, naming every fault, before anything is changed."""
    loaded = keep_national(read_national(folder))
    db.session.commit()
    sentence = f"Danh mục quốc gia: {loaded.total} thủ tục, {loaded.changed} mới hoặc thay đổi"
    sentence += f", {loaded.withdrawn} thôi áp dụng." if loaded.withdrawn else "."
    return Applied(bool(loaded.changed or loaded.withdrawn), sentence)


def apply_tenant(path: Path) -> Applied:
    """Load one province's folder. Raises FolderInvalid or TextInvalid, and Conflict where another
    province already holds a host or an OA; then nothing is changed."""
    national = path.parent / "_national"
    folder = read_tenant(path)
    told = file_name(path / SETTINGS_FILE)
    if unknown := service_files.faults_in_services(told, folder.services, folder.service_settings):
        raise FolderInvalid(unknown)
    in_force = db.select(NationalProcedure.code).where(NationalProcedure.withdrawn_on.is_(None))
    codes = set(db.session.scalars(in_force))
    agency_rows = read_agencies(path / "agencies.csv")
    procedures = read_procedures(path / "procedures.csv", codes, {row.code for row in agency_rows})
    texts = read_texts(national / "messages", path / "messages")
    chat = read_chat(national / "chat.toml", path / "chat.toml")
    feedback = read_kinds(national / "feedback.toml", path / "feedback.toml")
    statuses = read_statuses(national / "statuses.csv", path / "statuses.csv")
    settings = to_settings(folder) | {"chat": chat, "feedback": feedback}
    rows = [[_plain(row) for row in part] for part in (agency_rows, procedures, statuses)]
    files = service_files.read_folder(path)
    digest = _digest([settings, *rows, texts, [file.digest for file in files]])
    db.session.rollback()
    tenant = db.session.get(Tenant, folder.slug)
    if tenant is not None and tenant.settings_digest == digest:
        return Applied(False, f"{folder.slug}: không có gì thay đổi.")
    with tenant_scope(folder.slug):
        new_files = service_files.check_new(files)
    tenant = db.session.get(Tenant, folder.slug) or Tenant(id=folder.slug)
    tenant.status, tenant.settings, tenant.settings_digest = folder.status, settings, digest
    tenant.applied_at = now()
    db.session.add(tenant)
    db.session.flush()
    _claim_routes(folder)
    db.session.commit()
    with tenant_scope(folder.slug):
        _keep_accounts(folder)
        changing.lock()
        agencies.keep_folder(agency_rows)
        keep_folder(procedures)
        changing.touch()
        keep_texts(texts)
        status_map.keep_folder(statuses)
        service_files.take(new_files)
        db.session.commit()
    loaded = f", {len(new_files)} bảng dữ liệu của dịch vụ" if new_files else ""
    return Applied(
        True,
        f"{folder.slug}: đã nạp {len(agency_rows)} cơ quan, {len(procedures)} thủ tục, {len(texts)} mẫu tin, "
        f"{len(statuses)} mã trạng thái{loaded}.",
    )


def to_settings(folder: TenantFolder) -> dict:
    """The validated tenant.toml as JSON: dates and times in ISO form."""
    return _plain(folder)


def _plain(value):
    if dataclasses.is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    if isinstance(value, date | time):
        return value.isoformat()
    return value


def _claim_routes(folder: TenantFolder) -> None:
    wanted = {("host", host) for host in folder.hosts} | {
        ("oa", account.oa_id) for account in folder.official_accounts
    }
    for kind, value in sorted(wanted):
        holder = routes.claim(kind, value, folder.slug)
        if holder != folder.slug:
            db.session.rollback()
            what = "Tên miền" if kind == "host" else "OA"
            raise Conflict(
                f"{what} {value} đã thuộc tỉnh {holder}. Xin sửa tenant.toml của một trong hai tỉnh."
            )
    held = db.session.scalars(
        db.select(TenantRoute).where(
            TenantRoute.tenant_id == folder.slug, TenantRoute.kind.in_(("host", "oa"))
        )
    ).all()
    for route in held:
        if (route.kind, route.value) not in wanted:
            db.session.delete(route)


def _keep_accounts(folder: TenantFolder) -> None:
    """OAs are never deleted: old messages and citizens belong to them."""
    known = {account.key: account for account in db.session.scalars(db.select(OfficialAccount))}
    for given in folder.official_accounts:
        account = known.get(given.key) or OfficialAccount(key=given.key)
        account.oa_id, account.app_id, account.name = given.oa_id, given.app_id, given.name
        account.templates = dict(given.templates)
        db.session.add(account)


def _digest(body) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
