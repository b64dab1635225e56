"""A new province without a folder: from one form to a tenant on trial, with its offices, words and catalogue."""

from dataclasses import dataclass
from pathlib import Path

from flask import current_app
from marshmallow import ValidationError, fields, validate, validates_schema
from sqlalchemy.exc import IntegrityError

from motcua.catalogue.models import NationalProcedure, TenantProcedure
from motcua.catalogue.procedures_file import EVERY_COMMUNE, ProcedureRow
from motcua.conversation.chat_file import read_chat
from motcua.core.database import db, tenant_scope
from motcua.core.errors import Conflict, Invalid
from motcua.core.schema import InputSchema, one_of, text
from motcua.dossiers.statuses_file import read_statuses
from motcua.feedback.kinds import read_kinds
from motcua.messaging.wording.texts import read_texts
from motcua.tenancy.folder_fields import HOST, SLUG, matching
from motcua.tenancy.folder_schema import BrandingSection, TenantSection
from motcua.tenancy.models import CONSOLE, Tenant
from motcua.tenancy.province import TenantFolder

from . import keeping, units
from .keeping import Given, Words
from .models import TenantDecision
from .units import Unit

NATIONAL, COPY, LATER = SOURCES = ("national", "copy", "later")
LEVELS = ("province", "commune")
PORTAL = "https://dichvucong.gov.vn"
HOURS = {
    "weekdays": [1, 2, 3, 4, 5],
    "spans": [["07:00", "11:30"], ["13:30", "17:00"]],
    "same_day_cutoff": "15:00",
}
RETENTION = {
    "raw_chat_days": 90,
    "delivery_log_days": 365,
    "access_audit_days": 730,
    "survey_text_days": 730,
    "consent_evidence_days": 1825,
}
SERVICES = ["traffic_fine", "directory", "outage"]
OA_FORM = r"[0-9]{15,20}"


class FoundingForm(InputSchema):
    """One province to be: who it is, where it answers, who runs it, and what its catalogue begins with."""

    unit = text(20, required=True)
    slug = matching(
        SLUG, "Tên định danh chỉ gồm chữ thường không dấu, số và gạch nối, như “lam-dong”.", required=True
    )
    host = matching(
        HOST, "Tên miền chưa đúng. Xin ghi chữ thường, không kèm https://, như “zalo.lamdong.gov.vn”.",
        required=True,
    )  # fmt: skip
    name = text(100)
    short_name = text(40)
    hotline = matching(r"[0-9+][0-9 .()-]{2,19}", "Số điện thoại chỉ gồm chữ số, dấu cách và dấu chấm.")
    portal_url = text(200, load_default=PORTAL)
    oa_id = matching(OA_FORM, "Mã OA gồm 15–20 chữ số. Xin chép từ trang quản lý OA.")
    app_id = matching(OA_FORM, "Mã ứng dụng gồm 15–20 chữ số. Xin chép từ trang ứng dụng ở Zalo.")
    oa_name = text(100)
    admin_email = fields.Email(
        required=True, error_messages={"invalid": "Thư điện tử chưa đúng. Xin ghi như ten@tinh.gov.vn."}
    )
    admin_name = text(100, required=True, shortest=2)
    catalogue = one_of(SOURCES, load_default=NATIONAL)
    fields_of = fields.List(text(200), load_default=list)
    copy_from = text(80)
    primary_color = fields.String(load_default="#0b5394")
    accent_color = fields.String(load_default="#c0392b")
    monogram = fields.String(validate=validate.Length(max=2))

    @validates_schema(skip_on_field_errors=True)
    def belongs_together(self, data, **kwargs):
        if bool(data.get("oa_id")) != bool(data.get("app_id")):
            missing = "app_id" if data.get("oa_id") else "oa_id"
            raise ValidationError(
                "Mã OA và mã ứng dụng đi cùng nhau. Xin ghi cả hai hoặc bỏ trống cả hai.", missing
            )
        if data["catalogue"] == COPY and not data.get("copy_from"):
            raise ValidationError("Xin chọn tỉnh để chép danh mục.", "copy_from")
        branding = {name: data[name] for name in ("primary_color", "accent_color")} | {"monogram": "MC"}
        if faults := BrandingSection().validate(branding):
            raise ValidationError(faults)


