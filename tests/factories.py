"""Rows for tests: each test states only what matters to it."""

import itertools
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from motcua.accounts import api_keys, passwords
from motcua.accounts.models import Staff
from motcua.accounts.vendor_models import VendorStaff
from motcua.appointments import booking, people
from motcua.appointments.models import Desk, Visit
from motcua.catalogue.models import Agency, TenantProcedure
from motcua.citizens import registry
from motcua.citizens.models import Citizen
from motcua.conversation.chat_file import read_chat
from motcua.core import crypto, scope
from motcua.core.clock import VIETNAM, now
from motcua.core.database import db, tenant_scope
from motcua.dossiers import intake, status_map
from motcua.dossiers.models import Dossier
from motcua.dossiers.statuses_file import read_statuses
from motcua.feedback.kinds import read_kinds
from motcua.messaging.wording.texts import keep_texts, read_texts
from motcua.tenancy import routes
from motcua.tenancy.models import OfficialAccount, Tenant, ZaloApp

TENANTS = Path(__file__).resolve().parents[1] / "tenants"
APP_ID = "1234567890123456789"
APP_SECRET, WEBHOOK_SECRET = "app secret of the tests", "SIM_OA_SECRET_KEY"
OA_IDS = {"binh-thuan": "388000000000000060", "da-nang": "388000000000000048"}
NAMES = {"binh-thuan": "Bình Thuận", "da-nang": "Đà Nẵng"}
PASSWORD = "mật khẩu của cán bộ"
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PHONE = "84912345678"

numbers = itertools.count(1)


@cache
def texts() -> dict[str, str]:
    return read_texts(TENANTS / "_national" / "messages", TENANTS / "nowhere")


@cache
def chat() -> dict:
    return read_chat(TENANTS / "_national" / "chat.toml", TENANTS / "nowhere")


@cache
def feedback_kinds() -> dict:
    return read_kinds(TENANTS / "_national" / "feedback.toml", TENANTS / "nowhere")


@cache
def statuses() -> list[status_map.Entry]:
    return read_statuses(TENANTS / "_national" / "statuses.csv", TENANTS / "nowhere" / "statuses.csv")


def put_back(slug: str, moment: datetime) -> bool:
    """Whether the province stands again as it was made once; only the suite's own database knows how."""
    return False


def make_province(slug: str) -> Tenant:
    """A province with one agency, one procedure, a connected OA and its texts."""
    db.session.commit()
    if put_back(slug, now()):
        return db.session.get(Tenant, slug)
    name = NAMES[slug]
    settings = {
        "slug": slug,
        "timezone": "Asia/Ho_Chi_Minh",
        "hosts": [f"{slug}.localhost"],
        "names": [
            {"name": f"Tỉnh {name}", "short_name": name, "kind": "tỉnh", "valid_from": None, "valid_to": None}
        ],
        "branding": {"primary_color": "#0b5394", "accent_color": "#c0392b", "monogram": "MC"},
        "office_hours": {
            "weekdays": [1, 2, 3, 4, 5],
            "spans": [["07:00:00", "11:30:00"], ["13:30:00", "17:00:00"]],
            "same_day_cutoff": "15:00:00",
        },
        "chat": chat(),
        "feedback": feedback_kinds(),
    }
    tenant = Tenant(id=slug, status="live", settings=settings, settings_digest="")
    db.session.add(tenant)
    db.session.flush()
    if db.session.get(ZaloApp, APP_ID) is None:
        app = ZaloApp(app_id=APP_ID)
        app.app_secret, app.webhook_secret = APP_SECRET, WEBHOOK_SECRET
        db.session.add(app)
    routes.claim("host", f"{slug}.localhost", slug)
    routes.claim("oa", OA_IDS[slug], slug)
    db.session.commit()
    with tenant_scope(slug):
        make_account(slug)
        db.session.add(
            Agency(
                code="ubnd-phuong",
                name=f"UBND phường Một, {name}",
                kind="commune",
                level="commune",
                old_units=[],
            )
        )
        db.session.add(TenantProcedure(code="1.000894", is_enabled=True, overrides={}))
        keep_texts(texts())
        status_map.keep_folder(statuses())
        db.session.commit()
    return tenant


COMMUNES = [
    ("ubnd-mui-ne", "UBND phường Mũi Né", ["Phường Mũi Né", "Phường Hàm Tiến", "Xã Thiện Nghiệp"]),
    ("ubnd-phan-thiet", "UBND phường Phan Thiết", ["Phường Phú Trinh", "Phường Lạc Đạo"]),
    ("ubnd-tan-hai", "UBND xã Tân Hải", ["Xã Tân Tiến", "Xã Tân Bình"]),
]


