"""Make a province in the database what its folder, or the form that founded it, says: all of it or nothing."""

import dataclasses
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from motcua.catalogue import agencies, changing
from motcua.catalogue.agencies_file import AgencyRow
from motcua.catalogue.folder_layer import keep_folder
from motcua.catalogue.procedures_file import ProcedureRow
from motcua.core.clock import now
from motcua.core.database import db, tenant_scope
from motcua.core.errors import Conflict
from motcua.dossiers import status_map
from motcua.messaging.wording.texts import keep_texts
from motcua.services import folder as service_files
from motcua.services.folder import FolderFile
from motcua.tenancy import routes
from motcua.tenancy.models import CONSOLE, FOLDER, OfficialAccount, Tenant, TenantRoute
from motcua.tenancy.province import OfficialAccountGiven, TenantFolder

from . import plan_months

REMEDIES = {FOLDER: "Xin sửa tenant.toml của một trong hai tỉnh.", CONSOLE: "Xin chọn giá trị khác."}
UNFINISHED = ""  # in place of a digest while the rows of a province are still being written


@dataclass(frozen=True)
class Words:
    """What a province says, its own laid over the nation's: texts by event, the chat, kinds of reports, statuses."""

    texts: dict[str, str]
    chat: dict
    feedback: dict
    statuses: Sequence[status_map.Entry]


@dataclass(frozen=True)
class Given:
    """Everything that makes a province. `origin` is "folder" or "console"."""

    folder: TenantFolder
    words: Words
    agencies: Sequence[AgencyRow]
    procedures: Sequence[ProcedureRow]
    files: Sequence[FolderFile]
    origin: str

    @property
    def settings(self) -> dict:
        return to_settings(self.folder) | {"chat": self.words.chat, "feedback": self.words.feedback}

    @property
    def digest(self) -> str:
        rows = [
            [_plain(row) for row in part] for part in (self.agencies, self.procedures, self.words.statuses)
        ]
        files = [file.digest for file in self.files]
        body = json.dumps([self.settings, *rows, self.words.texts, files], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(body.encode()).hexdigest()


def keep(given: Given, *, is_new: bool = False) -> int | None:
    """Make it so; commits. Returns how many data files of services were new, None where nothing changed.

    What the vendor decided since (`Tenant.decided`) wins. Raises FolderInvalid for a faulty file of a service,
    Conflict where another province already holds a host or an OA, or where there is the province already and it
    should be new; then nothing is changed.
    """
    slug, digest = given.folder.slug, given.digest
    db.session.rollback()
    tenant = db.session.get(Tenant, slug)
    if tenant is not None and (tenant.settings_digest, tenant.origin) == (digest, given.origin):
        return None
    if is_new and tenant is not None and tenant.settings_digest != UNFINISHED:
        raise Conflict(f"Đã có tỉnh {slug}. Xin đặt tên định danh khác.")
    with tenant_scope(slug):
        new_files = service_files.check_new(given.files)
    tenant = db.session.get(Tenant, slug)
    if tenant is not None:
        plan_months.begin(slug, tenant.settings.get("plan"), _settings(tenant, given).get("plan"))
    tenant = db.session.get(Tenant, slug) or Tenant(id=slug)
    tenant.status = (tenant.decided or {}).get("status", given.folder.status)
    tenant.settings = _settings(tenant, given)
    tenant.settings_digest, tenant.origin, tenant.applied_at = UNFINISHED, given.origin, now()
    db.session.add(tenant)
    db.session.flush()
    _claim_routes(given.folder, REMEDIES[given.origin])
    db.session.commit()
    with tenant_scope(slug):
        for account in given.folder.official_accounts:
            keep_account(account)
        changing.lock()
        agencies.keep_folder(given.agencies)
        keep_folder(given.procedures)
        changing.touch()
        keep_words(given.words)
        service_files.take(new_files)
        db.session.execute(db.update(Tenant).where(Tenant.id == slug).values(settings_digest=digest))
        db.session.commit()
    return len(new_files)


def _settings(tenant: Tenant, given: Given) -> dict:
    decided = tenant.decided or {}
    return given.settings | ({"plan": decided["plan"]} if "plan" in decided else {})


def keep_words(words: Words) -> None:
    """Texts and statuses of the tenant in scope; its console's own stay. Does not commit."""
    keep_texts(words.texts)
    status_map.keep_folder(words.statuses)


def keep_account(given: OfficialAccountGiven) -> OfficialAccount:
    """OAs are never deleted: old messages and citizens belong to them. Does not commit."""
    account = db.session.scalar(
        db.select(OfficialAccount).where(OfficialAccount.key == given.key)
    ) or OfficialAccount(key=given.key)
    account.oa_id, account.app_id, account.name = given.oa_id, given.app_id, given.name
    account.templates = dict(given.templates)
    db.session.add(account)
    return account


def to_settings(folder: TenantFolder) -> dict:
    """The validated tenant.toml as JSON: dates and times in ISO form."""
    return _plain(folder)


def claim(
    kind: str, value: str, slug: str, remedy: str = "Xin sửa tenant.toml của một trong hai tỉnh."
) -> None:
    """Raises Conflict, after a rollback, where another province holds it."""
    holder = routes.claim(kind, value, slug)
    if holder != slug:
        db.session.rollback()
        what = "Tên miền" if kind == "host" else "OA"
        raise Conflict(f"{what} {value} đã thuộc tỉnh {holder}. {remedy}")


def let_go(kind: str, value: str, slug: str) -> None:
    """The province no longer answers to it. Does not commit."""
    db.session.execute(
        db.delete(TenantRoute).where(
            TenantRoute.kind == kind, TenantRoute.value == value, TenantRoute.tenant_id == slug
        )
    )


def _claim_routes(folder: TenantFolder, remedy: str) -> None:
    wanted = {("host", host) for host in folder.hosts} | {
        ("oa", account.oa_id) for account in folder.official_accounts
    }
    for kind, value in sorted(wanted):
        claim(kind, value, folder.slug, remedy)
    held = db.session.scalars(
        db.select(TenantRoute).where(
            TenantRoute.tenant_id == folder.slug, TenantRoute.kind.in_(("host", "oa"))
        )
    ).all()
    for route in held:
        if (route.kind, route.value) not in wanted:
            db.session.delete(route)


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