@dataclass(frozen=True)
class Founded:
    slug: str
    agencies: int
    procedures: int


def home() -> Path:
    return current_app.config["SETTINGS"].home / "tenants" / "_national"


def unit_of(key: str) -> Unit:
    """Raises Invalid."""
    found = units.all_units(home()).get(key)
    if found is None:
        raise Invalid(
            "Không có đơn vị hành chính này. Xin chọn trong danh sách.",
            details={"unit": ["Không có đơn vị hành chính này. Xin chọn trong danh sách."]},
        )
    return found


def found(given: dict, by: str) -> Founded:
    """Make the province, on trial; commits. `given` as FoundingForm loads it.

    Raises Invalid, and Conflict where its name, host or OA is another's; then nothing is there.
    """
    unit, national = unit_of(given["unit"]), home()
    folder = _folder(given, unit, national)
    agencies = units.agencies_of(unit, national)
    procedures = _catalogue(given, {one.code for one in agencies})
    words = read_words(national, national / "nowhere")
    try:
        keeping.keep(Given(folder, words, agencies, procedures, [], CONSOLE), is_new=True)
    except IntegrityError as error:
        db.session.rollback()
        raise Conflict(f"Đã có tỉnh {folder.slug}. Xin đặt tên định danh khác.") from error
    told = {
        name: given.get(name) for name in ("unit", "host", "catalogue", "copy_from", "oa_id", "admin_email")
    }
    db.session.add(TenantDecision(tenant_id=folder.slug, kind="founded", after=told, made_by=by))
    db.session.commit()
    return Founded(folder.slug, len(agencies), len(procedures))


def read_words(national: Path, own: Path) -> Words:
    """The nation's words with a province's own, in the folder `own`, over them."""
    return Words(
        read_texts(national / "messages", own / "messages"),
        read_chat(national / "chat.toml", own / "chat.toml"),
        read_kinds(national / "feedback.toml", own / "feedback.toml"),
        read_statuses(national / "statuses.csv", own / "statuses.csv"),
    )


def renew_all() -> list[str]:
    """Bring the nation's newest words to every province that has no folder; commits. Returns which there are.

    What their consoles changed stays.
    """
    slugs = list(db.session.scalars(db.select(Tenant.id).where(Tenant.origin == CONSOLE).order_by(Tenant.id)))
    words = read_words(home(), home() / "nowhere") if slugs else None
    for slug in slugs:
        with tenant_scope(slug):
            tenant = db.session.get(Tenant, slug)
            tenant.settings = tenant.settings | {"chat": words.chat, "feedback": words.feedback}
            keeping.keep_words(words)
            db.session.commit()
    return slugs


def propose(unit: Unit, host_below: str) -> dict[str, str]:
    """What a form may begin with: slug, host, monogram and the names."""
    letters = [word[0] for word in unit.citizens_name.split() if word[0].isalpha()]
    monogram = (letters[0] + letters[-1] if len(letters) > 1 else unit.citizens_name[:2]).upper()
    return {
        "slug": unit.slug,
        "host": f"{unit.slug}.{host_below}",
        "name": unit.name,
        "short_name": unit.citizens_name,
        "monogram": monogram,
    }


