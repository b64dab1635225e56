"""Which services the tenant in scope offers, and how: tenant.toml is the default, the console wins."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import distinct_on

from motcua.core import crypto, scope
from motcua.core.database import db
from motcua.core.errors import Invalid
from motcua.tenancy import current
from motcua.tenancy.secret_keys import is_secret

from . import registry
from .contract import Service
from .models import ServiceSwitch

PURPOSE = "service_secrets"
LONGEST_SETTING = 2000


@dataclass(frozen=True)
class Difference:
    """Where the console says otherwise than the folder. A secret's value is not shown: "•••"."""

    service: str
    field: str  # "on", or a setting's name
    folder: Any
    console: Any
    set_by: str
    set_at: datetime


def is_on(code: str) -> bool:
    """Whether the tenant in scope offers this service, and it can be used."""
    return any(service.code == code for service in all_on())


def all_on() -> list[Service]:
    """The services that the tenant in scope offers, in the registry's order."""
    said = _newest()
    folder = set(current.tenant().settings.get("services", ()))
    return [service for service in registry.all_services() if _is_on(service.code, folder, said)]


def settings_of(code: str) -> dict[str, Any]:
    """The province's settings of one service: the folder's, with the console's over them."""
    said = _newest(code).get(code)
    own = said.settings | _secrets(said) if said else {}
    return folder_settings(code) | own


def folder_settings(code: str) -> dict[str, Any]:
    return dict(current.tenant().settings.get("service_settings", {}).get(code, {}))


def set_secrets(code: str) -> set[str]:
    """Names of the secret settings that have a value: a page shows that they are set, never what they are."""
    said = _newest(code).get(code)
    return set(_secrets(said)) if said else set()


def change(code: str, is_on: bool | None, settings: Mapping[str, str], by: str) -> ServiceSwitch:
    """Keep what somebody set; the caller commits. `is_on` None: as the folder says again.

    `settings` names every setting of the service: one equal to the folder's, or empty, follows the folder; an
    empty secret keeps the one there is. Raises ServiceNotFound, and Invalid for a setting that is none.
    """
    service = registry.find(code)
    if unknown := settings.keys() - service.settings_help.keys():
        raise Invalid(f"Dịch vụ không có thiết lập {', '.join(sorted(unknown))}. Xin bỏ đi.")
    if any(len(value) > LONGEST_SETTING for value in settings.values()):
        raise Invalid(f"Thiết lập dài hơn {LONGEST_SETTING} ký tự. Xin ghi ngắn lại.")
    folder, before = folder_settings(code), _newest(code).get(code)
    secrets = _secrets(before) if before else {}
    secrets |= {name: value.strip() for name, value in settings.items() if is_secret(name) and value.strip()}
    plain = {
        name: value.strip()
        for name, value in settings.items()
        if not is_secret(name) and value.strip() and value.strip() != str(folder.get(name, ""))
    }
    row = ServiceSwitch(service=code, is_on=is_on, settings=plain, set_by=by)
    if secrets:
        row.secrets_encrypted = crypto.seal_json(scope.required(), PURPOSE, secrets)
    db.session.add(row)
    db.session.flush()
    return row


def history(code: str) -> list[ServiceSwitch]:
    """What was set in the console, newest first."""
    query = db.select(ServiceSwitch).where(ServiceSwitch.service == code).order_by(ServiceSwitch.id.desc())
    return list(db.session.scalars(query.limit(50)))


def differences() -> list[Difference]:
    folder = set(current.tenant().settings.get("services", ()))
    found = []
    for code, said in sorted(_newest().items()):
        if said.is_on is not None and said.is_on != (code in folder):
            found.append(Difference(code, "on", code in folder, said.is_on, said.set_by, said.set_at))
        own, base = said.settings | dict.fromkeys(_secrets(said), "•••"), folder_settings(code)
        found += [
            Difference(code, name, base.get(name), value, said.set_by, said.set_at)
            for name, value in sorted(own.items())
        ]
    return found


def _newest(code: str | None = None) -> dict[str, ServiceSwitch]:
    query = db.select(ServiceSwitch).ext(distinct_on(ServiceSwitch.service))
    query = query.order_by(ServiceSwitch.service, ServiceSwitch.id.desc())
    if code is not None:
        query = query.where(ServiceSwitch.service == code)
    return {row.service: row for row in db.session.scalars(query)}


def _is_on(code: str, folder: set[str], said: dict[str, ServiceSwitch]) -> bool:
    row = said.get(code)
    return code in folder if row is None or row.is_on is None else row.is_on


def _secrets(row: ServiceSwitch) -> dict[str, str]:
    sealed = row.secrets_encrypted
    return crypto.open_json(row.tenant_id, PURPOSE, sealed) if sealed else {}