def make_communes() -> None:
    """Three communes and a department, in the tenant in scope."""
    for code, name, old_units in COMMUNES:
        db.session.add(Agency(code=code, name=name, kind="commune", level="commune", old_units=old_units))
    db.session.add(Agency(code="so-xay-dung", name="Sở Xây dựng", kind="department", level="province"))
    db.session.flush()


def make_account(slug: str) -> OfficialAccount:
    account = OfficialAccount(
        tenant_id=slug,
        key="main",
        oa_id=OA_IDS[slug],
        app_id=APP_ID,
        name=f"Dịch vụ công {NAMES[slug]}",
        templates={
            name: f"{3 if slug == 'binh-thuan' else 4}0000{at}"
            for at, name in enumerate(("dossier_receipt", "dossier_status"))
        },
    )
    account.keep_tokens("a token", "a refresh token", datetime.now(UTC) + timedelta(hours=25))
    db.session.add(account)
    return account


def make_api_key(slug: str, mode: str = "live") -> str:
    with tenant_scope(slug):
        key = api_keys.issue("test", mode)
        db.session.commit()
    return key


@cache
def password_hash() -> str:
    """Of PASSWORD, made once: Argon2 is slow on purpose."""
    return passwords.hashed(PASSWORD)


def make_staff(slug: str, **given) -> Staff:
    """Able to sign in at once: an admin has a second factor already, with TOTP_SECRET."""
    with tenant_scope(slug):
        values = {"email": f"can-bo-{next(numbers)}@{slug}.example", "role": "officer"}
        person = _able(Staff(**(_NAMED | values | given)), slug)
        db.session.commit()
    return person


def make_vendor_staff(**given) -> VendorStaff:
    """An admin of the vendor unless told otherwise, able to sign in at once."""
    values = {"email": f"ho-tro-{next(numbers)}@vendor.example", "role": "vendor_admin"}
    person = _able(VendorStaff(**(_NAMED | values | given)), crypto.VENDOR)
    db.session.commit()
    return person


_NAMED = {"full_name": "Phạm Thu Hà"}


def _able(person, secret_owner: str):
    person.password_hash = password_hash()
    if person.needs_second_factor:
        sealed = crypto.keyring().encrypt(secret_owner, "totp_secret", TOTP_SECRET)
        person.totp_secret_encrypted, person.second_factor_since = sealed, now()
    db.session.add(person)
    return person


def make_citizen(
    uid: str = "7000000000000000001", *, phone: str | None = None, met: datetime | None = None
) -> Citizen:
    """In the tenant in scope; a follower who spoke with the OA just now."""
    citizen = registry.meet(OA_IDS[scope.required()], uid)
    citizen.is_follower = True
    registry.note_interaction(citizen, met)
    if phone:
        citizen.prove_phone(phone)
    db.session.flush()
    return citizen


def dossier_code(number: int | None = None) -> str:
    return f"000.00.01.H11-241126-{number or next(numbers):04d}"


def dossier_body(**given) -> dict:
    """What the one-stop system sends, as JSON."""
    body = {
        "procedure_code": "1.000894",
        "agency_code": "ubnd-phuong",
        "received_at": "2024-11-26T08:00:00+07:00",
        "due_at": "2024-11-28T10:00:00+07:00",
        "owner": {"name": "Nguyễn Thị Lan", "phone": "0912345678", "id_number": "060190012345"},
    }
    return {name: value for name, value in (body | given).items() if value is not ...}


def dossier_data(**given) -> dict:
    """The same as `intake.put` takes it."""
    from motcua.dossiers.schemas import DossierIn

    return DossierIn().load(dossier_body(**given))


def make_dossier(code: str | None = None, **given) -> Dossier:
    dossier, _ = intake.put(code or dossier_code(), dossier_data(**given))
    db.session.commit()
    return dossier


def event_body(status: int, **given) -> dict:
    return {"status": status, "occurred_at": "2024-11-26T09:00:00+07:00"} | given


def make_desk(**given) -> Desk:
    """In the tenant in scope: four people every half hour, in office hours."""
    values = {"agency_code": "ubnd-phuong", "name": "Quầy một cửa phường Một", "address": "12 Trần Phú"}
    desk = Desk(**(values | given))
    db.session.add(desk)
    db.session.flush()
    return desk


def make_visit(desk: Desk, starts_at: datetime | str, **given) -> Visit:
    """Booked in the chat by a citizen with a phone of their own, through the usual door."""
    if isinstance(starts_at, str):
        starts_at = datetime.fromisoformat(starts_at).replace(tzinfo=VIETNAM)
    at = next(numbers)
    citizen = given.pop("citizen", None) or make_citizen(f"71{at:017d}", phone=f"849{at:08d}")
    person = people.of_citizen(citizen, given.pop("dossier", None))
    return booking.book(person, desk, starts_at, given.pop("purpose", "file"), booked_by="chat", **given)