def _folder(given: dict, unit: Unit, national: Path) -> TenantFolder:
    slug, proposed = given["slug"], propose(unit, "localhost")
    sections = units.sections_of(unit, national)
    sections["names"][-1] |= {
        "name": given.get("name") or unit.name,
        "short_name": given.get("short_name") or unit.citizens_name,
    }
    accounts = []
    if given.get("oa_id"):
        accounts.append(
            {
                "key": "main",
                "oa_id": given["oa_id"],
                "app_id": given["app_id"],
                "name": given.get("oa_name") or f"Dịch vụ công {sections['names'][-1]['short_name']}",
            }
        )
    contact = {"portal_url": given["portal_url"]}
    if given.get("hotline"):
        contact["hotline"] = given["hotline"]
    raw = sections | {
        "slug": slug,
        "status": "trial",
        "timezone": "Asia/Ho_Chi_Minh",
        "hosts": [given["host"]],
        "languages": ["vi", "en"],
        "services": SERVICES,
        "office_hours": HOURS,
        "branding": {
            "primary_color": given["primary_color"],
            "accent_color": given["accent_color"],
            "monogram": given.get("monogram") or proposed["monogram"],
        },
        "contact": contact,
        "official_accounts": accounts,
        "retention": RETENTION,
        "procedures": {"include_levels": list(LEVELS)},
    }
    try:
        return TenantSection().load(raw)
    except ValidationError as error:
        raise Invalid(details=_by_field(error)) from error


def _by_field(error: ValidationError) -> dict[str, list[str]]:
    """What the rules of a folder refused, under the names of the form."""
    names = {"hosts": "host", "contact": "portal_url", "branding": "monogram", "names": "short_name"}
    return {names.get(where, where): sentences(found) for where, found in error.normalized_messages().items()}


def sentences(nested) -> list[str]:
    """What marshmallow found, without its nesting."""
    if isinstance(nested, dict):
        nested = list(nested.values())
    return [one for part in nested for one in sentences(part)] if isinstance(nested, list) else [str(nested)]


def _catalogue(given: dict, agencies: set[str]) -> list[ProcedureRow]:
    in_force = NationalProcedure.withdrawn_on.is_(None)
    if given["catalogue"] == LATER:
        return []
    if given["catalogue"] == COPY:
        codes = set(db.session.scalars(db.select(NationalProcedure.code).where(in_force)))
        return _copied(given["copy_from"], codes, agencies)
    rows = db.session.execute(
        db.select(NationalProcedure.code, NationalProcedure.field, NationalProcedure.facts["levels"])
        .where(in_force)
        .order_by(NationalProcedure.code)
    )
    wanted = set(given.get("fields_of") or ())
    return [
        ProcedureRow(code, None, EVERY_COMMUNE if levels == ["commune"] else None, True, {})
        for code, field, levels in rows
        if set(levels or LEVELS) & set(LEVELS) and (not wanted or field in wanted)
    ]


def _copied(slug: str, codes: set[str], agencies: set[str]) -> list[ProcedureRow]:
    """The other province's choice of national procedures and who carries them out; its own words are its own."""
    if db.session.get(Tenant, slug) is None:
        raise Invalid(
            f"Không có tỉnh {slug} để chép danh mục.", details={"copy_from": ["Xin chọn tỉnh khác."]}
        )
    with tenant_scope(slug):
        rows = db.session.execute(
            db.select(TenantProcedure.code, TenantProcedure.agency, TenantProcedure.is_enabled).order_by(
                TenantProcedure.code
            )
        ).all()
    return [
        ProcedureRow(code, None, _same_agency(agency, agencies), enabled, {})
        for code, agency, enabled in rows
        if code in codes
    ]


def _same_agency(code: str | None, agencies: set[str]) -> str | None:
    """The same office here: a city's committee is “ubnd-thanh-pho”, a province's “ubnd-tinh”."""
    if code is None or code == EVERY_COMMUNE or code in agencies:
        return code
    for suffix, other in (("-thanh-pho", "-tinh"), ("-tinh", "-thanh-pho")):
        if code.endswith(suffix) and (turned := code.removesuffix(suffix) + other) in agencies:
            return turned
    return None
