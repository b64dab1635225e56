"""How a province without a folder presents itself: names, office hours, colours, contact, changed by its own admin."""

from typing import Any

from marshmallow import Schema, ValidationError

from motcua import audit
from motcua.core import scope
from motcua.core.database import db
from motcua.core.errors import Conflict, Invalid
from motcua.core.schema import InputSchema, text
from motcua.tenancy import current
from motcua.tenancy.folder_schema import BrandingSection, ContactSection, OfficeHoursSection
from motcua.tenancy.models import CONSOLE, Tenant

from .founding import sentences
from .keeping import to_settings
from .models import TenantDecision

KIND = "settings"
NAMES = ("name", "short_name")
BRANDING = ("primary_color", "accent_color", "monogram")
CONTACT = ("hotline", "portal_url", "address")
HOURS = ("weekdays", "spans", "same_day_cutoff")
FIELDS = (*NAMES, *HOURS, *BRANDING, *CONTACT)
IN_FOLDER = (
    "Thông tin của tỉnh này do nhà cung cấp giữ theo bản đã duyệt. Xin gửi điều cần sửa cho nhà cung cấp; sửa xong, "
    "trang này và người dân thấy giá trị mới."
)


class NamesSection(InputSchema):
    name = text(100, required=True)
    short_name = text(40, required=True)


def is_editable() -> bool:
    """Whether the province in scope may be changed here: no reviewed folder stands behind it."""
    return current.tenant().origin == CONSOLE


def present() -> dict[str, Any]:
    """FIELDS as they hold today, spans as `07:00-11:30 13:30-17:00`."""
    settings = current.tenant().settings
    hours, contact = settings["office_hours"], settings.get("contact") or {}
    named = current.name_on(settings, current.today())
    return {
        **{one: named[one] for one in NAMES},
        "weekdays": list(hours["weekdays"]),
        "spans": " ".join(f"{begin[:5]}-{end[:5]}" for begin, end in hours["spans"]),
        "same_day_cutoff": hours["same_day_cutoff"][:5],
        **{one: settings["branding"][one] for one in BRANDING},
        **{one: contact.get(one) or "" for one in CONTACT},
    }


def change(given: dict[str, Any], by: str) -> list[str]:
    """Citizens and staff see it at once; returns the names of FIELDS that changed. Does not commit.

    Raises Invalid with what is wrong with which field, Conflict where a folder stands behind the province.
    """
    tenant = db.session.get(Tenant, scope.required(), with_for_update=True, populate_existing=True)
    if tenant.origin != CONSOLE:
        raise Conflict(IN_FOLDER)
    before = present()
    tenant.settings = _laid_over(tenant.settings, _checked(given))
    after = present()
    changed = [name for name in FIELDS if before[name] != after[name]]
    if changed:
        old, new = ({name: told[name] for name in changed} for told in (before, after))
        db.session.add(TenantDecision(tenant_id=tenant.id, kind=KIND, before=old, after=new, made_by=by))
        audit.record(
            "province.change", "", {name: [_plain(old[name]), _plain(new[name])] for name in changed}
        )
    return changed


def history(limit: int = 20) -> list[TenantDecision]:
    """What was changed here, the newest first."""
    query = db.select(TenantDecision).where(
        TenantDecision.tenant_id == scope.required(), TenantDecision.kind == KIND
    )
    return list(db.session.scalars(query.order_by(TenantDecision.id.desc()).limit(limit)))


def _checked(given: dict[str, Any]) -> dict[str, Any]:
    """The sections of settings, validated as a folder's are. Raises Invalid."""
    said = {name: value for name in FIELDS if (value := given.get(name)) not in ("", None)}
    spans = [span.replace("–", "-").split("-") for span in str(said.get("spans", "")).split()]
    parts: dict[str, tuple[type[Schema], dict]] = {
        "names": (NamesSection, _of(said, NAMES)),
        "office_hours": (OfficeHoursSection, _of(said, HOURS) | {"spans": spans}),
        "branding": (BrandingSection, _of(said, BRANDING)),
        "contact": (ContactSection, _of(said, CONTACT)),
    }
    made, faults = {}, {}
    for section, (schema, values) in parts.items():
        try:
            made[section] = schema().load(values)
        except ValidationError as error:
            faults |= {name: sentences(found) for name, found in error.normalized_messages().items()}
    if faults:
        raise Invalid(details=faults)
    return made


def _laid_over(settings: dict, made: dict[str, Any]) -> dict:
    today = current.today()
    named = current.name_on(settings, today)
    names = [one | made["names"] if one is named else one for one in settings["names"]]
    plain = {part: to_settings(made[part]) for part in ("office_hours", "branding", "contact")}
    return settings | plain | {"names": names}


def _of(said: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: said[name] for name in names if name in said}


def _plain(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
